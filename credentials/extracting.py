"""From what a person drops to the credential inside it: a JSON file, or a PDF with one attached."""

import subprocess
import sys
from pathlib import Path

from credentials import attachments
from credentials.openbadges import document

MAX_BYTES = 10 * 1024 * 1024
PNG, PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-"
OTHER_PICTURES = (b"\xff\xd8\xff", b"GIF8", b"RIFF")
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf")
TOO_LARGE = "The file is larger than 10 MB. A credential is much smaller: bring the PDF or the JSON alone."
NOT_YET = "Bring the PDF certificate, the JSON file, or the address of the credential."


class Unreadable(ValueError):
    """What was brought holds no credential that can be read. The message is a sentence for people."""


def document_in(data: bytes, *, name: str) -> tuple[dict, str]:
    """The credential in a file, and what carried it: "json" or "pdf". Raises `Unreadable`.

    What a file is, its bytes say; its name is only used to speak of it.
    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    if PDF in data[:1024]:
        return _parse(credential_in_pdf(data)), "pdf"
    if looks_like_json(data):
        return _parse(data), "json"
    raise Unreadable(_what_else(data, name))


def looks_like_json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def credential_in_pdf(data: bytes) -> bytes:
    """What is attached to a PDF, taken out by a program of its own with limits. Raises `Unreadable`."""
    command = [sys.executable, "-I", str(Path(attachments.__file__))]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=2 * attachments.MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("This PDF takes too long to read, so we stopped.") from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode == attachments.REFUSED:
        raise Unreadable(done.stderr.decode())
    raise Unreadable("This PDF cannot be read: it breaks the program that opens it.")


def _parse(data: bytes) -> dict:
    try:
        return document.parse(data)
    except document.Malformed as malformed:
        raise Unreadable(str(malformed)) from malformed


def _what_else(data: bytes, name: str) -> str:
    """A sentence about a file that is neither PDF nor JSON, so that the person knows what to bring."""
    called = f"“{name[:80]}”" if name else "This file"
    start = data[:512].lstrip().lower()
    if data.startswith(PNG) or b"<svg" in start:
        return f"{called} is a picture. Credentials inside pictures cannot be read here yet. {NOT_YET}"
    if data.startswith(OTHER_PICTURES):
        return f"{called} is a photo or a picture, and such pictures carry no credential. {NOT_YET}"
    if data.startswith(ARCHIVES):
        return f"{called} is an archive or an office file. Unpack it first. {NOT_YET}"
    if data.startswith(b"eyJ") and data.count(b".") >= 2:
        return f"{called} is a credential in the compact form (JWT), which cannot be read here yet. {NOT_YET}"
    if b"<html" in start or b"<!doctype html" in start:
        return f"{called} is a web page, not a credential. Look there for its JSON or PDF file."
    return f"{called} is neither a PDF nor a JSON file. {NOT_YET}"
