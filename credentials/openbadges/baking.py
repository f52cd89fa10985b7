"""A credential in a picture and out again: PNG and SVG, Open Badges 3.0, 2.0 and learner records.

STANDARDS.md B-03 to B-08, TRUST.md 4. openbadgeslib bakes too, but puts the SVG element last, as text, and
reads a PNG without looking at its checksums; so both directions stand here.
"""

import re
import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from lxml import etree

from . import jwt

MAX_PICTURE = 10 * 1024 * 1024
MAX_TEXT = 1024 * 1024
MAX_CHUNKS = 10_000
_PNG = b"\x89PNG\r\n\x1a\n"
_CDATA_END = "]]>"
_NOT_IN_XML = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}  # JSON can write them so; the value stays the same
_TWO = "The picture carries two credentials, so which one counts is unclear."


class Unbakeable(ValueError):
    """The picture is damaged or carries what cannot be told apart. The message is a sentence."""


@dataclass(frozen=True)
class _Form:
    keyword: bytes
    namespace: str
    element: str


class Generation(Enum):
    """What is in the picture: each has its own keyword, so a picture can carry one of each (B-07)."""

    BADGE = _Form(b"openbadgecredential", "https://purl.imsglobal.org/ob/v3p0", "credential")
    RECORD = _Form(b"clrcredential", "https://purl.imsglobal.org/clr/v2p0", "credential")
    LEGACY = _Form(b"openbadges", "http://openbadges.org", "assertion")


def bake(picture: bytes, text: str, generation: Generation = Generation.BADGE) -> bytes:
    """The picture with a credential in it: a JSON document, a compact token, or for Open Badges 2.0 also the
    address of an assertion. What it carried of that generation is replaced. Raises Unbakeable."""
    if picture.startswith(_PNG):
        return _bake_png(picture, text, generation.value)
    return _bake_svg(picture, text, generation.value)


@dataclass(frozen=True)
class Baked:
    """What a picture carries: the newest generation of it, and what is odd about how it does.

    `oddities` are ends of a sentence. `others` says whether other generations stand beside it.
    """

    text: str
    generation: Generation
    oddities: tuple[str, ...] = ()
    others: bool = False


def unbake(picture: bytes) -> str | None:
    """The text that a picture carries, the newest generation of it; None without one. Raises Unbakeable."""
    baked = look_into(picture)
    return baked.text if baked else None


def look_into(picture: bytes) -> Baked | None:
    """The newest generation that a picture carries. Raises Unbakeable."""
    if len(picture) > MAX_PICTURE:
        raise Unbakeable("The picture is larger than 10 MB.")
    return _in_png(picture) if picture.startswith(_PNG) else _in_svg(picture)


def _newest(found: Collection[Generation]) -> Generation | None:
    return next((generation for generation in Generation if generation in found), None)


# PNG


def _bake_png(picture: bytes, text: str, form: _Form) -> bytes:
    chunks = list(_chunks(picture))
    kept = [(kind, data) for kind, data in chunks if not _is_ours(kind, data, form)]
    ours = (b"iTXt", form.keyword + b"\0\0\0\0\0" + text.encode())
    return _PNG + b"".join(_chunk(*part) for part in (*kept[:-1], ours, kept[-1]))


def _is_ours(kind: bytes, data: bytes, form: _Form) -> bool:
    return kind in (b"iTXt", b"tEXt", b"zTXt") and data.partition(b"\0")[0] == form.keyword


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, from IHDR to IEND. Raises Unbakeable."""
    place, number = len(_PNG), 0
    while True:
        length, kind = struct.unpack(">I4s", picture[place : place + 8].ljust(8, b"\0"))
        data = picture[place + 8 : place + 8 + length]
        checksum = picture[place + 8 + length : place + 12 + length]
        if (number == 0) != (kind == b"IHDR") or number > MAX_CHUNKS:
            raise Unbakeable("The picture is not put together as a PNG must be.")
        if len(data) < length or checksum != struct.pack(">I", zlib.crc32(kind + data)):
            raise Unbakeable("The picture is damaged: a part of it does not match its checksum.")
        yield kind, data
        place, number = place + 12 + length, number + 1
        if kind == b"IEND":
            break
    if picture[place:]:
        raise Unbakeable("Something is written behind the end of the picture.")


def _in_png(picture: bytes) -> Baked | None:
    found: dict[Generation, tuple[bytes, bytes]] = {}
    for kind, data in _chunks(picture):
        for generation in Generation:
            if _is_ours(kind, data, generation.value):
                if generation in found:
                    raise Unbakeable(_TWO)
                found[generation] = kind, data
    newest = _newest(found)
    if newest is None:
        return None
    text, oddities = _text_of(*found[newest])
    return Baked(text, newest, oddities, others=len(found) > 1)


def _text_of(kind: bytes, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of an iTXt chunk, and what is odd about it (B-03). The standard forbids to compress it; some
    do, and it is unpacked with a limit. Raises Unbakeable."""
    if kind != b"iTXt":
        raise Unbakeable(
            "The credential stands in this picture in a way that the standard does not allow "
            f"({kind.decode()} instead of iTXt), so it is not read. Bring its JSON file or its address."
        )
    _keyword, _, rest = data.partition(b"\0")
    flag, method, rest = rest[:1], rest[1:2], rest[2:]
    language, first, rest = rest.partition(b"\0")
    translated, second, text = rest.partition(b"\0")
    if not first or not second or flag not in (b"\0", b"\1") or (flag == b"\1" and method != b"\0"):
        raise Unbakeable("The credential in the picture is not written as it must be.")
    compressed = ["it is stored compressed in the picture"] if flag == b"\1" else []
    titled = ["it is stored in the picture with a language or a title"] if language or translated else []
    return _decoded(_inflated(text) if compressed else text), (*compressed, *titled)


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MAX_TEXT + 1)
    except zlib.error as error:
        raise Unbakeable("The credential in the picture is damaged.") from error
    if len(text) > MAX_TEXT:
        raise Unbakeable("The credential in the picture unpacks to more than we are willing to read.")
    if not inflater.eof or inflater.unused_data:
        raise Unbakeable("The credential in the picture is damaged.")
    return text


