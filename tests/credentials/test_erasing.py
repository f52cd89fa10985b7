"""Erasing a person: everything about them goes, and what was signed is revoked for good."""

import datetime as dt
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from credentials import awarding, bringing, erasing, queue, standing, tasks, verifying, witness
from credentials.erasing import Found, Whose
from credentials.models import (
    Award,
    CompactForm,
    Delivery,
    ErasedAward,
    Evidence,
    Rendering,
    Roster,
    Row,
    StatusList,
)
from credentials.openbadges.verify import Verdict
from credentials.rendering import shelf
from credentials.views.public import _asked
from issuers import journal
from tests.credentials.test_integrity import findings
from tests.credentials.test_standing import bits_of
from tests.factories import make_award, make_issuer, make_person, make_version, owner_of
from tests.traces import traces_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NAME, EMAIL = "Quirina Okonkwo", "quirina@erased.example"
WHOSE = Whose(addresses=frozenset({EMAIL}))
WALLET = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
ROSTER = f"name,email\n{NAME},{EMAIL.upper()}\nAda Nwosu,nada-{EMAIL}\n"


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT, settings.VAR = tmp_path / "media", tmp_path / "var"
    settings.MEDIA_ROOT.mkdir()
    settings.VAR.mkdir()


def award_her(version=None, **fields) -> Award:
    return make_award(version, name=NAME, email=EMAIL, **fields)


def erase(issuer, whose=WHOSE) -> Found:
    return erasing.erase(issuer, whose, by=owner_of(issuer))


def bring(version, text=ROSTER, name="roster.csv") -> Roster:
    by = owner_of(version.achievement.issuer)
    return bringing.bring(version, data=text.encode(), name=name, by=by)


def order(version, *people, name="a.csv"):
    return awarding.order(version, people=people, roster_name=name, by=owner_of(version.achievement.issuer))


def her(line: int, **fields):
    return make_person(line=line, name=NAME, email=EMAIL, **fields)


def everything_of_her():
    """An issuer that knows her in every way in which it can."""
    version = make_version()
    issuer = version.achievement.issuer
    award = award_her(
        version,
        subject_id=WALLET,
        evidence=[{"name": f"Report of {NAME}", "narrative": f"By {EMAIL}."}],
        narrative=f"{NAME} did it.",
    )
    newer = award_her(make_version(issuer), evidence_url="https://example.org/quirina-okonkwo")
    Award.objects.filter(pk=newer.pk).update(replaces=award)
    standing.revoke(award, reason=f"Replaced: {NAME.upper()} <{EMAIL}> was misspelt", by=owner_of(issuer))
    done = order(version, her(1), make_person(line=2), name=f"{NAME}, {EMAIL}.csv")
    awarding.award_batch(done.pk)
    awarding.award_batch(order(version, her(4)).pk)  # she holds it already
    order(version, her(3))
    bringing.mend(
        bring(version, ROSTER.replace(f"nada-{EMAIL}", "ada@example.org"), name=f"{NAME}.csv"),
        edits={3: {"name": "Ada"}},
        choices={2: "again"},
    )
    bringing.mend(bring(version, "name,email\nX,x@example.org\nY,y@example.org\n"),
                  edits={2: {"name": NAME, "email": EMAIL}}, choices={})  # fmt: skip
    bring(version, f"name,email\n{NAME},{EMAIL}\n")
    drawn = shelf.ask(award)
    drawn.file.save(f"{award.pk}-drawn.pdf", ContentFile(f"%PDF-1.7 {NAME}".encode()))
    default_storage.save(f"renderings/{newer.pk}-left-over.pdf", ContentFile(f"{NAME}".encode()))
    Delivery.objects.filter(address=EMAIL).update(detail=f"550 {EMAIL} is unknown")
    return issuer


