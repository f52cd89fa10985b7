"""The desk of awarding and who is not let in: refused visits change nothing, a suspended issuer is read."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from credentials import awarding, bringing
from issuers.models import Role
from tests.factories import make_award, make_member, make_person, make_user, make_version, owner_of

pytestmark = pytest.mark.django_db

ROSTER = b"name,email\nAda Lovelace,ada@example.org\n,grace@example.org\n"
# What stands in the address after the issuer; who gets in, and to what, is in tests/config/test_every_route….
READ = {
    "batches": (),
    "batch": ("batch",),
    "batch_results": ("batch",),
    "awards": (),
    "award_desk": ("award",),
}
CHANGED = {
    "award_revoke": ("award",),
    "award_erase": ("award",),
    "roster_check": ("roster",),
    "roster_match": ("roster",),
    "roster_refused": ("roster",),
    "roster_order": ("roster",),
    "roster_add": ("achievement",),
    "award_one": ("achievement",),
}


class Desk:
    """An issuer with one of everything."""

    def __init__(self):
        self.version = make_version()
        self.issuer = self.version.achievement.issuer
        owner = owner_of(self.issuer)
        roster = bringing.bring(self.version, data=ROSTER, name="roster.csv", by=owner)
        batch = awarding.order(self.version, people=[make_person()], roster_name="b.csv", by=owner)
        self.ids = {
            "achievement": self.version.achievement.slug,
            "award": make_award(self.version).pk,
            "batch": batch.pk,
            "roster": roster.pk,
        }

    def address(self, name: str) -> str:
        parts = (READ | CHANGED)[name]
        return reverse(name, args=[self.issuer.slug, *(self.ids[what] for what in parts)])

    def visitor(self, who: str):
        if who == "owner":
            return owner_of(self.issuer)
        if who in Role.values:
            return make_member(self.issuer, who)
        if who == "other issuer's owner":
            return owner_of(make_version().achievement.issuer)
        return AnonymousUser() if who == "nobody" else make_user()


@pytest.fixture
def desk():
    return Desk()


def test_nobody_is_led_to_the_sign_in_and_back(client, desk):
    for name in READ | CHANGED:
        address = desk.address(name)
        assert client.get(address).url == f"/accounts/login/?next={address}"


def test_a_refused_visit_changes_nothing(client, desk):
    for who in ("editor", "auditor", "other issuer's owner", "signed in", "nobody"):
        user = desk.visitor(who)
        client.logout()
        if user.is_authenticated:
            client.force_login(user)
        client.post(desk.address("roster_order"), {"count": 1})
        client.post(desk.address("award_revoke"), {"reason": "No."})
        client.post(desk.address("award_one"), {"name": "Eve", "email": "eve@example.org"})

    assert desk.version.batches.count() == 2
    assert [award.revoked_at for award in desk.version.awards.all()] == [None]


def test_a_suspended_issuer_can_be_read_and_awards_nothing(client, desk):
    desk.issuer.suspended_at = timezone.now()
    desk.issuer.save(update_fields=["suspended_at"])

    client.force_login(owner_of(desk.issuer))

    answers = {name: client.get(desk.address(name)).status_code for name in READ | CHANGED}

    assert answers == dict.fromkeys(READ, 200) | dict.fromkeys(CHANGED, 403)


def test_a_draft_and_a_retired_credential_cannot_be_awarded(client, desk):
    client.force_login(owner_of(desk.issuer))
    for state in ("draft", "retired"):
        desk.version.achievement.state = state
        desk.version.achievement.save(update_fields=["state"])
        assert [client.get(desk.address(name)).status_code for name in ("roster_add", "award_one")] == [
            404,
            404,
        ]
