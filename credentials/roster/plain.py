"""Rosters in plain text: the delimiter and the lines of a file that does not say them."""

import csv
import io
import re
from collections.abc import Iterator

from .decoding import decode
from .headings import Line, compose_sheet
from .matching import known_headings
from .shapes import LONGEST_CELL, MOST_ROWS, RosterRefused, Sheet

_LONGEST_LINE = 1_000_000  # characters
_MOST_LINES = 1_000_000
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD = 60  # lines; one that is longer has a quotation mark that nobody closed
_DELIMITER_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_MAILBOX = re.compile(r"[\s,;]*([^<>@\r\n]{0,300}?)[ \t]*<([^<>\s@]{1,100}@[^<>\s@]{1,300})>[ \t]*[,;]?")


def read_text(data: bytes, *, name: str) -> Sheet:
    """The sheet in delimited or pasted text. Raises RosterRefused."""
    text, encoding, notes = decode(data, name=name)
    if not text.strip():
        raise RosterRefused(f"{name} is empty: there is nothing in it to read.")
    _refuse_nul(text, name)
    if (mailboxes := _mailboxes(text)) is not None:
        return Sheet(name, ["Name", "E-mail"], mailboxes, encoding, "", notes)
    hint = _DELIMITER_LINE.match(text)
    delimiter = hint[1] if hint else _delimiter(text)
    lines = _lines(text, delimiter, name)
    if hint:
        next(lines)
    return compose_sheet(lines, name=name, encoding=encoding, delimiter=delimiter, notes=notes)


def _refuse_nul(text: str, name: str) -> None:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise RosterRefused(
            f"{name} has a NUL byte in line {line}: it is damaged, or not text. Save it again as CSV (UTF-8)."
        )


def _mailboxes(text: str) -> list[Line] | None:
    """Rows for text that is nothing but "Name <address>", as copied from a mail program; else None."""
    if "<" not in text[:700] or "@" not in text[:1_000]:
        return None
    rows: list[Line] = []
    at, line = 0, 1
    end = len(text.rstrip(" \t\r\n,;"))
    while at < end:
        match = _MAILBOX.match(text, at)
        if match is None or len(rows) > MOST_ROWS:
            return None
        line += text.count("\n", at, match.start(2))
        rows.append((line, [match[1].strip(' "\t'), match[2]]))
        line += text.count("\n", match.start(2), match.end())
        at = match.end()
    return rows


def _delimiter(text: str) -> str:
    """The one that gives known headings, then even rows, then many columns; "" if no line has any."""
    sample = "".join(text[:100_000].splitlines(keepends=True)[:60])
    best, best_score = "", (0, 0.0, 0)
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        width = len(rows[0]) if rows else 0
        if not any(len(row) > 1 for row in rows[:10]):
            continue
        even = sum(len(row) == width for row in rows) / len(rows)
        score = (max(known_headings(row) for row in rows[:10]), even, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _lines(text: str, delimiter: str, name: str) -> Iterator[Line]:
    """Each record with the line of the file on which it begins, also if a cell has lines of its own."""
    reader = csv.reader(_not_too_long(text, name), delimiter=delimiter or "\x1f")
    before = start = 0
    try:
        for cells in reader:
            start, before = before + 1, reader.line_num
            if before - start > _LONGEST_RECORD:
                raise RosterRefused(_unclosed(name, start))
            yield start, cells
    except csv.Error:
        raise RosterRefused(
            f"{name} has a cell in line {before + 1} that is longer than {LONGEST_CELL:,} characters; "
            "perhaps a quotation mark is not closed there."
        ) from None
    if _ends_inside_quotes(text, delimiter):
        raise RosterRefused(_unclosed(name, start))


def _not_too_long(text: str, name: str) -> Iterator[str]:
    """The lines of the file, before they are cut into cells that would fill the memory."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > _LONGEST_LINE:
            raise RosterRefused(f"{name} has a line of {len(line):,} characters: line {number}.")
        if number > _MOST_LINES:
            raise RosterRefused(f"{name} has more than {_MOST_LINES:,} lines, empty ones included.")
        yield line


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    if text.count('"') % 2 == 0:
        return False
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or "\x1f", strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _unclosed(name: str, line: int) -> str:
    return f"{name} opens a quotation mark in line {line} that is never closed. Close it or take it out."
