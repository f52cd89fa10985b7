"""The desk where credentials are awarded, as a browser without script meets it."""

import csv
import datetime as dt
import html
import io
import re
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from credentials import awarding, defining
from credentials.models import Award, Batch, Roster
from tests.factories import make_award, make_member, make_person, make_version, owner_of

pytestmark = pytest.mark.django_db

GOOD = "name,email\nAda Lovelace,ada@example.org\nGrace Hopper,grace@example.org\n"
MESSY = (
    "name,email,awarded_on\n"
    "Ada Lovelace,ada@example.org,2026-06-12\n"
    ",grace@example.org,2026-06-12\n"
    "Alan Turing,alan,31/02/2026\n"
    "Ada L.,ADA@example.org,2026-06-12\n"
)
ERROR = re.compile(r'<div class="form_errors".*?</ul>', re.S)
TALLY = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>")
NOTICE = re.compile(r'<div class="messages">(.*?)</div>\s*(?:<h1|<p)', re.S)


@pytest.fixture
def version():
    return make_version(result_descriptions=[{"name": "Score", "result_type": "RawScore"}])


@pytest.fixture
def desk(client, version):
    client.force_login(owner_of(version.achievement.issuer))
    return client


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def page(response) -> str:
    return response.content.decode()


def errors(response) -> str:
    """What the summary above a form says."""
    found = ERROR.search(page(response))
    return words(found[0]) if found else ""


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def tally(response) -> dict[str, int]:
    return {label: int(number) for label, number in TALLY.findall(page(response))}


def add_address(version) -> str:
    return reverse("roster_add", args=[version.achievement.issuer.slug, version.achievement.slug])


def bring(client, version, data: bytes | str, name: str = "roster.csv"):
    """Upload a file, or paste a text if `name` is empty."""
    fields = {"file": SimpleUploadedFile(name, _bytes(data))} if name else {"pasted": data}
    return client.post(add_address(version), fields)


def _bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


def brought(client, version, data, name="roster.csv") -> Roster:
    response = bring(client, version, data, name)
    assert response.status_code == 302, errors(response)
    return Roster.objects.get(pk=response.url.split("/")[-3])


def at(roster: Roster, view: str) -> str:
    return reverse(view, args=[roster.version.achievement.issuer.slug, roster.pk])


def guessed(client, roster: Roster, **changes):
    """Send the matching as the page shows it, with changes."""
    form = client.get(at(roster, "roster_match")).context["form"]
    shown = {bound.name: bound.value() or "" for bound in form}
    return client.post(at(roster, "roster_match"), shown | changes)


def order(client, roster: Roster, count: int):
    return client.post(at(roster, "roster_order"), {"count": count})


def workbook(*rows) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


# The whole way

FOREIGN = "\ufeffVoller Name;E-Mail-Adresse\nAda Lovelace;ada@example.org\nGrace Hopper;grace@example.org\n"
WORKBOOK = workbook(
    ("Name", "Email"), ("Ada Lovelace", "ada@example.org"), ("Grace Hopper", "grace@example.org")
)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (GOOD, "roster.csv"),
        (FOREIGN, "x.csv"),
        (GOOD.replace(",", "\t").encode("utf-16"), "roster.tsv"),
        (WORKBOOK, "roster.xlsx"),
        (GOOD, ""),
    ],
    ids=["csv", "bom and foreign headings", "utf-16 with tabs", "xlsx", "pasted"],
)  # fmt: skip
def test_a_roster_becomes_a_batch_step_by_step_and_nothing_is_awarded_before(desk, version, data, name):
    roster = brought(desk, version, data, name)
    to_check = guessed(desk, roster)
    check = desk.get(to_check.url)
    question = desk.get(at(roster, "roster_order"))
    before = (Batch.objects.count(), Award.objects.count())

    ordered = order(desk, roster, 2)

    batch = Batch.objects.get()
    assert to_check.url == at(roster, "roster_check")
    assert tally(check) == {"ready": 2, "need a choice": 0, "must be fixed": 0, "rows in the roster": 2}
    assert "Every row is in order" in page(check)
    assert "Award to 2 people?" in words(page(question))
    assert before == (0, 0)
    assert ordered.url == batch.get_absolute_url()
    assert [(row.data["name"], row.data["email"]) for row in batch.rows.all()] == [
        ("Ada Lovelace", "ada@example.org"),
        ("Grace Hopper", "grace@example.org"),
    ]


