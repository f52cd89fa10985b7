"""The N-Quads of one document as a template for all that are alike (SPEED.md, "Signing").

Expanding a document takes PyLD milliseconds, and the awards of one batch differ only in a few texts
and addresses. So one document of a shape is expanded with slots in the places where the documents
differ; for each document the slots are filled, the blank nodes named anew and the lines sorted.

A slot may stand where a text or an address of one document is replaced by another's and nothing else
can change. Wherever that is not certain the document goes the slow way: it costs time, never truth.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem, itemgetter
from typing import Any

from . import canonical, rdfc
from .rdfc import Quad

Path = tuple[str | int, ...]

# Below this a template costs more than it saves: it is one expansion, and three checks follow.
WORTHWHILE = 6
# With how many shapes a document is compared before it counts as one of its own kind.
TRIES = 32

_SLOT = "urn:testamur-slot:"
_SLOT_IN_TERM = re.compile(re.escape(_SLOT) + r"(\d+):")
# Addresses that no processor changes: no prefix of a context, no dots to resolve, nothing to escape.
_PLAIN_IRI = re.compile(r'(?:https?://|urn:uuid:)[^\x00-\x20<>"{}|^`\\\x7f]*\Z')
_DOTS = re.compile(r"/\.{1,2}(?:[/?#]|\Z)")
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# Datatypes whose texts PyLD passes on as they are. "xsd:dateTime" is how awardedDate comes out, because its
# prefix is undefined in its context (STANDARDS.md P-08).
_LITERAL_ENDS = frozenset(
    {
        '"',
        '"^^<xsd:dateTime>',
        *(
            f'"^^<{scheme}://www.w3.org/2001/XMLSchema#{name}>'
            for scheme in ("http", "https")
            for name in ("dateTime", "date", "anyURI")
        ),
    }
)


class NoTemplate(ValueError):
    """The documents of a shape differ where filling a slot is not the same as expanding."""


@dataclass
class Shape:
    """Documents that differ in texts only: their places in the batch, and where they differ."""

    base: dict
    numbers: list[int] = field(default_factory=list)
    documents: list[dict] = field(default_factory=list)
    varying: set[Path] = field(default_factory=set)

    def __post_init__(self):
        self.wordy = set(_wordy_parts(self.base))

    def takes(self, number: int, document: dict) -> bool:
        """Take a document in if it differs from the others in texts only."""
        differing: list[Path] = []
        if not self._alike(self.base, document, (), differing):
            return False
        self.numbers.append(number)
        self.documents.append(document)
        self.varying.update(differing)
        return True

    def _alike(self, base: Any, other: Any, path: Path, differing: list[Path]) -> bool:
        """Whether two objects, or two lists, differ in texts only; where they do is added to the list."""
        if isinstance(base, dict):
            if base.keys() != other.keys():
                return False
            pairs = ((key, one, other[key]) for key, one in base.items())
        else:
            if len(base) != len(other):
                return False
            pairs = ((place, *pair) for place, pair in enumerate(zip(base, other, strict=True)))
        for key, one, two in pairs:
            if one is two:
                continue
            if type(one) is not type(two) or (key == "@context" and one != two):
                return False
            if isinstance(one, str):
                if one != two:
                    differing.append((*path, key))
            elif isinstance(one, dict | list):
                same = id(one) in self.wordy and one == two
                if not same and not self._alike(one, two, (*path, key), differing):
                    return False
            elif repr(one) != repr(two):
                return False
        return True


def _wordy_parts(node: dict | list) -> Iterator[int]:
    """The ids of the parts that hold texts only: for Python 1 equals True and 1.0, in a proof not."""
    parts = node.values() if isinstance(node, dict) else node
    for part in parts:
        if isinstance(part, dict | list):
            yield from _wordy_parts(part)
    if all(isinstance(text, str) for text in _leaves(node)):
        yield id(node)


def _leaves(node: dict | list) -> Iterator:
    for part in node.values() if isinstance(node, dict) else node:
        if isinstance(part, dict | list):
            yield from _leaves(part)
        else:
            yield part


def shapes(documents: Sequence[dict]) -> list[Shape]:
    """The documents, put together by shape."""
    found: list[Shape] = []
    for number, document in enumerate(documents):
        for place, shape in enumerate(found[:TRIES]):
            if shape.takes(number, document):
                found.insert(0, found.pop(place))
                break
        else:
            shape = Shape(document)
            shape.takes(number, document)
            found.insert(0, shape)
    return found


def canonicalise_all(shape: Shape) -> Iterator[str | None]:
    """The canonical N-Quads of each document; None for one that must go the slow way."""
    template = None
    if len(shape.documents) >= WORTHWHILE:
        with suppress(NoTemplate):
            template = Template(shape.base, sorted(shape.varying, key=repr))
    for document in shape.documents:
        yield template.fill(document) if template else None


class Template:
    """The statements of a shape, prepared so that a document costs string work only."""

    def __init__(self, base: dict, paths: list[Path]):
        self.paths = paths
        quads = _expand_with_slots(base, paths)
        self.nodes = sorted({node for quad in quads for node in rdfc.blank_nodes(quad)})
        self.addresses = sorted(_slots_of_addresses(quads))
        self.own_addresses = {
            term[1:-1] for quad in quads for term in quad if term.startswith("<") and not _slots(term)
        }
        self.may_repeat = _may_repeat(quads)
        moving = [quad for quad in quads if rdfc.blank_nodes(quad) or any(map(_slots, quad))]
        self.constant = sorted(rdfc.line(quad)[:-1] for quad in set(quads) - set(moving))
        self.moving = self._writer(moving)
        self._prepare_hashes(quads)

    def _prepare_hashes(self, quads: list[Quad]) -> None:
        """First-degree hashes are known beforehand for blank nodes without a slot around them."""
        self.fixed_hashes: dict[str, str] = {}
        self.open_hashes: dict[str, Callable[[list[str]], list[str]]] = {}
        self.around = rdfc.quads_by_node(quads)
        for node, around in self.around.items():
            seen = [rdfc.seen_from(node, quad) for quad in around]
            if any(_slots(term) for quad in seen for term in quad):
                self.open_hashes[node] = self._writer(seen)
            else:
                self.fixed_hashes[node] = rdfc.sha256("".join(sorted(map(rdfc.line, seen))))

    def _writer(self, quads: list[Quad]) -> Callable[[list[str]], list[str]]:
        """Writes these quads, given the texts of the slots and then the names of the blank nodes."""
        pieces: list[str] = []
        places: list[int] = []
        for quad in quads:
            for term in filter(None, quad):
                if term in self.nodes:
                    places.append(len(self.paths) + self.nodes.index(term))
                    pieces.append("%s ")
                else:
                    places += _slots(term)
                    before, *after = (part.replace("%", "%%") for part in _SLOT_IN_TERM.split(term)[::2])
                    pieces.append("%s".join([before, *after]) + " ")
            pieces.append(".\n")
        text, pick = "".join(pieces)[:-1], _picker(places)
        return lambda values: (text % pick(values)).split("\n")

    def fill(self, document: Any) -> str | None:
        """The canonical N-Quads of a document of this shape, or None if it needs the slow way."""
        values = [reduce(getitem, path, document) for path in self.paths]
        if not self._are_plain([values[place] for place in self.addresses]):
            return None
        if rdfc.needs_escape("".join(values)):
            values = list(map(rdfc.escape, values))
        hashes = dict(self.fixed_hashes)
        for node, write in self.open_hashes.items():
            hashes[node] = rdfc.sha256("\n".join([*sorted(write(values)), ""]))
        names = self._names(hashes)
        lines = self.constant + self.moving(values + [names[node] for node in self.nodes])
        if self.may_repeat and len(set(lines)) < len(lines):
            return None
        lines.sort()
        lines.append("")
        return "\n".join(lines)

    def _are_plain(self, addresses: list[str]) -> bool:
        """Whether each address stays as it is and names nothing that another one names."""
        return (
            len(set(addresses)) == len(addresses)
            and self.own_addresses.isdisjoint(addresses)
            and all(_PLAIN_IRI.match(address) and not _DOTS.search(address) for address in addresses)
        )

    def _names(self, hashes: dict[str, str]) -> dict[str, str]:
        if len(set(hashes.values())) == len(hashes):
            order = sorted(hashes, key=hashes.__getitem__)
            return {node: f"_:c14n{number}" for number, node in enumerate(order)}
        return rdfc.label(self.around, hashes)


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """`itemgetter`, but a tuple for one place and for none too."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


