"""Whoever has verified an address gets what was awarded to it, and nobody else does."""

import pytest
from allauth.account.models import EmailAddress

from credentials.models import Award
from portfolios import claiming
from tests.factories import make_award, make_user

pytestmark = pytest.mark.django_db


def held_by(user) -> set:
    return set(Award.objects.filter(earner=user).values_list("pk", flat=True))


def add_address(user, email, *, verified):
    return EmailAddress.objects.create(user=user, email=email, verified=verified)


@pytest.mark.both_databases
def test_a_verified_address_claims_what_was_awarded_to_it():
    award, elsewhere = make_award(email="ada@example.org"), make_award(email="eve@example.org")
    ada = make_user("ada@example.org")

    assert claiming.claim(ada, "ada@example.org") == 1

    award.refresh_from_db()
    assert held_by(ada) == {award.pk}
    assert award.claimed_at is not None
    assert (award.seen_at, award.acceptance) == (None, Award.Acceptance.OFFERED)
    elsewhere.refresh_from_db()
    assert elsewhere.earner is None


def test_claiming_twice_claims_once():
    make_award(email="ada@example.org")
    ada = make_user("ada@example.org")
    claiming.claim(ada, "ada@example.org")
    claimed_at = Award.objects.get().claimed_at

    assert claiming.claim(ada, "ada@example.org") == 0
    assert Award.objects.get().claimed_at == claimed_at


def test_an_address_that_is_not_verified_claims_nothing():
    make_award(email="ada@example.org")
    eve = make_user("ada@example.org", verified=False)

    assert claiming.claim(eve, "ada@example.org") == 0
    assert claiming.claim_all(eve) == 0
    assert held_by(eve) == set()


def test_the_address_of_another_account_claims_nothing():
    make_award(email="ada@example.org")
    make_user("ada@example.org")
    eve = make_user("eve@example.org")

    assert claiming.claim(eve, "ada@example.org") == 0
    assert held_by(eve) == set()


def test_what_somebody_has_claimed_is_not_claimed_again():
    award = make_award(email="ada@example.org")
    ada = make_user("ada@example.org")
    claiming.claim_all(ada)
    EmailAddress.objects.filter(user=ada).delete()
    heir = make_user("ada@example.com")
    add_address(heir, "ada@example.org", verified=True)

    assert claiming.claim_all(heir) == 0
    assert held_by(ada) == {award.pk}


@pytest.mark.parametrize(
    ("awarded_to", "verified"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        (" ada@example.org ", "ada@example.org"),
    ],
)
def test_one_mailbox_has_one_key_however_it_is_written(awarded_to, verified):
    award = make_award(email=awarded_to)
    ada = make_user(verified)

    assert claiming.claim_all(ada) == 1
    assert held_by(ada) == {award.pk}


def test_the_kelvin_sign_is_not_a_k():
    make_award(email="kim@example.org")
    eve = make_user("\u212aim@example.org")

    assert claiming.claim_all(eve) == 0
    assert held_by(eve) == set()


@pytest.mark.parametrize(
    "email", ["", "nobody", "@", "a@b", "x" * 500 + "@example.org", "ada\x00@example.org"]
)
def test_what_is_no_address_claims_nothing(email):
    assert claiming.claim(make_user(), email) == 0


def test_every_verified_address_claims_its_own():
    home, work, school = (make_award(email=f"ada@{place}.example") for place in ("home", "work", "school"))
    ada = make_user("ada@home.example")
    add_address(ada, "ada@work.example", verified=True)
    add_address(ada, "ada@school.example", verified=False)

    assert claiming.claim_all(ada) == 2
    assert held_by(ada) == {home.pk, work.pk}
    assert school.pk not in held_by(ada)


def test_with_nothing_to_claim_nothing_is_written(django_assert_num_queries):
    ada = make_user("ada@example.org")

    with django_assert_num_queries(2) as captured:
        claiming.claim_all(ada)

    assert {query["sql"].split()[0] for query in captured.captured_queries} == {"SELECT"}


@pytest.mark.both_databases
def test_an_award_outlives_the_account_of_its_earner():
    award = make_award(email="ada@example.org")
    ada = make_user("ada@example.org")
    claiming.claim_all(ada)

    ada.delete()

    kept = Award.objects.get()
    assert (kept.pk, kept.earner, bytes(kept.document)) == (award.pk, None, bytes(award.document))


def test_claiming_leaves_the_signed_document_alone():
    award = make_award(email="ada@example.org")

    claiming.claim_all(make_user("ada@example.org"))

    assert bytes(Award.objects.get().document) == bytes(award.document)
