"""A site in one file and back: nothing lost that could be kept, nothing used twice that may be out there."""

import io
import itertools
import json
import zipfile
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from config import backups
from config.backups import archive
from credentials import awarding, erasing, restoring, standing, verifying
from credentials.erasing import Whose
from credentials.models import Award, ErasedAward, StatusList
from credentials.openbadges.verify import Verdict
from issuers import keys
from issuers.models import Issuer
from tests.credentials.test_integrity import findings
from tests.credentials.test_standing import bits_of
from tests.disks import Failing, full_after
from tests.factories import make_award, make_issuer, make_person, make_version, owner_of
from tests.traces import traces_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()


@pytest.fixture
def kept(tmp_path):
    """Where the backup goes."""
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "site.zip"


def award_many(version, number: int) -> None:
    people = [make_person() for _ in range(number)]
    by = owner_of(version.achievement.issuer)
    awarding.award_batch(awarding.order(version, people=people, roster_name="a.csv", by=by).pk)


def signed_places() -> list[tuple[str, str]]:
    """(list, index) of every credential, as it is signed."""
    entries = [json.loads(bytes(one.document))["credentialStatus"] for one in Award.objects.all()]
    return [(entry["statusListCredential"], entry["statusListIndex"]) for entry in entries]


def said(command: str, *arguments) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_after_an_older_backup_no_place_in_a_list_is_used_twice(kept):
    version = make_version()
    award_many(version, 200)
    backups.make(kept)
    award_many(version, 500)
    with transaction.atomic():
        standing.open_list(version.achievement.issuer)  # as if the first had been full
    award_many(version, 10)
    published = signed_places()

    backups.restore(kept, replace=True)
    back = signed_places()
    award_many(version, 500)

    new = set(signed_places()) - set(back)
    assert (len(published), len(back), len(new)) == (710, 200, 500)
    assert new & set(published) == set()
    assert {of_list for of_list, _ in new} & {of_list for of_list, _ in published} == set()
    assert findings() == []


def test_what_was_backed_up_is_there_again_and_verifies(kept):
    award = make_award(name="Amara Nwosu")
    backups.make(kept)
    standing.revoke(award, reason="Forgotten by the backup", by=owner_of(award.issuer))
    make_award(award.version)

    done = backups.restore(kept, replace=True)

    (again,) = Award.objects.for_page()
    assert (again.pk, bytes(again.document)) == (award.pk, bytes(award.document))
    assert verifying.verify_award(again).verdict is Verdict.VALID
    assert (done.issuers, done.awards, done.shut_keys) == (1, 1, 0)
    assert done.closed == restoring.Closed(lists=1, batches=0)


def test_a_backup_is_put_into_an_empty_site(kept):
    make_award()
    backups.make(kept)
    call_command("flush", interactive=False, verbosity=0)

    assert backups.restore(kept).awards == 1


def test_pictures_come_back_and_certificates_and_the_master_key_are_not_in_it(kept):
    make_award()
    default_storage.save("logos/a.png", ContentFile(b"\x89PNG logo"))
    default_storage.save("achievements/b.png", ContentFile(b"\x89PNG badge"))
    default_storage.save("renderings/c.pdf", ContentFile(b"%PDF"))
    (settings.MEDIA_ROOT / "logos" / ".half.part").write_bytes(b"half")
    backups.make(kept)
    default_storage.delete("logos/a.png")
    (settings.MEDIA_ROOT / "achievements" / "b.png").write_bytes(b"damaged")
    default_storage.save("logos/new.png", ContentFile(b"\x89PNG since"))

    done = backups.restore(kept, replace=True)

    assert (settings.MEDIA_ROOT / "logos" / "a.png").read_bytes() == b"\x89PNG logo"
    assert (settings.MEDIA_ROOT / "achievements" / "b.png").read_bytes() == b"\x89PNG badge"
    assert default_storage.exists("logos/new.png")
    assert (done.pictures, done.there_already, backups.restore(kept, replace=True).there_already) == (2, 0, 2)
    with zipfile.ZipFile(kept) as box:
        assert sorted(box.namelist()) == [
            "database", "manifest.json", "media/achievements/b.png", "media/logos/a.png",
        ]  # fmt: skip
        everything = b"".join(map(box.read, box.namelist()))
    assert settings.TESTAMUR_MASTER_KEY not in everything
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_backup_never_takes_the_place_of_a_file(kept):
    kept.write_bytes(b"an older backup")

    with pytest.raises(FileExistsError, match="never takes the place of a file"):
        backups.make(kept)

    assert [path.read_bytes() for path in kept.parent.iterdir()] == [b"an older backup"]


