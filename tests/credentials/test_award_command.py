"""`manage.py award`: the same verb as the page, for scripts and terminals."""

import json
import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from credentials import awarding, defining, verifying
from credentials.models import Award, Batch, CompactForm
from credentials.openbadges.verify import Verdict
from tests import services
from tests.factories import make_award, make_draft, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db

GOOD = "name,email\nAda Lovelace,ada@example.org\nGrace Hopper,grace@example.org\n"
LAST = re.compile(r"awarded (\d+), already held (\d+), refused (\d+) in \d+\.\d s")


@pytest.fixture
def version():
    return make_version(make_issuer("northfield"), slug="data", name="Data stewardship")


@pytest.fixture
def roster(tmp_path):
    def write(text: str | bytes = GOOD, name: str = "roster.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def award(*arguments) -> tuple[int, list[str]]:
    """(exit code, the lines that were printed)"""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("award", *arguments, stdout=out)
    return ended.value.code, out.getvalue().splitlines()


def counts(line: str) -> tuple[int, ...]:
    return tuple(map(int, LAST.fullmatch(line).groups()))


def answer(monkeypatch, text: str | None) -> list[str]:
    """Type a text at the question (None: the input ends); gives the questions that were asked."""
    asked = []

    def typed(question=""):
        asked.append(question)
        if text is None:
            raise EOFError
        return text

    monkeypatch.setattr("builtins.input", typed)
    return asked


def test_without_arguments_it_lists_what_can_be_awarded_and_nothing_else():
    issuer, out = make_issuer("northfield"), StringIO()
    make_version(issuer, slug="data", name="Data stewardship")
    make_version(issuer, slug="audit", kind="micro_certification", name="Audit, practical")
    make_draft(issuer, slug="coming")
    defining.retire(make_version(issuer, slug="gone").achievement, by=owner_of(issuer))
    make_version(make_issuer("suspended", suspended_at=timezone.now()), slug="never")

    call_command("award", stdout=out)

    assert out.getvalue() == (
        "northfield/audit  micro_certification  Audit, practical\nnorthfield/data  badge  Data stewardship\n"
    )


def test_all_awarded_ends_with_0_and_the_numbers(version, roster):
    code, lines = award("northfield/data", roster(), "--yes")

    assert (code, counts(lines[-1])) == (0, (2, 0, 0))
    assert lines[:-1] == [
        "Column “name” is read as name.",
        "Column “email” is read as e-mail address.",
        "2 rows ready, 0 must be fixed.",
    ]
    batch = Batch.objects.get()
    assert (batch.roster_name, batch.ordered_by, awarding.progress(batch).state) == (
        "roster.csv", owner_of(version.achievement.issuer), "finished",
    )  # fmt: skip


def test_all_that_a_roster_says_of_a_person_is_signed_and_what_is_left_out_is_named(roster):
    make_version(make_issuer("northfield"), slug="data", credits_available="2.5")
    data = (
        "Name,Email,Credits earned,Start date,End date,Role,Term,Narrative,DID,Shoe size\n"
        'Ada,ada@example.org,"3,5",2026-01-05,2026-03-27,Team lead,Autumn 2026,Led the *audit*.,'
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK,39\n"
        "Grace,grace@example.org,,,,,,,,\n"
    )

    code, lines = award("northfield/data", roster(data), "--yes")

    ada, grace = (Award.objects.get(recipient_email=f"{who}@example.org") for who in ("ada", "grace"))
    subject = json.loads(bytes(ada.document))["credentialSubject"]
    said = (
        "id", "creditsEarned", "activityStartDate", "activityEndDate", "role", "term", "narrative",
    )  # fmt: skip
    assert [subject[name] for name in said] == [
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", 3.5, "2026-01-05T00:00:00Z",
        "2026-03-27T23:59:59Z", "Team lead", "Autumn 2026", "Led the *audit*.",
    ]  # fmt: skip
    assert verifying.verify_anything(ada.compact_form.token.encode(), "ada.jwt").verdict == Verdict.VALID
    assert json.loads(bytes(grace.document))["credentialSubject"]["creditsEarned"] == 2.5
    assert not CompactForm.objects.filter(award=grace).exists()
    assert (code, lines[-3]) == (0, "Column “Shoe size” is left out: nothing of it is signed.")
    assert "Column “DID” is read as wallet identifier (DID)." in lines


def test_evidence_of_a_roster_is_signed_in_full_with_and_without_an_address(version, roster):
    data = (
        "Name,Email,Evidence,Evidence name,Evidence description,Evidence kind,Evidence audience,"
        "Evidence narrative\n"
        'Ada,ada@example.org,https://e.example/übung?a=1,Audit,"Forty pages.\r\nTwo parts.",Report,The board,'
        "Written *alone*.\n"
        "Grace,grace@example.org,,,,Film,,\n"
        "Alan,alan@example.org,https://e.example/2,,,,,\n"
        "Mary,mary@example.org,,,,,,\n"
        f"Joan,joan@example.org,,,,{'F' * 101},,\n"
    )

    code, lines = award("northfield/data", roster(data), "--yes")

    signed = {
        award.recipient_name: json.loads(bytes(award.document)).get("evidence")
        for award in Award.objects.all()
    }
    assert signed == {
        "Ada": [
            {
                "type": ["Evidence"],
                "id": "https://e.example/%C3%BCbung?a=1",
                "name": "Audit",
                "narrative": "Written *alone*.",
                "description": "Forty pages.\nTwo parts.",
                "genre": "Report",
                "audience": "The board",
            }
        ],
        "Grace": [{"type": ["Evidence"], "genre": "Film"}],
        "Alan": [{"type": ["Evidence"], "id": "https://e.example/2", "name": "Evidence"}],
        "Mary": None,
    }
    kept = Award.objects.get(recipient_name="Ada").evidence.get()
    assert (kept.url, kept.genre, kept.audience) == ("https://e.example/übung?a=1", "Report", "The board")
    assert (code, counts(lines[-1])) == (1, (4, 0, 1))
    assert f"Line 7: The evidence’s kind: “{'F' * 30}…” is longer than 100 characters. Shorten it." in lines


def test_the_same_roster_again_is_all_held_and_ends_with_0(version, roster):
    path = roster()
    award("northfield/data", path, "--yes")

    code, lines = award("northfield/data", path, "--yes")

    assert (code, counts(lines[-1]), version.awards.count()) == (0, (0, 2, 0), 2)
    day = timezone.now().date()
    assert f"Line 2: ada@example.org already holds this, since {day.day} {day:%B %Y}." in lines


def test_some_refused_end_with_1_each_with_its_line_and_all_its_reasons(version, roster):
    make_award(version, email="held@example.org")
    data = GOOD + "Holder,held@example.org\n,nobody@example.org\n=x,bad\n"

    code, lines = award("northfield/data", roster(data), "--yes")

    assert (code, counts(lines[-1])) == (1, (2, 1, 2))
    assert lines[-3:-1] == [
        "Line 5: There is no name. Write the person's name as it shall stand on the certificate.",
        "Line 6: “=x” looks like a spreadsheet formula: a name does not begin with =. "
        "Write the person's name. bad is not an e-mail address: it has no @.",
    ]


def test_a_row_with_something_wrong_besides_is_among_the_refused(version, roster):
    code, lines = award("northfield/data", roster("name,email,evidence\nAda,ada@example.org,x\n"), "--yes")

    assert (code, counts(lines[-1])) == (1, (0, 0, 1))


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "roster.csv", "roster.csv is empty: there is nothing in it to read."),
        (b"\x89PNG\r\n\x1a\n", "roster.csv", "roster.csv seems to be a PNG image, not a roster. "
         "Save the roster as CSV or as an Excel workbook (.xlsx)."),
        (b"name,city\nAda,London\n", "roster.csv", "No column is the e-mail address. The headings found are: "
         "“name”, “city”."),
    ],
)  # fmt: skip
def test_a_roster_that_is_refused_as_a_whole_ends_with_2_and_awards_nothing(
    version, roster, data, name, sentence
):
    with pytest.raises(CommandError) as refused:
        call_command("award", "northfield/data", roster(data, name), "--yes")

    assert (refused.value.returncode, str(refused.value)) == (2, sentence)
    assert Batch.objects.count() == 0


