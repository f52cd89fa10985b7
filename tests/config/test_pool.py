"""A worker's children, killed while they have nothing to do."""

import os
import signal

import pytest

from credentials import awarding, tasks
from credentials.models import Batch, Delivery, JobState, Row
from tests.credentials.test_tasks import wait_until
from tests.endurance.places import children_of
from tests.factories import make_person, make_version, owner_of

pytestmark = pytest.mark.both_databases
WORKER = "Celery worker"


def ordered() -> Batch:
    version = make_version()
    return awarding.order(
        version, people=[make_person()], roster_name="a.csv", by=owner_of(version.achievement.issuer)
    )


def awards(batch: Batch) -> bool:
    """Does a worker that is told of a batch award it, send its mail and have nothing left to do?"""
    tasks.award_batch.ring(batch.pk)
    return wait_until(
        lambda: (
            batch.rows.get().state == Row.State.AWARDED
            and not Delivery.objects.filter(state=JobState.WAITING).exists()
        )
    )


def pool_of(worker) -> set[int]:
    return set(children_of(worker.running[WORKER].pid))


def kill(worker, children: set[int]) -> bool:
    """Kill them and wait until others stand in their place."""
    for child in children:
        os.kill(child, signal.SIGKILL)
    return wait_until(lambda: len(pool_of(worker) - children) >= len(children))


def test_the_others_go_on_when_an_idle_child_of_a_worker_is_killed(worker):
    assert awards(ordered())

    for child in pool_of(worker):  # one of them is the one that listens
        assert kill(worker, {child})
        assert awards(ordered())


def test_a_worker_whose_idle_children_were_all_killed_goes_on_with_new_ones_and_stops_when_asked(worker):
    assert awards(ordered())

    assert kill(worker, pool_of(worker))
    assert awards(ordered())
    process = worker.running.pop(WORKER)
    process.terminate()

    assert process.wait(20) == 0
