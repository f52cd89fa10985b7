"""RDF Dataset Canonicalization (RDFC-1.0) on quads that are already N-Quads terms, with a work budget.

A quad is a tuple of four strings: subject, predicate, object, graph; the default graph is "". Blank
nodes begin with "_:". The numbers in comments are the steps of the W3C Recommendation.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

Quad = tuple[str, str, str, str]

# A real credential spends fewer than 200 steps; the budget is reached within half a second.
BUDGET = 20_000

_ESCAPES = {i: f"\\u{i:04X}" for i in (*range(0x20), 0x7F)} | {
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')


class TooComplex(ValueError):
    """Canonicalising would cost more than a genuine document ever does."""


def needs_escape(text: str) -> bool:
    return _TO_ESCAPE.search(text) is not None


def escape(text: str) -> str:
    """The text of a literal in canonical N-Quads, without its quotation marks."""
    return text.translate(_ESCAPES) if needs_escape(text) else text


def line(quad: Iterable[str]) -> str:
    """A quad as a line of N-Quads."""
    return " ".join(filter(None, quad)) + " .\n"


def canonicalise(quads: Iterable[Quad], *, budget: int = BUDGET) -> str:
    """The canonical N-Quads of a dataset. Raises TooComplex."""
    quads = list(dict.fromkeys(quads))
    around = quads_by_node(quads)
    names = label(around, first_degree_hashes(around), budget=budget)
    return "".join(sorted(line(names.get(term, term) for term in quad) for quad in quads))


def blank_nodes(quad: Quad) -> set[str]:
    subject, _, target, graph = quad
    return {term for term in (subject, target, graph) if term.startswith("_:")}


def quads_by_node(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    found: dict[str, list[Quad]] = {}
    for quad in quads:
        for node in blank_nodes(quad):
            found.setdefault(node, []).append(quad)
    return found


def seen_from(node: str, quad: Quad) -> Quad:
    """4.6.3, step 3: the quad with this blank node called _:a and each other _:z."""
    subject, predicate, target, graph = (
        "_:a" if term == node else "_:z" if term.startswith("_:") else term for term in quad
    )
    return subject, predicate, target, graph


def first_degree_hashes(around: dict[str, list[Quad]]) -> dict[str, str]:
    """4.6: what each blank node looks like from its own quads alone."""
    return {
        node: sha256("".join(sorted(line(seen_from(node, quad)) for quad in quads)))
        for node, quads in around.items()
    }


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def label(around: dict[str, list[Quad]], hashes: dict[str, str], *, budget: int = BUDGET) -> dict[str, str]:
    """4.4.3: the canonical name of each blank node, `_:c14n0` and so on. Raises TooComplex.

    Of the quads around each blank node only predicates and blank nodes are read here; texts and
    addresses count through the first-degree hashes.
    """
    alike: dict[str, list[str]] = {}
    for node, digest in hashes.items():
        alike.setdefault(digest, []).append(node)
    canonical = Issuer("_:c14n")
    for digest in sorted(alike):
        if len(alike[digest]) == 1:
            canonical.issue(alike[digest][0])
    if len(canonical.names) < len(hashes):
        _label_lookalikes(around, hashes, alike, canonical, budget)
    return canonical.names


def _label_lookalikes(around, hashes, alike, canonical, budget) -> None:
    """4.4.3, step 5: the blank nodes that only their neighbourhood tells apart."""
    search = Neighbourhoods(around, hashes, canonical, budget)
    for digest in sorted(alike):
        if len(alike[digest]) == 1:
            continue
        paths = []
        for node in alike[digest]:
            if node not in canonical.names:
                issuer = Issuer("_:b")
                issuer.issue(node)
                paths.append(search.hash(node, issuer))
        for _, issuer in sorted(paths, key=lambda path: path[0]):
            for node in issuer.names:
                canonical.issue(node)


class Issuer:
    """4.5: gives out names in the order in which they are asked for."""

    def __init__(self, prefix: str, names: dict[str, str] | None = None):
        self.prefix = prefix
        self.names = dict(names or {})

    def issue(self, node: str) -> str:
        return self.names.setdefault(node, f"{self.prefix}{len(self.names)}")

    def copy(self) -> "Issuer":
        return Issuer(self.prefix, self.names)


class Neighbourhoods:
    """4.8, Hash N-Degree Quads. Its work grows factorially with look-alikes, hence the budget."""

    def __init__(self, around: dict, hashes: dict, canonical: Issuer, budget: int):
        self.around, self.hashes, self.canonical, self.left = around, hashes, canonical, budget

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooComplex("Its parts are tangled in a way that no genuine credential is.")

    def hash(self, node: str, issuer: Issuer) -> tuple[str, Issuer]:
        data = ""
        related = self.related(node, issuer)
        for digest in sorted(related):
            path, issuer = self.shortest_path(related[digest], issuer)
            data += digest + path
        return sha256(data), issuer

    def related(self, node: str, issuer: Issuer) -> dict[str, list[str]]:
        """4.8.3, steps 2 and 3: the neighbours, grouped by how they are tied to this node."""
        found: dict[str, list[str]] = {}
        self.spend(len(self.around[node]))
        for subject, predicate, target, graph in self.around[node]:
            for position, other in (("s", subject), ("o", target), ("g", graph)):
                if other.startswith("_:") and other != node:
                    tie = position if position == "g" else position + predicate
                    found.setdefault(sha256(tie + self.name(other, issuer)), []).append(other)
        return found

    def name(self, node: str, issuer: Issuer) -> str:
        return self.canonical.names.get(node) or issuer.names.get(node) or self.hashes[node]

    def shortest_path(self, nodes: list[str], issuer: Issuer) -> tuple[str, Issuer]:
        """4.8.3, step 5.4: the least path over all orders of these nodes."""
        best, best_issuer = "", issuer
        for order in orders(nodes):
            self.spend(len(order))
            path, tried = self.walk(order, issuer.copy(), best)
            if path and (not best or path < best):
                best, best_issuer = path, tried
        return best, best_issuer

    def walk(self, order: Iterable[str], issuer: Issuer, best: str) -> tuple[str, Issuer]:
        """The path of one order; "" once it cannot become the least."""
        path, to_visit = "", []
        for node in order:
            if node in self.canonical.names:
                path += self.canonical.names[node]
            else:
                if node not in issuer.names:
                    to_visit.append(node)
                path += issuer.issue(node)
            if best and worse(path, best):
                return "", issuer
        for node in to_visit:
            digest, visited = self.hash(node, issuer)
            path += f"{issuer.issue(node)}<{digest}>"
            issuer = visited
            if best and worse(path, best):
                return "", issuer
        return path, issuer


def orders(nodes: list[str]) -> Iterator[tuple[str, ...]]:
    """Each order of these nodes once. One that is tied by six quads stands six times among them, and
    changing it with itself would be tried 720 times."""
    if not nodes:
        yield ()
    for first in dict.fromkeys(nodes):
        rest = list(nodes)
        rest.remove(first)
        yield from ((first, *others) for others in orders(rest))


def worse(path: str, best: str) -> bool:
    return len(path) >= len(best) and path > best
