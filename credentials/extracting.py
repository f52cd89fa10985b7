"""From what a person drops to the credential inside it: JSON, JWT, PDF, PNG, SVG, or a photo of a QR code."""

from types import ModuleType
from typing import NamedTuple

from django.conf import settings

from credentials import attachments, photographs, programs
from credentials.openbadges import baking, document, jwt

MAX_BYTES = 10 * 1024 * 1024
PNG, PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-"
PHOTOS = (b"\xff\xd8\xff", b"RIFF")
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*")
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf")
TOO_LARGE = "The file is larger than 10 MB. A credential is much smaller: bring the PDF or the JSON alone."
WHAT_TO_BRING = (
    "Bring the PDF certificate, the picture of the badge, the JSON file, or the address of the credential."
)


class Unreadable(ValueError):
    """What was brought holds no credential that can be read. The message is a sentence for people."""


class TookTooLong(Unreadable):
    """We stopped before it was read: what it holds is unknown."""


class Found(NamedTuple):
    """What was in a file, and what carried it: "json", "jwt", "pdf", "png", "svg" or "qr".

    `brought` is a document, or a compact token; or, where only `address` is set, it has yet to be fetched.
    """

    brought: dict | str | None
    carrier: str
    address: str = ""


def document_in(data: bytes, *, name: str) -> Found:
    """The credential in a file. Raises `Unreadable`.

    What a file is, its bytes say; its name is only used to speak of it.
    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    if data.startswith(PNG) or looks_like_svg(data):
        return _in_picture(data)
    if data.startswith(PHOTOS):
        return _in_text(_text_of_code(data), "qr")
    if PDF in data[:1024]:
        return _in_text(credential_in_pdf(data), "pdf")
    if looks_like_json(data):
        return Found(_parse(data), "json")
    if looks_like_jwt(data):
        return Found(data.decode("ascii").strip(), "jwt")
    raise Unreadable(_what_else(data, name))


def looks_like_json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def looks_like_jwt(data: bytes) -> bool:
    text = data.strip()
    return text.isascii() and jwt.looks_like_one(text.decode("ascii"))


def looks_like_svg(data: bytes) -> bool:
    start = data[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in start


def credential_in_pdf(data: bytes) -> bytes:
    """What is attached to a PDF, taken out by a program of its own with limits. Raises `Unreadable`."""
    return _by_program(attachments, data, "PDF")


def _text_of_code(data: bytes) -> bytes:
    """What the QR code in a picture says. Raises `Unreadable`."""
    return _by_program(photographs, data, "picture", _own())


def _own() -> str:
    """How the addresses of this site begin: with http where it is tried out."""
    return f"{settings.PUBLIC_BASE_URL}/"


def _by_program(program: ModuleType, data: bytes, what: str, *arguments: str) -> bytes:
    """What a program of its own says about a file, within its limits. Raises `Unreadable`."""
    try:
        return programs.run(program, data, *arguments)
    except programs.TookTooLong:
        raise TookTooLong(f"This {what} takes too long to read, so we stopped.") from None
    except programs.Refused as refused:
        raise Unreadable(str(refused)) from None
    except programs.Broke:
        raise Unreadable(f"This {what} cannot be read: it breaks the program that opens it.") from None


def _in_picture(data: bytes) -> Found:
    """The credential that is baked in; without one, a PNG may still be a picture of a QR code."""
    carrier = "png" if data.startswith(PNG) else "svg"
    try:
        text = baking.unbake(data)
    except baking.Unbakeable as complaint:
        raise Unreadable(str(complaint)) from complaint
    if text is not None:
        return _in_text(text.encode(), carrier)
    if carrier == "png":
        return _in_text(_text_of_code(data), "qr")
    raise Unreadable(f"There is no credential inside this picture. {WHAT_TO_BRING}")


def _in_text(data: bytes, carrier: str) -> Found:
    """What something carried: a document, a token, or an address."""
    if looks_like_json(data):
        return Found(_parse(data), carrier)
    if looks_like_jwt(data):
        return Found(data.decode("ascii").strip(), carrier)
    text = data.decode("utf-8", "replace").strip()
    if text.lower().startswith(("https://", _own().lower())) and len(text.split()) == 1:
        return Found(None, carrier, text)
    if carrier == "qr":
        raise Unreadable("The QR code in this picture holds no address of a credential.")
    raise Unreadable(f"What is inside of this file is no credential. {WHAT_TO_BRING}")


def _parse(data: bytes) -> dict:
    try:
        return document.parse(data)
    except document.Malformed as malformed:
        raise Unreadable(str(malformed)) from malformed


def _what_else(data: bytes, name: str) -> str:
    """A sentence about a file that carries no credential, so that the person knows what to bring."""
    called = f"“{name[:80]}”" if name else "This file"
    start = data[:512].lstrip().lower()
    if data.startswith(OTHER_PICTURES):
        return f"{called} is a picture of a kind that carries no credential. {WHAT_TO_BRING}"
    if data.startswith(ARCHIVES):
        return f"{called} is an archive or an office file. Unpack it first. {WHAT_TO_BRING}"
    if b"<html" in start or b"<!doctype html" in start:
        return f"{called} is a web page, not a credential. Look there for its JSON or PDF file."
    return f"{called} is neither a PDF nor a JSON file, nor a picture of a badge. {WHAT_TO_BRING}"
