"""The check of rows: each complaint at its own line, with its own sentence, and the good rows kept."""

from datetime import date

import pytest

from credentials import roster
from credentials.roster import Complaint, ResultRule, RosterRefused, Row

TODAY = date(2026, 11, 23)


def check(text, *, matching=None, today=TODAY, name="roster.csv", results=(), **kwargs):
    sheet = roster.read(text if isinstance(text, bytes) else text.encode(), name=name)
    matching = matching or roster.guess(sheet.headings, sample_rows=sheet.rows, results=results)
    return roster.check(sheet, matching, today=today, **kwargs)


def said(checked):
    return [(c.line, c.field, c.weight, c.reason) for c in checked.complaints]


def only(checked):
    """The one complaint there is."""
    (complaint,) = said(checked)
    return complaint


def one_cell(field, value, **kwargs):
    """The check of a good row with one more column."""
    row = f'name|email|{field}\nAda|ada@example.org|"{value.replace(chr(34), chr(34) * 2)}"\n'
    return check(row, matching={0: "name", 1: "email", 2: field}, **kwargs)


def test_ten_bad_rows_among_sixty_are_each_told_at_their_line():
    lines = [f"Person {n},p{n}@example.org,2026-06-12" for n in range(2, 62)]

    def put(line, text):
        lines[line - 2] = text

    put(7, ",p7@example.org,2026-06-12")
    put(11, "David Morales,not-an-email,2026-06-12")
    put(16, "李鎮玲,P15@EXAMPLE.ORG,2026-06-12")
    put(22, "Amalia Linares,p22@example.org,31/02/2026")
    put(28, "Lisa Renault,p28@example.org,2031-01-01")
    put(35, '"=HYPERLINK(""http://evil.example"",""click"")",p35@example.org,2026-06-12')
    put(42, "Esmeralda Ulloa,p42@example.org")
    put(49, "Justin Raymond,p49@example.org,2026-06-12,extra,cells")
    put(54, "A" * 5_000 + ",p54@example.org,2026-06-12")
    put(57, "<script>alert(1)</script>,p57@example.org,2026-06-12")

    checked = check("name,email,awarded_on\n" + "\n".join(lines) + "\n")

    assert checked.complaints == [
        Complaint(
            7,
            "name",
            "Line 7: There is no name. Write the person's name as it shall stand on the certificate.",
            "fix",
        ),
        Complaint(11, "email", "Line 11: not-an-email is not an e-mail address: it has no @.", "fix"),
        Complaint(16, "email", "Line 16: p15@example.org is on line 15 too.", "choice"),
        Complaint(
            22,
            "awarded_on",
            "Line 22: “31/02/2026” is not a day of the calendar: February 2026 has 28 days.",
            "fix",
        ),
        Complaint(
            28,
            "awarded_on",
            "Line 28: 1 January 2031 (“2031-01-01”) is in the future. Write when it was earned.",
            "fix",
        ),
        Complaint(
            35,
            "name",
            'Line 35: “=HYPERLINK("http://evil.example","click")” looks like a spreadsheet formula: '
            "a name does not begin with =. Write the person's name.",
            "fix",
        ),
        Complaint(
            42,
            "awarded_on",
            "Line 42: The row breaks off after 2 of 3 cells: the date is missing. Complete it.",
            "fix",
        ),
        Complaint(
            49,
            "",
            "Line 49: The row has 5 cells where there are 3 headings; “extra” is too much. "
            "Take it out, or put quotation marks around a text with the delimiter in it.",
            "fix",
        ),
        Complaint(
            54,
            "name",
            "Line 54: The name has 5,000 characters (“AAAAAAAAAAAAAAAAAAAA…”); at most 200 fit. Shorten it.",
            "fix",
        ),
        Complaint(
            57,
            "name",
            "Line 57: “<script>alert(1)</script>” has the shape of markup. "
            "It is harmless: it is shown as the text it is.",
            "note",
        ),
    ]
    refused = {7, 11, 22, 28, 35, 42, 49, 54}
    assert [row.line for row in checked.rows] == [line for line in range(2, 62) if line not in refused]


