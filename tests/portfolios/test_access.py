"""Absent, private, withdrawn and another person's all give the same 404."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from credentials.models import Award
from portfolios import access, arranging
from tests.factories import make_award, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def mine(ada):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(earner=ada)
    return award


@pytest.fixture
def foreign():
    award = make_award()
    Award.objects.filter(pk=award.pk).update(earner=make_user())
    return award


def make_profile(user, audience):
    return arranging.write_profile(user, handle="ada", name="Ada", headline="", about="", audience=audience)


def test_my_award_is_mine(ada, mine):
    assert access.my_award(ada, mine.pk) == mine


def test_an_absent_an_unclaimed_and_a_foreign_award_are_not_found_alike(ada, foreign):
    refusals = []
    for pk in (uuid4(), make_award().pk, foreign.pk):
        with pytest.raises(Http404) as refusal:
            access.my_award(ada, pk)
        refusals.append(str(refusal.value))

    assert set(refusals) == {"No such credential."}


def test_awards_come_in_the_order_of_the_form_each_once(ada):
    awards = [make_award() for _ in range(3)]
    Award.objects.update(earner=ada)
    ids = [str(award.pk) for award in (awards[2], awards[0], awards[2], awards[1])]

    assert access.my_awards_named(ada, ids) == [awards[2], awards[0], awards[1]]
    assert access.my_awards_named(ada, []) == []


@pytest.mark.parametrize("named", ["foreign", "absent", "nonsense", ""])
def test_one_id_that_is_not_mine_refuses_them_all(ada, mine, foreign, named):
    other = {"foreign": str(foreign.pk), "absent": str(uuid4())}.get(named, named)

    with pytest.raises(Http404, match=r"^No such credential\.$"):
        access.my_awards_named(ada, [str(mine.pk), other])


@pytest.mark.parametrize("audience", ["public", "link"])
def test_an_open_portfolio_is_seen_by_strangers(ada, audience):
    profile = make_profile(ada, audience)

    assert access.profile_to_see(AnonymousUser(), "ada") == profile
    assert access.profile_to_see(make_user(), "ada") == profile


def test_a_private_portfolio_is_its_owners_and_not_found_for_others(ada):
    profile = make_profile(ada, "private")

    assert access.profile_to_see(ada, "ada") == profile
    for stranger in (AnonymousUser(), make_user()):
        with pytest.raises(Http404, match=r"^No such portfolio\.$"):
            access.profile_to_see(stranger, "ada")


def test_the_portfolio_of_a_closed_account_is_not_found(ada):
    make_profile(ada, "public")
    ada.is_active = False
    ada.save()

    with pytest.raises(Http404, match=r"^No such portfolio\.$"):
        access.profile_to_see(AnonymousUser(), "ada")


def test_an_absent_portfolio_is_not_found():
    with pytest.raises(Http404, match=r"^No such portfolio\.$"):
        access.profile_to_see(AnonymousUser(), "ada")


def test_a_handle_that_was_given_up_leads_to_its_owner_and_only_while_they_are_seen(ada):
    profile = make_profile(ada, "public")
    words = {"name": "Ada", "headline": "", "about": ""}
    arranging.write_profile(ada, handle="countess", audience="public", **words)
    assert access.profile_to_see(AnonymousUser(), "ada") == profile

    arranging.write_profile(ada, handle="countess", audience="private", **words)
    with pytest.raises(Http404):
        access.profile_to_see(AnonymousUser(), "ada")