def test_a_site_that_holds_something_is_not_replaced_unasked(kept):
    award = make_award()
    backups.make(kept)
    make_award(award.version)

    with pytest.raises(backups.Refused) as refused:
        backups.restore(kept)

    assert str(refused.value) == (
        "This site holds 1 issuer and 2 awards, which would be gone. Make a backup of it first, then say "
        "--replace."
    )
    assert Award.objects.count() == 2


def test_who_signed_out_since_then_stays_signed_out(kept, client):
    client.force_login(owner_of(make_issuer()))
    backups.make(kept)
    client.logout()

    backups.restore(kept, replace=True)

    assert (User.objects.count(), Session.objects.count()) == (1, 0)


@pytest.mark.parametrize("size", [0, 20_000])
def test_a_full_disk_makes_no_backup_and_one_with_room_does(kept, size):
    make_award()

    with full_after(size), pytest.raises((OSError, backups.CannotCopy)):
        backups.make(kept)

    assert list(kept.parent.iterdir()) == []
    backups.make(kept)
    assert list(kept.parent.iterdir()) == [kept]


def test_a_disk_that_fails_at_any_call_leaves_no_half_backup(kept):
    default_storage.save("logos/a.png", ContentFile(b"\x89PNG logo"))
    for n in itertools.count(1):
        with Failing(n) as disk:
            try:
                backups.make(kept)
            except (OSError, backups.CannotCopy):
                assert disk.failed
        if not disk.failed:
            break
        if kept.exists():  # only its folder was not synced
            with backups.opened(kept):
                kept.unlink()
        assert (
            list(kept.parent.glob("[!.]*")) == []
        )  # a hidden folder stays if it is taking that away which fails

    assert n > 6


# Backups that do not fit


@pytest.fixture
def altered(kept):
    """The backup again, with another manifest or with another member, as somebody else could have made it."""

    def alter(members: dict[str, bytes] = {}, **manifest):  # noqa: B006 (it is only read)
        with zipfile.ZipFile(kept) as box:
            held = {name: box.read(name) for name in box.namelist()}
        said = json.loads(held.pop(archive.MANIFEST)) | manifest
        with zipfile.ZipFile(kept, "w") as box:
            for name, data in (held | members).items():
                with io.BytesIO(data) as file:
                    member = archive.add(box, name, file)
                said["members"][name] = {"sha256": member.sha256, "bytes": member.bytes}
            box.writestr(archive.MANIFEST, json.dumps(said))
        return kept

    return alter


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"site": "https://other.example"},
            "This backup is of https://other.example; this site is https://badges.example. Credentials are "
            "worth nothing under another address: set PUBLIC_BASE_URL to the one of the backup.",
        ),
        ({"database": "oracle"}, "This backup holds a database of the kind oracle, and this site has "),
        (
            {"migrations": {"credentials": ["9999_of_tomorrow"], "gone": ["0001_initial"]}},
            "This backup was made by a newer version of the program, which knows "
            "credentials.9999_of_tomorrow. Install that version first.",
        ),
    ],
    ids=["site", "database", "program"],
)
def test_a_backup_that_does_not_belong_here_is_refused(kept, altered, changes, sentence):
    make_award()
    backups.make(kept)

    with pytest.raises(backups.Refused) as refused:
        backups.restore(altered(**changes), replace=True)

    assert str(refused.value).startswith(sentence)
    assert Award.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": 2}, "This backup is of another kind (format 2) than is read here."),
        ({"format": None}, "This backup is of another kind (format None) than is read here."),
        ({"nothing": "known"}, "This file has no manifest of a backup, so it is none."),
        ({"members": {"media/../../x": b"x"}}, "The backup names a place outside of the files of a site"),
        ({"members": {"/etc/passwd": b"x"}}, "The backup names a place outside of the files of a site"),
    ],
)
def test_a_manifest_that_says_something_odd_is_refused(kept, altered, changes, sentence):
    backups.make(kept)

    with pytest.raises(backups.Damaged) as refused:
        backups.restore(altered(**changes))

    assert str(refused.value).startswith(sentence)


