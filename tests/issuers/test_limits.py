"""Limits that count."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from issuers import access, limits
from issuers.limits import Limit
from tests.factories import make_issuer, make_member

pytestmark = pytest.mark.both_databases


@pytest.fixture
def three(request) -> Limit:
    return Limit(f"three of {request.node.name}", 3, 60)


def test_within_the_limit_nobody_waits_and_beyond_it_until_the_window_ends(three):
    assert [limits.count(three, "account 1", now=120.0) for _ in range(3)] == [0, 0, 0]
    assert limits.count(three, "account 1", now=130.5) == 50


def test_each_asker_and_each_window_has_a_count_of_its_own(three):
    for _ in range(4):
        limits.count(three, "account 1", now=0)

    assert limits.count(three, "account 2", now=0) == 0
    assert limits.count(three, "account 1", now=60) == 0


def test_of_fifty_at_once_as_many_pass_as_may(three):
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: limits.count(three, "account 1", now=0), range(50)))

    assert waits.count(0) == 3


def test_a_broker_that_is_down_makes_the_limit_softer_and_nothing_fail(three, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limits._redis.cache_clear()
    try:
        waits = [limits.count(three, "account 1", now=0) for _ in range(4)]
    finally:
        limits._redis.cache_clear()

    assert [wait > 0 for wait in waits] == [False, False, False, True]


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "network 203.0.113.9/32"), ("2001:db8:1:2:3::4", "network 2001:db8:1:2::/64")],
)
def test_a_stranger_is_known_by_the_network(address, network):
    request = RequestFactory().get("/verify/", REMOTE_ADDR=address)
    request.user = AnonymousUser()

    assert access.asker(request) == network


@pytest.mark.django_db
def test_the_members_of_an_issuer_share_a_limit_too(three, settings):
    settings.LIMITS_COUNT = True
    issuer, other = make_issuer(), make_issuer()
    passed = []

    for member in [make_member(issuer, "awarder") for _ in range(4)]:
        request = RequestFactory().get("/")
        request.user = member
        for _ in range(3):
            with contextlib.suppress(limits.TooOften):
                access.keep_within(three, request, issuer=issuer)
                passed.append(member)
    access.keep_within(Limit(three.name, 30, 60), request, issuer=other)

    assert len(passed) == 9


@pytest.mark.django_db
def test_who_checks_too_often_is_told_when_to_come_back_and_the_empty_box_stays_open(
    client, settings, time_machine
):
    settings.LIMITS_COUNT = True
    time_machine.move_to(datetime(2026, 6, 12, 9, 30, 10, tzinfo=UTC), tick=False)
    answers = [client.get("/verify/", {"q": "nothing"}, REMOTE_ADDR="198.51.100.7") for _ in range(61)]

    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert answers[60].headers["Retry-After"] == "50"
    assert "Nothing was changed; try again in a minute." in answers[60].content.decode()
    assert client.get("/verify/", REMOTE_ADDR="198.51.100.7").status_code == 200