def test_the_matching_is_guessed_shown_and_can_be_changed(desk, version):
    data = "Code name,Name,Mail,Score\nHopper,Grace,grace@example.org,7\nLovelace,Ada,ada@example.org,9\n"
    roster = brought(desk, version, data)
    (score,) = version.result_descriptions
    guessed(desk, roster, column_0="family_name", column_1="given_name", column_3="")

    order(desk, Roster.objects.get(pk=roster.pk), 2)

    assert roster.matching == {"1": "name", "2": "email", "3": f"result:{score['id']}"}
    rows = [row.data for row in Batch.objects.get().rows.all()]
    assert [(row["name"], row.get("results")) for row in rows] == [
        ("Grace Hopper", None),
        ("Ada Lovelace", None),
    ]


def test_a_matching_without_an_address_or_with_a_field_twice_is_refused_with_a_sentence(desk, version):
    roster = brought(desk, version, GOOD)

    without = guessed(desk, roster, column_1="")
    twice = guessed(desk, roster, column_1="name")

    assert (without.status_code, twice.status_code) == (200, 200)
    assert errors(without) == (
        "One thing needs mending. No column is the e-mail address. The headings found are: “name”, “email”."
    )
    assert (
        errors(twice)
        == "One thing needs mending. email : “name” is matched to this already. Leave one of them out."
    )
    assert Roster.objects.get(pk=roster.pk).matching == {"0": "name", "1": "email"}


def test_a_date_that_reads_both_ways_is_read_as_the_person_says(desk, version):
    roster = brought(desk, version, "name,email,date\nAda,ada@example.org,05/06/2026\n")

    guessed(desk, roster, dates="month")
    order(desk, roster, 1)

    assert Batch.objects.get().rows.get().data["awarded_on"] == "2026-05-06"


def test_the_check_shows_problems_first_each_by_line_with_a_sentence(desk, version):
    roster = brought(desk, version, MESSY)

    response = desk.get(at(roster, "roster_check"))

    assert tally(response) == {"ready": 1, "needs a choice": 1, "must be fixed": 2, "rows in the roster": 4}
    assert [(one.line, one.weight, one.sentences) for one in response.context["problems"]] == [
        (3, "fix", ["There is no name. Write the person's name as it shall stand on the certificate."]),
        (
            4,
            "fix",
            [
                "“31/02/2026” is not a day of the calendar: February 2026 has 28 days.",
                "alan is not an e-mail address: it has no @.",
            ],
        ),
        (5, "choice", ["ada@example.org is on line 2 too."]),
    ]  # fmt: skip


def test_rows_are_corrected_in_place_and_checked_again(desk, version):
    roster = brought(desk, version, MESSY)

    desk.post(
        at(roster, "roster_check"),
        {
            "cell-3-name": "Grace Hopper", "was-3-name": "",
            "cell-3-email": "grace@example.org", "was-3-email": "grace@example.org",
            "cell-4-email": "alan@example", "was-4-email": "alan",
            "cell-4-awarded_on": "2026-02-28", "was-4-awarded_on": "31/02/2026",
            "choice-5": "skip",
        },
    )  # fmt: skip
    response = desk.get(at(roster, "roster_check"))

    assert tally(response) == {
        "ready": 2, "need a choice": 0, "must be fixed": 1, "skipped by you": 1, "rows in the roster": 4,
    }  # fmt: skip
    assert [(problem.line, problem.sentences) for problem in response.context["problems"]] == [
        (4, ["alan@example is not complete: after the @ a domain like example.org belongs."]),
        (5, ["ada@example.org is on line 2 too."]),
    ]


def test_a_wrong_correction_is_still_there_to_be_corrected(desk, version):
    roster = brought(desk, version, MESSY)

    desk.post(at(roster, "roster_check"), {"cell-4-email": "alan@", "was-4-email": "alan"})

    assert 'value="alan@"' in page(desk.get(at(roster, "roster_check")))


