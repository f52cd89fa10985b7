"""What workers do when they are woken. A task may be lost, late or doubled: the rows know what is to do."""

import functools

import structlog
from celery import shared_task
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown

from credentials import awarding, bringing, domains, mail, queue
from credentials.models import Delivery, JobState, Rendering
from credentials.rendering import shelf
from issuers import idempotency

log = structlog.get_logger(__name__)


class WakeUp(DjangoTask):
    """A task that is only a hint: a broker that is down must not undo or hide what was committed."""

    def delay_on_commit(self, *args, **kwargs):
        transaction.on_commit(functools.partial(self.ring, *args, **kwargs), robust=True)

    def ring(self, *args, **kwargs) -> None:
        """Wake a worker now. If the broker is away, the sweeper will."""
        try:
            self.delay(*args, **kwargs)
        except BrokerDown as reason:
            log.warning("wake_up_lost", task=self.name, reason=str(reason))


@shared_task(base=WakeUp)
def award_batch(pk: int) -> None:
    """Award what waits in a batch, then tell the people."""
    awarding.award_batch(pk)
    send_waiting.ring()


@shared_task(base=WakeUp, soft_time_limit=60, time_limit=75)
def render(pk: int) -> None:
    """Draw one file, if nobody else is drawing it."""
    shelf.draw(pk)
    waits = Rendering.objects.filter(pk=pk, state=JobState.WAITING).exclude(detail="")
    if reason := waits.values_list("detail", flat=True).first():
        log.warning("drawing_waits", rendering=pk, reason=reason)


@shared_task(base=WakeUp)
def send_waiting() -> None:
    """Send the next messages of the outbox, and come back for the rest."""
    if mail.send_next() == mail.MESSAGES_A_RUN:
        send_waiting.ring()


@shared_task(base=WakeUp, soft_time_limit=60, time_limit=75)
def renew_domain(pk: int) -> None:
    """Look whether an issuer's domain still proves itself, if nobody else is looking."""
    domains.renew(pk)


def sweep() -> int:
    """Wake workers for whatever lies waiting: new, backed off, or left by a dead worker. Counts the calls.

    Rosters that were never ordered, and replies that nobody asks for again, are thrown away on the way.
    """
    bringing.forget_old()
    idempotency.forget_old()
    batches = list(awarding.unfinished())
    renderings = queue.waiting(Rendering.objects.all()).values_list("pk", flat=True)[:500]
    calls = [(award_batch, pk) for pk in batches] + [(render, pk) for pk in renderings]
    calls += [(renew_domain, pk) for pk in domains.due()]
    for task, pk in calls:
        task.delay(pk)
    if queue.waiting(Delivery.objects.all()).exists():
        send_waiting.delay()
    return len(calls)
