"""Files as people bring them: text in any encoding and shape, workbooks, and what is no roster at all."""

import codecs
import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from credentials import roster
from credentials.roster import RosterRefused, Sheet

HEADINGS = ["name", "email", "awarded_on"]
ADA = ["Ada Lovelace", "ada@example.org", "2026-06-12"]


def workbook(*sheets, hidden=()):
    """The bytes of an .xlsx with a sheet for each list of rows; a cell may be (value, number format)."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet{number + 1}")
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for y, row in enumerate(rows, start=1):
            for x, value in enumerate(row, start=1):
                value, number_format = value if isinstance(value, tuple) else (value, None)
                cell = sheet.cell(y, x, value)
                if number_format:
                    cell.number_format = number_format
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(data, name="roster.csv"):
    return roster.read(data.encode() if isinstance(data, str) else data, name=name)


def refusal(data, name="roster.csv"):
    with pytest.raises(RosterRefused) as refused:
        read(data, name)
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_is_recognised(delimiter, newline):
    data = newline.join(delimiter.join(cells) for cells in [HEADINGS, ADA]) + newline

    assert read(data) == Sheet("roster.csv", HEADINGS, [(2, ADA)], "utf-8", delimiter, [])


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-8"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_unicode_is_read_with_its_mark_and_without(mark, encoding):
    text = "name\temail\r\nŁukasz Żak\tl@example.org\r\n李小龍\tx@example.org\r\n"

    sheet = read(mark + text.encode(encoding))

    assert (sheet.headings, sheet.encoding) == (["name", "email"], encoding)
    assert sheet.rows == [(2, ["Łukasz Żak", "l@example.org"]), (3, ["李小龍", "x@example.org"])]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", ["Jürgen Groß"]),
        (
            "cp1252",
            ["Zoë Müller", "François Noël", "Núñez Peña", "Bjørn Ågård", "Seán O’Connor", "JOSÉ MUÑOZ"],
        ),
        ("cp1252", ["Þórður Guðmundsson"]),
        ("cp1250", ["Łukasz Wójcik", "Šárka Dvořáková", "Gyöngyi Kővári", "Jiří Černý", "Żaneta Błaszczyk"]),
        ("cp1251", ["Иван Петров", "Людмила Сірко"]),
        ("koi8_r", ["Иван Петров", "Ольга Кузнецова", "Михаил Щукин"]),
        ("cp1253", ["Γιώργος Παπαδόπουλος", "Ελένη Νικολάου"]),
        ("cp1254", ["Şükrü Yıldız", "İbrahim Çağlar"]),
        ("cp1255", ["שרה כהן", "דוד לוי"]),
        ("cp1256", ["محمد عبد الله", "فاطمة الزهراء"]),
        ("cp1257", ["Jānis Bērziņš", "Živilė Žukauskaitė"]),
        ("cp874", ["สมชาย ใจดี", "ศิริพร วงศ์สวัสดิ์"]),
        ("mac_roman", ["Jürgen Groß", "Zoë Müller"]),
        ("cp932", ["山田 太郎", "鈴木 花子", "髙橋 一郎", "サトウ ジロウ"]),
        ("cp949", ["김철수", "이영희", "박지민"]),
        ("gb18030", ["王小明", "李红", "张伟", "刘洋"]),
        ("big5", ["陳大文", "林美玲", "黃志明", "張家豪"]),
    ],
)
def test_an_older_encoding_is_told_by_the_names_and_said_to_be_a_guess(encoding, names):
    lines = ["Name;E-Mail;Datum", *(f"{name};p{n}@example.org;12.06.2026" for n, name in enumerate(names))]

    sheet = read(("\r\n".join(lines) + "\r\n").encode(encoding))

    assert ([cells[0] for _, cells in sheet.rows], sheet.encoding) == (names, encoding)
    assert [note[:65] for note in sheet.notes] == [
        "The file does not say how its letters are encoded; it was read as"
    ]


def test_lines_are_counted_as_an_editor_shows_them():
    text = (
        'name,email,note\n\nAda,ada@example.org,"one\ntwo\nthree"\n,,\nBob,bob@example.org,\n\n"Cy",c@x.org,x'
    )

    assert [(line, cells[0]) for line, cells in read(text).rows] == [(3, "Ada"), (7, "Bob"), (9, "Cy")]


def test_a_line_of_excel_that_names_the_delimiter_is_obeyed_and_counted():
    sheet = read("sep=;\r\nName;E-Mail\r\nLovelace, Ada;ada@example.org\r\n")

    assert (sheet.headings, sheet.rows) == (["Name", "E-Mail"], [(3, ["Lovelace, Ada", "ada@example.org"])])


def test_commas_in_cells_do_not_hide_the_delimiter():
    text = "Name;E-Mail;Ort\nLovelace, Ada;ada@example.org;London, W1\nByron, George, Lord;b@example.org;Rom"

    assert read(text).delimiter == ";"


def test_a_title_above_the_headings_is_left_out_and_said_to_be():
    sheet = read("Graduates of 2026,,\n,,\nName,E-mail,Date\nAda,ada@example.org,2026-06-12\n")

    assert (sheet.headings, sheet.rows[0][0]) == (["Name", "E-mail", "Date"], 4)
    assert sheet.notes == ["The headings are in line 3; what stands above them was left out."]


def test_rows_without_headings_are_numbered_columns():
    sheet = read("Ada Lovelace, ada@example.org\nBob Byron, bob@example.org")

    assert sheet.headings == ["Column 1", "Column 2"]
    assert [line for line, _ in sheet.rows] == [1, 2]
    assert sheet.notes == [
        "The first line is a person, not headings; the columns are known by what is in them."
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Ada Lovelace <ada@example.org>\nBob <bob@example.org>\n", [1, 2]),
        ("Ada Lovelace <ada@example.org>; Bob <bob@example.org>", [1, 1]),
        ("Ada Lovelace <ada@example.org>, Bob <bob@example.org>,", [1, 1]),
        ('"Ada Lovelace" <ada@example.org>,\r\n\r\n Bob <bob@example.org>', [1, 3]),
    ],
)
def test_addresses_copied_from_a_mail_program_are_names_and_addresses(text, lines):
    sheet = read(text, "pasted text")

    assert sheet.headings == ["Name", "E-mail"]
    assert sheet.rows == list(
        zip(lines, [["Ada Lovelace", "ada@example.org"], ["Bob", "bob@example.org"]], strict=True)
    )


def test_headings_lose_their_spaces_and_the_empty_ones_at_the_end():
    assert read(" name , email,,\nAda,ada@example.org,,\n").headings == ["name", "email"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "r.csv is empty: there is nothing in it to read."),
        (b" \r\n\t\n", "r.csv is empty: there is nothing in it to read."),
        (codecs.BOM_UTF8, "r.csv is empty: there is nothing in it to read."),
        (b",,\n,,\n", "r.csv is empty: there is nothing in it to read."),
        (
            b"name,email,awarded_on\n",
            "r.csv has headings but no rows under them: there is nobody to award.",
        ),
        (
            b"name,email\nAda\0 Lovelace,ada@example.org\n",
            "r.csv has a NUL byte in line 2: it is damaged, or not text. Save it again as CSV (UTF-8).",
        ),
        (
            codecs.BOM_UTF8 + b"name,email\nJ\xfcrgen,j@example.org\n",
            "r.csv says that it is UTF-8, but line 2 has bytes that are not. Save it again as CSV (UTF-8).",
        ),
        (
            bytes(range(256)) * 16,
            "r.csv is not text but binary data. Save the roster as CSV or as an Excel workbook (.xlsx).",
        ),
        (
            b'name,email\nAda,ada@example.org\n"Bob,bob@example.org\nCy,cy@example.org\n',
            "r.csv opens a quotation mark in line 3 that is never closed. Close it or take it out.",
        ),
        (
            b'name,email\n"Bob,bob@example.org\n' + b"Cy,cy@example.org\n" * 70 + b'"Di",d@example.org\n',
            "r.csv opens a quotation mark in line 2 that is never closed. Close it or take it out.",
        ),
        (
            b"name,email\nAda,ada@example.org\n" + b"x" * 40_000 + b",b@example.org\n",
            "r.csv has a cell of 40,000 characters in line 3; a cell may have 32,767. "
            "Perhaps a quotation mark is not closed there.",
        ),
        (
            b"name,email\n" + b"x" * 200_000 + b",b@example.org\n",
            "r.csv has a cell in line 2 that is longer than 32,767 characters; "
            "perhaps a quotation mark is not closed there.",
        ),
        (
            b"name,email\n" + b"a,b," * 250_001,
            "r.csv has a line of 1,000,004 characters: line 2.",
        ),
        (b"name,email\n" + b"\n" * 1_000_000, "r.csv has more than 1,000,000 lines, empty ones included."),
        (
            b",".join(b"c%d" % n for n in range(201)) + b"\nAda\n",
            "r.csv has 201 columns; a roster may have 200.",
        ),
        (
            b"name,email\nAda,ada@example.org\nBob" + b",x" * 200 + b"\n",
            "r.csv has more than 200 cells in line 3.",
        ),
        (
            b"name,email\n" + b"Ada,ada@example.org\n" * 50_001,
            "r.csv has more than 50,000 rows. Split it and bring the parts.",
        ),
        (b"x" * 20_000_001, "r.csv has 21 MB; a roster may have 20. Split it."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_one_sentence(data, sentence):
    assert refusal(data, "r.csv") == sentence


def test_fifty_thousand_rows_are_taken():
    assert len(read("name,email\n" + "Ada,ada@example.org\n" * 50_000).rows) == 50_000


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in parts.items():
            archive.writestr(path.replace("__", "/").replace("_xml", ".xml"), data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "a WebP image"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
            "an old Excel file (.xls) or one locked by a password",
        ),
        (b"\x1f\x8b\x08\0", "a compressed file (gzip)"),
        (b"{\\rtf1 Ada}", "a text document (RTF)"),
        (b"\n<!DOCTYPE html><table>", "a web page"),
        (b'<?xml version="1.0"?><people/>', "an XML file"),
        (b'{"people": []}', "a JSON file"),
        (b'[{"name": "Ada"}]', "a JSON file"),
        (b"BEGIN:VCARD\r\nFN:Ada", "an address card (vCard)"),
        (b"PK\x03\x04 and nothing more", "a damaged spreadsheet or zip archive"),
        (zipped(a="1"), "a zip archive"),
        (zipped(word__document_xml="<w/>"), "a Word document"),
        (zipped(ppt__slide_xml="<p/>"), "a presentation"),
        (
            zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "an OpenDocument file or an e-book",
        ),
    ],
)
def test_what_is_no_roster_is_called_by_its_name(data, what):
    assert refusal(data, "roster.csv") == (
        f"roster.csv seems to be {what}, not a roster. "
        "Save the roster as CSV or as an Excel workbook (.xlsx)."
    )


def test_a_workbook_is_read_as_people_see_it():
    sheet = read(
        workbook(
            [
                [
                    "name",
                    "email",
                    "day",
                    "time",
                    "id",
                    "gpa",
                    "share",
                    "share of one",
                    "ok",
                    "empty",
                    "long",
                    "off",
                ],
                [
                    "Ada",
                    "ada@example.org",
                    date(2026, 6, 12),
                    datetime(2026, 6, 12, 9, 30),
                    4006381333931.0,
                    0.1 + 0.2,
                    (0.85, "0%"),
                    (0.125, "0.0%"),
                    True,
                    None,
                    timedelta(hours=30),
                    "#N/A",
                ],
                [None],
                ["Bob", "bob@example.org", datetime(2026, 1, 1), time(9, 30), 3, 2.50, 0.00001, -7, False],
            ]
        ),
        "roster.xlsx",
    )

    assert sheet.rows == [
        (
            2,
            [
                *[
                    "Ada",
                    "ada@example.org",
                    "2026-06-12",
                    "2026-06-12 09:30:00",
                    "4006381333931",
                    "0.3",
                    "85%",
                ],
                *["12.5%", "yes", "", "1 day, 6:00:00", "#N/A"],
            ],
        ),
        (4, ["Bob", "bob@example.org", "2026-01-01", "09:30:00", "3", "2.5", "0.00001", "-7", "no"]),
    ]
    assert (sheet.encoding, sheet.delimiter, sheet.notes) == ("xlsx", "", [])


def test_a_workbook_is_told_by_its_content_whatever_its_name():
    assert read(workbook([HEADINGS, ADA]), "roster.csv").rows == [(2, ADA)]


def test_the_first_visible_sheet_with_something_in_it_is_read():
    data = workbook([["secret"]], [[None]], [HEADINGS, ADA], [["x"]], hidden=[0])

    sheet = read(data, "roster.xlsx")

    assert sheet.rows == [(2, ADA)]
    assert sheet.notes == ["Only the sheet “Sheet3” was read; the workbook has 3 sheets."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (workbook([]), "roster.xlsx is empty: there is nothing in it to read."),
        (workbook([[None, ""], [None]]), "roster.xlsx is empty: there is nothing in it to read."),
        (
            workbook([HEADINGS]),
            "roster.xlsx has headings but no rows under them: there is nobody to award.",
        ),
    ],
)
def test_a_workbook_without_people_is_refused(data, sentence):
    assert refusal(data, "roster.xlsx") == sentence


def with_part(data, path, change):
    """The workbook with one part of its archive, perhaps a new one, replaced by `change(part)`."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in [*old.namelist(), *({path} - set(old.namelist()))]:
            data = old.read(part) if part in old.namelist() else b""
            new.writestr(part, change(data) if part == path else data)
    return file.getvalue()


