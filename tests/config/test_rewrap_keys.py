"""`manage.py rewrap_keys`: all keys under a new master key, or none, and a sentence either way."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from issuers import keys
from issuers.models import SigningKey
from tests.factories import make_award, make_issuer

pytestmark = pytest.mark.django_db

OLD, NEW = b"o" * 32, b"n" * 32


def rewrap() -> str:
    out = StringIO()
    call_command("rewrap_keys", stdout=out)
    return out.getvalue()


@pytest.fixture
def changed(settings):
    """A site with two keys of the old master key that was started with the new one."""
    settings.TESTAMUR_MASTER_KEY = OLD
    make_issuer("first")
    make_issuer("second")
    settings.TESTAMUR_MASTER_KEY, settings.TESTAMUR_OLD_MASTER_KEY = NEW, OLD


def test_it_says_how_many_and_may_be_run_again(changed):
    new = keys.fingerprint(NEW)

    assert rewrap() == f"2 keys were wrapped anew under {new}; 0 keys were under it before.\n"
    assert rewrap() == f"0 keys were wrapped anew under {new}; 2 keys were under it before.\n"


def test_the_site_awards_again_afterwards(changed):
    rewrap()

    assert make_award().signing_key.wrapped_by == keys.fingerprint(NEW)


def test_without_the_old_master_key_it_says_what_to_set(settings):
    settings.TESTAMUR_OLD_MASTER_KEY = None

    with pytest.raises(CommandError, match=r"Set TESTAMUR_MASTER_KEY .* TESTAMUR_OLD_MASTER_KEY"):
        rewrap()


def test_a_wrong_old_master_key_is_a_sentence_and_nothing_is_half_done(changed, settings):
    settings.TESTAMUR_OLD_MASTER_KEY = b"w" * 32

    with pytest.raises(CommandError, match=r"does not open first#key-1.* Nothing was changed."):
        rewrap()

    assert set(SigningKey.objects.values_list("wrapped_by", flat=True)) == {keys.fingerprint(OLD)}