def test_a_roster_that_is_not_there_or_a_folder_ends_with_2(version, tmp_path):
    for path, reason in ((tmp_path / "no.csv", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(CommandError) as refused:
            call_command("award", "northfield/data", str(path), "--yes")
        assert (refused.value.returncode, str(refused.value)) == (2, f"{path} could not be read: {reason}.")


@pytest.mark.parametrize("name", ["northfield/none", "nobody/data", "data", "/", "northfield/draft"])
def test_what_cannot_be_awarded_ends_with_2_and_says_what_to_do(version, roster, name):
    make_draft(version.achievement.issuer, slug="draft")

    with pytest.raises(CommandError) as refused:
        call_command("award", name, roster())

    assert refused.value.returncode == 2
    assert str(refused.value) == (
        f"There is no “{name}” that can be awarded. `manage.py award` lists what can be."
    )


def test_a_missing_roster_ends_with_2(version):
    with pytest.raises(CommandError, match="Name the roster too") as refused:
        call_command("award", "northfield/data")

    assert refused.value.returncode == 2


@pytest.mark.parametrize("typed", ["yes", " Y \n"])
def test_it_asks_with_the_number_and_awards_on_yes(version, roster, monkeypatch, typed):
    asked = answer(monkeypatch, typed)

    code, lines = award("northfield/data", roster())

    assert asked == ["Award “Data stewardship” to 2 people? Type yes: "]
    assert (code, counts(lines[-1])) == (0, (2, 0, 0))


@pytest.mark.parametrize("typed", ["no", "", "yess", None])
def test_anything_but_yes_awards_nothing_and_ends_with_1(version, roster, monkeypatch, typed):
    answer(monkeypatch, typed)

    code, lines = award("northfield/data", roster("name,email\nAda,ada@example.org\n"))

    assert (code, lines[-1], Batch.objects.count()) == (1, "Nothing was awarded.", 0)


def test_nobody_to_award_is_not_asked_about(version, roster, monkeypatch):
    asked = answer(monkeypatch, "yes")

    code, lines = award("northfield/data", roster("name,email\n,ada@example.org\n"))

    assert (code, counts(lines[-1]), asked, Batch.objects.count()) == (1, (0, 0, 1), [], 0)


def test_a_batch_that_stops_ends_with_1_and_the_reason_for_each_row(version, roster):
    version.achievement.issuer.keys.update(retired_at=timezone.now())

    code, lines = award("northfield/data", roster(), "--yes")

    reason = "Northfield Institute has no active signing key. An owner can make one on the keys page."
    assert (code, counts(lines[-1])) == (1, (0, 0, 2))
    assert lines[-3:-1] == [f"Line 2: {reason}", f"Line 3: {reason}"]


# As a process of its own


@pytest.mark.both_databases
def test_a_worker_that_runs_meanwhile_doubles_nothing(manage, worker, version, roster):
    people = "".join(f"Person {number},p{number}@example.org\n" for number in range(700))

    done = manage("award", "northfield/data", roster("name,email\n" + people), "--yes")

    assert (done.returncode, counts(done.stdout.splitlines()[-1])) == (0, (700, 0, 0))
    assert version.awards.values("recipient_email").distinct().count() == version.awards.count() == 700


def test_a_broker_that_is_away_changes_nothing(manage, process_environment, version, roster):
    process_environment["REDIS_URL"] = f"redis://127.0.0.1:{services.free_port()}/0"

    done = manage("award", "northfield/data", "-", "--yes", input=GOOD, timeout=30)

    assert (done.returncode, counts(done.stdout.splitlines()[-1])) == (0, (2, 0, 0))
    assert "Traceback" not in done.stderr


def test_standard_input_that_ends_without_an_answer_awards_nothing(manage, version):
    done = manage("award", "northfield/data", "-", input=GOOD)

    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "Nothing was awarded.")
    assert Award.objects.count() == 0


@pytest.mark.parametrize("command", [["award"], ["verify", "x.json"], ["check_integrity"], ["rewrap_keys"]])
def test_without_a_database_a_command_says_how_to_make_one(command, tmp_path):
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TESTAMUR_DEVELOPMENT": "true",
        "TESTAMUR_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3",
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]

    done = subprocess.run(manage, env=env, capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert "There is no database yet. `python3 manage.py up` makes one with demo data" in done.stderr
