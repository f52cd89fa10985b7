"""What an issuer says about itself can change, and the journal says who changed it."""

import pytest
from django.core.exceptions import ValidationError

from issuers.describing import describe
from tests.factories import make_issuer, make_user

pytestmark = pytest.mark.django_db


def test_what_changed_is_saved_and_written_down():
    issuer, owner = make_issuer(), make_user()

    describe(issuer, by=owner, name="Northfield University", url=issuer.url)

    issuer.refresh_from_db()
    entry = issuer.journal.first()
    assert issuer.name == "Northfield University"
    assert (entry.verb, entry.actor, entry.data) == ("changed settings", owner, {"fields": ["name"]})


def test_saving_the_same_again_writes_nothing_down():
    issuer = make_issuer()
    entries = issuer.journal.count()

    describe(issuer, by=make_user(), name=issuer.name)

    assert issuer.journal.count() == entries


def test_a_control_character_is_refused_at_its_field():
    with pytest.raises(ValidationError) as refusal:
        describe(make_issuer(), by=make_user(), name="North\x07field")

    assert list(refusal.value.message_dict) == ["name"]


def test_the_address_cannot_be_changed():
    with pytest.raises(TypeError):
        describe(make_issuer(), by=make_user(), slug="another")