@pytest.mark.parametrize("line", ["9" * 5000, "²", "-1", "x"])
def test_corrections_of_lines_that_no_roster_has_change_nothing(desk, version, line):
    roster = brought(desk, version, MESSY)

    answer = desk.post(
        at(roster, "roster_check"),
        urlencode({f"choice-{line}": "again", f"cell-{line}-name": "Eve"}),
        content_type="application/x-www-form-urlencoded",
    )

    roster.refresh_from_db()
    assert (answer.status_code, roster.edits, roster.choices) == (302, {}, {})


def test_choosing_again_awards_the_row_and_choosing_skip_leaves_it_out(desk, version):
    make_award(version, email="held@example.org")
    data = "name,email\nAda,ada@example.org\nAda,ada@example.org\nHolder,held@example.org\n"
    roster = brought(desk, version, data)
    desk.post(at(roster, "roster_check"), {"choice-3": "skip", "choice-4": "again"})

    order(desk, roster, 2)
    awarding.award_batch(Batch.objects.latest("pk").pk)

    assert list(version.awards.order_by("recipient_email").values_list("recipient_email", "occurrence")) == [
        ("ada@example.org", 1),
        ("held@example.org", 1),
        ("held@example.org", 2),
    ]


def test_a_choice_belongs_to_the_line_as_it_was_and_is_asked_anew_when_it_is_corrected(desk, version):
    make_award(version, email="held@example.org")
    roster = brought(desk, version, "name,email\nAda,ada@example.org\nAda,ada@example.org\n")
    desk.post(at(roster, "roster_check"), {"choice-3": "again"})

    desk.post(
        at(roster, "roster_check"),
        {"choice-3": "again", "cell-3-email": "held@example.org", "was-3-email": "ada@example.org"},
    )

    assert tally(desk.get(at(roster, "roster_check"))) == {
        "ready": 1, "needs a choice": 1, "must be fixed": 0, "rows in the roster": 2,
    }  # fmt: skip


def test_a_row_that_is_too_long_can_be_set_right_in_place(desk, version):
    roster = brought(desk, version, "name,email\nLovelace, Ada,ada@example.org\nGrace,grace@example.org\n")
    desk.post(
        at(roster, "roster_check"),
        {
            "cell-2-name": "Ada Lovelace", "was-2-name": "Lovelace",
            "cell-2-email": "ada@example.org", "was-2-email": " Ada",
        },
    )  # fmt: skip

    assert tally(desk.get(at(roster, "roster_check")))["ready"] == 2


def test_a_correction_survives_a_matching_that_leaves_its_column_out(desk, version):
    roster = brought(desk, version, "name,email,licence\nAda,ada@example.org,\x7f\n")
    desk.post(at(roster, "roster_check"), {"cell-2-licence_number": "L-1", "was-2-licence_number": "?"})

    guessed(desk, roster, column_2="")

    assert tally(desk.get(at(roster, "roster_check")))["ready"] == 1


def test_the_downloaded_rows_say_why_and_can_be_mended_and_brought_again(desk, version):
    roster = brought(desk, version, MESSY, "märz.csv")

    response = desk.get(at(roster, "roster_refused"))

    book = load_workbook(io.BytesIO(response.content))
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''m%C3%A4rz-fix.xlsx"
    assert [row[3] for row in rows] == ["Line", "3", "4"]
    rows[1][0], rows[2][1], rows[2][2] = "Grace Hopper", "alan@example.org", "2026-02-28"
    again = brought(desk, version, workbook(*rows), "fixed.xlsx")
    assert tally(desk.get(at(again, "roster_check"))) == {
        "ready": 2, "need a choice": 0, "must be fixed": 0, "rows in the roster": 2,
    }  # fmt: skip


def test_many_problems_come_in_pages_and_saving_can_lead_to_the_next(desk, version):
    data = "name,email\n" + "".join(f"Ada,wrong{number}\n" for number in range(30))
    roster = brought(desk, version, data)

    first = desk.get(at(roster, "roster_check"))
    saved = desk.post(at(roster, "roster_check"), {"page": "2", "cell-2-email": "x", "was-2-email": "wrong0"})
    second = desk.get(saved.url)

    assert [problem.line for problem in first.context["problems"]] == list(range(2, 27))
    assert [problem.line for problem in second.context["problems"]] == list(range(27, 32))
    assert Roster.objects.get(pk=roster.pk).edits == {"2": {"email": "x"}}


