"""A database that came back from a backup uses nothing twice that may be in use out there."""

import pytest
from django.conf import settings

from credentials import awarding, endorsing, restoring, verifying, witness
from credentials.models import Award, StatusList
from credentials.openbadges.verify import Verdict
from issuers import journal, keys
from issuers.models import SiteKey
from tests.factories import make_award, make_issuer, make_person, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def order(version, number: int = 1):
    people = [make_person() for _ in range(number)]
    return awarding.order(
        version, people=people, roster_name="a.csv", by=owner_of(version.achievement.issuer)
    )


def test_lists_that_were_open_take_no_new_award():
    version = make_version()
    before = make_award(version)

    closed = restoring.came_back()

    after, next_one = make_award(version), make_award(version)
    assert closed == restoring.Closed(lists=1, batches=0)
    assert after.status_list_id != before.status_list_id
    assert next_one.status_list_id == after.status_list_id
    assert [verifying.verify_award(one).verdict for one in (before, after)] == [Verdict.VALID] * 2


def test_each_issuer_has_its_own_lists_closed():
    one, two = make_award(), make_award()

    assert restoring.came_back_for(one.issuer) == restoring.Closed(lists=1, batches=0)

    assert list(StatusList.objects.still_open().values_list("issuer", flat=True)) == [two.issuer.pk]


def test_a_list_is_at_an_address_that_cannot_be_guessed_or_given_out_again():
    award = make_award()
    name = award.status_list.public_id

    assert award.status_list.url == f"https://badges.example/status/{name}"
    assert (len(name), name.count("-")) == (36, 4)
    assert make_award().status_list.public_id != name


def test_a_batch_that_was_under_way_waits_for_somebodys_word():
    version = make_version()
    batch, done = order(version, 3), order(version)
    awarding.award_batch(batch.pk, stop_after=1)
    awarding.award_batch(done.pk)

    closed = restoring.came_back()

    batch.refresh_from_db()
    done.refresh_from_db()
    assert closed.batches == 1
    assert (batch.stopped_reason, done.stopped_at) == (restoring.STOPPED, None)
    assert awarding.award_batch(batch.pk) == 0
    awarding.resume(batch, by=owner_of(version.achievement.issuer))
    assert awarding.award_batch(batch.pk) == 2


def test_the_journal_says_that_the_database_came_back():
    issuer = make_award().issuer

    restoring.came_back(made_at="2026-11-26T08:00:00+00:00")

    entry = issuer.journal.get(verb="restored")
    assert entry.data == {"backup": "2026-11-26T08:00:00+00:00", "lists": 1, "batches": 0}
    assert journal.first_broken(issuer) is None


def test_a_new_key_is_not_called_like_one_that_may_be_lost():
    issuer = make_issuer()
    restoring.came_back()

    first = keys.rotate(issuer, by=owner_of(issuer))
    second = keys.rotate(issuer, by=owner_of(issuer))
    of_another = make_issuer().keys.get()

    assert second.number == first.number + 1
    assert first.number > 100
    assert of_another.number > 100


def test_without_a_restored_backup_keys_are_counted():
    issuer = make_issuer()

    assert [keys.rotate(issuer, by=owner_of(issuer)).number for _ in range(2)] == [2, 3]
    assert make_issuer().keys.get().number == 1


def test_the_key_of_receipts_is_not_called_like_one_that_may_be_lost_either():
    make_issuer()
    restoring.came_back()

    keys.site_signer()

    assert SiteKey.objects.get().number > 100


# A database that somebody put back by hand


@pytest.fixture
def put_back_by_hand(django_capture_on_commit_callbacks):
    """An issuer's version whose last award the database forgot, though this machine made it."""

    def put_back():
        version = make_version()
        kept = make_award(version)
        with django_capture_on_commit_callbacks(execute=True):
            lost = make_award(version)
        Award.objects.filter(pk=lost.pk).delete()
        return version, kept

    return put_back


def test_an_older_database_is_noticed_at_the_next_award(put_back_by_hand):
    version, kept = put_back_by_hand()

    with pytest.raises(awarding.CannotBeAwarded) as refused:
        make_award(version)

    assert str(refused.value) == restoring.STOPPED
    kept.status_list.refresh_from_db()
    assert kept.status_list.closed_at is not None


def test_an_endorsement_goes_to_a_new_list_too(put_back_by_hand):
    _, kept = put_back_by_hand()

    made = endorsing.endorse(make_version(), endorser=kept.issuer, comment="Good.", by=owner_of(kept.issuer))

    assert made.status_list != kept.status_list


def test_once_it_was_noticed_awards_go_on_in_a_new_list(put_back_by_hand, django_capture_on_commit_callbacks):
    version, kept = put_back_by_hand()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(awarding.CannotBeAwarded):
        make_award(version)

    with django_capture_on_commit_callbacks(execute=True):
        award = make_award(version)

    assert award.status_list_id != kept.status_list_id
    assert not witness.misses_an_award(award.issuer)


def test_what_was_rolled_back_is_not_missed(django_capture_on_commit_callbacks):
    version = make_version()
    with django_capture_on_commit_callbacks(execute=True):
        make_award(version)
    with django_capture_on_commit_callbacks():  # as if it had been rolled back
        Award.objects.filter(pk=make_award(version).pk).delete()

    assert not witness.misses_an_award(version.achievement.issuer)


def test_a_machine_that_cannot_remember_awards_all_the_same(django_capture_on_commit_callbacks):
    folder = settings.VAR / "witness"
    folder.mkdir(exist_ok=True)
    kept = folder.rename(folder.with_name("witness-kept"))
    folder.write_bytes(b"")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            award = make_award()
        assert not witness.misses_an_award(award.issuer)
    finally:
        folder.unlink()
        kept.rename(folder)
