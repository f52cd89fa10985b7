"""A file or pasted text in, a sheet of headings and rows out; or one sentence why not."""

from . import recognising
from .plain import read_text
from .shapes import MOST_BYTES, RosterRefused, Sheet
from .workbook import read_workbook


def read(data: bytes, *, name: str) -> Sheet:
    """The sheet in the bytes of a CSV, TSV, semicolon, pipe or pasted text, or of an XLSX workbook.

    What the file is, is told by its content; `name` only appears in sentences. A line is counted as an
    editor or a spreadsheet shows it, the heading usually being line 1. Raises RosterRefused.
    """
    if len(data) > MOST_BYTES:
        size = -(-len(data) // 1_000_000)
        raise RosterRefused(f"{name} has {size} MB; a roster may have {MOST_BYTES // 1_000_000}. Split it.")
    if what := recognising.seems_to_be(data):
        raise RosterRefused(
            f"{name} seems to be {what}, not a roster. "
            "Save the roster as CSV or as an Excel workbook (.xlsx)."
        )
    if recognising.is_workbook(data):
        return read_workbook(data, name=name)
    return read_text(data, name=name)