def test_a_roster_without_one_good_row_offers_no_award_and_orders_nothing(desk, version):
    roster = brought(desk, version, "name,email\n,ada@example.org\n")

    check = desk.get(at(roster, "roster_check"))
    question = desk.get(at(roster, "roster_order"), follow=True)
    forced = desk.post(at(roster, "roster_order"), {"count": 0}, follow=True)

    nobody = "No row of this roster can be awarded. Correct the rows below, or bring another roster."
    assert at(roster, "roster_order") not in page(check)
    assert (messages(question), messages(forced)) == ([nobody], [nobody])
    assert Batch.objects.count() == 0


def test_sending_the_order_twice_makes_one_batch(desk, version):
    roster = brought(desk, version, GOOD)

    first, second = order(desk, roster, 2), order(desk, roster, 2)

    assert Batch.objects.count() == 1
    assert first.url == second.url == Batch.objects.get().get_absolute_url()


def test_every_step_of_an_ordered_roster_leads_to_its_batch_and_its_rows_are_gone(desk, version):
    roster = brought(desk, version, GOOD)
    order(desk, roster, 2)

    views = ("roster_match", "roster_check", "roster_refused", "roster_order")
    leads = {desk.get(at(roster, view)).url for view in views}

    assert leads == {Batch.objects.get().get_absolute_url()}
    assert "ada@example.org" not in str(vars(Roster.objects.get(pk=roster.pk)))


@pytest.mark.parametrize("told", [1, 3, "", "two", "-1"])
def test_an_order_for_another_number_than_there_is_asks_again(desk, version, told):
    roster = brought(desk, version, GOOD)

    response = desk.post(at(roster, "roster_order"), {"count": told}, follow=True)

    assert Batch.objects.count() == 0
    assert response.request["PATH_INFO"] == at(roster, "roster_order")
    number = told if isinstance(told, int) else 0
    assert messages(response) == [f"The rows have changed: it is 2 now, not {number}. Look again."]


def test_a_credential_that_was_retired_meanwhile_is_not_awarded(desk, version):
    roster = brought(desk, version, GOOD)
    defining.retire(version.achievement, by=owner_of(version.achievement.issuer))

    response = desk.post(at(roster, "roster_order"), {"count": 2}, follow=True)

    assert messages(response) == [f"“{version.name}” is retired. It cannot be awarded any more."]
    assert Batch.objects.count() == 0


def test_a_roster_whose_columns_are_not_matched_leads_back_to_the_matching(desk, version):
    roster = brought(desk, version, GOOD)
    Roster.objects.update(matching={"0": "name"})

    for view in ("roster_check", "roster_refused", "roster_order"):
        response = desk.get(at(roster, view), follow=True)
        assert response.request["PATH_INFO"] == at(roster, "roster_match")


# Bad input


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "photo.csv", "photo.csv seems to be a PNG image, not a roster. "
         "Save the roster as CSV or as an Excel workbook (.xlsx)."),
        (b"", "empty.csv", "empty.csv is empty: there is nothing in it to read."),
        (b"name,email\n", "header.csv", "header.csv has headings but no rows under them: there is nobody to "
         "award."),
        (b"name,city\nAda,London\n", "city.csv", "No column is the e-mail address. The headings found are: "
         "“name”, “city”."),
        (b"name,email\nA\x00da,ada@example.org\n", "nul.csv", "nul.csv has a NUL byte in line 2: it is "
         "damaged, or not text. Save it again as CSV (UTF-8)."),
    ],
    ids=["a picture", "empty", "headings only", "no address column", "NUL"],
)  # fmt: skip
def test_a_file_that_is_no_roster_gets_a_sentence_and_is_not_kept(desk, version, data, name, sentence):
    response = bring(desk, version, data, name)

    assert errors(response) == f"One thing needs mending. Roster : {sentence}"
    assert Roster.objects.count() == 0


def test_neither_and_both_of_file_and_text_are_refused(desk, version):
    neither = desk.post(add_address(version), {"pasted": " \n"})
    both = desk.post(
        add_address(version), {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "pasted": GOOD}
    )

    assert errors(neither) == "One thing needs mending. Choose a file or paste some rows."
    assert errors(both) == "One thing needs mending. Both a file and pasted rows were given; take one."
    assert GOOD.splitlines()[1] in page(both)