def _expand_with_slots(base: dict, paths: list[Path]) -> list[Quad]:
    """The statements of a document with slot n at the n-th path. Raises NoTemplate."""
    slotted = json.loads(json.dumps(base))
    for number, (*way, key) in enumerate(paths):
        reduce(getitem, way, slotted)[key] = f"{_SLOT}{number}:"
    if json.dumps(slotted).count(_SLOT) != len(paths):
        raise NoTemplate("The document speaks of slots itself.")
    quads = canonical.quads(slotted)
    if {slot for quad in quads for term in quad for slot in _slots(term)} != set(range(len(paths))):
        raise NoTemplate("A text in which the documents differ changes what their properties mean.")
    return quads


def _slots(term: str) -> list[int]:
    """The slot that fills a term, or none. Raises NoTemplate for a slot that is a part of it."""
    found = _SLOT_IN_TERM.findall(term)
    if not found:
        return []
    slot = f"{_SLOT}{found[0]}:"
    if term == f"<{slot}>" or (term.startswith(f'"{slot}"') and term[len(slot) + 1 :] in _LITERAL_ENDS):
        return [int(found[0])]
    raise NoTemplate("A text in which the documents differ is not a whole text or address.")


def _slots_of_addresses(quads: list[Quad]) -> set[int]:
    for _, predicate, target, _ in quads:
        if _slots(predicate) or (predicate == _RDF_TYPE and _slots(target)):
            raise NoTemplate("The documents differ in their types.")
    return {slot for quad in quads for term in quad if term.startswith("<") for slot in _slots(term)}


def _may_repeat(quads: list[Quad]) -> bool:
    """Whether two statements could become one because two texts of one property become equal."""
    properties = [(subject, predicate, graph) for subject, predicate, _, graph in quads]
    with_slot = {(subject, predicate, graph) for subject, predicate, target, graph in quads if _slots(target)}
    return any(properties.count(one) > 1 for one in with_slot)
