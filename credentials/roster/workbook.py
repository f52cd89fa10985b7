"""Rosters in an Excel workbook: its first sheet that has something in it, each cell as people see it."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .headings import Line, compose_sheet
from .shapes import RosterRefused, Sheet

_MOST_UNPACKED = 120_000_000  # bytes of all parts together; 50,000 rows of 20 columns unpack to some 60 MB
_MOST_SHARED_TEXT = 40_000_000  # bytes of the part that is held in memory as a whole
_MOST_PARTS = 2_000
_LAST_LINE = 200_000  # empty lines between the people included; a crafted sheet claims two thousand million
_MOST_CELLS = 3_000_000  # empty ones included: 50,000 rows of 60
# What the zip, XML and workbook readers raise on damaged input, as far as a fuzzer could make them.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    OSError,
    EOFError,
    RuntimeError,
    AssertionError,
    OverflowError,
)


def read_workbook(data: bytes, *, name: str) -> Sheet:
    """The first visible sheet that is not empty. Raises RosterRefused."""
    try:
        _refuse_bomb(data, name)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="openpyxl")  # parts we do not read: styles, validation
            return _read(data, name)
    except RosterRefused:
        raise
    except _DAMAGED:
        raise RosterRefused(
            f"{name} is a damaged Excel workbook. Open it, save it again as .xlsx or CSV, and bring that."
        ) from None


def _refuse_bomb(data: bytes, name: str) -> None:
    """The archive's directory says how large each part is; the zip reader never unpacks more than that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    total = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or total > _MOST_UNPACKED or shared > _MOST_SHARED_TEXT:
        raise RosterRefused(
            f"{name} unpacks to {total // 1_000_000:,} MB, more than a roster can need. "
            "Save only the sheet with the people, or save it as CSV."
        )


def _read(data: bytes, name: str) -> Sheet:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible:
            lines = _lines(sheet, name)
            first = next(lines, None)
            if first is not None:
                notes = _notes(sheet.title, len(visible))
                return compose_sheet(
                    _chained(first, lines), name=name, encoding="xlsx", delimiter="", notes=notes
                )
    finally:
        workbook.close()
    raise RosterRefused(f"{name} is empty: there is nothing in it to read.")


def _chained(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest


def _notes(title: str, sheets: int) -> list[str]:
    if sheets == 1:
        return []
    return [f"Only the sheet “{title}” was read; the workbook has {sheets} sheets."]


def _lines(sheet, name: str) -> Iterator[Line]:
    """The filled lines by their number in the sheet."""
    sheet.reset_dimensions()  # a stale or crafted size would pad each row to it
    cells_seen = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells_seen += len(row)
        if number > _LAST_LINE or cells_seen > _MOST_CELLS:
            raise RosterRefused(f"{name} claims more cells than a roster can need. Save it as CSV.")
        cells = [_as_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _as_text(cell) -> str:
    """A cell as its sheet shows it, only that dates are ISO and whole numbers have no ".0"."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return _number(value, cell.number_format or "")


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{_plain(round(value * 100, 8))}%"
    return _plain(value)


def _plain(value: float) -> str:
    """The shortest text that is the same number, without exponent: 3, 2.49, 4006381333931."""
    if isinstance(value, int):
        return str(value)
    if value == int(value):
        return str(int(value))
    # Fifteen digits are what a spreadsheet computes with; more show 0.1 + 0.2 as 0.30000000000000004.
    return f"{value:.15f}".rstrip("0") if abs(value) < 1e-4 else f"{value:.15g}"
