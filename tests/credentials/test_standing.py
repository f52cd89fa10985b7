"""Revoking, and the lists that say so."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import awarding, standing, verifying
from credentials.models import Award, Delivery, StatusList
from credentials.openbadges import status_list
from credentials.openbadges.verify import Verdict
from tests.factories import make_award, make_issuer, make_person, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def bits_of(published: StatusList) -> list[int]:
    """The indexes that the published list names."""
    encoded = json.loads(bytes(published.document))["credentialSubject"]["encodedList"]
    bits = status_list.decode(encoded)
    return [index for index in range(len(bits) * 8) if status_list.get(bits, index)]


def revoke(award: Award, reason="Awarded to the wrong person") -> Award:
    return standing.revoke(award, reason=reason, by=owner_of(award.issuer))


def test_a_list_is_published_before_its_first_award_and_says_nothing():
    award = make_award()

    assert bits_of(award.status_list) == []


def test_revoking_publishes_the_bit_at_once_and_the_next_report_says_so():
    version = make_version()
    award, other = make_award(version), make_award(version)

    revoke(award)

    assert bits_of(StatusList.objects.get(pk=award.status_list_id)) == [award.status_index]
    assert [verifying.verify_award(one).verdict for one in (award, other)] == [Verdict.REVOKED, Verdict.VALID]


def test_a_list_is_signed_once_however_many_of_its_awards_change():
    version = make_version()
    lists = [make_award(version).status_list for _ in range(3)]

    with CaptureQueriesContext(connection) as asked:
        standing.publish(lists)

    assert [query["sql"].split()[0] for query in asked.captured_queries].count("UPDATE") == 1


def test_revoking_twice_is_refused_with_the_day_and_the_first_reason():
    award = revoke(make_award())

    with pytest.raises(standing.AlreadyRevoked) as refused:
        revoke(award, reason="Again")

    day = f"{award.revoked_at.day} {award.revoked_at:%B %Y}"
    assert str(refused.value) == f"It was revoked on {day} already: Awarded to the wrong person"


def test_revoking_leaves_the_document_as_it_was():
    award = make_award()
    before = bytes(award.document)

    revoke(award)

    assert bytes(Award.objects.get(pk=award.pk).document) == before


def test_the_earner_is_told_of_a_revocation_once():
    award = revoke(make_award())

    assert list(award.deliveries.filter(event="revoked").values_list("address", "state")) == [
        (award.recipient_email, "waiting")
    ]


def test_the_journal_keeps_who_revoked_and_why():
    award = revoke(make_award())

    entry = award.issuer.journal.get(verb="revoked")
    assert (entry.actor, entry.data) == (owner_of(award.issuer), {"reason": "Awarded to the wrong person"})


def test_the_published_list_is_signed_by_the_issuer_of_the_awards():
    award = make_award()

    signed = json.loads(bytes(award.status_list.document))

    assert signed["issuer"] == award.issuer.did
    assert signed["id"] == award.status_list.url
    assert signed["proof"][0]["verificationMethod"] == award.signing_key.verification_method


def test_slots_are_drawn_at_random_and_never_twice():
    issuer = make_issuer()
    version = make_version(issuer)

    indexes = [make_award(version).status_index for _ in range(12)]

    assert len(set(indexes)) == 12
    assert indexes != sorted(indexes)
    assert max(indexes) > 1000


def test_a_further_list_opens_when_one_is_full():
    version = make_version()
    StatusList.objects.filter(pk=standing.open_list(version.achievement.issuer).pk).update(length=1)
    first = make_award(version).status_list

    second = make_award(version).status_list

    assert (second.number, bits_of(second)) == (first.number + 1, [])


def test_a_list_that_is_nearly_full_gives_what_is_left():
    version = make_version()
    award = make_award(version)
    StatusList.objects.filter(pk=award.status_list_id).update(length=award.status_index + 3)
    Award.objects.filter(pk=award.pk).update(recipient_name=award.recipient_name)

    drawn = standing._draw(StatusList.objects.get(pk=award.status_list_id), 1)

    assert len(drawn) == 1
    assert drawn != [award.status_index]


def test_an_index_that_is_drawn_twice_in_one_draw_is_given_once():
    version = make_version()
    status = make_award(version).status_list
    StatusList.objects.filter(pk=status.pk).update(length=8)
    status.refresh_from_db()
    free = set(range(8)) - set(status.awards.values_list("status_index", flat=True))

    assert sorted(standing._draw(status, 100)) == sorted(free)


def test_a_draw_asks_about_its_candidates_and_not_about_the_whole_list(django_assert_num_queries):
    status = make_award().status_list

    with django_assert_num_queries(1) as asked:
        drawn = standing._draw(status, 2)

    assert len(set(drawn)) == 2
    assert " IN (" in asked.captured_queries[0]["sql"]


# Many at once


def awarded(version, number: int):
    """The awards of a new batch."""
    by = owner_of(version.achievement.issuer)
    people = [make_person() for _ in range(number)]
    batch = awarding.order(version, people=people, roster_name="many.csv", by=by)
    awarding.award_batch(batch.pk)
    return Award.objects.filter(row__batch=batch)


def revoke_all(awards, number: int, reason="The exam was stolen"):
    issuer = awards[0].issuer
    return standing.revoke_many(issuer, awards, number=number, reason=reason, by=owner_of(issuer))


def test_many_are_revoked_at_once_and_each_list_is_signed_once():
    version = make_version()
    awards, other = awarded(version, 3), make_award(version)

    with CaptureQueriesContext(connection) as asked:
        revoke_all(awards, 3)

    status = StatusList.objects.get()
    lists = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "credentials_statuslist"')]
    assert len(lists) == 1
    assert bits_of(status) == sorted(awards.values_list("status_index", flat=True))
    assert set(awards.values_list("revocation_reason", flat=True)) == {"The exam was stolen"}
    assert Award.objects.get(pk=other.pk).revoked_at is None
    told = Delivery.objects.filter(event="revoked").values_list("address", flat=True)
    assert sorted(told) == sorted(awards.values_list("recipient_email", flat=True))


def test_the_journal_has_one_entry_for_many_and_finds_them_by_its_moment():
    awards = awarded(make_version(), 3)

    revoke_all(awards, 3)

    (entry,) = awards[0].issuer.journal.filter(verb="revoked many")
    assert (entry.data["number"], entry.data["reason"]) == (3, "The exam was stolen")
    assert Award.objects.filter(revoked_at=entry.data["revoked_at"]).count() == 3


def test_those_that_were_revoked_before_keep_their_reason_and_nobody_is_told_twice():
    awards = awarded(make_version(), 3)
    revoke(awards[0], reason="Earlier")

    revoke_all(awards, 2)

    assert sorted(awards.values_list("revocation_reason", flat=True)) == [
        "Earlier",
        "The exam was stolen",
        "The exam was stolen",
    ]
    assert Delivery.objects.filter(event="revoked").count() == 3


def test_nothing_is_revoked_if_it_is_not_the_number_that_the_person_was_told():
    awards = awarded(make_version(), 3)

    with pytest.raises(standing.NumberChanged, match="it is 3 now, not 2"):
        revoke_all(awards, 2)

    assert not awards.filter(revoked_at__isnull=False).exists()
    assert bits_of(StatusList.objects.get()) == []


def test_many_of_another_issuer_are_never_revoked():
    mine, theirs = awarded(make_version(), 1), awarded(make_version(), 1)

    standing.revoke_many(
        mine[0].issuer,
        Award.objects.all(),
        number=1,
        reason="Mine alone",
        by=owner_of(mine[0].issuer),
    )

    assert theirs.get().revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_a_thousand_revocations_and_awards_at_once_lose_nothing():
    version = make_version()
    awards = list(awarded(version, 1000))
    issuer, by = version.achievement.issuer, owner_of(version.achievement.issuer)

    def revoke_some(mine: list[Award]):
        """Some one by one, the others in lots."""
        for award in mine[:10]:
            standing.revoke(award, reason="One", by=by)
        for start in range(10, len(mine), 60):
            lot = Award.objects.filter(pk__in=[award.pk for award in mine[start : start + 60]])
            standing.revoke_many(issuer, lot, number=lot.count(), reason="Many", by=by)

    def award_some():
        for _ in range(5):
            awarded(version, 50)

    def run(work, *arguments):
        try:
            work(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        running = [pool.submit(run, revoke_some, awards[n::4]) for n in range(4)]
        running += [pool.submit(run, award_some) for _ in range(2)]
    for one in running:
        one.result()

    gone = Award.objects.filter(revoked_at__isnull=False)
    assert bits_of(StatusList.objects.get()) == sorted(gone.values_list("status_index", flat=True))
    assert gone.count() == 1000
    assert len(set(Award.objects.values_list("status_index", flat=True))) == 1500


@pytest.mark.parametrize(
    "day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2028, 2, 29), dt.date(2026, 12, 31)], ids=str
)
def test_our_rows_and_the_report_say_the_same_on_each_side_of_a_day(day, time_machine):
    """A credential that begins and ends on one day, which may have 23 or 25 hours where people live."""
    time_machine.move_to(dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(days=1), tick=False)
    award = make_award(awarded_on=day, valid_until=day)
    first, last, least = award.valid_from, award.valid_until, dt.timedelta(microseconds=1)
    said = []
    for moment in (first - least, first, last, last + least):
        time_machine.move_to(moment, tick=False)
        counts = Award.objects.current(moment).exists()
        said.append((str(award.standing), str(verifying.verify_award(award).verdict), counts))

    assert (first, last) == (
        dt.datetime.combine(day, dt.time(), dt.UTC),
        dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC),
    )
    assert said == [
        ("not_yet_valid", "not_yet_valid", False),
        ("valid", "valid", True),
        ("valid", "valid", True),
        ("expired", "expired", False),
    ]