DAMAGED = "roster.xlsx is a damaged Excel workbook. Open it, save it again as .xlsx or CSV, and bring that."
TOO_MANY = "roster.xlsx claims more cells than a roster can need. Save it as CSV."


@pytest.mark.parametrize(
    ("path", "change", "sentence"),
    [
        ("xl/worksheets/sheet1.xml", lambda part: part[:200], DAMAGED),
        ("xl/workbook.xml", lambda part: b"", DAMAGED),
        ("xl/styles.xml", lambda part: b"<oops", DAMAGED),
        ("xl/worksheets/sheet1.xml", lambda part: part.replace(b'r="2"', b'r="2000000000"'), TOO_MANY),
        ("xl/worksheets/sheet1.xml", lambda part: part.replace(b"A2", b"ZZZZ2"), DAMAGED),
    ],
)
def test_a_damaged_or_crafted_workbook_is_refused(path, change, sentence):
    assert refusal(with_part(workbook([HEADINGS, ADA]), path, change), "roster.xlsx") == sentence


@pytest.mark.parametrize(
    ("path", "size", "megabytes"),
    [("xl/worksheets/sheet1.xml", 160_000_000, 160), ("xl/sharedStrings.xml", 60_000_000, 60)],
)
def test_a_workbook_that_unpacks_without_end_is_refused_before_it_unpacks(path, size, megabytes):
    bomb = with_part(workbook([HEADINGS, ADA]), path, lambda part: b" " * size)

    assert len(bomb) < 300_000
    assert refusal(bomb, "roster.xlsx") == (
        f"roster.xlsx unpacks to {megabytes} MB, more than a roster can need. "
        "Save only the sheet with the people, or save it as CSV."
    )


def test_a_document_type_with_entities_in_a_workbook_is_not_expanded():
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

    def laugh(part):
        head, tag, rest = part.partition(b"<worksheet")
        return head + laughs + tag + rest.replace(b"Ada Lovelace", b"&b;")

    crafted = with_part(workbook([HEADINGS, ADA]), "xl/worksheets/sheet1.xml", laugh)

    assert refusal(crafted, "roster.xlsx") == DAMAGED


@given(st.binary(max_size=400))
def test_any_bytes_are_a_sheet_or_a_sentence(data):
    sheet, sentence = sheet_or_sentence(data)

    assert bool(sheet and sheet.rows) != sentence.endswith(".")


def sheet_or_sentence(data):
    try:
        return roster.read(data, name="roster.csv"), ""
    except RosterRefused as refused:
        return None, str(refused)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_any_cells_written_as_csv_are_read_back(rows):
    file = io.StringIO()
    csv.writer(file).writerows([HEADINGS, ADA, *rows])

    found = [cells for _, cells in read(file.getvalue()).rows]

    assert found == [ADA, *(row for row in rows if any(cell and not cell.isspace() for cell in row))]
