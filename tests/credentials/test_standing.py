"""Revoking, and the lists that say so."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import standing, verifying
from credentials.models import Award, StatusList
from credentials.openbadges import status_list
from credentials.openbadges.verify import Verdict
from tests.factories import make_award, make_issuer, make_version, owner_of

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
    first = make_award(version).status_list
    StatusList.objects.filter(pk=first.pk).update(length=1)

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
