"""A roster in: a file becomes rows that can be awarded and complaints that a person can mend.

Pure: no model, no Django, no network. The way of a file is read → guess (a person may change the matching)
→ check → rows to award, and `write_refused` for those that must be mended first.
"""

from .checking import check, has_open_dates
from .matching import guess, refuse_incomplete
from .reading import read
from .refusing import write_refused
from .shapes import (
    COLUMNS,
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    RESULT_PREFIX,
    Checked,
    Column,
    Complaint,
    ResultRule,
    RosterRefused,
    Row,
    Sheet,
    Weight,
)

__all__ = [
    "COLUMNS",
    "LONGEST_CELL",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "RESULT_PREFIX",
    "Checked",
    "Column",
    "Complaint",
    "ResultRule",
    "RosterRefused",
    "Row",
    "Sheet",
    "Weight",
    "check",
    "guess",
    "has_open_dates",
    "read",
    "refuse_incomplete",
    "write_refused",
]
