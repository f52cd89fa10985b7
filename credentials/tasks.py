"""What workers do when they are woken. A task may be lost, late or doubled: the rows know what is to do."""

import datetime as dt
import functools
from smtplib import SMTPException

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from credentials import awarding, mail, queue
from credentials.models import Delivery, Rendering
from credentials.rendering import shelf

MESSAGES_A_TASK = 50
MAIL_LEASE = dt.timedelta(minutes=5)


class WakeUp(DjangoTask):
    """A task that is only a hint: a broker that is down must not undo or hide what was committed."""

    def delay_on_commit(self, *args, **kwargs):
        transaction.on_commit(functools.partial(self.delay, *args, **kwargs), robust=True)


@shared_task(base=WakeUp)
def award_batch(pk: int) -> None:
    """Award what waits in a batch, then tell the people."""
    awarding.award_batch(pk)
    send_waiting.delay()


@shared_task(base=WakeUp, soft_time_limit=60, time_limit=75)
def render(pk: int) -> None:
    """Draw one file, if nobody else is drawing it."""
    shelf.draw(pk)


@shared_task(base=WakeUp)
def send_waiting() -> None:
    """Send the next messages of the outbox, and come back for the rest."""
    keys = queue.claim(queue.waiting(Delivery.objects.all()), limit=MESSAGES_A_TASK, lease=MAIL_LEASE)
    cards = Delivery.objects.select_related("award__version__achievement__issuer").defer("award__document")
    for delivery in cards.filter(pk__in=keys):
        try:
            mail.send(delivery)
        except (OSError, SMTPException) as refused:
            queue.put_back(delivery, f"The mail server did not take it: {refused}")
        else:
            queue.finish(delivery)
    if len(keys) == MESSAGES_A_TASK:
        send_waiting.delay()


def sweep() -> int:
    """Wake workers for whatever lies waiting: new, backed off, or left by a dead worker. Counts the calls."""
    batches = list(awarding.unfinished())
    renderings = queue.waiting(Rendering.objects.all()).values_list("pk", flat=True)[:500]
    calls = [(award_batch, pk) for pk in batches] + [(render, pk) for pk in renderings]
    for task, pk in calls:
        task.delay(pk)
    if queue.waiting(Delivery.objects.all()).exists():
        send_waiting.delay()
    return len(calls)