def test_nothing_of_the_person_is_left_in_any_column_or_file(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        issuer = everything_of_her()
    assert len(traces_of(NAME, EMAIL)) > 20

    with django_capture_on_commit_callbacks(execute=True):
        found = erase(issuer)

    assert traces_of(NAME, EMAIL) == []
    assert CompactForm.objects.count() == 0  # a token says it all, in base64
    assert (found.awards, found.rosters) == (3, 3)


def test_what_is_left_is_an_id_a_place_and_a_hash():
    award = award_her()

    erase(award.issuer)

    (left,) = ErasedAward.objects.values()
    assert left == {
        "id": award.pk,
        "status_list_id": award.status_list_id,
        "status_index": award.status_index,
        "document_sha256": award.document_sha256,
        "erased_at": left["erased_at"],
    }
    assert not Award.objects.filter(pk=award.pk).exists()


def test_its_place_in_the_list_says_revoked_and_is_never_drawn_again():
    award = award_her()
    status = award.status_list

    erase(award.issuer)

    status.refresh_from_db()
    StatusList.objects.filter(pk=status.pk).update(length=award.status_index + 2)
    status.refresh_from_db(fields=["length"])
    assert bits_of(status) == [award.status_index]
    assert award.status_index not in standing._draw(status, award.status_index + 2)


def test_each_list_is_signed_once(django_assert_num_queries):
    version = make_version()
    for again in (False, True, True):
        award_her(version, again=again)
    before = StatusList.objects.get().published_at
    StatusList.objects.update(published_at=before - dt.timedelta(days=1))

    assert erase(version.achievement.issuer).awards == 3

    assert len(bits_of(StatusList.objects.get())) == 3


def test_only_this_issuer_erases_and_only_this_person():
    version = make_version()
    hers, elsewhere = award_her(version), award_her()
    other = make_award(version, email=f"nada-{EMAIL}")

    erase(version.achievement.issuer)

    assert set(Award.objects.values_list("pk", flat=True)) == {elsewhere.pk, other.pk}
    assert not Award.objects.filter(pk=hers.pk).exists()


def test_erasing_twice_does_it_once_and_writes_one_entry():
    issuer = award_her().issuer

    first, second = erase(issuer), erase(issuer)

    assert (first, second) == (Found(awards=1), Found())
    assert issuer.journal.filter(verb="erased").count() == 1


def test_the_journal_says_who_erased_how_much_and_names_nobody():
    issuer = award_her().issuer

    erase(issuer)

    entry = issuer.journal.get(verb="erased")
    assert (entry.actor, entry.label) == (owner_of(issuer), "1 credential of a person")
    assert entry.data == {"awards": 1, "rows": 0, "rosters": 0}
    assert journal.first_broken(issuer) is None


def test_the_journal_names_version_and_code_of_what_was_revoked_and_not_the_person():
    award = award_her()

    standing.revoke(award, reason=f"{NAME} left", by=owner_of(award.issuer))

    entry = award.issuer.journal.get(verb="revoked")
    assert entry.label == f"Clinical Data Stewardship (version 1) · {award.code}"
    assert entry.data == {"reason": "… left"}


def test_when_many_are_revoked_the_journal_names_none_of_them():
    award = award_her()
    issuer = award.issuer

    standing.revoke_many(
        issuer, Award.objects.all(), number=1, reason=f"For {EMAIL.title()}", by=owner_of(issuer)
    )

    assert issuer.journal.get(verb="revoked many").data["reason"] == "For …"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Listed for Li, li@example.org", "Listed for …, …"),
        ("Li_2026.csv", "…_2026.csv"),
        ("王小明さん", "…さん"),
        ("Nobody", "Nobody"),
    ],
)
def test_names_are_taken_out_of_what_the_journal_keeps(text, kept):
    assert journal.without_people(text, [("Li", "li@example.org"), ("王小明", "")]) == kept


def test_a_batch_goes_on_making_sense():
    version = make_version()
    batch = order(version, her(1), make_person(line=2))
    awarding.award_batch(batch.pk)

    erase(version.achievement.issuer)

    batch.refresh_from_db()
    assert awarding.progress(batch) == awarding.Progress(2, 1, 0, 0, "finished", 1)
    assert list(batch.rows.values_list("number", "state", "data")[:1]) == [(1, "erased", {})]


def test_a_row_that_waits_is_never_awarded_and_its_batch_is_finished():
    version = make_version()
    batch = order(version, her(1))

    found = erase(version.achievement.issuer)
    awarding.award_batch(batch.pk)

    batch.refresh_from_db()
    assert (found, Award.objects.count()) == (Found(rows=1), 0)
    assert (awarding.progress(batch).state, batch.finished_at is not None) == ("finished", True)


def test_rows_that_were_claimed_before_are_not_awarded_after():
    version = make_version()
    batch = order(version, her(1), make_person(line=2))
    claimed = awarding._claim(batch, 10)

    erase(version.achievement.issuer)
    awarding._award_rows(batch, claimed)

    assert list(Award.objects.values_list("row__number", flat=True)) == [2]