@pytest.mark.parametrize("megabytes", [21, 100])
def test_a_file_that_is_too_large_gets_a_sentence_and_is_not_kept(desk, version, megabytes):
    response = bring(desk, version, b"x" * (megabytes * 1_000_000), "large.csv")

    assert response.status_code == 413
    assert errors(response) == (
        "One thing needs mending. Roster : The file is larger than 20 MB. "
        "Split the roster and bring the parts one after the other."
    )
    assert Roster.objects.count() == 0


def test_a_text_that_is_too_large_gets_a_sentence(desk, version):
    response = bring(desk, version, "name,email\n" + "x" * 6_000_000, "")

    assert response.status_code == 413
    assert errors(response) == (
        "One thing needs mending. Or paste rows : That is more than 5 MB of text. "
        "Save it as a file and choose the file above."
    )


def test_bringing_a_roster_needs_the_token_of_the_form(version):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner_of(version.achievement.issuer))

    assert bring(client, version, GOOD).status_code == 403
    assert bring(client, version, GOOD, "").status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(.*?)"', page(client.get(add_address(version))))[1]
    fields = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.csv", GOOD.encode())}
    assert client.post(add_address(version), fields).status_code == 302


@pytest.mark.both_databases
def test_nul_characters_reach_no_database(desk, version):
    roster = brought(desk, version, "name,email\nAda,wrong\n")

    desk.post(
        at(roster, "roster_check"), {"cell-2-name": "Ada\x00", "was-2-name": "", "page": "\x00\r\nX: y"}
    )

    issuer = version.achievement.issuer.slug
    listed = desk.get(reverse("awards", args=[issuer]), {"q": "\x00", "achievement": "\x00", "page": "\x00"})
    assert Roster.objects.get(pk=roster.pk).edits == {"2": {"name": "Ada"}}
    assert (listed.status_code, desk.get(at(roster, "roster_check")).status_code) == (200, 200)


def test_a_text_of_several_lines_keeps_them_where_it_is_corrected(desk, version):
    roster = brought(desk, version, 'name,email,narrative\nAda,x,"One\n\nTwo\x07"\n')

    shown = page(desk.get(at(roster, "roster_check")))

    assert '<textarea id="cell-2-narrative" name="cell-2-narrative" rows="4" dir="auto">\nOne\n\nTwo' in shown
    assert shown.count("<textarea") == 1


def test_what_a_roster_says_is_shown_as_text(desk, version):
    roster = brought(desk, version, "name,email,<b>x\n<script>alert(1)</script>,<img>,<u>\n", "<i>.csv")

    for view in ("roster_match", "roster_check"):
        shown = page(desk.get(at(roster, view)))
        assert [bad for bad in ("<script>alert", "<img>", "<b>x", "<i>") if bad in shown] == []


# One person


def award_address(version) -> str:
    return reverse("award_one", args=[version.achievement.issuer.slug, version.achievement.slug])