def test_a_changed_or_shortened_backup_is_refused_before_anything_is_written(kept, tmp_path):
    default_storage.save("logos/a.png", ContentFile(b"\x89PNG logo"))
    backups.make(kept)
    data, broken = kept.read_bytes(), tmp_path / "broken.zip"
    with backups.opened(kept) as (_, whole):
        pass
    flips = [
        data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), len(data) // 200)
    ]
    cuts = [data[:at] for at in range(0, len(data), len(data) // 30)]

    refused = 0
    for one in [*flips, *cuts, b"", b"PK", b"{}"]:
        broken.write_bytes(one)
        try:
            with backups.opened(broken) as (_, manifest):
                assert manifest.members == whole.members  # a byte that says nothing, such as a date
        except backups.Damaged:
            refused += 1

    assert refused >= 220
    assert not (settings.MEDIA_ROOT / "media").exists()


@contextmanager
def forgotten(where: str):
    """Inside, the database does not know that these migrations of `credentials` were applied."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM django_migrations WHERE app = 'credentials' AND {where}")
        names = cursor.fetchall()
        cursor.execute(f"DELETE FROM django_migrations WHERE app = 'credentials' AND {where}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:  # for the tests that follow
            cursor.executemany(
                "INSERT INTO django_migrations (app, name, applied) "
                "VALUES ('credentials', %s, CURRENT_TIMESTAMP)",
                names,
            )


def test_if_it_cannot_be_brought_up_to_date_the_site_is_as_before(kept):
    make_award()
    with forgotten("name >= '0008'"):
        backups.make(kept)
        make_award()

        with pytest.raises(backups.Refused, match="could not be brought up to date"):
            backups.restore(kept, replace=True)

        assert Award.objects.count() == 2
        assert StatusList.objects.still_open().count() == 2


def test_a_backup_whose_migrations_contradict_each_other_is_refused_with_a_sentence(kept):
    make_award()
    with forgotten("name LIKE '0002%'"):
        backups.make(kept)
    make_award()

    with pytest.raises(CommandError) as refused:
        call_command("restore", str(kept), "--replace")

    assert str(refused.value) == (
        "The database of the backup contradicts itself: Migration credentials.0003_born_signed is applied "
        "before its dependency credentials.0002_guards on database 'default'. It was changed by something "
        "else than this program: take an older backup, or mend the table django_migrations in it. "
        "Nothing was changed."
    )
    assert Award.objects.count() == 2


def test_a_backup_is_put_in_the_place_of_a_database_whose_migrations_contradict_each_other(kept):
    make_award()
    backups.make(kept)
    make_award()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'credentials' AND name LIKE '0002%'")

    assert backups.restore(kept, replace=True).awards == 1


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("name LIKE '0002%'", "The database contradicts itself: Migration credentials.0003_"),
        ("name >= '0008'", "The database is older than this program: it lacks credentials.0008_"),
    ],
    ids=["contradicts itself", "older"],
)
def test_a_database_put_back_by_hand_that_does_not_fit_gets_a_sentence(where, sentence):
    make_award()

    with forgotten(where), pytest.raises(CommandError) as refused:
        call_command("restore", "--by-hand")

    assert str(refused.value).startswith(sentence)
    assert "run this again" in str(refused.value)
    assert StatusList.objects.still_open().count() == 1


def test_a_database_that_is_none_leaves_the_site_as_before(kept, altered):
    make_award()
    backups.make(kept)

    with pytest.raises(backups.CannotCopy):
        backups.restore(altered({archive.DATABASE: b"no database at all"}), replace=True)

    assert (Award.objects.count(), Issuer.objects.count()) == (1, 1)


# The commands


def test_the_commands_say_what_they_did_and_what_is_lost(kept, settings):
    version = make_version()
    award_many(version, 2)
    batch = awarding.order(
        version, people=[make_person()], roster_name="b.csv", by=owner_of(version.achievement.issuer)
    )
    default_storage.save("logos/a.png", ContentFile(b"\x89PNG logo"))

    made = said("backup", kept)
    settings.TESTAMUR_MASTER_KEY = bytes(32)
    restored = said("restore", kept, "--replace")

    assert made.startswith((f"{kept}: 0.", f"{kept}: 1."))
    assert "MB, the database and 1 picture. The master key " in made
    assert "- 1 issuer and 2 awards\n- 0 pictures; 1 were there already\n" in restored
    assert "Closed 1 status list to new awards" in restored
    assert "Stopped 1 unfinished batch: some rows may have been awarded since." in restored
    assert "! 1 active key cannot be opened" in restored
    assert f"and this site has {keys.fingerprint(bytes(32))}." in restored
    assert "- Revocations since are forgotten: revoke those again." in restored
    batch.refresh_from_db()
    assert batch.stopped_reason == restoring.STOPPED


def test_a_folder_gets_a_file_named_by_the_moment(tmp_path):
    make_issuer()

    said("backup", tmp_path)

    (made,) = tmp_path.glob("testamur-*.zip")
    with backups.opened(made) as (_, manifest):
        assert manifest.site == "https://badges.example"


def test_a_database_that_was_put_back_by_hand_is_closed_by_word(kept):
    make_award()

    assert said("restore", "--by-hand").startswith("Closed 1 status list to new awards")

    assert StatusList.objects.still_open().count() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say which file, or --by-hand if the database was put back by other means."),
        (["x.zip", "--by-hand"], "Say which file, or --by-hand if the database was put back by other means."),
        (["/nowhere/x.zip"], "/nowhere/x.zip: No such file or directory. The database is as before."),
        (
            [__file__],
            "test_backups.py is no backup, or it is damaged: File is not a zip file. Nothing was changed.",
        ),
    ],
    ids=["nothing", "both", "missing", "another file"],
)
def test_what_cannot_be_restored_gets_a_sentence(arguments, sentence):
    make_issuer()

    with pytest.raises(CommandError) as refused:
        call_command("restore", *arguments)

    assert str(refused.value) == sentence


def test_a_folder_that_does_not_exist_gets_a_sentence(tmp_path):
    make_issuer()

    with pytest.raises(CommandError, match=r"^No backup was made: No such file or directory\.$"):
        call_command("backup", str(tmp_path / "nowhere" / "x.zip"))


def test_what_was_erased_since_is_erased_again(kept):
    version = make_version()
    award, other = (
        make_award(version, name=name, email=f"{name}@example.org") for name in ("Quirina", "Otto")
    )
    issuer, whose = award.issuer, Whose(addresses=frozenset({"quirina@example.org"}))
    backups.make(kept)
    erasing.erase(issuer, whose, by=owner_of(issuer))

    told = said("restore", kept, "--replace")

    assert "Erased 1 credential again that this machine had erased since." in told
    assert traces_of("Quirina") == []
    assert list(Award.objects.values_list("pk", flat=True)) == [other.pk]
    assert bits_of(StatusList.objects.get()) == [award.status_index]
    assert findings() == []


def test_a_copy_of_what_was_awarded_and_erased_since_is_still_called_withdrawn(kept):
    version = make_version()
    make_award(version)
    backups.make(kept)
    award = make_award(version, email="quirina@example.org")
    document = json.loads(bytes(award.document))
    erasing.erase(award.issuer, Whose(addresses=frozenset({"quirina@example.org"})), by=None)

    restored = backups.restore(kept, replace=True)
    report = verifying.verify_document(document)

    assert (restored.erased_again, ErasedAward.objects.get().pk) == (0, award.pk)
    assert report.reason.startswith("It was withdrawn on ")


def test_where_nothing_can_be_signed_it_is_said_that_what_was_erased_is_back(kept, settings):
    award = make_award(email="quirina@example.org")
    backups.make(kept)
    erasing.erase(award.issuer, Whose(addresses=frozenset({"quirina@example.org"})), by=None)
    right, settings.TESTAMUR_MASTER_KEY = settings.TESTAMUR_MASTER_KEY, b"?" * 32

    told = said("restore", kept, "--replace")
    settings.TESTAMUR_MASTER_KEY = right
    by_hand = said("restore", "--by-hand")

    assert "! What was erased since is here again, because nothing can be signed." in told
    assert "Erased 1 credential again" in by_hand
    assert Award.objects.count() == 0