def test_a_full_row_is_read_into_its_fields():
    text = (
        "First name;Last name;Email;Passed on;Expires;Evidence;Licence no.;Language;Score;Class;Other\n"
        " Zoë ; Weiß ;ZOE@Example.org;12.6.2026;2028-06-12;https://e.example/1?a=b;LIC-1;pt_br;8,5;merit;x\n"
    )
    checked = check(
        text,
        results=[("s", "Score"), ("c", "Class")],
        result_types={
            "s": ResultRule("RawScore", value_min="0", value_max="10"),
            "c": ResultRule("LetterGrade", ("Pass", "Merit")),
        },
    )

    assert checked.complaints == []
    assert checked.rows == [
        Row(
            line=2,
            name="Zoë Weiß",
            email="zoe@example.org",
            awarded_on=date(2026, 6, 12),
            valid_until=date(2028, 6, 12),
            evidence_url="https://e.example/1?a=b",
            licence_number="LIC-1",
            language="pt-BR",
            results={"s": "8.5", "c": "Merit"},
            cells=text.splitlines()[1].split(";"),
        )
    ]


def test_a_row_can_do_without_everything_but_name_and_address():
    (row,) = check("name,email\nAda,ada@example.org\n").rows

    assert (row.awarded_on, row.valid_until, row.evidence_url, row.language, row.results) == (
        None,
        None,
        "",
        "",
        {},
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Björk", "Björk"),
        ("J.", "J."),
        ("  Ada \u00a0 Lovelace  ", "Ada Lovelace"),
        ("Bjo\u0308rk", "Bj\u00f6rk"),
        ("\ufeffAda\u200b", "Ada"),
        ("O’Connor-d'Arcy, Seán", "O’Connor-d'Arcy, Seán"),
        ("X Æ A-12", "X Æ A-12"),
        ("محمد عبد الرحمن", "محمد عبد الرحمن"),
        ("می\u200cنا", "می\u200cنا"),
        ("क्\u200dष", "क्\u200dष"),
        ("大久保 利通", "大久保 利通"),
        ("A" * 200, "A" * 200),
        ("1/4 de Luna", "1/4 de Luna"),
    ],
)
def test_a_name_is_kept_as_people_write_it(text, name):
    checked = check(f"email|name\nada@example.org|{text}\n")

    assert ([row.name for row in checked.rows], checked.complaints) == ([name], [])


