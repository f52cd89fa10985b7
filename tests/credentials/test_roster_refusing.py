"""The workbook of refused rows: nothing in it computes, and mended it can be brought again."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from credentials import roster

TODAY = date(2026, 11, 23)
ROSTER = (
    "Full name;E-mail address;Passed on;Phone\n"
    "Ada Lovelace;ada@example.org;12.06.2026;+47 1\n"
    "=1+1;bob@example.org;31.02.2026;+47 2\n"
    "Cy;cy;12.06.2026;-\n"
    "Di;di@example.org;12.06.2026;;extra\n"
    "Ed;ada@example.org;12.06.2026;@ed\n"
)


def check(sheet):
    return roster.check(sheet, roster.guess(sheet.headings, sample_rows=sheet.rows), today=TODAY)


def refused(text=ROSTER):
    sheet = roster.read(text.encode(), name="roster.csv")
    return roster.write_refused(sheet, check(sheet).complaints)


def cells(data):
    book = load_workbook(io.BytesIO(data))
    return [[cell for cell in row if cell.value is not None] for row in book.active.iter_rows()]


def test_the_bad_rows_stand_there_as_they_were_with_line_and_reason():
    assert [[cell.value for cell in row] for row in cells(refused())] == [
        ["Full name", "E-mail address", "Passed on", "Phone", "Line", "Reason"],
        [
            *["=1+1", "bob@example.org", "31.02.2026", "+47 2", "3"],
            "“31.02.2026” is not a day of the calendar: February 2026 has 28 days. "
            "“=1+1” looks like a spreadsheet formula: a name does not begin with =. Write the person's name.",
        ],
        ["Cy", "cy", "12.06.2026", "-", "4", "cy is not an e-mail address: it has no @."],
        [
            *["Di", "di@example.org", "12.06.2026", "5"],
            "The row has 5 cells where there are 4 headings; “extra” is too much. "
            "Take it out, or put quotation marks around a text with the delimiter in it.",
            "extra",
        ],
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "=\t1"])
def test_what_could_be_a_formula_is_quoted_text(name):
    data = refused(f'name,email,"{name}"\n"{name}",bob@example.org,"{name}"\n')

    quoted = [(cell.data_type, cell.quotePrefix) for row in cells(data) for cell in row if cell.value == name]

    assert quoted == [("s", True)] * 3
    assert {cell.data_type for row in cells(data) for cell in row} == {"s"}


@pytest.mark.parametrize("lead", ["\t", "\r"])
def test_a_leading_tab_or_return_is_quoted_too(lead):
    sheet = roster.Sheet("r", ["name", "email"], [(2, [lead + "=1", "x"])], "xlsx", "", [])
    complaint = roster.Complaint(2, "email", "Line 2: No.", "fix")

    first = cells(roster.write_refused(sheet, [complaint]))[1][0]

    assert (first.data_type, first.quotePrefix) == ("s", True)


def test_characters_that_no_workbook_can_hold_are_marked_as_lost():
    data = refused("name,email\nAda\x07,ada@example.org\n")

    assert cells(data)[1][0].value == "Ada\ufffd"


def test_brought_again_unmended_it_is_refused_for_the_same_reasons():
    again = roster.read(refused(), name="mended.xlsx")
    checked = check(again)

    assert checked.rows == []
    assert {c.line for c in checked.complaints if c.weight == "fix"} == {2, 3, 4}


def test_mended_and_brought_again_it_matches_by_itself_and_is_good():
    book = load_workbook(io.BytesIO(refused()))
    page = book.active
    page["A2"], page["C2"] = "Bob Byron", date(2026, 2, 28)
    page["B3"] = "cy@example.org"
    page["G4"] = None
    file = io.BytesIO()
    book.save(file)

    again = roster.read(file.getvalue(), name="mended.xlsx")
    checked = check(again)

    assert roster.guess(again.headings, sample_rows=again.rows) == {0: "name", 1: "email", 2: "awarded_on"}
    assert checked.complaints == []
    assert [(row.name, row.email, row.awarded_on) for row in checked.rows] == [
        ("Bob Byron", "bob@example.org", date(2026, 2, 28)),
        ("Cy", "cy@example.org", date(2026, 6, 12)),
        ("Di", "di@example.org", date(2026, 6, 12)),
    ]


def test_refused_a_second_time_it_has_one_column_for_line_and_reason():
    again = roster.read(refused(), name="mended.xlsx")

    second = cells(roster.write_refused(again, check(again).complaints))

    assert [cell.value for cell in second[0]] == [
        "Full name",
        "E-mail address",
        "Passed on",
        "Phone",
        "Line",
        "Reason",
    ]
    assert len(second) == 4
