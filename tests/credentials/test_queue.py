"""A row that is a job: nobody gets one that another has, and nobody's death loses one."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from credentials import queue
from credentials.models import Delivery
from credentials.rendering import shelf
from tests.factories import make_award, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LEASE = dt.timedelta(minutes=1)


def make_jobs(number: int) -> list[int]:
    version = make_version()
    for _ in range(number):
        make_award(version)
    return sorted(Delivery.objects.values_list("pk", flat=True))


def claim(limit: int = 100) -> list[int]:
    return queue.claim(queue.waiting(Delivery.objects.all()), limit=limit, lease=LEASE)


def later(time_machine, **by) -> None:
    time_machine.move_to(timezone.now() + dt.timedelta(**by), tick=False)


@pytest.mark.django_db(transaction=True)
def test_many_claim_at_once_and_each_job_goes_to_one():
    jobs = make_jobs(40)
    claimed: list[int] = []
    begin = threading.Barrier(8)

    def work():
        begin.wait()
        for _ in range(5):
            claimed.extend(claim(limit=2))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == sorted(set(claimed))
    assert sorted(claimed + claim()) == jobs


def test_a_claimed_job_is_free_again_when_its_lease_ends(time_machine):
    jobs = make_jobs(1)
    first = claim()
    later(time_machine, seconds=59)
    during = claim()
    later(time_machine, seconds=2)

    assert (first, during, claim()) == (jobs, [], jobs)
    assert Delivery.objects.get().attempts == 2


def test_no_more_are_claimed_than_asked_for():
    make_jobs(3)

    assert [len(claim(limit=2)), len(claim(limit=2)), len(claim(limit=2))] == [2, 1, 0]


def test_a_finished_job_is_not_claimed_again(time_machine):
    make_jobs(1)
    claim()
    queue.finish(Delivery.objects.get(), address="new@example.org")
    later(time_machine, days=1)

    job = Delivery.objects.get()
    assert (claim(), job.state, job.lease_until, job.detail) == ([], "done", None, "")
    assert (job.address, job.done_at is None) == ("new@example.org", False)


def test_a_job_put_back_comes_again_later_each_time_and_fails_at_last(time_machine):
    make_jobs(1)
    pauses = []
    while claim():
        job = Delivery.objects.get()
        before = timezone.now()
        queue.put_back(job, "The well was dry.")
        if job.state == "waiting":
            pauses.append(round((job.not_before - before).total_seconds()))
            assert claim() == []
            later(time_machine, seconds=pauses[-1] + 1)

    job.refresh_from_db()
    assert pauses == [10, 20, 40, 80]
    assert (job.state, job.detail, job.attempts, job.lease_until) == ("failed", "The well was dry.", 5, None)


def test_a_job_that_waits_for_something_else_waits_for_as_long_as_it_takes(time_machine):
    jobs = make_jobs(1)
    for _ in range(7):
        assert claim() == jobs
        queue.wait(Delivery.objects.get(), "It rains.")
        assert claim() == []
        later(time_machine, seconds=61)

    assert (Delivery.objects.get().state, Delivery.objects.get().detail) == ("waiting", "It rains.")


def test_what_is_given_back_is_as_if_it_had_not_been_claimed():
    jobs = make_jobs(2)
    claim()

    queue.give_back(Delivery.objects.filter(pk=jobs[0]))

    assert list(Delivery.objects.order_by("pk").values_list("attempts", flat=True)) == [0, 1]
    assert claim() == jobs[:1]


def test_a_job_that_failed_is_left_alone(time_machine):
    make_jobs(1)
    queue.fail(Delivery.objects.get(), "No such address.")
    later(time_machine, days=30)

    assert claim() == []


@pytest.mark.parametrize(("attempts", "minutes"), [(6, 10), (7, 20), (9, 80), (30_000, 24 * 60)])
def test_one_that_goes_on_ending_its_worker_is_tried_ever_more_rarely(attempts, minutes):
    job = shelf.ask(make_award())
    job.attempts = attempts

    queue.put_off(job, "It broke off.")

    job.refresh_from_db()
    assert (job.state, job.detail) == ("waiting", "It broke off.")
    assert round((job.not_before - timezone.now()).total_seconds() / 60) == minutes