@pytest.mark.parametrize(
    ("given", "family", "name"),
    [
        ("Ada", "Lovelace", "Ada Lovelace"),
        ("", "Sukarno", "Sukarno"),
        ("Madonna", "", "Madonna"),
        ("小龍", "李", "李小龍"),
        ("길동", "홍", "홍길동"),
        ("太郎", "Yamada", "太郎 Yamada"),
    ],
)
def test_given_and_family_name_are_joined(given, family, name):
    (row,) = check(f"first name,last name,email\n{given},{family},ada@example.org\n").rows

    assert row.name == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "+1",
            "“+1” looks like a spreadsheet formula: a name does not begin with +. Write the person's name.",
        ),
        (
            "-x",
            "“-x” looks like a spreadsheet formula: a name does not begin with -. Write the person's name.",
        ),
        (
            "@x",
            "“@x” looks like a spreadsheet formula: a name does not begin with @. Write the person's name.",
        ),
        ("#REF!", "The name is “#REF!”, an error of the spreadsheet. Mend the formula there."),
        ("a@example.org", "“a@example.org” is an e-mail address where the name belongs."),
        ("12345", "“12345” has no letters. Write the person's name."),
        ("Ada\nLovelace", "The name “Ada\ufffdLovelace” runs over more than one line. Write it in one."),
        ("Ada\x07", "The name “Ada\ufffd” has a control character (U+0007). Type it anew."),
        ("Ada\tB", "The name “Ada\ufffdB” has a control character (U+0009). Type it anew."),
        (
            "Ada\u202eB",
            "The name “Ada\ufffdB” has a hidden sign that turns the order of letters around (U+202E). "
            "Type it anew.",
        ),
        (
            "J\ufffdrg",
            "The name “J\ufffdrg” has a character that was lost or belongs to no alphabet. "
            "Save the file again as CSV (UTF-8), or type the name anew.",
        ),
        ("A" * 201, "The name has 201 characters (“AAAAAAAAAAAAAAAAAAAA…”); at most 200 fit. Shorten it."),
    ],
)
def test_what_cannot_be_a_name_must_be_fixed(name, reason):
    checked = check(f'email|name\nada@example.org|"{name}"\n', matching={0: "email", 1: "name"})

    assert (only(checked), checked.rows) == ((2, "name", "fix", reason), [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "<b>Ada</b>",
            "“<b>Ada</b>” has the shape of markup. It is harmless: it is shown as the text it is.",
        ),
        ("JÃ¶rg MÃ¼ller", "“JÃ¶rg MÃ¼ller” looks wrongly saved. Did you mean “Jörg Müller”?"),
    ],
)
def test_a_strange_name_is_kept_with_a_note(name, reason):
    checked = check(f"email|name\nada@example.org|{name}\n")

    assert (only(checked), [row.name for row in checked.rows]) == ((2, "name", "note", reason), [name])


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("ADA@Example.org", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("<ada@example.org>", "ada@example.org"),
        ("Ada Lovelace <ada@example.org>", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_read_however_it_was_copied(address, key):
    checked = check(f"name|email\nAda|{address}\n")

    assert ([row.email for row in checked.rows], checked.complaints) == ([key], [])


@pytest.mark.parametrize(
    ("address", "weight", "reason"),
    [
        ("", "fix", "There is no e-mail address."),
        ("ola@fjord", "fix", "ola@fjord is not complete: after the @ a domain like example.org belongs."),
        (
            "a@x.example; b@x.example",
            "fix",
            "“a@x.example; b@x.example” is more than one address. One line is for one person.",
        ),
        (
            "ada@gmail.con",
            "fix",
            "ada@gmail.con cannot be reached: no domain ends in .con. Did you mean ada@gmail.com?",
        ),
        ("#N/A", "fix", "The e-mail address is “#N/A”, an error of the spreadsheet."),
        ("ada@gmial.com", "note", "ada@gmial.com may be mistyped. Did you mean ada@gmail.com?"),
    ],
)
def test_an_address_that_is_none_or_mistyped_is_told(address, weight, reason):
    checked = check(f"name|email\nAda|{address}\n", matching={0: "name", 1: "email"})

    assert only(checked) == (2, "email", weight, reason)
    assert len(checked.rows) == (weight == "note")


JUNE = date(2026, 6, 12)


@pytest.mark.parametrize(
    "text",
    [
        *["2026-06-12", "2026/06/12", "2026.06.12", "2026-6-12", "20260612", "2026-06-12T09:00:00Z"],
        *[
            "2026-06-12 09:00",
            "2026-06-12T09:00:00.123+02:00",
            "2026年6月12日",
            "2026년 6월 12일",
            "2026. 6. 12.",
        ],
        *["12.06.2026", "12.6.2026", "12. 6. 2026", "12.06.2026 09:30", "12 June 2026", "June 12, 2026"],
        *["12-Jun-2026", "12th of June 2026", "Fri, 12 Jun 2026", "12. Juni 2026", "12 juin 2026"],
        *[
            "12 de junio de 2026",
            "12 giugno 2026",
            "12 de junho de 2026",
            "12 czerwca 2026",
            "12 июня 2026 г.",
        ],
        *["12.VI.2026".replace("VI", "06"), "6/12/2026 9:30 AM", "١٢.٠٦.٢٠٢٦", " 2026-06-12 "],
    ],
)
def test_a_date_is_read_in_any_unambiguous_form(text):
    checked = one_cell("awarded_on", text, day_first=False)

    assert ([row.awarded_on for row in checked.rows], checked.complaints) == ([JUNE], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no date. Write the day it was earned, like 2026-06-12."),
        ("2026-02-29", "“2026-02-29” is not a day of the calendar: February 2026 has 28 days."),
        (
            "2026-13-01",
            "“2026-13-01” is not a day of the calendar. Write it as year-month-day, like 2026-06-12.",
        ),
        (
            "13/13/2026",
            "“13/13/2026” is not a day of the calendar. Write it as year-month-day, like 2026-06-12.",
        ),
        (
            "00.06.2026",
            "“00.06.2026” is not a day of the calendar. Write it as year-month-day, like 2026-06-12.",
        ),
        ("12.06.26", "“12.06.26” leaves the century open. Write the year with four digits."),
        ("1026-06-12", "“1026-06-12” is before 1900. Write it as year-month-day, like 2026-06-12."),
        (
            "T " * 15_000,
            f"“{'T ' * 30}…” is not a date we can read. Write it as year-month-day, like 2026-06-12.",
        ),
        ("soon", "“soon” is not a date we can read. Write it as year-month-day, like 2026-06-12."),
        ("June 2026", "“June 2026” is not a date we can read. Write it as year-month-day, like 2026-06-12."),
        (
            "12 ju 2026",
            "“12 ju 2026” is not a date we can read. Write it as year-month-day, like 2026-06-12.",
        ),
        ("123", "“123” is not a date we can read. Write it as year-month-day, like 2026-06-12."),
        ("2026-11-24", "24 November 2026 (“2026-11-24”) is in the future. Write when it was earned."),
    ],
)
def test_a_date_that_is_none_must_be_fixed(text, reason):
    checked = one_cell("awarded_on", text)

    assert (only(checked), checked.rows) == ((2, "awarded_on", "fix", reason), [])


def test_today_is_not_in_the_future():
    assert one_cell("awarded_on", "2026-11-23").complaints == []


def dates(*texts, **kwargs):
    rows = "".join(f"P,p{n}@example.org,{text}\n" for n, text in enumerate(texts))
    return check("name,email,awarded_on\n" + rows, today=date(2030, 1, 1), **kwargs)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["05/06/2026", "25/06/2026"], [date(2026, 6, 5), date(2026, 6, 25)]),
        (["05/06/2026", "06/25/2026"], [date(2026, 5, 6), date(2026, 6, 25)]),
        (["05-06-2026", "06-25-2026"], [date(2026, 5, 6), date(2026, 6, 25)]),
        (["05.06.2026", "06/25/2026"], [date(2026, 6, 5), date(2026, 6, 25)]),
        (["06/06/2026"], [date(2026, 6, 6)]),
    ],
)
def test_one_value_beyond_twelve_settles_the_order_for_the_column(texts, found):
    checked = dates(*texts)

    assert ([row.awarded_on for row in checked.rows], checked.complaints) == (found, [])