def test_one_person_is_awarded_at_once_with_everything_that_was_said(desk, version):
    (score,) = version.result_descriptions

    response = desk.post(
        award_address(version),
        {
            "name": " Ada Lovelace ", "email": "Ada@Example.org", "awarded_on": "2026-06-12",
            "valid_until": "2028-06-12", "evidence_url": "https://evidence.example/1",
            "licence_number": "L-1", "language": "en-GB", f"result:{score['id']}": "12",
        },
        follow=True,
    )  # fmt: skip

    award = Award.objects.get()
    assert response.request["PATH_INFO"] == reverse("award_desk", args=[award.issuer.slug, award.pk])
    assert messages(response) == ["Ada Lovelace holds “Clinical Data Stewardship” now. A mail is on its way."]
    assert (award.recipient_email, award.licence_number, award.language) == (
        "ada@example.org",
        "L-1",
        "en-GB",
    )
    assert (award.awarded_at.date(), award.valid_until.date()) == (dt.date(2026, 6, 12), dt.date(2028, 6, 12))
    assert [result.value for result in award.results.all()] == ["12"]
    assert [evidence.url for evidence in award.evidence.all()] == ["https://evidence.example/1"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Name : The name is empty. It is printed on the certificate."),
        ({"email": ""}, "E-mail address : The address is empty. The news goes there."),
        ({"email": "ada"}, "E-mail address : ada is not an e-mail address: it has no @."),
        ({"name": "=1+1"}, "Name : “=1+1” looks like a spreadsheet formula: a name does not begin with =. "
         "Write the person's name."),
        ({"awarded_on": "2026-02-30"}, "Awarded on : “2026-02-30” is not a day of the calendar: "
         "February 2026 has 28 days."),
        ({"language": "kl!"}, "Language : “kl!” is not a language tag. Write a tag like en, de or pt-BR."),
        ({"name": "A" * 1001}, "Name : Ensure this value has at most 1000 characters (it has 1001)."),
        ({"email": "a\x00@example.org"}, "E-mail address : Null characters are not allowed."),
    ],
)  # fmt: skip
def test_a_single_award_is_checked_as_a_row_is_and_nothing_typed_is_lost(desk, version, wrong, sentence):
    typed = {"name": "Ada Lovelace", "email": "ada@example.org", "licence_number": "L-1"} | wrong

    response = desk.post(award_address(version), typed)

    assert errors(response) == f"One thing needs mending. {sentence}"
    assert 'value="L-1"' in page(response)
    assert Award.objects.count() == 0


def test_who_holds_it_already_is_awarded_again_only_on_purpose(desk, version):
    make_award(version, email="ada@example.org")
    typed = {"name": "Ada", "email": "ada@example.org"}
    untouched = desk.get(award_address(version))

    refused = desk.post(award_address(version), typed)
    desk.post(award_address(version), typed | {"again": "on"})

    day = timezone.now().date()
    assert 'name="again"' not in page(untouched)
    assert errors(refused) == (
        "One thing needs mending. Award it again : ada@example.org already holds this, since "
        f"{day.day} {day:%B %Y}. Tick this to award it once more."
    )
    assert version.awards.count() == 2


def test_ticking_again_for_somebody_who_does_not_hold_it_awards_once(desk, version):
    desk.post(award_address(version), {"name": "Ada", "email": "ada@example.org", "again": "on"})
    desk.post(award_address(version), {"name": "Ada", "email": "ada@example.org"})

    assert version.awards.count() == 1


def test_an_award_that_cannot_be_signed_says_why(desk, version):
    version.achievement.issuer.keys.update(retired_at=timezone.now())

    response = desk.post(award_address(version), {"name": "Ada", "email": "ada@example.org"})

    assert errors(response) == (
        "One thing needs mending. Northfield Institute has no active signing key. "
        "An owner can make one on the keys page."
    )


# Batches


def ordered(version, people=3, **fields) -> Batch:
    people = [make_person(**fields) for _ in range(people)] if isinstance(people, int) else people
    return awarding.order(
        version, people=people, roster_name="march.csv", by=owner_of(version.achievement.issuer)
    )


def test_the_page_of_a_batch_counts_the_facts_and_is_polled_only_while_it_runs(desk, version):
    batch = ordered(version)
    waiting = page(desk.get(batch.get_absolute_url()))
    awarding.award_batch(batch.pk, stop_after=1)
    running = desk.get(batch.get_absolute_url())
    awarding.award_batch(batch.pk)
    finished = page(desk.get(batch.get_absolute_url()))

    assert tally(running) == {"awarded": 1, "already held": 0, "refused": 0, "waiting": 2}
    assert "1 of 3 rows done" in page(running)
    assert "It is waiting for a worker." in waiting
    assert [("hx-get" in text, "http-equiv" in text) for text in (waiting, page(running), finished)] == [
        (True, True),
        (True, True),
        (False, False),
    ]


def test_the_polled_part_is_the_page_without_its_frame(desk, version):
    batch = ordered(version)

    part = page(desk.get(batch.get_absolute_url(), headers={"HX-Request": "true"}))

    assert part.lstrip().startswith('<div id="progress"')
    assert "<html" not in part


