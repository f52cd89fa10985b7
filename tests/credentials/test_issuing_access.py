"""Who may do what at the desk of awarding: every address, every role, every owner; none is left out."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from credentials import awarding, bringing
from credentials.urls import issuing
from issuers.models import Role
from tests.factories import make_award, make_member, make_person, make_user, make_version, owner_of

pytestmark = pytest.mark.django_db

ROSTER = b"name,email\nAda Lovelace,ada@example.org\n,grace@example.org\n"
AWARDERS, ALL = {"owner", "awarder"}, {"owner", "editor", "awarder", "auditor"}
# name -> (what stands in the address after the issuer, who may GET, what GET answers, what POST answers)
TABLE = {
    "batches": ((), ALL, 200, 405),
    "batch": (("batch",), ALL, 200, 405),
    "batch_resume": (("batch",), AWARDERS, 405, 302),
    "batch_results": (("batch",), ALL, 200, 405),
    "awards": ((), ALL, 200, 405),
    "awards_revoke": ((), AWARDERS, 302, 302),
    "award_desk": (("award",), ALL, 200, 405),
    "award_revoke": (("award",), AWARDERS, 200, 200),
    "roster_check": (("roster",), AWARDERS, 200, 302),
    "roster_match": (("roster",), AWARDERS, 200, 200),
    "roster_refused": (("roster",), AWARDERS, 200, 405),
    "roster_order": (("roster",), AWARDERS, 200, 302),
    "roster_add": (("achievement",), AWARDERS, 200, 200),
    "award_one": (("achievement",), AWARDERS, 200, 200),
}  # fmt: skip
VISITORS = ["owner", "editor", "awarder", "auditor", "other issuer's owner", "signed in", "nobody"]


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

    def address(self, name: str, ids=None) -> str:
        return reverse(name, args=[self.issuer.slug, *((ids or self.ids)[what] for what in TABLE[name][0])])

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


def visit(client, user, method: str, address: str):
    client.logout()
    if user.is_authenticated:
        client.force_login(user)
    return getattr(client, method)(address)


def expected(name: str, who: str, method: str) -> int:
    _, allowed, got, posted = TABLE[name]
    answer = got if method == "get" else posted
    if who == "nobody":
        return 302
    if answer == 405:
        return 405
    if who not in Role.values:
        return 404
    return answer if who in allowed else 403


def test_every_address_of_the_desk_is_in_the_table():
    assert {pattern.name for pattern in issuing.urlpatterns} == set(TABLE)


@pytest.mark.parametrize("who", VISITORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_address_answers_each_visitor_as_the_table_says(client, desk, who, method):
    user = desk.visitor(who)

    answers = {name: visit(client, user, method, desk.address(name)).status_code for name in TABLE}

    assert answers == {name: expected(name, who, method) for name in TABLE}


def test_nobody_is_led_to_the_sign_in_and_back(client, desk):
    for name in TABLE:
        address = desk.address(name)
        assert client.get(address).url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_belongs_to_another_issuer_is_not_found_at_ones_own_desk(client, desk, method):
    """The address names my issuer and somebody else's batch, award, roster or achievement."""
    foreign, owner = Desk(), owner_of(desk.issuer)
    names = [name for name, row in TABLE.items() if row[0]]

    answers = {
        name: visit(client, owner, method, desk.address(name, foreign.ids)).status_code for name in names
    }

    assert answers == {name: 405 if expected(name, "owner", method) == 405 else 404 for name in names}


def test_what_is_not_there_is_not_found(client, desk):
    nothing = {"achievement": "nothing", "award": uuid.uuid4(), "roster": uuid.uuid4(), "batch": 10**9}

    answers = {
        name: visit(client, owner_of(desk.issuer), "get", desk.address(name, nothing)).status_code
        for name, row in TABLE.items()
        if row[0] and row[2] == 200
    }

    assert set(answers.values()) == {404}


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

    answers = {
        name: visit(client, owner_of(desk.issuer), "get", desk.address(name)).status_code
        for name in TABLE
        if TABLE[name][2] == 200
    }

    assert answers == {
        name: 403 if TABLE[name][1] == AWARDERS else 200 for name in TABLE if TABLE[name][2] == 200
    }


def test_a_draft_and_a_retired_credential_cannot_be_awarded(client, desk):
    client.force_login(owner_of(desk.issuer))
    for state in ("draft", "retired"):
        desk.version.achievement.state = state
        desk.version.achievement.save(update_fields=["state"])
        assert [client.get(desk.address(name)).status_code for name in ("roster_add", "award_one")] == [
            404,
            404,
        ]