def test_the_other_column_of_dates_settles_it_too():
    (row,) = check("name,email,passed on,expires\nA,a@x.org,05/06/2026,06/25/2028\n").rows

    assert (row.awarded_on, row.valid_until) == (date(2026, 5, 6), date(2028, 6, 25))


def test_a_column_that_never_says_the_order_is_read_day_first_with_a_note():
    text = "name,email,date\nA,a@x.org,01.02.2026\nB,b@x.org,05/06/2026\nC,c@x.org,07/06/2026\n"
    sheet = roster.read(text.encode(), name="r.csv")
    matching = roster.guess(sheet.headings, sample_rows=sheet.rows)

    checked = roster.check(sheet, matching, today=TODAY)

    assert roster.has_open_dates(sheet, matching)
    assert [row.awarded_on for row in checked.rows] == [date(2026, 2, 1), date(2026, 6, 5), date(2026, 6, 7)]
    assert only(checked) == (
        3,
        "awarded_on",
        "note",
        "“05/06/2026” was read as 5 June 2026, the day first; no date of this column says whether the day or "
        "the month leads. Say so if it is the month.",
    )


@pytest.mark.parametrize(("day_first", "month"), [(True, 6), (False, 5)])
def test_the_person_can_say_which_comes_first(day_first, month):
    checked = dates("05/06/2026", day_first=day_first)

    assert ([row.awarded_on.month for row in checked.rows], checked.complaints) == ([month], [])


