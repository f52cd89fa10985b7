"""The rosters that lie beside the project, where they do: each is read, or refused with its sentence."""

from datetime import date
from pathlib import Path

import pytest

from credentials import roster
from credentials.roster import RosterRefused

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "rosters"
TODAY = date(2026, 11, 23)
RESULTS = [("class", "Classification"), ("gpa", "GPA"), ("score", "Score")]

GOOD = [
    ("graduates.csv", 324, ["name", "email", "awarded_on", "result:class", "result:gpa"]),
    (
        "certification-exam.csv",
        2_000,
        ["name", "email", "awarded_on", "valid_until", "evidence_url", "result:score", "licence_number"],
    ),
    ("badge-10000.csv", 10_000, ["name", "email", "awarded_on"]),
    ("workshop.xlsx", 120, ["name", "email", "awarded_on"]),
    ("messy/german-excel.csv", 40, ["name", "email", "awarded_on"]),
    ("messy/utf16-tabs.tsv", 30, ["name", "email", "awarded_on"]),
]
REFUSED = [
    ("messy/empty.csv", "empty.csv is empty: there is nothing in it to read."),
    (
        "messy/header-only.csv",
        "header-only.csv has headings but no rows under them: there is nobody to award.",
    ),
    (
        "messy/binary.csv",
        "binary.csv is not text but binary data. Save the roster as CSV or as an Excel workbook (.xlsx).",
    ),
    (
        "messy/no-email-column.csv",
        "No column is the e-mail address. The headings found are: “name”, “awarded_on”.",
    ),
    (
        "messy/nul-bytes.csv",
        "nul-bytes.csv has a NUL byte in line 2: it is damaged, or not text. Save it again as CSV (UTF-8).",
    ),
]


def read(path):
    return roster.read((FOLDER / path).read_bytes(), name=Path(path).name)


def check(sheet):
    matching = roster.guess(sheet.headings, sample_rows=sheet.rows[:50], results=RESULTS)
    return matching, roster.check(sheet, matching, today=TODAY)


if FOLDER.is_dir():  # a checkout of the project alone has no such tests; the shapes are all made in code too

    @pytest.mark.parametrize(("path", "rows", "fields"), GOOD)
    def test_every_row_of_a_good_roster_counts(path, rows, fields):
        matching, checked = check(read(path))

        assert list(matching.values()) == fields
        assert (len(checked.rows), checked.complaints) == (rows, [])

    @pytest.mark.parametrize(("path", "sentence"), REFUSED)
    def test_a_file_that_is_no_roster_is_refused_as_a_whole(path, sentence):
        with pytest.raises(RosterRefused) as refused:
            check(read(path))

        assert str(refused.value) == sentence

    def test_ten_bad_rows_have_ten_complaints():
        _, checked = check(read("messy/ten-bad-rows.csv"))

        assert [(c.line, c.field, c.weight) for c in checked.complaints] == [
            (7, "name", "fix"),
            (11, "email", "fix"),
            (16, "email", "choice"),
            (22, "awarded_on", "fix"),
            (28, "awarded_on", "fix"),
            (35, "name", "fix"),
            (42, "awarded_on", "fix"),
            (49, "", "fix"),
            (54, "name", "fix"),
            (57, "name", "note"),
        ]
        assert len(checked.rows) == 52