def _decoded(data: bytes) -> str:
    if len(data) > MAX_TEXT:
        raise Unbakeable("The credential in the picture is larger than 1 MB.")
    try:
        return data.decode().strip()
    except UnicodeDecodeError as error:
        raise Unbakeable("The credential in the picture is not written in UTF-8.") from error


# SVG


def _bake_svg(picture: bytes, text: str, form: _Form) -> bytes:
    old = _parsed(picture)
    _refuse_active(old)
    for element in list(old.iter(_name(form))):
        _remove(element)
    names = {prefix: uri for prefix, uri in old.nsmap.items() if uri != form.namespace}
    root = etree.Element(old.tag, attrib=dict(old.attrib), nsmap=names | {_prefix(names): form.namespace})
    carrier = etree.SubElement(root, _name(form))
    if text.lstrip().startswith("{"):
        text = text.translate(_NOT_IN_XML)
        carrier.text = text  # for its length; the CDATA section is written below
    else:
        carrier.set("verify", text)
    carrier.tail, root.text = old.text, None
    root.extend(list(old))
    return _written(root, carrier, text)


def _written(root: etree._Element, carrier: etree._Element, text: str) -> bytes:
    """`]]>` ends a CDATA section, wherever it stands: it is parted between two of them."""
    if carrier.text is None:
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    mark = "credential-stands-here"
    while mark.encode() in etree.tostring(root):
        mark += "-"
    carrier.text = mark
    sections = f"<![CDATA[{text.replace(_CDATA_END, ']]]]><![CDATA[>')}]]>"
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written.replace(mark.encode(), sections.encode(), 1)


def _prefix(names: dict) -> str:
    return next(name for name in ("openbadges", "credential", "baked", "baked2") if name not in names)


def _remove(element: etree._Element) -> None:
    """Without the text behind it, which lxml would take along."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        raise Unbakeable("This is not an SVG picture.")
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def _in_svg(picture: bytes) -> Baked | None:
    root = _parsed(picture)
    found: dict[Generation, etree._Element] = {}
    for generation in Generation:
        elements = list(root.iter(_name(generation.value)))
        if len(elements) > 1:
            raise Unbakeable(_TWO)
        if elements and _carried(elements[0]):
            found[generation] = elements[0]
    newest = _newest(found)
    if newest is None:
        return None
    oddities = tuple(_odd_in_svg(root, found[newest]))
    return Baked(_carried(found[newest]), newest, oddities, others=len(found) > 1)


def _odd_in_svg(root: etree._Element, element: etree._Element) -> Iterator[str]:
    """B-04: first of all elements, JSON in CDATA."""
    if next(root.iterchildren(etree.Element)) is not element:
        yield "it does not stand first in the picture"
    if (element.text or "").strip() and b"<![CDATA[" not in etree.tostring(element):
        yield "it is stored in the picture without the marks around it (CDATA)"


def _carried(element: etree._Element) -> str:
    """The JSON inside of the element; without, the token or address in its attribute."""
    text = "".join(element.itertext()).strip()
    verify = (element.get("verify") or "").strip()
    if text and verify and jwt.looks_like_one(verify):
        raise Unbakeable(_TWO)
    if len(text) > MAX_TEXT or len(verify) > MAX_TEXT:
        raise Unbakeable("The credential in the picture is larger than 1 MB.")
    return text or verify


def _name(form: _Form) -> str:
    return f"{{{form.namespace}}}{form.element}"


_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _parsed(picture: bytes) -> etree._Element:
    """The root of an SVG, without a document type and so without entities (V-07). Raises Unbakeable."""
    if len(picture) > MAX_PICTURE:
        raise Unbakeable("The picture is larger than 10 MB.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False, huge_tree=False
    )
    try:
        root = etree.fromstring(picture, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unbakeable("The SVG picture is damaged.") from error
    if root.getroottree().docinfo.internalDTD is not None or _DOCTYPE.search(picture[:1000]):
        raise Unbakeable("The SVG picture brings a document type along, which no badge needs.")
    if etree.QName(root).localname != "svg":
        raise Unbakeable("This is not an SVG picture.")
    return root


_ACTIVE = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "set", "animate"})


def _refuse_active(root: etree._Element) -> None:
    """B-08: what a browser would run has no place in a picture that bears our name."""
    for element in root.iter(etree.Element):
        attributes = {etree.QName(name).localname.lower(): value for name, value in element.attrib.items()}
        runs = any(name.startswith("on") for name in attributes)
        link = attributes.get("href", "#").strip().lower()
        if etree.QName(element).localname.lower() in _ACTIVE or runs or link.startswith("javascript:"):
            raise Unbakeable("The SVG picture holds a script or other active content.")