def test_a_column_with_both_orders_must_be_fixed_where_it_is_open():
    checked = dates("25/06/2026", "06/25/2026", "05/06/2026")

    assert [row.awarded_on for row in checked.rows] == [date(2026, 6, 25)] * 2
    assert only(checked)[1:] == (
        "awarded_on",
        "fix",
        "“05/06/2026” could be two days, and this column has both orders. "
        "Write it as 2026-05-06 or 2026-06-05.",
    )


def test_a_number_of_a_spreadsheet_is_read_as_its_day_with_a_note():
    checked = one_cell("awarded_on", "46185")

    assert [row.awarded_on for row in checked.rows] == [JUNE]
    assert only(checked)[2:] == ("note", "46185 was read as a spreadsheet's number of the day 12 June 2026.")


@pytest.mark.parametrize(
    ("awarded", "until", "weight", "reason"),
    [
        (
            "2026-06-12",
            "2026-06-11",
            "fix",
            "It is valid until 11 June 2026, but was awarded on 12 June 2026. Correct one of them.",
        ),
        ("2024-06-12", "2026-06-11", "note", "It expired on 11 June 2026 already."),
        (
            "2026-06-12",
            "never",
            "fix",
            "“never” is not a date we can read. Write it as year-month-day, like 2026-06-12.",
        ),
    ],
)
def test_an_expiry_must_come_after_the_award(awarded, until, weight, reason):
    checked = check(f"name,email,awarded,expires\nA,a@x.org,{awarded},{until}\n")

    assert only(checked) == (2, "valid_until", weight, reason)
    assert len(checked.rows) == (weight == "note")


def test_an_expiry_on_the_day_of_the_award_or_none_is_fine():
    checked = check("name,email,awarded,expires\nA,a@x.org,2026-11-23,2026-11-23\nB,b@x.org,2026-06-12,\n")

    assert [row.valid_until for row in checked.rows] == [TODAY, None]
    assert checked.complaints == []


