"""`manage.py verify`: the same Report in the terminal, and an exit code for scripts."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from credentials import standing
from credentials.models import Award, StatusList
from tests.credentials.test_verification_views import document_of, loosely_written, record_of
from tests.factories import make_award, owner_of

pytestmark = pytest.mark.django_db


def verify(*arguments) -> tuple[int, str]:
    """(exit code, what was printed)"""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", *map(str, arguments), stdout=out)
    return ended.value.code, out.getvalue()


def file_of(award, folder):
    path = folder / "credential.json"
    path.write_bytes(bytes(Award.objects.get(pk=award.pk).document))
    return path


def test_a_valid_file_ends_with_0_and_prints_the_three_answers_and_every_check(tmp_path):
    award = make_award(name="Amara Nwosu")

    code, printed = verify(file_of(award, tmp_path))

    lines = printed.splitlines()
    assert code == 0
    assert lines[1] == "Valid  Clinical Data Stewardship  ·  Amara Nwosu"
    assert [line.split("  ")[0] for line in lines[3:6]] == [
        "Unchanged since it was signed?",
        "Still valid?",
        "Do we know who issued it?",
    ]
    assert printed.count("passed") == 3 + 8


def test_what_others_may_refuse_is_printed_and_ends_with_0(tmp_path):
    path = tmp_path / "loose.json"
    path.write_bytes(loosely_written(make_award()))

    code, printed = verify(path)

    assert code == 0
    assert "remark Other programs may refuse it, because it has single values" in " ".join(printed.split())


@pytest.mark.parametrize("form", ["{0}", "https://badges.example/credentials/{0}/"])
def test_an_address_or_a_number_will_do(form):
    assert verify(form.format(make_award().pk))[0] == 0


def test_a_changed_file_ends_with_1_and_prints_nothing_of_its_content(tmp_path):
    path = file_of(make_award(name="Amara Nwosu"), tmp_path)
    path.write_bytes(path.read_bytes().replace(b"Amara", b"Amira"))

    code, printed = verify(path)

    assert code == 1
    assert printed.splitlines()[1] == "Not valid"
    assert "Amira" not in printed


def test_revoked_and_expired_end_with_1(tmp_path):
    revoked = make_award()
    standing.revoke(revoked, reason="The audit was copied.", by=owner_of(revoked.issuer))
    today = timezone.now().date()
    expired = make_award(awarded_on=today.replace(year=2020), valid_until=today.replace(year=2021))

    code, printed = verify(revoked.pk)

    assert (code, verify(expired.pk)[0]) == (1, 1)
    assert printed.splitlines()[1].startswith("Revoked")
    assert "The audit was copied." in " ".join(printed.split())


def test_what_cannot_be_checked_ends_with_2():
    award = make_award()
    StatusList.objects.update(document=None)

    assert verify(award.pk)[0] == 2


def test_an_address_that_cannot_be_reached_ends_with_2():
    code, printed = verify("https://127.0.0.1/credentials/1")

    assert code == 2
    assert "The address could not be read" in printed


def test_each_credential_in_a_record_is_a_line(tmp_path):
    changed = document_of(make_award(name="Amara Nwosu")).replace(b"Amara", b"Amira")
    path = tmp_path / "record.json"
    path.write_bytes(record_of(document_of(make_award(name="Ada Lovelace")), changed))

    code, printed = verify(path)

    assert code == 1
    assert printed.splitlines()[1].startswith("Something in it is false")
    lines = " ".join(printed.split())
    assert "in it 1 Valid Clinical Data Stewardship · Ada Lovelace in it 2" in lines
    assert "in it 2 Not valid It was changed after it was signed, or it was never signed by" in lines


def test_json_is_the_report_for_machines(tmp_path):
    award = make_award(name="Amara Nwosu")

    code, printed = verify(file_of(award, tmp_path), "--json")

    report = json.loads(printed)
    assert (code, report["verdict"], report["subject_name"]) == (0, "valid", "Amara Nwosu")
    assert {name: answer["outcome"] for name, answer in report["answers"].items()} == {
        "unchanged": "passed",
        "still_valid": "passed",
        "issuer_known": "passed",
    }


def test_a_picture_called_json_ends_with_1_and_a_sentence(tmp_path):
    path = tmp_path / "credential.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    code, printed = verify(path)

    assert code == 1
    assert "The picture is not put together as a PNG must be." in " ".join(printed.split())


def test_a_file_that_is_not_there_is_said_to_be_missing():
    with pytest.raises(CommandError, match=r"There is no file “missing\.pdf”") as refused:
        call_command("verify", "missing.pdf")

    assert refused.value.returncode == 2


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path):
    path = tmp_path / "\x1b[31mred.txt"
    path.write_text("hello")

    assert "\x1b" not in verify(path)[1]


def test_several_get_a_table_and_the_worst_exit_code(tmp_path):
    good, bad = file_of(make_award(name="Amara Nwosu"), tmp_path), tmp_path / "changed.json"
    bad.write_bytes(good.read_bytes().replace(b"Amara", b"Amira"))

    code, printed = verify(good, bad)

    lines = [line.split() for line in printed.splitlines()]
    assert code == 1
    assert lines[0] == ["Verdict", "What", "Credential", "Awarded", "to", "Issuer", "Issuer", "is"]
    assert lines[1][:2] == ["Valid", "credential.json"]
    assert "Amira" not in printed
    assert verify(good, good)[0] == 0


def test_several_for_machines_are_a_list(tmp_path):
    award = make_award()

    code, printed = verify(file_of(award, tmp_path), award.code, "--json")

    assert code == 0
    assert [
        (one["file"], one["verdict"], one["issuer_identity"]["level"]) for one in json.loads(printed)
    ] == [
        ("credential.json", "valid", "known_here"),
        (award.code, "valid", "known_here"),
    ]


def test_a_short_code_will_do():
    assert verify(make_award().code)[0] == 0


@pytest.mark.parametrize(("name", "start"), [("receipt.json", b"{"), ("receipt.pdf", b"%PDF-")])
def test_the_receipt_is_written_to_a_file_and_is_known_again(tmp_path, name, start):
    written = tmp_path / name

    verify(make_award().pk, "--receipt", written)
    code, printed = verify(written)

    assert written.read_bytes().startswith(start)
    assert code == 2
    assert printed.splitlines()[1].startswith("A genuine receipt")


def test_a_receipt_is_of_one_check():
    with pytest.raises(CommandError, match="A receipt is of one check"):
        call_command("verify", "a", "b", "--receipt", "receipt.json")
