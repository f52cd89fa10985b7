"""Real workers, killed and woken: what they are told may be lost, what they have to do is not."""

import datetime as dt
import os
import signal
import time
from pathlib import Path

import pikepdf
import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.children import Children
from config.management.commands.up import commands
from credentials import awarding, tasks, verifying
from credentials.models import Award, Batch, Delivery, Rendering, Row
from credentials.openbadges.verify import Verdict
from credentials.rendering import shelf
from tests.conftest import empty_queue
from tests.factories import make_award, make_person, make_version, owner_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

WORKER, SWEEPER = "Celery worker", "sweeper"


def order(number: int) -> Batch:
    version = make_version()
    people = [make_person() for _ in range(number)]
    owner = owner_of(version.achievement.issuer)
    return awarding.order(version, people=people, roster_name="march.csv", by=owner)


def wait_until(true, within: float = 60, every: float = 0.05) -> bool:
    deadline = time.monotonic() + within
    while not true() and time.monotonic() < deadline:
        time.sleep(every)
    return true()


def finished(batch: Batch) -> bool:
    return awarding.progress(batch).waiting == 0


def addresses_awarded(batch: Batch) -> list[str]:
    return sorted(Award.objects.filter(row__batch=batch).values_list("recipient_email", flat=True))


def addresses_ordered(batch: Batch) -> list[str]:
    return sorted(row.data["email"] for row in batch.rows.all())


def messages_waiting() -> int:
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            return client.llen("celery")
    return len(list(Path(settings.QUEUE_FOLDER, "messages").glob("*.msg")))


@pytest.fixture
def start(process_environment):
    """Start workers and sweepers by name; all are ended after the test."""
    started = []

    def start(*names: str) -> Children:
        children = Children()
        started.append(children)
        for name, command in commands("127.0.0.1", 0).items():
            if name in names:
                children.start(name, command, process_environment)
        return children

    yield start
    for children in started:
        children.stop(patience=0.5)  # what they had in hand is done, or is what the test is about
    empty_queue()


def test_a_worker_awards_a_batch_sends_its_mail_and_draws_a_certificate(worker):
    batch = order(3)

    tasks.award_batch.delay_on_commit(batch.pk)
    assert wait_until(lambda: finished(batch))
    award = Award.objects.filter(row__batch=batch).select_related("version__achievement__issuer").first()
    rendering = shelf.ask(award)
    tasks.render.delay_on_commit(rendering.pk)
    drawn = wait_until(lambda: Rendering.objects.get().state == "done")
    told = wait_until(lambda: not Delivery.objects.exclude(state="done").exists())

    assert (drawn, told) == (True, True)
    assert len(list(settings.OUTBOX_FOLDER.glob("*.json"))) >= 3
    assert {verifying.verify_award(one).verdict for one in Award.objects.for_page()} == {Verdict.VALID}
    with Rendering.objects.get().file.open("rb") as opened, pikepdf.open(opened) as pdf:
        assert pdf.attachments["credential.json"].get_file().read_bytes() == bytes(award.document)


def test_a_worker_killed_in_the_middle_loses_no_row_and_doubles_none(start):
    batch = order(1300)
    first = start(WORKER)
    tasks.award_batch.delay_on_commit(batch.pk)
    assert wait_until(lambda: awarding.progress(batch).awarded > 0, every=0.01)
    os.killpg(first.running[WORKER].pid, signal.SIGKILL)
    first.running[WORKER].wait()
    when_killed = awarding.progress(batch)
    Row.objects.filter(batch=batch, state="waiting").update(lease_until=timezone.now())  # time goes by

    start(WORKER, SWEEPER)

    assert wait_until(lambda: finished(batch))
    assert 0 < when_killed.awarded < 1300
    assert addresses_awarded(batch) == addresses_ordered(batch)
    assert wait_until(lambda: Batch.objects.get().finished_at is not None)


def test_a_broker_that_was_emptied_is_made_good_by_the_sweeper(start):
    batch, award = order(3), make_award()
    rendering = shelf.ask(award)
    tasks.award_batch.delay_on_commit(batch.pk)
    tasks.render.delay_on_commit(rendering.pk)
    empty_queue()

    start(WORKER, SWEEPER)

    assert wait_until(lambda: finished(batch))
    assert addresses_awarded(batch) == addresses_ordered(batch)
    assert wait_until(lambda: Rendering.objects.get().state == "done")
    assert wait_until(lambda: not Delivery.objects.exclude(state="done").exists())


def test_a_task_that_arrives_twice_does_nothing_the_second_time():
    batch = order(2)

    tasks.award_batch(batch.pk)
    tasks.award_batch(batch.pk)
    tasks.send_waiting()
    tasks.send_waiting()

    assert addresses_awarded(batch) == addresses_ordered(batch)
    assert Delivery.objects.filter(state="done").count() == 2
    empty_queue()


def test_an_order_that_was_rolled_back_wakes_nobody():
    batch = order(1)
    empty_queue()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tasks.award_batch.delay_on_commit(batch.pk)
        raise ZeroDivisionError
    rolled_back = messages_waiting()
    tasks.award_batch.delay_on_commit(batch.pk)

    assert (rolled_back, messages_waiting()) == (0, 1)
    empty_queue()


def test_the_sweeper_wakes_for_each_thing_that_lies_waiting_and_for_nothing_else():
    waiting, done = order(1), order(1)
    awarding.award_batch(done.pk)
    stopped = order(1)
    awarding.stop(stopped, "It rained.")
    shelf.ask(Award.objects.get())
    Rendering.objects.update(not_before=timezone.now() + dt.timedelta(minutes=1))
    calls = tasks.sweep()
    Rendering.objects.update(not_before=timezone.now())

    assert (calls, tasks.sweep()) == (1, 2)
    assert list(awarding.unfinished()) == [waiting.pk]
    empty_queue()