def test_a_stopped_batch_says_why_and_can_be_resumed(desk, version):
    issuer = version.achievement.issuer
    batch = ordered(version)
    issuer.keys.update(retired_at=timezone.now())
    awarding.award_batch(batch.pk)
    stopped = desk.get(batch.get_absolute_url())
    issuer.keys.update(retired_at=None)

    resumed = desk.post(reverse("batch_resume", args=[issuer.slug, batch.pk]), follow=True)

    reason = "Northfield Institute has no active signing key. An owner can make one on the keys page."
    assert f"This batch has stopped {reason}" in words(page(stopped))
    assert "Nothing is lost: 0 awards stand, 3 rows wait." in words(page(stopped))
    assert awarding.progress(Batch.objects.get(pk=batch.pk)).state == "waiting"
    assert "This batch has stopped" not in page(resumed)


def test_an_auditor_sees_a_stopped_batch_but_no_button(client, version):
    issuer = version.achievement.issuer
    batch = ordered(version)
    awarding.stop(batch, "It rained.")
    client.force_login(make_member(issuer, "auditor"))

    shown = page(client.get(batch.get_absolute_url()))

    assert "It rained." in shown
    assert "Resume the batch" not in shown


def test_rows_that_were_not_awarded_are_listed_with_their_reasons(desk, version):
    people = [make_person(line=2, email="a@example.org"), make_person(line=3, email="a@example.org"),
              make_person(line=4, name="Bell\x07")]  # fmt: skip
    batch = ordered(version, people)
    awarding.award_batch(batch.pk)

    response = desk.get(batch.get_absolute_url())

    assert [(row.number, row.state) for row in response.context["rows"]] == [(4, "refused"), (3, "held")]
    assert "a@example.org holds this credential already." in words(page(response))


