"""API keys: shown once, kept as a hash, no more than their maker, one issuer and their scope allow."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from issuers import api_keys, membership
from issuers.models import ApiKey, Entry
from tests.factories import PASSWORD, make_issuer, make_member, owner_of

pytestmark = pytest.mark.django_db


def made(issuer, **fields) -> tuple[ApiKey, str]:
    fields = {"name": "Learning platform", "scope": ApiKey.Scope.AWARD, "ends_at": None} | fields
    return api_keys.make(issuer, by=fields.pop("by", None) or owner_of(issuer), **fields)


def test_a_key_is_found_by_its_whole_text_only():
    key, whole = made(make_issuer())
    other = whole[:-1] + ("A" if whole[-1] != "A" else "B")

    assert re.fullmatch(r"testamur_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", whole)
    assert api_keys.find(whole) == key
    assert [api_keys.find(text) for text in (other, key.prefix, "", whole + "=", f" {whole}")] == [None] * 5


def test_its_text_stands_nowhere_in_the_database():
    key, whole = made(make_issuer())
    secret = whole.rpartition(key.prefix)[2]

    row = ApiKey.objects.values().get(pk=key.pk)
    entry = Entry.objects.get(verb="made API key")

    assert secret not in f"{row} {entry.label} {entry.data} {entry.what}"


def test_one_that_was_revoked_has_ended_or_whose_maker_is_gone_opens_nothing(time_machine):
    issuer = make_issuer()
    maker = make_member(issuer, "awarder")
    revoked, ended, orphan = (
        made(issuer, name=name, by=maker, ends_at=timezone.now() + dt.timedelta(days=days))
        for name, days in (("revoked", 9), ("ended", 1), ("orphan", 9))
    )
    assert all(api_keys.find(whole) for _, whole in (revoked, ended, orphan))

    api_keys.revoke(revoked[0], by=owner_of(issuer))
    api_keys.revoke(revoked[0], by=owner_of(issuer))
    time_machine.move_to(timezone.now() + dt.timedelta(days=2))
    maker.is_active = False
    maker.save()

    assert [api_keys.find(whole) for _, whole in (revoked, ended, orphan)] == [None] * 3
    assert Entry.objects.filter(verb="revoked API key").count() == 1


def test_when_it_was_used_is_written_down_now_and_then(time_machine):
    key, whole = made(make_issuer())
    start = timezone.now()
    seen = []
    for seconds in (0, 30, 90):
        time_machine.move_to(start + dt.timedelta(seconds=seconds), tick=False)
        api_keys.find(whole)
        key.refresh_from_db()
        seen.append((key.last_used_at - start).total_seconds())

    assert seen == [0, 0, 90]


def test_two_live_keys_of_an_issuer_never_have_the_same_name():
    issuer = make_issuer()
    key, _ = made(issuer)

    with pytest.raises(api_keys.CannotMake, match="revoke it"):
        made(issuer)
    api_keys.revoke(key, by=owner_of(issuer))
    made(issuer)
    made(make_issuer())

    assert ApiKey.objects.count() == 3


def test_an_issuer_has_no_more_than_fifty(monkeypatch):
    issuer = make_issuer()
    for number in range(api_keys.MOST_LIVE):
        made(issuer, name=f"Program {number}")

    with pytest.raises(api_keys.CannotMake, match="has 50 API keys"):
        made(issuer, name="One more")


def test_whoever_stops_being_a_member_leaves_no_key_that_works():
    issuer = make_issuer()
    maker = make_member(issuer, "awarder")
    key, whole = made(issuer, by=maker)
    stays, _ = made(issuer, name="Another’s")

    membership.remove(issuer.members.get(user=maker), by=owner_of(issuer))
    key.refresh_from_db()
    stays.refresh_from_db()

    assert (key.revoked_at is None, stays.revoked_at is None) == (False, True)
    assert api_keys.find(whole) is None


# At the desk


def sign_in(client, user) -> None:
    """Somebody who gave the password a moment ago."""
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_an_owner_makes_one_and_sees_it_once(client):
    issuer = make_issuer("northfield")
    sign_in(client, owner_of(issuer))

    answer = client.post(
        "/dashboard/northfield/api-keys/new/", {"name": "Moodle", "scope": "award", "days": "365"}
    )
    whole = re.search(r"testamur_[0-9a-f]{8}_[\w-]{43}", answer.content.decode())[0]
    key = api_keys.find(whole)
    page = client.get("/dashboard/northfield/api-keys/").content.decode()

    assert (key.name, key.scope, (key.ends_at - key.made_at).days) == ("Moodle", "award", 364)
    assert "no-store" in answer["Cache-Control"]
    assert key.prefix in page
    assert whole not in page


def test_whoever_gave_no_password_lately_is_asked_for_it(client):
    client.force_login(owner_of(make_issuer("northfield")))

    answer = client.post(
        "/dashboard/northfield/api-keys/new/", {"name": "Moodle", "scope": "award", "days": "30"}
    )

    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()


def test_a_second_press_makes_no_second_key_and_says_what_to_do(client):
    issuer = make_issuer("northfield")
    sign_in(client, owner_of(issuer))
    form = {"name": "Moodle", "scope": "award", "days": "0"}

    _, second = (client.post("/dashboard/northfield/api-keys/new/", form) for _ in range(2))

    assert ApiKey.objects.count() == 1
    assert "There is an API key “Moodle” already." in second.content.decode()


def test_revoking_turns_programs_away(client):
    issuer = make_issuer("northfield")
    key, whole = made(issuer)
    client.force_login(owner_of(issuer))

    answer = client.post(f"/dashboard/northfield/api-keys/{key.pk}/revoke/", follow=True)

    assert "is revoked. Programs that use it are turned away" in answer.content.decode()
    assert api_keys.find(whole) is None
