"""Signing up, and verifying a further address, claim by themselves."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.urls import reverse

from credentials.models import Award
from tests import factories
from tests.factories import make_award, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long and quiet afternoon"


def confirm(client, message) -> None:
    """Follow the link in the mail and press its button."""
    path = re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+/)", message.body)[1]
    client.get(path)
    client.post(path)


def test_signing_up_with_the_awarded_address_claims_it_once_it_is_verified(client, mailoutbox):
    award = make_award(email="ada@example.org")

    client.post(
        reverse("account_signup"), {"email": "ada@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    award.refresh_from_db()
    assert award.earner is None

    confirm(client, mailoutbox[0])
    award.refresh_from_db()
    assert award.earner == User.objects.get(email="ada@example.org")


def test_a_further_verified_address_claims_its_own(client, mailoutbox):
    award = make_award(email="ada@work.example")
    ada = make_user("ada@home.example")
    client.force_login(ada)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})

    client.post(reverse("account_email"), {"action_add": "", "email": "ada@work.example"})
    confirm(client, mailoutbox[-1])

    award.refresh_from_db()
    assert award.earner == ada


def test_what_was_claimed_stays_when_the_address_is_removed(client):
    award = make_award(email="ada@work.example")
    ada = make_user("ada@home.example")
    EmailAddress.objects.create(user=ada, email="ada@work.example", verified=True)
    client.force_login(ada)
    client.get(reverse("me"))

    EmailAddress.objects.get(email="ada@work.example").remove()

    award.refresh_from_db()
    assert (award.earner, Award.objects.filter(earner=ada).count()) == (ada, 1)