def test_the_results_are_a_spreadsheet_in_which_nothing_is_computed(desk, version):
    people = [
        make_person(line=2, name="@SUM(A1)", email="a@b.org"),
        make_person(line=3, email="a@b.org"),
    ]
    batch = ordered(version, people)
    awarding.award_batch(batch.pk)

    response = desk.get(reverse("batch_results", args=[version.achievement.issuer.slug, batch.pk]))

    award = Award.objects.get()
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        ["line", "name", "email", "result", "reason", "credential"],
        ["2", "'@SUM(A1)", "a@b.org", "Awarded", "", award.url],
        ["3", "Amara Nwosu", "a@b.org", "Already held", "a@b.org holds this credential already.", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_batches_are_listed_newest_first_with_as_many_queries_for_one_as_for_three(
    desk, version, count, django_assert_num_queries
):
    made = [ordered(version) for _ in range(count)]
    awarding.award_batch(made[-1].pk)

    with django_assert_num_queries(5):
        response = desk.get(reverse("batches", args=[version.achievement.issuer.slug]))

    listed = [(batch.pk, batch.awarded, batch.total) for batch in response.context["page"]]
    assert listed == [(batch.pk, 3 if batch == made[-1] else 0, 3) for batch in reversed(made)]


# Awards


@pytest.mark.parametrize("count", [1, 3])
def test_awards_are_listed_with_as_many_queries_for_one_as_for_three(
    desk, version, count, django_assert_num_queries
):
    for _ in range(count):
        make_award(version)

    with django_assert_num_queries(7):
        response = desk.get(reverse("awards", args=[version.achievement.issuer.slug]))

    assert len(response.context["page"]) == count


def test_awards_are_found_by_name_by_address_and_by_credential(desk, version):
    issuer = version.achievement.issuer
    ada = make_award(version, name="Ada Lovelace", email="countess@example.org")
    grace = make_award(make_version(issuer, slug="other"), name="Grace Hopper", email="grace@example.org")
    address = reverse("awards", args=[issuer.slug])

    def found(**query):
        return [award.pk for award in desk.get(address, query).context["page"]]

    assert found(q="lovel") == found(q=" COUNTESS@") == [ada.pk]
    assert found(achievement="other") == found(q="Grace", achievement="other") == [grace.pk]
    assert found(q="nobody") == found(achievement="none") == []
    assert "Nobody found" in page(desk.get(address, {"q": "nobody"}))


def test_an_issuer_without_awards_is_told_what_to_do(desk, version):
    issuer = version.achievement.issuer.slug

    assert "Nothing awarded yet" in page(desk.get(reverse("awards", args=[issuer])))
    assert "No batch yet" in page(desk.get(reverse("batches", args=[issuer])))


def test_revoking_asks_for_a_reason_and_happens_once(desk, version):
    award = make_award(version)
    address = reverse("award_revoke", args=[award.issuer.slug, award.pk])

    without = desk.post(address, {"reason": " "})
    revoked = desk.post(address, {"reason": "The audit was copied."}, follow=True)
    again = desk.post(address, {"reason": "Something else."}, follow=True)

    award.refresh_from_db()
    assert errors(without) == (
        "One thing needs mending. Reason : The reason is empty. Whoever checks the credential reads it."
    )
    assert messages(revoked) == ["It is revoked. Whoever checks it from now on is told so."]
    day = f"{award.revoked_at.day} {award.revoked_at:%B %Y}"
    assert messages(again) == [f"It was revoked on {day} already: The audit was copied."]
    assert award.revocation_reason == "The audit was copied."
    assert address not in page(desk.get(reverse("award_desk", args=[award.issuer.slug, award.pk])))


@pytest.mark.parametrize("sign", ["\x01", "\x85", "\ufffe"])
def test_a_reason_that_holds_what_nobody_can_see_revokes_nothing(desk, version, sign):
    award = make_award(version)
    address = reverse("award_revoke", args=[award.issuer.slug, award.pk])

    alone = desk.post(address, {"reason": f"Copied{sign}."})
    many = desk.post(revoke_address(version, award=[award.pk]), {"reason": f"Copied{sign}.", "typed": "1"})

    award.refresh_from_db()
    for answer in (alone, many):
        assert f"(U+{ord(sign):04X}) after “Copied”. Remove it" in errors(answer)
    assert (award.revoked_at, award.revocation_reason) == (None, "")


def test_a_reason_is_kept_with_the_line_ends_that_all_texts_have(desk, version):
    award = make_award(version)

    desk.post(reverse("award_revoke", args=[award.issuer.slug, award.pk]), {"reason": "Copied.\r\nTwice."})

    award.refresh_from_db()
    assert award.revocation_reason == "Copied.\nTwice."


def revoke_address(version, **query) -> str:
    return reverse("awards_revoke", args=[version.achievement.issuer.slug], query=query)


def test_those_that_were_ticked_are_revoked_after_the_reason_and_their_number(desk, version):
    first, second, other = (make_award(version) for _ in range(3))
    address = revoke_address(version, award=[first.pk, second.pk])

    wrong = desk.post(address, {"reason": "The exam was stolen.", "typed": "3"})
    asked = words(page(desk.get(address)))
    done = desk.post(address, {"reason": "The exam was stolen.", "typed": "2"}, follow=True)

    assert errors(wrong) == (
        "One thing needs mending. Type 2 to say that you mean all of them : "
        "It would be 2 credentials. Type that number."
    )
    assert "Revoke 2 credentials?" in asked
    assert messages(done) == ["2 revoked. Whoever checks them from now on is told so."]
    assert list(Award.objects.filter(revoked_at__isnull=True)) == [other]


def test_all_that_a_search_finds_are_revoked_however_many_pages_it_has(desk, version):
    for number in range(3):
        make_award(version, name=f"Cohort {number}")
    other = make_award(version, name="Somebody else")

    desk.post(revoke_address(version, q="cohort", all="1"), {"reason": "Wrong cohort.", "typed": "3"})

    assert list(Award.objects.filter(revoked_at__isnull=True)) == [other]


def test_choosing_nothing_or_what_is_not_ones_own_revokes_nothing(desk, version):
    elsewhere = make_award()
    for query in ({}, {"award": "no id"}, {"award": str(elsewhere.pk)}):
        response = desk.post(revoke_address(version, **query), {"reason": "Mine?", "typed": "1"}, follow=True)
        assert messages(response) == ["Choose at least one credential that is not revoked yet."]

    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at is None


def test_the_desk_of_an_award_says_how_its_mail_fared(desk, version):
    award = make_award(version, email="ada@example.org")
    award.deliveries.update(state="failed", detail="The mail server did not take it: 550 No such user")

    shown = words(page(desk.get(reverse("award_desk", args=[award.issuer.slug, award.pk]))))

    assert (
        "It was awarded: not delivered to ada@example.org. "
        "The mail server did not take it: 550 No such user" in shown
    )
