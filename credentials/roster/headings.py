"""Where the headings of a sheet are, and the limits of what comes under them."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from .matching import known_headings, looks_like_address
from .shapes import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, RosterRefused, Sheet

Line = tuple[int, list[str]]  # the line in the file, and its cells
_LINES_ABOVE = 10  # how far down a heading is looked for under a title


def compose_sheet(
    lines: Iterable[Line], *, name: str, encoding: str, delimiter: str, notes: list[str]
) -> Sheet:
    """Headings and rows out of the lines of a file. Raises RosterRefused."""
    filled = (line for line in lines if any(cell and not cell.isspace() for cell in line[1]))
    top = list(islice(filled, _LINES_ABOVE))
    if not top:
        raise RosterRefused(f"{name} is empty: there is nothing in it to read.")
    notes = list(notes)
    at = max(range(len(top)), key=lambda n: (known_headings(top[n][1]), -n))
    if known_headings(top[at][1]) == 0 and any(looks_like_address(cell) for cell in top[0][1]):
        notes.append("The first line is a person, not headings; the columns are known by what is in them.")
        rows = _limited(chain(top, filled), name)
        return Sheet(name, _numbered(rows), rows, encoding, delimiter, notes)
    if known_headings(top[at][1]) == 0:
        at = 0
    if at > 0:
        notes.append(f"The headings are in line {top[at][0]}; what stands above them was left out.")
    headings = _trimmed(top[at][1])
    if len(headings) > MOST_COLUMNS:
        raise RosterRefused(f"{name} has {len(headings)} columns; a roster may have {MOST_COLUMNS}.")
    rows = _limited(chain(top[at + 1 :], filled), name)
    if not rows:
        raise RosterRefused(f"{name} has headings but no rows under them: there is nobody to award.")
    return Sheet(name, headings, rows, encoding, delimiter, notes)


def _limited(lines: Iterator[Line], name: str) -> list[Line]:
    rows: list[Line] = []
    for line, cells in lines:
        if len(rows) == MOST_ROWS:
            raise RosterRefused(f"{name} has more than {MOST_ROWS:,} rows. Split it and bring the parts.")
        if len(cells) > MOST_COLUMNS and len(_trimmed(cells)) > MOST_COLUMNS:
            raise RosterRefused(f"{name} has more than {MOST_COLUMNS} cells in line {line}.")
        longest = max(map(len, cells))
        if longest > LONGEST_CELL:
            raise RosterRefused(
                f"{name} has a cell of {longest:,} characters in line {line}; "
                f"a cell may have {LONGEST_CELL:,}. Perhaps a quotation mark is not closed there."
            )
        rows.append((line, cells))
    return rows


def _trimmed(cells: list[str]) -> list[str]:
    """Stripped, and without the empty ones at the end."""
    stripped = [cell.strip().strip("\ufeff") for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped


def _numbered(rows: list[Line]) -> list[str]:
    width = max(len(cells) for _, cells in rows[:_LINES_ABOVE])
    return [f"Column {number}" for number in range(1, width + 1)]
