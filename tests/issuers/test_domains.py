"""Claiming a domain and giving it up."""

import pytest

from issuers import domains
from issuers.models import DomainClaim, Issuer
from tests.factories import make_issuer, owner_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("northfield.example", "northfield.example"),
        ("  Northfield.Example. ", "northfield.example"),
        ("https://www.northfield.example/about?x=1", "www.northfield.example"),
        ("northfield.example:8443/path", "northfield.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_read_out_of_what_people_paste(typed, domain):
    assert domains.normalise(typed) == domain


@pytest.mark.parametrize(
    "typed",
    ["", "northfield", "127.0.0.1", "http://[::1]/", "0x7f.0x1", "a b.example", "under_score.example", "a..b",
     "http://[broken", "\x00.example", "https://"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_with_a_sentence(typed):
    with pytest.raises(
        domains.NotADomain, match=r"Write a domain of your own, such as northfield\.example\."
    ):
        domains.normalise(typed)


def test_a_domain_leaves_room_for_the_name_of_its_record():
    with pytest.raises(domains.NotADomain, match="at most 240 characters"):
        domains.normalise(".".join(["a" * 60] * 4))


def test_claiming_the_same_domain_again_keeps_its_token():
    issuer = make_issuer()

    first = domains.claim(issuer, "a.example", by=owner_of(issuer))
    again = domains.claim(issuer, "a.example", by=owner_of(issuer))

    assert (first.pk, first.token, len(first.token)) == (again.pk, again.token, 32)


def test_two_issuers_may_share_a_domain_each_with_a_token_of_its_own():
    tokens = {
        domains.claim(issuer, "a.example", by=owner_of(issuer)).token
        for issuer in (make_issuer(), make_issuer())
    }

    assert len(tokens) == 2


def test_claiming_another_domain_gives_up_the_one_before():
    issuer = make_issuer(verified_domain="a.example")
    before = domains.claim(issuer, "a.example", by=owner_of(issuer))

    after = domains.claim(issuer, "b.example", by=owner_of(issuer))

    assert Issuer.objects.get(pk=issuer.pk).verified_domain == ""
    assert DomainClaim.objects.get() == after
    assert before.token != after.token


def test_giving_up_forgets_the_proof_and_says_so_in_the_journal():
    issuer = make_issuer(verified_domain="a.example")
    domains.claim(issuer, "a.example", by=owner_of(issuer))

    domains.give_up(issuer, by=owner_of(issuer))
    domains.give_up(issuer, by=owner_of(issuer))

    assert (Issuer.objects.get(pk=issuer.pk).verified_domain, DomainClaim.objects.count()) == ("", 0)
    assert [entry.verb for entry in issuer.journal.order_by("-number")[:2]] == [
        "gave up domain",
        "claimed domain",
    ]