@pytest.mark.django_db(transaction=True)
def test_whoever_is_awarding_at_that_moment_lets_nothing_slip_through():
    version = make_version()
    people = [her(line, again=True) if line % 2 else make_person(line=line) for line in range(1, 61)]
    batch, issuer = order(version, *people), version.achievement.issuer

    def award_some():
        while awarding.award_batch(batch.pk, stop_after=7):
            pass

    def run(work, *arguments):
        try:
            work(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(run, work) for work in (award_some, award_some, lambda: erase(issuer))]
    for one in running:
        one.result()
    award_some()

    assert not Award.objects.filter(recipient_email=EMAIL).exists()
    assert awarding.progress(batch) == awarding.Progress(60, 30, 0, 0, "finished", 30)
    assert bits_of(StatusList.objects.get()) == sorted(
        ErasedAward.objects.values_list("status_index", flat=True)
    )


def test_a_chain_of_corrections_closes_over_what_is_gone():
    issuer = make_issuer()
    first, second, third, fourth = (make_award(make_version(issuer), email=f"{n}-{EMAIL}") for n in range(4))
    for newer, older in ((second, first), (third, second), (fourth, third)):
        Award.objects.filter(pk=newer.pk).update(replaces=older)

    erase(issuer, Whose(addresses=frozenset({f"1-{EMAIL}", f"2-{EMAIL}"})))

    assert dict(Award.objects.values_list("pk", "replaces")) == {first.pk: None, fourth.pk: first.pk}


def test_where_the_first_of_a_chain_goes_the_next_replaces_nothing():
    issuer = make_issuer()
    first, second = (make_award(make_version(issuer), email=f"{n}-{EMAIL}") for n in range(2))
    Award.objects.filter(pk=second.pk).update(replaces=first)

    erase(issuer, Whose(addresses=frozenset({f"0-{EMAIL}"})))

    assert list(Award.objects.values_list("pk", "replaces")) == [(second.pk, None)]


def test_a_roster_loses_the_line_and_keeps_the_others():
    version = make_version()
    kept = bring(version)

    erase(version.achievement.issuer)

    kept.refresh_from_db()
    assert kept.sheet["rows"] == [[3, ["Ada Nwosu", f"nada-{EMAIL}"]]]


def test_an_address_in_letters_of_another_alphabet_is_found_in_a_roster():
    version = make_version()
    kept = bring(version, "name,email\nJana,jana@bücher.example\nOtto,otto@example.org\n")

    erase(version.achievement.issuer, Whose(addresses=frozenset({"jana@xn--bcher-kva.example"})))

    kept.refresh_from_db()
    assert [line for line, _ in kept.sheet["rows"]] == [3]


def test_a_correction_that_comes_late_does_not_bring_the_line_back():
    version = make_version()
    stale = bring(version)
    erase(version.achievement.issuer)

    bringing.mend(stale, edits={2: {"name": NAME}}, choices={2: "again"})

    stale.refresh_from_db()
    assert (stale.edits, stale.choices, len(stale.sheet["rows"])) == ({}, {}, 1)


def test_a_kept_copy_is_withdrawn_in_plain_words():
    award = award_her()
    document = json.loads(bytes(award.document))

    erase(award.issuer)
    report = verifying.verify_document(document)

    today = timezone.now()
    assert report.verdict == Verdict.REVOKED
    assert report.reason == (
        f"It was withdrawn on {today.day} {today:%B %Y}, and what this site held of it and of its holder was "
        "erased. It does not count any more."
    )


def test_a_kept_token_is_withdrawn_too():
    award = award_her(subject_id=WALLET)
    token = award.compact_form.token

    erase(award.issuer)

    assert verifying.verify_document(token).reason.startswith("It was withdrawn on ")


def test_a_copy_that_was_changed_is_not_called_withdrawn():
    award = award_her()
    document = json.loads(bytes(award.document)) | {"name": "Something better"}

    erase(award.issuer)

    assert verifying.verify_document(document).verdict == Verdict.INVALID


def test_everything_else_is_sound_afterwards():
    issuer = everything_of_her()
    Evidence.objects.count()

    erase(issuer)

    assert findings() == []


def test_an_erased_credential_that_is_here_again_is_found():
    award = award_her()
    ErasedAward.objects.create(
        id=award.pk, status_list=award.status_list, status_index=award.status_index,
        document_sha256=award.document_sha256, erased_at=timezone.now(),
    )  # fmt: skip

    assert (
        f"credentials.erasedaward:{award.pk}",
        "It was erased, and the credential is here again.",
    ) in findings()


def test_a_place_of_an_erased_credential_that_was_given_away_is_found():
    award = award_her()
    ghost = uuid.uuid4()
    ErasedAward.objects.create(
        id=ghost, status_list=award.status_list, status_index=award.status_index,
        document_sha256="0" * 64, erased_at=timezone.now(),
    )  # fmt: skip

    assert (
        f"credentials.erasedaward:{ghost}",
        f"Its index {award.status_index} of {award.status_list} was given to another credential.",
    ) in findings()


