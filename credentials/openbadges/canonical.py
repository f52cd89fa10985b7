"""A JSON-LD document as canonical N-Quads, refusing whatever would not be signed (safe mode).

A signature covers the statements that a document expands to, not its JSON. So that both say the same,
a document may be written in one way only: plain terms of known contexts, no keyword or absolute
address as a key, no null, no array in an array, nothing that the expansion drops (STANDARDS.md C-03,
V-03, P-02). PyLD expands; naming and writing the statements is RDFC-1.0 of `rdfc`, because PyLD
escapes control characters differently (P-01).
"""

import re
import threading

from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from . import contexts, rdfc
from .rdfc import Quad, TooComplex

__all__ = ["DroppedTerms", "TooComplex", "canonicalise", "quads"]

MAX_BLANK_NODES = 64
MAX_VALUES = 2_000
MAX_DEPTH = 32
MAX_CONTEXTS = 8
# Properties whose values are credentials of their own, with their own contexts.
_EMBEDDING = frozenset({"endorsement", "verifiableCredential"})
_LANGUAGE_TAGGED = frozenset({"@value", "@language"})

_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\\x7f]*\Z')
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*\Z")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class DroppedTerms(ValueError):
    """Something in the document would not be covered by a signature. `.what` names it."""

    def __init__(self, what: str):
        super().__init__(f"It holds something that a signature would not cover: {what}")
        self.what = what


def canonicalise(document: dict) -> str:
    """RDFC-1.0 N-Quads of a document. Raises DroppedTerms, TooComplex, contexts.UnknownContext."""
    return rdfc.canonicalise(quads(document))


def quads(document: dict) -> list[Quad]:
    """The statements of a document. Raises DroppedTerms, TooComplex, contexts.UnknownContext."""
    Screen().look(document)
    found = _to_quads(_expand_to_rdf(document))
    blank = {term for quad in found for term in rdfc.blank_nodes(quad)}
    if len(blank) > MAX_BLANK_NODES:
        raise TooComplex(
            f"It has {len(blank)} parts without an address of their own; {MAX_BLANK_NODES} are allowed."
        )
    return found


class Screen:
    """What can be refused, and what must be bounded, before a JSON-LD processor runs."""

    def __init__(self):
        self.values = self.contexts = 0

    def look(self, document: dict) -> None:
        if "@context" not in document:
            raise DroppedTerms("everything, for it names no @context")
        self.see_object(document, depth=1, own_context=True)

    def see(self, value, *, depth: int, inside: str) -> None:
        self.values += 1
        if depth > MAX_DEPTH or self.values > MAX_VALUES:
            raise TooComplex("It is larger or more deeply nested than any genuine credential.")
        if value is None:
            raise DroppedTerms(f"“{inside}” with no value")
        if inside in ("id", "type") and isinstance(value, str) and value.startswith("@"):
            raise DroppedTerms(f"“{value}” as an identifier or a type")
        if isinstance(value, str | int | float):
            _refuse_ambiguous(value, inside)
        elif isinstance(value, dict):
            self.see_object(value, depth=depth, own_context=inside in _EMBEDDING)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, list):
                    raise DroppedTerms(f"“{inside}” with a list inside a list")
                self.see(item, depth=depth + 1, inside=inside)

    def see_object(self, node: dict, *, depth: int, own_context: bool) -> None:
        tagged = "@value" in node and node.keys() <= _LANGUAGE_TAGGED
        for key, value in node.items():
            if key == "@context" and own_context:
                self.see_contexts(value)
            elif tagged:
                self.values += 1
                _refuse_bad_tag(key, value)
                _refuse_ambiguous(value, key)
            elif key.startswith("@") or ":" in key:
                raise DroppedTerms(f"“{key}” is not a plain name")
            else:
                self.see(value, depth=depth + 1, inside=key)

    def see_contexts(self, value) -> None:
        listed = value if isinstance(value, list) else [value]
        self.contexts += len(listed)
        if self.contexts > MAX_CONTEXTS * 4 or len(listed) > MAX_CONTEXTS:
            raise TooComplex("It names more vocabularies than any genuine credential.")
        for url in listed:
            if not isinstance(url, str):
                raise contexts.UnknownContext("one that it brings along")
            contexts.document(url)


def _refuse_ambiguous(value: str | int | float, inside: str) -> None:
    """Half characters and numbers that not everybody can hold (C-29)."""
    if isinstance(value, str):
        if not value.isascii() and _SURROGATE.search(value):
            raise DroppedTerms(f"“{inside}” with half a character")
    elif not abs(value) <= 2**53:
        raise DroppedTerms(f"“{inside}” with a number that is read differently in different places")


def _refuse_bad_tag(key: str, value) -> None:
    if not isinstance(value, str) or (key == "@language" and not _LANGUAGE.match(value)):
        raise DroppedTerms(f"a text whose “{key}” is not a text")


class _SafeProcessor(JsonLdProcessor):
    """PyLD's processor; what it would silently drop is an error."""

    def __init__(self):
        super().__init__(on_property_dropped=_refuse_property)

    def expand(self, input_, options):
        expanded = super().expand(input_, options)
        _refuse_relative(expanded)
        return expanded


def _refuse_property(name) -> None:
    raise DroppedTerms(f"“{name}”, which no vocabulary defines")


def _refuse_relative(node) -> None:
    """Identifiers and types that are no absolute IRI vanish from the statements."""
    if isinstance(node, list):
        for item in node:
            _refuse_relative(item)
    elif isinstance(node, dict) and "@value" not in node:
        for name in (*_listed(node, "@id"), *_listed(node, "@type")):
            if not isinstance(name, str) or not _IRI.match(name):
                raise DroppedTerms(f"“{name}”, which is not a full address or a known type")
        for key, value in node.items():
            if not key.startswith("@") or key in ("@list", "@graph"):
                _refuse_relative(value)
            elif key not in ("@id", "@type"):
                raise DroppedTerms(f"“{key}”")


def _listed(node: dict, key: str) -> list:
    value = node.get(key, [])
    return value if isinstance(value, list) else [value]


# PyLD's shared context cache is not safe between threads, and an exception (a task's time limit) can
# leave it half written; so each thread has one of its own, dropped whenever a call did not end well.
_of_thread = threading.local()


def _expand_to_rdf(document: dict) -> dict:
    known, _of_thread.contexts = getattr(_of_thread, "contexts", None) or {}, None
    options = {
        # Not "": for that PyLD 3.3 puts an address of its own in front of what is relative.
        "base": None,
        "documentLoader": contexts.load,
        "contextResolver": ContextResolver(known, contexts.load),
    }
    try:
        dataset = _SafeProcessor().to_rdf(document, options)
    except JsonLdError as error:
        raise DroppedTerms(_innermost(error)) from error
    _of_thread.contexts = known
    return dataset


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).partition("\n")[0]


def _to_quads(dataset: dict) -> list[Quad]:
    return [
        (_term(triple["subject"]), _term(triple["predicate"]), _term(triple["object"]), _graph(name))
        for name, triples in dataset.items()
        for triple in triples
    ]


def _graph(name: str) -> str:
    return "" if name == "@default" else name if name.startswith("_:") else f"<{name}>"


def _term(term: dict) -> str:
    if term["type"] == "IRI":
        return f"<{term['value']}>"
    if term["type"] == "blank node":
        return term["value"]
    literal = f'"{rdfc.escape(term["value"])}"'
    if term["datatype"] == _LANG_STRING:
        return f"{literal}@{term['language']}"
    return literal if term["datatype"] == _XSD_STRING else f"{literal}^^<{term['datatype']}>"