def test_without_a_day_of_award_an_expiry_is_compared_with_today():
    assert only(one_cell("valid_until", "2026-11-22"))[2:] == (
        "fix",
        "It is valid until 22 November 2026, but would be awarded on 23 November 2026. Correct one of them.",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "ftp://e.example/1",
            "The evidence address “ftp://e.example/1” must begin with https:// or http://.",
        ),
        (
            "www.e.example/1",
            "The evidence address “www.e.example/1” must begin with https:// or http://. "
            "Write https://www.e.example/1",
        ),
        (
            "javascript:alert(1)",
            "The evidence address “javascript:alert(1)” must begin with https:// or http://.",
        ),
        ("https://", "The evidence address “https://” must name a website, and no user or password."),
        (
            "https://u:p@e.example",
            "The evidence address “https://u:p@e.example” must name a website, and no user or password.",
        ),
        (
            "https://e.example/a b",
            "The evidence address “https://e.example/a b” has a character that no address has.",
        ),
        ("https://e.example:99999", "The evidence address “https://e.example:99999” is not a web address."),
        ("https://[e", "The evidence address “https://[e” is not a web address."),
        (
            "https://e.example/" + "a" * 983,
            "The evidence address “https://e.example/aaaaaaaaaaaa…” is over 1,000 characters.",
        ),
    ],
)
def test_evidence_must_be_an_address_of_the_web(text, reason):
    assert only(one_cell("evidence_url", text)) == (2, "evidence_url", "fix", reason)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("DE", "de"),
        ("pt_BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("sr-Latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("de-1996", "de-1996"),
        ("hy-arevela", "hy-arevela"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ("", ""),
    ],
)
def test_a_language_is_a_tag_in_its_usual_case(text, tag):
    assert [row.language for row in one_cell("language", text).rows] == [tag]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("English", "Write en."),
        ("Français", "Write fr."),
        ("Klingonisch", "Write a tag like en, de or pt-BR."),
        ("e", "Write a tag like en, de or pt-BR."),
        ("en-", "Write a tag like en, de or pt-BR."),
        ("en, de", "Write a tag like en, de or pt-BR."),
    ],
)
def test_a_language_that_is_no_tag_must_be_fixed(text, hint):
    assert only(one_cell("language", text)) == (
        2,
        "language",
        "fix",
        f"“{text}” is not a language tag. {hint}",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("L" * 101, f"The licence number “{'L' * 30}…” is longer than 100 characters."),
        ("LIC\n1", "The licence number “LIC\ufffd1” has a control character or a line break."),
    ],
)
def test_a_licence_number_must_be_printable(text, reason):
    assert only(one_cell("licence_number", text)) == (2, "licence_number", "fix", reason)


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        (
            "credits_earned",
            "many",
            "The credits earned, “many”, are not a number from 0 to 9999.99, like 3 or 2.5.",
        ),
        (
            "credits_earned",
            "-1",
            "The credits earned, “-1”, are not a number from 0 to 9999.99, like 3 or 2.5.",
        ),
        (
            "credits_earned",
            "1e3",
            "The credits earned, “1e3”, are not a number from 0 to 9999.99, like 3 or 2.5.",
        ),
        (
            "activity_start",
            "soon",
            "“soon” is not a date we can read. Write it as year-month-day, like 2026-06-12.",
        ),
        ("role", "R" * 201, f"The role: “{'R' * 30}…” is longer than 200 characters. Shorten it."),
        ("term", "A\x07", "The term: “A\ufffd” has a control character (U+0007). Type it anew."),
        (
            "narrative",
            "A\uffffB",
            "What was done for it: “A\ufffdB” has a control character (U+FFFF). Type it anew.",
        ),
        (
            "narrative",
            "N" * 4_001,
            f"What was done for it: “{'N' * 30}…” is longer than 4,000 characters. Shorten it.",
        ),
        (
            "evidence_name",
            "N" * 201,
            f"The evidence’s name: “{'N' * 30}…” is longer than 200 characters. Shorten it.",
        ),
        (
            "evidence_description",
            "D" * 1_001,
            f"What the evidence is: “{'D' * 30}…” is longer than 1,000 characters. Shorten it.",
        ),
        (
            "evidence_genre",
            "G" * 101,
            f"The evidence’s kind: “{'G' * 30}…” is longer than 100 characters. Shorten it.",
        ),
        (
            "evidence_audience",
            "A" * 201,
            f"Whom the evidence was made for: “{'A' * 30}…” is longer than 200 characters. Shorten it.",
        ),
        (
            "evidence_narrative",
            "A\x07",
            "What the evidence shows: “A\ufffd” has a control character (U+0007). Type it anew.",
        ),
        (
            "evidence_narrative",
            "N" * 4_001,
            f"What the evidence shows: “{'N' * 30}…” is longer than 4,000 characters. Shorten it.",
        ),
        ("subject_id", "my wallet", "“my wallet” is no identifier of a wallet. It looks like did:key:z6Mk…"),
        (
            "subject_id",
            "did:key:a#b",
            "“did:key:a#b” is no identifier of a wallet. It looks like did:key:z6Mk…",
        ),
    ],
)
def test_what_only_the_document_keeps_is_checked_at_its_line_too(field, text, reason):
    assert only(one_cell(field, text)) == (2, field, "fix", reason)


def test_what_only_the_document_keeps_is_read_into_its_fields():
    (row,) = check(
        "name|email|credits|started on|ended on|role|term|narrative|wallet\n"
        'Ada|ada@example.org|2,50|5.1.2026|2026-03-27|Lead|Autumn|"One\n\nTwo"|did:key:z6Mk\n'
    ).rows

    assert (row.credits_earned, row.activity_start, row.activity_end) == (
        "2.50", date(2026, 1, 5), date(2026, 3, 27),
    )  # fmt: skip
    assert (row.role, row.term, row.narrative, row.subject_id) == (
        "Lead", "Autumn", "One\n\nTwo", "did:key:z6Mk",
    )  # fmt: skip