def test_a_bit_that_is_lost_is_found():
    award = award_her()
    status = award.status_list
    before = bytes(StatusList.objects.get(pk=status.pk).document)

    erase(award.issuer)
    StatusList.objects.filter(pk=status.pk).update(document=before)

    assert [what for what, _ in findings()] == [f"credentials.statuslist:{status.pk}"]


@pytest.mark.parametrize(
    "write",
    [
        lambda: ErasedAward.objects.update(status_index=5),
        lambda: ErasedAward.objects.all()._raw_delete("default"),
    ],
    ids=["changed", "deleted"],
)
def test_the_database_keeps_what_is_left(write):
    erase(award_her().issuer)

    with (
        pytest.raises(DatabaseError, match="What is left of an erased credential is never"),
        transaction.atomic(),
    ):
        write()


def test_the_person_can_be_awarded_anew():
    version = make_version()
    first = award_her(version)
    erase(version.achievement.issuer)

    second = award_her(version)

    assert (second.occurrence, second.pk == first.pk) == (1, False)


def test_a_drawing_under_way_leaves_no_file(django_capture_on_commit_callbacks):
    award = award_her()
    rendering = shelf.ask(award)

    with django_capture_on_commit_callbacks(execute=True):
        erase(award.issuer)
    shelf._put_on_shelf(rendering, b"%PDF-1.7")

    assert (Rendering.objects.count(), traces_of(str(award.pk)[:12] + "%PDF")) == (0, [])
    assert not default_storage.exists("renderings") or default_storage.listdir("renderings")[1] == []


def test_a_message_that_was_being_sent_stops_nobody():
    award = award_her()
    delivery = award.deliveries.get()
    erase(award.issuer)

    queue.finish(delivery)

    assert Delivery.objects.count() == 0


def test_the_witness_does_not_take_the_database_for_an_older_one(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        issuer = award_her().issuer
    with django_capture_on_commit_callbacks(execute=True):
        erase(issuer)

    assert not witness.misses_an_award(issuer)


def test_with_an_account_nothing_that_another_account_claimed_is_erased():
    version = make_version()
    hers, anothers = award_her(version), award_her(version, again=True)
    me, successor = owner_of(make_issuer()), owner_of(version.achievement.issuer)
    Award.objects.filter(pk=anothers.pk).update(earner=successor)

    erase(version.achievement.issuer, Whose(addresses=frozenset({EMAIL}), account=me.pk))

    assert list(Award.objects.values_list("pk", flat=True)) == [anothers.pk]
    assert Row.objects.get(award=anothers).state == "awarded"
    assert ErasedAward.objects.get().pk == hers.pk


def test_what_is_found_beforehand_is_what_is_erased():
    issuer = everything_of_her()

    before = erasing.known_at(issuer, WHOSE)

    assert erasing.issuers_that_know(WHOSE) == [issuer]
    assert erasing.erase_everywhere(WHOSE, by=None) == {issuer: before}
    assert erasing.issuers_that_know(WHOSE) == []


def test_the_sweeper_throws_rosters_away_that_nobody_ordered_for_a_month():
    version = make_version()
    old, ordered, young = bring(version), bring(version), bring(version)
    bringing.order(ordered, count=2, by=owner_of(version.achievement.issuer))
    month = timezone.now() - dt.timedelta(days=30, hours=1)
    Roster.objects.filter(pk__in=[old.pk, ordered.pk]).update(created_at=month)

    tasks.sweep()

    assert set(Roster.objects.values_list("pk", flat=True)) == {ordered.pk, young.pk}


def test_files_of_others_stay(django_capture_on_commit_callbacks):
    award = award_her()
    default_storage.save(f"renderings/{uuid.uuid4()}-x.pdf", ContentFile(b"another"))

    with django_capture_on_commit_callbacks(execute=True):
        erase(award.issuer)

    assert len(default_storage.listdir("renderings")[1]) == 1
    assert settings.MEDIA_ROOT.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_revokes_or_asks_for_a_file_while_it_is_erased_finds_nothing():
    """Both have read it a moment before."""
    award = award_her()
    erase(award.issuer)

    with pytest.raises(Award.DoesNotExist):
        standing.revoke(award, reason="Too late.", by=owner_of(award.issuer))
    with pytest.raises(Award.DoesNotExist):
        shelf.ask(award)
    with pytest.raises(Http404):
        _asked(award)

    assert not Rendering.objects.exists()
