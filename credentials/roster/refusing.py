"""The rows that must be mended, as a workbook that can be mended and brought again."""

import io
import re
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from credentials.spreadsheets import COULD_BE_FORMULA

from .matching import OUR_OWN_HEADINGS
from .shapes import Complaint, Sheet
from .words import key

_CANNOT_BE_WRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_refused(sheet: Sheet, complaints: Iterable[Complaint]) -> bytes:
    """An .xlsx of the rows with a complaint of weight "fix": the roster's own columns, then Line and Reason.

    Every cell is text, so that nothing is computed when it is opened. Brought again, the same columns match
    and Line and Reason are left out; cells beyond the headings stand after them, where they are too many.
    """
    reasons: dict[int, list[str]] = {}
    for complaint in complaints:
        if complaint.weight == "fix":
            reasons.setdefault(complaint.line, []).append(complaint.reason)
    kept = [n for n, heading in enumerate(sheet.headings) if not _is_ours(heading)]
    workbook = Workbook(write_only=True)
    page = workbook.create_sheet("To be mended")
    page.freeze_panes = "A2"
    _set_widths(page, len(kept))
    page.append([_heading(page, text) for text in [sheet.headings[n] for n in kept] + list(OUR_OWN_HEADINGS)])
    for line, cells in sheet.rows:
        if line in reasons:
            own = [cells[n] if n < len(cells) else "" for n in kept]
            ours = [str(line), " ".join(reasons[line])]
            beyond = list(cells[len(sheet.headings) :])
            page.append([_cell(page, text) for text in own + ours + beyond])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _is_ours(heading: str) -> bool:
    return key(heading) in map(key, OUR_OWN_HEADINGS)


def _set_widths(page, columns: int) -> None:
    for number in range(1, columns + 1):
        page.column_dimensions[get_column_letter(number)].width = 24
    page.column_dimensions[get_column_letter(columns + 2)].width = 90


def _heading(page, text: str) -> WriteOnlyCell:
    cell = _cell(page, text)
    cell.font = Font(bold=True)
    return cell


def _cell(page, text: str) -> WriteOnlyCell:
    """A cell that is text, whatever it looks like; what could be a formula is marked as quoted as well."""
    cell = WriteOnlyCell(page, _CANNOT_BE_WRITTEN.sub("\ufffd", text))
    cell.data_type = "s"
    if text.startswith(COULD_BE_FORMULA):
        cell.quotePrefix = True
        cell.alignment = Alignment(horizontal="left")
    return cell