def test_evidence_is_read_in_full_with_and_without_an_address():
    ada, grace = check(
        "name|email|evidence|evidence name|evidence description|evidence kind|made for what|"
        "evidence narrative\n"
        'Ada|ada@example.org|https://e.example/1|Audit|"Forty pages.\n\nTwo parts."|Report|x|*Alone*\n'
        "Grace|grace@example.org||||Film||\n"
    ).rows

    assert (ada.evidence_url, ada.evidence_name, ada.evidence_description) == (
        "https://e.example/1", "Audit", "Forty pages.\n\nTwo parts.",
    )  # fmt: skip
    assert (ada.evidence_genre, ada.evidence_audience, ada.evidence_narrative) == ("Report", "", "*Alone*")
    assert (grace.evidence_url, grace.evidence_genre) == ("", "Film")


def test_an_activity_does_not_end_before_it_begins():
    checked = check("name,email,start date,end date\nAda,ada@example.org,2026-02-01,2026-01-01\n")

    assert only(checked) == (
        2,
        "activity_end",
        "fix",
        "The activity ended on 1 January 2026, before it began on 1 February 2026. Correct one of them.",
    )


CLASSES = ResultRule("LetterGrade", ("Pass", "Upper second-class honours", "First-class honours"))
POINTS = ResultRule("RawScore", value_min="0", value_max="1000")
PERCENT = ResultRule("Percent")
GPA = ResultRule("GradePointAverage", value_max="4.0")
STATUS = ResultRule("Status")
FREE = ResultRule("Result")
STARS = ResultRule("PerformanceLevel", ("1", "2", "3"))


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        (CLASSES, "Pass", "Pass"),
        (CLASSES, " upper second class HONOURS", "Upper second-class honours"),
        (POINTS, "835", "835"),
        (POINTS, "835,5", "835.5"),
        (POINTS, "0", "0"),
        (POINTS, "1000", "1000"),
        (PERCENT, "85%", "85"),
        (PERCENT, "85,5 %", "85.5"),
        (GPA, "2.90", "2.90"),
        (GPA, "-0.5", "-0.5"),
        (STATUS, "in progress", "InProgress"),
        (STARS, "2.0", "2"),
        (FREE, "With distinction", "With distinction"),
    ],
)
def test_a_result_is_kept_in_the_words_of_its_rule(rule, text, value):
    checked = one_cell("result:r", text, result_types={"r": rule})

    assert ([row.results for row in checked.rows], checked.complaints) == ([{"r": value}], [])


@pytest.mark.parametrize(
    ("rule", "text", "reason"),
    [
        (
            CLASSES,
            "Frist-class honours",
            "result:r: “Frist-class honours” is not one of Pass, Upper second-class honours, "
            "First-class honours. Did you mean “First-class honours”?",
        ),
        (STARS, "9", "result:r: “9” is not one of 1, 2, 3."),
        (POINTS, "1001", "result:r: 1001 is above the greatest value, 1000."),
        (POINTS, "-1", "result:r: -1 is below the least value, 0."),
        (POINTS, "many", "result:r: “many” is not a number."),
        (POINTS, "NaN", "result:r: “NaN” is not a number."),
        (POINTS, "1e3", "result:r: “1e3” is not a number."),
        (POINTS, "1,000.5", "result:r: “1,000.5” is not a number."),
        (PERCENT, "101%", "result:r: 101% is above the greatest value, 100."),
        (GPA, "4.01", "result:r: 4.01 is above the greatest value, 4.0."),
        (
            STATUS,
            "done",
            "result:r: “done” is not one of Completed, Enrolled, Failed, InProgress, OnHold, Provisional, "
            "Withdrew.",
        ),
        (FREE, "x" * 201, f"result:r: “{'x' * 30}…” is too long or has a line break."),
        (FREE, "a\nb", "result:r: “a\ufffdb” is too long or has a line break."),
    ],
)
def test_a_result_that_its_rule_forbids_must_be_fixed(rule, text, reason):
    checked = one_cell("result:r", text, result_types={"r": rule})

    assert (only(checked), checked.rows) == ((2, "result:r", "fix", reason), [])


