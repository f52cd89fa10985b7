"""The N-Quads of one document as a template for all that are alike (SPEED.md, "Signing").

Expanding a document takes PyLD milliseconds, and the awards of one batch differ only in a few texts
and addresses. So one document of a shape is expanded with slots in the places where the documents
differ; for each document the slots are filled, the blank nodes named anew and the lines sorted.

Two documents have one shape if their JSON is equal but for string values, and equal strings stand in
equal places. A text in JSON is then, character by character, the text of a canonical N-Quads literal,
as long as it holds no control character other than tab, line feed and carriage return.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from . import canonical, rdfc
from .rdfc import Quad

# Below this a template costs more than it saves: it is one expansion, and three checks follow.
WORTHWHILE = 6

_STRING = re.compile(r'("(?:[^"\\]|\\.)*")')
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SLOT = "urn:testamur-slot:"
_SLOT_IN_TERM = re.compile(re.escape(_SLOT) + r"(\d+):")
_UNSAFE = re.compile(r"\\[ubf]|\x7f|" + re.escape(_SLOT))
# Addresses that no processor changes: no prefix of a context, no dots to resolve, nothing to escape.
_PLAIN_IRI = re.compile(r'(?:https?://|urn:uuid:)[^\x00-\x20<>"{}|^`\\]*\Z')
_DOTS = re.compile(r"/\.{1,2}(?:[/?#]|\Z)")
_RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# Datatypes whose texts PyLD passes on as they are.
_LITERAL_ENDS = frozenset({'"', *(f'"^^<{_XSD}{name}>' for name in ("dateTime", "date", "anyURI"))})


class NoTemplate(ValueError):
    """The documents of a shape differ where filling a slot is not the same as expanding."""


@dataclass
class Shape:
    """Documents that are alike: their places in the batch, themselves, and their strings as JSON."""

    numbers: list[int] = field(default_factory=list)
    documents: list[dict] = field(default_factory=list)
    strings: list[list[str]] = field(default_factory=list)
    between: tuple[str, ...] = ()


def shapes(documents: Sequence[dict]) -> list[Shape]:
    """The documents, put together by shape."""
    found: dict[tuple, Shape] = {}
    for number, document in enumerate(documents):
        pieces = _STRING.split(_ENCODER.encode(document))
        between, strings = tuple(pieces[::2]), pieces[1::2]
        last = dict(zip(strings, range(len(strings)), strict=True))
        pattern = tuple(map(last.__getitem__, strings))
        shape = found.setdefault((between, _keys(between)(strings), pattern), Shape(between=between))
        shape.numbers.append(number)
        shape.documents.append(document)
        shape.strings.append(strings)
    return list(found.values())


@lru_cache(maxsize=256)
def _keys(between: tuple[str, ...]) -> itemgetter:
    """Picks, out of the strings of a document, those that are names of properties."""
    return itemgetter(*(place for place, after in enumerate(between[1:]) if after.startswith(":")), 0)


def canonicalise_all(shape: Shape) -> Iterator[str | None]:
    """The canonical N-Quads of each document; None for one that must go the slow way."""
    template = None
    if len(shape.documents) >= WORTHWHILE:
        with suppress(NoTemplate):
            template = Template(shape)
    for strings in shape.strings:
        yield template.fill(strings) if template else None


class Template:
    """The statements of a shape, prepared so that a document costs string work only."""

    def __init__(self, shape: Shape):
        columns = list(zip(*shape.strings, strict=True))
        varying = [place for place, texts in enumerate(columns) if texts.count(texts[0]) < len(texts)]
        quads = _expand_with_slots(shape, varying)
        self.slots = sorted({slot for quad in quads for term in quad for slot in _slots(term)})
        self.addresses = [self.slots.index(slot) for slot in sorted(_slots_of_addresses(quads))]
        self.nodes = sorted({node for quad in quads for node in rdfc.blank_nodes(quad)})
        self.pick = _picker(self.slots)
        self._prepare(quads)

    def _prepare(self, quads: list[Quad]) -> None:
        moving = [quad for quad in quads if rdfc.blank_nodes(quad) or any(map(_slots, quad))]
        self.constant = sorted(rdfc.line(quad)[:-1] for quad in set(quads) - set(moving))
        self.moving = self._lines(moving)
        self.anonymous = [quad for quad in quads if rdfc.blank_nodes(quad)]
        self.fixed_hashes, self.open_hashes = {}, {}
        for node, around in rdfc.quads_by_node(quads).items():
            seen = [_seen_from(node, quad) for quad in around]
            if any(_slots(term) for quad in seen for term in quad):
                self.open_hashes[node] = self._lines(seen)
            else:
                self.fixed_hashes[node] = rdfc.sha256("".join(sorted(map(rdfc.line, seen))))

    def _lines(self, quads: list[Quad]) -> Callable[[list[str]], list[str]]:
        """Writes these quads, given the texts of the slots and then the names of the blank nodes."""
        pieces, places = [], []
        for quad in quads:
            for term in filter(None, quad):
                if _slots(term):
                    piece = _SLOT_IN_TERM.sub("\0", term)
                    places.append(self.slots.index(_slots(term)[0]))
                elif term in self.nodes:
                    piece = "\0"
                    places.append(len(self.slots) + self.nodes.index(term))
                else:
                    piece = term
                pieces.append(piece.replace("%", "%%").replace("\0", "%s") + " ")
            pieces.append(".\n")
        text, pick = "".join(pieces)[:-1], _picker(places)
        return lambda values: (text % pick(values)).split("\n")

    def fill(self, strings: list[str]) -> str | None:
        """The canonical N-Quads of a document of this shape, or None if it needs the slow way."""
        values = [text[1:-1] for text in self.pick(strings)]
        if _UNSAFE.search("\n".join(values)):
            return None
        for place in self.addresses:
            if not _PLAIN_IRI.match(values[place]) or _DOTS.search(values[place]):
                return None
        hashes = dict(self.fixed_hashes)
        for node, write in self.open_hashes.items():
            hashes[node] = rdfc.sha256("\n".join(sorted(write(values))) + "\n")
        names = self._names(hashes, values)
        lines = self.constant + self.moving(values + [names[node] for node in self.nodes])
        lines.sort()
        lines.append("")
        return "\n".join(lines)

    def _names(self, hashes: dict[str, str], values: list[str]) -> dict[str, str]:
        if len(set(hashes.values())) == len(hashes):
            order = sorted(hashes, key=hashes.__getitem__)
            return {node: f"_:c14n{number}" for number, node in enumerate(order)}
        return rdfc.label([self._filled(quad, values) for quad in self.anonymous], hashes)

    def _filled(self, quad: Quad, values: list[str]) -> Quad:
        return tuple(
            _SLOT_IN_TERM.sub(lambda match: values[self.slots.index(int(match[1]))], term) for term in quad
        )


def _picker(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """`itemgetter`, but a tuple for one place and for none too."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: tuple(values[place] for place in places)


def _seen_from(node: str, quad: Quad) -> Quad:
    return tuple("_:a" if term == node else "_:z" if term.startswith("_:") else term for term in quad)


def _expand_with_slots(shape: Shape, varying: list[int]) -> list[Quad]:
    """The statements of the first document with a slot in each place where documents differ.

    Equal strings share the slot of their last place. Raises NoTemplate.
    """
    strings = list(shape.strings[0])
    last = dict(zip(strings, range(len(strings)), strict=True))
    slots = {place: last[shape.strings[0][place]] for place in varying}
    for place, slot in slots.items():
        strings[place] = f'"{_SLOT}{slot}:"'
    text = "".join(piece for pair in zip(shape.between, [*strings, ""], strict=True) for piece in pair)
    quads = canonical.quads(json.loads(text))
    if {slot for quad in quads for term in quad for slot in _slots(term)} != set(slots.values()):
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
    found = set()
    for _, predicate, target, _ in quads:
        if _slots(predicate) or (predicate == _RDF_TYPE and _slots(target)):
            raise NoTemplate("The documents differ in their types.")
    for quad in quads:
        found |= {slot for term in quad if term.startswith("<") for slot in _slots(term)}
    return found
