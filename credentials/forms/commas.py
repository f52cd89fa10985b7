"""A list in one line, with commas between; what has a comma of its own stands in quotation marks."""

import re
from collections.abc import Iterable

_ENTRY = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|\Z)')


def joined(entries: Iterable[str]) -> str:
    return ", ".join(_quoted(entry) for entry in entries)


def parted(text: str) -> list[str]:
    """The entries that `joined` was given, or that somebody typed; empty ones are left out."""
    entries = (quoted.replace('""', '"') if quoted else plain for quoted, plain in _ENTRY.findall(text))
    return [entry.strip() for entry in entries if entry.strip()]


def _quoted(entry: str) -> str:
    doubled = entry.replace('"', '""')
    return f'"{doubled}"' if "," in entry or entry.startswith('"') else entry
