"""What Open Badges 3.0 has no property for, as readable lines below the criteria: so it is signed too.

The criteria are Markdown of the issuer's. What follows them was typed as plain text, and is shown so.
"""

import re
from collections.abc import Iterable

# What means something to Markdown wherever it stands, with tables and strikethrough, which some readers know.
_MARKS = re.compile(r"[\\`*_\[\]<>|~]|&(?=#?\w+;)")
# What means something at the beginning of a line: headings, lists, rules, underlines, the tables of some.
_BEGINS = re.compile(r"\A(?:(\d{1,9}(?=[.)]))|(?=[#+=:-]))")


def with_particulars(criteria: str, particulars: Iterable[tuple[str, str]]) -> str:
    """The criteria, and each particular that says something in a paragraph with its name before it."""
    lines = [f"**{plain(name)}:** {plain(text)}" for name, text in particulars if text.strip()]
    return "\n\n".join([part for part in (criteria, *lines) if part])


def plain(text: str) -> str:
    """Markdown that shows a text as it was typed: its lines and its paragraphs end where they ended."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "\n\n".join("\\\n".join(map(_line, paragraph.split("\n"))) for paragraph in paragraphs)


def _line(text: str) -> str:
    return _BEGINS.sub(r"\1\\", _MARKS.sub(r"\\\g<0>", text.strip()), count=1)
