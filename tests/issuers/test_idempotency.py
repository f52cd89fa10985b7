"""A request with an `Idempotency-Key` is done once: asked again, at the same moment, or after a death."""

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from issuers import idempotency
from issuers.idempotency import InProgress, OtherRequest, Reply
from issuers.journal import record
from issuers.models import Entry, KeptReply
from tests.factories import make_issuer

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def doing(issuer, *, status: int = 201):
    """Something that leaves a trace, and its answer."""

    def do() -> Reply:
        record(issuer, None, "done", issuer)
        return Reply(status, {"number": done(issuer)})

    return do


def done(issuer) -> int:
    return Entry.objects.filter(issuer=issuer, verb="done").count()


def test_the_same_again_is_answered_as_before_and_done_once():
    issuer = make_issuer()

    first, second = (idempotency.once("account 1", "a", {"x": 1}, doing(issuer)) for _ in range(2))

    assert (first, second) == (Reply(201, {"number": 1}), Reply(201, {"number": 1}, again=True))
    assert done(issuer) == 1


def test_two_clients_may_choose_the_same_key():
    issuer = make_issuer()

    for client in ("account 1", "API key 1"):
        assert not idempotency.once(client, "a", {"x": 1}, doing(issuer)).again
    assert done(issuer) == 2


def test_another_request_with_the_same_key_is_refused():
    issuer = make_issuer()
    idempotency.once("account 1", "a", {"x": 1, "y": 2}, doing(issuer))

    assert idempotency.once("account 1", "a", {"y": 2, "x": 1}, doing(issuer)).again
    with pytest.raises(OtherRequest, match="Take a new key"):
        idempotency.once("account 1", "a", {"x": 2, "y": 2}, doing(issuer))
    assert done(issuer) == 1


def test_what_failed_left_nothing_and_may_be_sent_again():
    issuer = make_issuer()

    def fail():
        record(issuer, None, "done", issuer)
        raise ValueError("not like this")

    with pytest.raises(ValueError, match="not like this"):
        idempotency.once("account 1", "a", {"x": 1}, fail)

    assert (done(issuer), KeptReply.objects.count()) == (0, 0)
    assert idempotency.once("account 1", "a", {"x": 2}, doing(issuer)) == Reply(201, {"number": 1})


def test_while_it_is_being_done_nobody_else_does_it():
    issuer = make_issuer()

    def meanwhile() -> Reply:
        with pytest.raises(InProgress, match="Ask again"):
            idempotency.once("account 1", "a", {"x": 1}, doing(issuer))
        with pytest.raises(OtherRequest):
            idempotency.once("account 1", "a", {"x": 2}, doing(issuer))
        return doing(issuer)()

    assert idempotency.once("account 1", "a", {"x": 1}, meanwhile) == Reply(201, {"number": 1})


def test_whoever_comes_after_a_death_does_it(time_machine):
    issuer = make_issuer()
    died = timezone.now()
    KeptReply.objects.create(
        client="account 1",
        key=idempotency.hash_of("a"),
        request_sha256=idempotency.hash_of({"x": 1}),
        lease_until=died + idempotency.LEASE,
    )
    with pytest.raises(InProgress):
        idempotency.once("account 1", "a", {"x": 1}, doing(issuer))

    time_machine.move_to(died + idempotency.LEASE + dt.timedelta(seconds=1))

    assert idempotency.once("account 1", "a", {"x": 1}, doing(issuer)) == Reply(201, {"number": 1})


def test_an_answer_is_kept_for_two_days(time_machine):
    issuer = make_issuer()
    now = timezone.now()
    time_machine.move_to(now)
    idempotency.once("account 1", "a", {"x": 1}, doing(issuer))

    time_machine.move_to(now + dt.timedelta(hours=47))
    assert idempotency.forget_old() == 0
    time_machine.move_to(now + dt.timedelta(hours=49))
    assert idempotency.forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_on_each_of_fifty_keys_do_it_fifty_times():
    issuer = make_issuer()

    def ask(key: int) -> str:
        try:
            reply = idempotency.once("account 1", str(key), {"x": key}, doing(issuer))
        except InProgress:
            return "in progress"
        finally:
            connection.close()
        return "again" if reply.again else "done"

    with ThreadPoolExecutor(20) as pool:
        said = Counter(pool.map(ask, [key for key in range(50) for _ in range(20)]))

    assert (said["done"], said.total(), done(issuer)) == (50, 1000, 50)
    assert KeptReply.objects.filter(status=201).count() == 50