def test_a_result_may_be_empty():
    assert [row.results for row in one_cell("result:r", "", result_types={"r": POINTS}).rows] == [{}]


@pytest.mark.parametrize(
    ("row", "complaints"),
    [
        (
            "Ada",
            [
                (
                    "email",
                    "fix",
                    "The row breaks off after 1 of 5 cells: "
                    "the e-mail address and the date are missing. Complete it.",
                )
            ],
        ),
        (
            "Ada,a@x.org,2026-06-12",
            [("", "note", "The row breaks off after 3 of 5 cells; what is missing was taken as empty.")],
        ),
        ("Ada,a@x.org,2026-06-12,", []),
        ("Ada,a@x.org,2026-06-12,,", []),
        ("Ada,a@x.org,2026-06-12,,,,, ,", []),
        (
            "Ada,a@x.org,2026-06-12,,,,x",
            [
                (
                    "",
                    "fix",
                    "The row has 7 cells where there are 5 headings; “x” is too much. "
                    "Take it out, or put quotation marks around a text with the delimiter in it.",
                )
            ],
        ),
        (
            ",,,,x",
            [
                (
                    "name",
                    "fix",
                    "There is no name. Write the person's name as it shall stand on the certificate.",
                ),
                ("email", "fix", "There is no e-mail address."),
                ("awarded_on", "fix", "There is no date. Write the day it was earned, like 2026-06-12."),
            ],
        ),
    ],
)
def test_a_row_of_another_length_is_told_once(row, complaints):
    checked = check(
        f"name,email,date,expires,other\n{row}\n",
        matching={0: "name", 1: "email", 2: "awarded_on", 3: "valid_until"},
    )

    assert sorted(said(checked)) == sorted((2, *complaint) for complaint in complaints)


def test_every_complaint_of_a_row_is_told_at_once():
    checked = check("name,email,date\n=x,ola@fjord,soon\n")

    assert {field for _, field, _, _ in said(checked)} == {"name", "email", "awarded_on"}


def test_the_second_of_two_good_rows_waits_for_a_choice():
    checked = check("name,email\nA,a@x.org\nB,b@x.org\nC,A@X.org\nD,a@x.ORG\n")

    assert len(checked.rows) == 4
    assert said(checked) == [
        (4, "email", "choice", "a@x.org is on line 2 too."),
        (5, "email", "choice", "a@x.org is on line 2 too."),
    ]


def test_an_address_on_an_earlier_bad_row_is_only_noted():
    checked = check("name,email\n,a@x.org\nB,a@x.org\n")

    assert said(checked)[1:] == [
        (3, "email", "note", "a@x.org is on line 2 too, which must be mended first.")
    ]


def test_who_holds_it_already_waits_for_a_choice_and_all_are_asked_for_at_once():
    asked = []

    def held(emails):
        asked.append(list(emails))
        return {"b@x.org": date(2025, 3, 1)}

    checked = check("name,email\nA,a@x.org\nB,B@x.org\nC,c\nA,a@x.org\n", held=held)

    assert asked == [["a@x.org", "b@x.org"]]
    assert said(checked) == [
        (3, "email", "choice", "b@x.org already holds this, since 1 March 2025."),
        (4, "email", "fix", "c is not an e-mail address: it has no @."),
        (5, "email", "choice", "a@x.org is on line 2 too."),
    ]


@pytest.mark.parametrize(
    ("matching", "sentence"),
    [
        ({0: "name"}, "No column is the e-mail address. The headings found are: “name”, “email”."),
        ({1: "email"}, "No column is the name. The headings found are: “name”, “email”."),
        ({0: "email", 1: "email"}, "Two columns are matched to “E-mail address”; keep one of them."),
        ({0: "name", 1: "phone"}, "There is no field “phone” that a column could be matched to."),
        (
            {0: "name", 7: "email"},
            "A column is matched that the roster does not have. Match the columns anew.",
        ),
    ],
)
def test_a_matching_that_cannot_work_is_refused(matching, sentence):
    with pytest.raises(RosterRefused) as refused:
        check("name,email\nA,a@x.org\n", matching=matching)

    assert str(refused.value) == sentence
