"""Text that can be signed: no control characters, nothing that XML cannot hold, line ends as LF (C-29).

Also how sentences name a day and a minute.
"""

import datetime as dt
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import slugify

ALLOWED_CONTROLS = frozenset("\t\n\r")
NO_CHARACTERS = frozenset("\ufffe\uffff")  # no XML may hold them, so no SVG badge could carry the credential


def tidy(text: str) -> str:
    """Line ends as LF and composed letters (NFC), so that the same words are always the same bytes."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def validate_text(text: str) -> None:
    """Refuse what canonicalisations write differently. Raises `ValidationError` with a sentence."""
    for place, character in enumerate(text):
        if character in ALLOWED_CONTROLS:
            continue
        if character in NO_CHARACTERS or unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValidationError(
                "There is an invisible control character (U+%(code)s) after “%(before)s”. Remove it: "
                "it cannot be signed.",
                code="control_character",
                params={"code": f"{ord(character):04X}", "before": text[max(0, place - 20) : place]},
            )


def day_of(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def minute_of(moment: dt.datetime) -> str:
    return f"{day_of(moment)}, {moment:%H:%M} UTC"


def slug_of(name: str) -> str:
    """An address made from a name; empty if the name has too few letters that an address may have."""
    slug = slugify(name).replace("_", "-")[:40].strip("-")
    return slug if len(slug) >= 3 else ""
