"""What a certificate says, cleaned and fitted to its page before anything is laid out. Needs no Pango."""

import math
import re
import unicodedata
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from django.utils import formats, translation

from credentials.kinds import KINDS, MACRO, MICRO

from .fonts import font_bytes
from .tones import Tones, tones

LAYOUTS = {kind.slug: kind.scale for kind in KINDS.values()}
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
JOINERS = "\u200c\u200d\u200e\u200f"  # unseen, and kept: they say how letters are joined and directed
MAX_SIGNATORIES = 3
MAX_RESULTS = {MACRO: 4, MICRO: 2}


class RenderingRefused(Exception):
    """This certificate cannot be printed; the message says why, to a person."""


@dataclass(frozen=True, kw_only=True)
class Signatory:
    name: str
    title: str = ""
    signature: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class CertificateFace:
    """Everything that is printed. Images are PNG or JPEG bytes that were re-encoded on upload.

    `statement` is the sentence that leads from the name to the title; the micro design has the title first
    and prints none.
    """

    credential_id: uuid.UUID
    kind: str
    title: str
    recipient_name: str
    issuer_name: str
    awarded_on: date
    url: str
    short_url: str
    issuer_logo: bytes | None = None
    issuer_colour: str = "#0b6b57"
    statement: str = ""
    description: str = ""
    results: tuple[tuple[str, str], ...] = ()
    valid_until: date | None = None
    licence_number: str = ""
    signatories: tuple[Signatory, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class Line:
    """Text with the direction it is read in and, where it was fitted, its step of size."""

    text: str
    dir: str
    step: int = 0


@dataclass(frozen=True)
class Sheet:
    """A face made ready for its template: cleaned, capped, fitted, dates written out."""

    face: CertificateFace
    layout: str
    tones: Tones
    language: str
    dir: str
    recipient: Line
    title: Line
    issuer: Line
    statement: Line
    description: Line | None
    results: tuple[tuple[str, Line], ...]
    facts: tuple[tuple[str, str], ...]
    signatories: tuple[tuple[Line, Line, Signatory], ...]
    kind_name: str
    document_title: str
    drop: int


# (size in points, lines it may take, width of a line in points): the first step that holds the text wins
NAME_STEPS = {
    MACRO: (
        (48, 1, 640),
        (42, 1, 640),
        (36, 1, 640),
        (30, 1, 640),
        (28, 2, 640),
        (22, 3, 640),
        (17, 4, 640),
        (14, 7, 640),
    ),
    MICRO: ((32, 1, 440), (27, 1, 440), (23, 2, 440), (19, 3, 440), (16, 4, 440), (14, 6, 440), (12, 8, 440)),
}
TITLE_STEPS = {
    MACRO: ((31, 1, 640), (27, 1, 640), (23, 2, 640), (19, 2, 640), (16, 3, 640), (14, 4, 640)),
    MICRO: ((38, 2, 440), (33, 2, 440), (28, 3, 440), (24, 3, 440), (20, 4, 440), (16, 6, 440)),
}


# what stands around those two, in points: lead and statement with their room, results, a line of prose
OTHER_LINES = {MACRO: (52, 27, 15), MICRO: (60, 0, 16)}
BODY = {MACRO: 88, MICRO: 108}  # height in millimetres of the part that holds name and title
MILLIMETRES = 25.4 / 72
DROP = 2  # millimetres of one step


def prepare(face: CertificateFace) -> Sheet:
    """Clean and fit. Raises RenderingRefused with a sentence for what no certificate can carry."""
    layout = LAYOUTS.get(face.kind)
    if layout is None:
        raise RenderingRefused(f"There is no certificate for the kind {face.kind!r}.")
    check_address(face.url)
    language = face.language if translation.check_for_language(face.language) else "en"
    recipient = whole(face.recipient_name, 200, "The name")
    title = whole(face.title, 200, "The title")
    issuer = whole(face.issuer_name, 200, "The issuer's name")
    description = shortened(face.description, 200 if len(title) + len(recipient) > 120 else 280)
    return Sheet(
        face=face,
        layout=layout,
        tones=colours(face.issuer_colour),
        language=language,
        dir="rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        recipient=line(recipient, fitted(recipient, NAME_STEPS[layout])),
        title=line(title, fitted(title, TITLE_STEPS[layout])),
        issuer=line(issuer, fitted(issuer, ((16, 1, 640), (13, 1, 640), (11, 2, 640)))),
        statement=line(shortened(face.statement, 200) or KINDS[face.kind].statement),
        description=line(description) if description else None,
        results=tuple(
            (shortened(label, 40), line(shortened(value, 60)))
            for label, value in face.results[: MAX_RESULTS[layout]]
        ),
        facts=facts(face, language),
        signatories=tuple(
            (line(shortened(person.name, 60)), line(shortened(person.title, 70)), person)
            for person in face.signatories[:MAX_SIGNATORIES]
        ),
        kind_name=KINDS[face.kind].name,
        document_title=f"{title} – {recipient}",
        drop=drop(layout, recipient, title, description, results=bool(face.results)),
    )


def facts(face: CertificateFace, language: str) -> tuple[tuple[str, str], ...]:
    """Label and value of what stands in the row of facts."""
    lines = [("Awarded", day(face.awarded_on, language))]
    if face.valid_until:
        lines.append(("Valid until", day(face.valid_until, language)))
    if licence := shortened(face.licence_number, 40):
        lines.append(("Licence number", licence))
    return tuple(lines)


def day(when: date, language: str) -> str:
    """A date written out in this language."""
    with translation.override(language):
        english = language.split("-")[0] == "en"
        return formats.date_format(when, "j F Y" if english else "DATE_FORMAT")


def colours(colour: str) -> Tones:
    try:
        return tones(colour)
    except ValueError as error:
        raise RenderingRefused(str(error)) from error


def check_address(url: str) -> None:
    """Only an ordinary web address may be printed, linked and put into the QR code."""
    parts = urlsplit(url) if len(url) <= 500 else urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise RenderingRefused(
            "The address of the credential's page is not a web address of at most 500 letters."
        )


def without(face: CertificateFace, symbols: Collection[str]) -> CertificateFace:
    """The face with none of these symbols in anything that is printed."""
    return replace(
        face,
        title=rid(face.title, symbols),
        recipient_name=rid(face.recipient_name, symbols),
        issuer_name=rid(face.issuer_name, symbols),
        statement=rid(face.statement, symbols),
        description=rid(face.description, symbols),
        licence_number=rid(face.licence_number, symbols),
        results=tuple((rid(label, symbols), rid(value, symbols)) for label, value in face.results),
        signatories=tuple(
            replace(person, name=rid(person.name, symbols), title=rid(person.title, symbols))
            for person in face.signatories
        ),
    )


def rid(text: str, symbols: Collection[str]) -> str:
    """The text without these symbols, and without what joined or coloured them."""
    gone = f"[{re.escape(''.join(symbols))}][{JOINERS}\ufe0e\ufe0f]*"
    return re.sub(gone, "", unicodedata.normalize("NFC", text))


def cleaned(text: str) -> str:
    """Composed (NFC), without control characters and direction overrides, blanks run together."""
    text = unicodedata.normalize("NFC", text)
    kept = (
        " " if letter in "\t\n\r" else letter
        for letter in text
        if letter in "\t\n\r" + JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")
    )
    return " ".join("".join(kept).split())


def whole(text: str, cap: int, what: str) -> str:
    """Text that must be printed to the last letter."""
    if len(text) > cap:
        raise RenderingRefused(f"{what} is longer than {cap} letters, so it cannot be printed whole.")
    text = cleaned(text)
    if not text.strip(JOINERS):
        raise RenderingRefused(f"{what} is empty, or has no letter that a certificate can show.")
    return text


def shortened(text: str, cap: int) -> str:
    """Text that may be cut at a word, which an ellipsis shows."""
    text = cleaned(text[: 4 * cap])
    if len(text) <= cap:
        return text
    words = text[:cap].rsplit(" ", 1)
    return words[0].rstrip(" ,;:.–-") + "…"


def line(text: str, step: int = 0) -> Line:
    return Line(text, direction(text), step)


def direction(text: str) -> str:
    """`rtl` or `ltr`, as `dir="auto"` decides it: by the first letter that has a direction."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def fitted(text: str, steps: tuple[tuple[int, int, int], ...]) -> int:
    """The number (from 0) of the first step in which the text fits, or of the last one."""
    ems = width(text)
    for number, (size, lines, room) in enumerate(steps):
        slack = 1.0 if lines == 1 else 0.88  # words do not fill the lines of a paragraph
        if ems * size <= room * lines * slack:
            return number
    return len(steps) - 1


def drop(layout: str, recipient: str, title: str, description: str, *, results: bool) -> int:
    """Steps by which the body begins lower, so that it stands in the middle of its part of the page.

    WeasyPrint could centre it by a table, at the cost of laying everything out three times.
    """
    others, result_line, prose_line = OTHER_LINES[layout]
    height: float = others + (result_line if results else 0) + prose_line * -(-len(description) // 100)
    for text, steps in ((recipient, NAME_STEPS[layout]), (title, TITLE_STEPS[layout])):
        size, _, room = steps[fitted(text, steps)]
        height += 1.25 * size * math.ceil(width(text) * size / room)
    spare = BODY[layout] - height * MILLIMETRES
    return max(0, min(20, round(spare / 2 / DROP)))


def width(text: str) -> float:
    """About how wide the text is, in ems of the certificate's serif; too wide rather than too narrow."""
    widths = advances()
    return sum(widths.get(ord(letter)) or _other_width(letter) for letter in text)


def _other_width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.72


@lru_cache(maxsize=1)
def advances() -> Mapping[int, float]:
    """Width in ems of each letter that the serif has."""
    from io import BytesIO

    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(font_bytes("serif-600"))) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {letter: metrics[glyph][0] / em for letter, glyph in font.getBestCmap().items()}
