"""Rosters in plain text: the encoding, the delimiter and the lines of a file that says none of them."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from . import recognising
from .headings import Line, compose_sheet
from .matching import known_headings
from .shapes import LONGEST_CELL, MOST_ROWS, RosterRefused, Sheet

_MARKS = (  # UTF-32 first: its little-endian mark begins with the one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESS_SAMPLE = 40_000  # bytes of lines with other than ASCII that the guess looks at
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD = 60  # lines; one that is longer has a quotation mark that nobody closed
_DELIMITER_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_MAILBOX = re.compile(r"[\s,;]*([^<>@\r\n]{0,300}?)[ \t]*<([^<>\s@]{1,100}@[^<>\s@]{1,300})>[ \t]*[,;]?")


def read_text(data: bytes, *, name: str) -> Sheet:
    """The sheet in delimited or pasted text. Raises RosterRefused."""
    text, encoding, notes = _decode(data, name)
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


def _decode(data: bytes, name: str) -> tuple[str, str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding, name), encoding, []
    if (encoding := _wide_without_mark(data)) is not None:
        return _decode_as(data, encoding, name), encoding, []
    if recognising.is_binary(data):
        raise RosterRefused(
            f"{name} is not text but binary data. Save the roster as CSV or as an Excel workbook (.xlsx)."
        )
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        encoding = _guess_encoding(data)
    note = f"The file does not say how its letters are encoded; it was read as {_ENCODINGS[encoding]}."
    return data.decode(encoding, errors="replace"), encoding, [note]


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count("\n".encode(encoding), 0, error.start) + 1
        raise RosterRefused(
            f"{name} says that it is {encoding.upper()}, but line {line} has bytes that are not. "
            "Save it again as CSV (UTF-8)."
        ) from None


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 that lost its mark: nearly every second byte of Latin text is a NUL, and no other."""
    even, odd = data[:4_096:2], data[1:4_096:2]
    if len(odd) < 4:
        return None
    if odd.count(0) * 10 > len(odd) * 4 and even.count(0) * 50 < len(even):
        return "utf-16-le"
    if even.count(0) * 10 > len(even) * 4 and odd.count(0) * 50 < len(odd):
        return "utf-16-be"
    return None


def _guess_encoding(data: bytes) -> str:
    """The likeliest of the encodings that spreadsheets write; Windows-1252 if none convinces."""
    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_GUESS_SAMPLE]
    best = from_bytes(sample, cp_isolation=list(_ENCODINGS), preemptive_behaviour=False).best()
    western = _strangeness(sample, "cp1252")
    if best is None or best.encoding not in _ENCODINGS or _strangeness(sample, best.encoding) >= western:
        return "cp1252"
    return best.encoding


def _strangeness(sample: bytes, encoding: str) -> int:
    """How many characters of the reading are not letters, and how often scripts or cases change in a word."""
    text = sample.decode(encoding, errors="replace")
    foreign = [c for c in text if not c.isascii()]
    return sum(3 for c in foreign if not c.isalpha()) + len(_MIXED_CASE.findall(text))


def _refuse_nul(text: str, name: str) -> None:
    at = text.find("\0")
    if at >= 0:
        line = len(text[:at].splitlines()) or 1
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
        rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(row)]
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
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or "\x1f")
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


_MIXED_CASE = re.compile(r"[^\W\d_A-Z][A-Z]|(?<=[a-z])[À-ÖØ-Þ]")
_ENCODINGS = {
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift JIS (Japanese)",
    "cp949": "Windows-949 (Korean)",
    "big5": "Big5 (Chinese)",
    "gb18030": "GB 18030 (Chinese)",
    "euc_jp": "EUC-JP (Japanese)",
    "koi8_r": "KOI8-R (Russian)",
    "koi8_u": "KOI8-U (Ukrainian)",
    "mac_roman": "Mac Roman (Western European)",
}
