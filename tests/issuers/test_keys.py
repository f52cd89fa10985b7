"""Making, replacing and withdrawing keys, and the master key above them."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from issuers import keys
from issuers.models import SigningKey
from tests.factories import make_issuer, owner_of

pytestmark = pytest.mark.django_db

OLD, OTHER = b"o" * 32, b"x" * 32


def signs(issuer) -> bool:
    """Whether the issuer's active key opens and signs."""
    return len(keys.signer_for(issuer).sign(b"text")) == 64


def test_a_new_key_retires_the_one_before_and_says_so_in_the_journal():
    issuer = make_issuer()

    made = keys.rotate(issuer, by=owner_of(issuer))

    first, second = issuer.keys.order_by("number")
    assert (second, second.retired_at, first.compromised_at) == (made, None, None)
    assert first.retired_at == second.active_from
    entry = issuer.journal.first()
    assert (entry.verb, entry.label, entry.data) == ("made key", str(made), {"retired": ["key-1"]})
    assert keys.signer_for(issuer).key_id == made.pk


def test_the_stolen_active_key_is_replaced_at_once():
    issuer = make_issuer()
    stolen, since = issuer.keys.get(), timezone.now()

    active = keys.withdraw(stolen, since=since, by=owner_of(issuer))

    stolen.refresh_from_db()
    assert (stolen.compromised_at, stolen.retired_at, active.number) == (since, None, 2)
    assert [entry.verb for entry in issuer.journal.order_by("-number")[:2]] == ["made key", "withdrew key"]
    assert signs(issuer)


def test_a_stolen_retired_key_leaves_the_active_one_as_it_is():
    issuer = make_issuer()
    old = issuer.keys.get()
    active = keys.rotate(issuer, by=owner_of(issuer))

    assert keys.withdraw(old, since=timezone.now(), by=owner_of(issuer)) == active
    assert issuer.keys.count() == 2


def test_no_key_is_stolen_in_the_future():
    issuer = make_issuer()

    with pytest.raises(keys.CannotWithdraw, match="has not come yet"):
        keys.withdraw(issuer.keys.get(), since=timezone.now() + dt.timedelta(minutes=1), by=owner_of(issuer))

    assert issuer.keys.get().compromised_at is None


def test_stolen_before_it_was_made_means_stolen_from_its_first_moment():
    issuer = make_issuer()
    key = issuer.keys.get()

    keys.withdraw(key, since=key.active_from - dt.timedelta(days=9), by=owner_of(issuer))

    key.refresh_from_db()
    assert key.compromised_at == key.active_from


def test_a_withdrawn_key_can_be_distrusted_from_earlier_on_but_not_trusted_for_longer():
    issuer = make_issuer()
    key, owner = issuer.keys.get(), owner_of(issuer)
    SigningKey.objects.filter(pk=key.pk).update(active_from=timezone.now() - dt.timedelta(days=9))
    since = timezone.now() - dt.timedelta(days=2)
    keys.withdraw(key, since=since, by=owner)

    with pytest.raises(keys.CannotWithdraw, match="never trusted for longer"):
        keys.withdraw(key, since=since + dt.timedelta(days=1), by=owner)
    keys.withdraw(key, since=since - dt.timedelta(days=1), by=owner)

    key.refresh_from_db()
    assert (key.compromised_at, issuer.keys.count()) == (since - dt.timedelta(days=1), 2)


# The master key


def under(master_key: bytes, slugs) -> list:
    """Issuers whose keys were made under another master key."""
    now = settings.TESTAMUR_MASTER_KEY
    settings.TESTAMUR_MASTER_KEY = master_key
    try:
        return [make_issuer(slug) for slug in slugs]
    finally:
        settings.TESTAMUR_MASTER_KEY = now


def test_keys_are_wrapped_anew_once_and_still_sign():
    first, second = under(OLD, ["first", "second"])
    new = make_issuer("new")
    with pytest.raises(keys.NoSigningKey, match="rewrap_keys"):
        keys.signer_for(first)

    assert keys.rewrap(OLD) == keys.Rewrapped(now=2, before=1)
    assert keys.rewrap(OLD) == keys.Rewrapped(now=0, before=3)

    assert [signs(issuer) for issuer in (first, second, new)] == [True, True, True]
    assert set(SigningKey.objects.values_list("wrapped_by", flat=True)) == {
        keys.fingerprint(settings.TESTAMUR_MASTER_KEY)
    }


def test_a_wrong_old_master_key_changes_nothing_not_even_what_it_would_open():
    under(OTHER, ["opened"])
    under(OLD, ["shut"])
    before = list(SigningKey.objects.order_by("pk").values_list("wrapped_private", "wrapped_by"))

    with pytest.raises(keys.WrongMasterKey, match=f"{keys.fingerprint(OTHER)} does not open shut#key-1"):
        keys.rewrap(OTHER)

    assert list(SigningKey.objects.order_by("pk").values_list("wrapped_private", "wrapped_by")) == before


def test_rewrapping_leaves_the_public_part_as_it_was():
    (issuer,) = under(OLD, ["first"])
    before = issuer.keys.values_list("public_multibase", "number", "active_from").get()

    keys.rewrap(OLD)

    assert issuer.keys.values_list("public_multibase", "number", "active_from").get() == before


def test_a_private_part_that_was_copied_to_another_row_does_not_open():
    mine, theirs = make_issuer().keys.get(), make_issuer().keys.get()
    SigningKey.objects.filter(pk=mine.pk).update(wrapped_private=theirs.wrapped_private)
    mine.refresh_from_db()

    assert "does not open" in keys.fault_of(mine)
    assert keys.fault_of(theirs) == ""
