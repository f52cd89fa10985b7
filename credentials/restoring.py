"""A database that came back from a backup: what may be in use out there since then is not used a second time.

It cannot know which places of its open status lists were taken after the backup was made, nor which rows of
an unfinished batch became awards. So each open list is closed to new awards, and each unfinished batch is
stopped until somebody says that it may go on.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from credentials import witness
from credentials.models import Batch, Row, StatusList
from issuers import journal
from issuers.models import Issuer

STOPPED = (
    "The database came back from a backup. Some of these rows may have been awarded after it was made, and "
    "nobody here knows of it. Resume the batch if they may be awarded, perhaps once more."
)


@dataclass(frozen=True)
class Closed:
    """How many lists take no new award any more, and how many batches wait for somebody's word."""

    lists: int = 0
    batches: int = 0

    def __add__(self, other: "Closed") -> "Closed":
        return Closed(self.lists + other.lists, self.batches + other.batches)


def came_back(*, made_at: str = "") -> Closed:
    """Say of all issuers that the database came back; `made_at` is when the backup was made, if known."""
    return sum((came_back_for(issuer, made_at=made_at) for issuer in Issuer.objects.order_by("pk")), Closed())


def notice(issuer: Issuer) -> bool:
    """Whether somebody put an older database back and told nobody; then nothing more is drawn from its lists.

    Ask before a place in a list is taken.
    """
    if misses := witness.misses_an_award(issuer):
        came_back_for(issuer)
    return misses


@transaction.atomic
def came_back_for(issuer: Issuer, *, made_at: str = "") -> Closed:
    """Close the issuer's open lists, stop its unfinished batches, and write it into the journal."""
    Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)  # nobody is awarding for it now
    now = timezone.now()
    closed = Closed(
        lists=StatusList.objects.filter(issuer=issuer).still_open().update(closed_at=now),
        batches=_stop_batches(issuer),
    )
    journal.record(
        issuer, None, journal.RESTORED, issuer, backup=made_at, lists=closed.lists, batches=closed.batches
    )
    transaction.on_commit(lambda: witness.forget(issuer))
    return closed


def _stop_batches(issuer: Issuer) -> int:
    unfinished = Batch.objects.filter(
        version__achievement__issuer=issuer, finished_at__isnull=True, stopped_at__isnull=True
    )
    stopped = list(unfinished.values_list("pk", flat=True))
    Row.objects.filter(batch__in=stopped, state=Row.State.WAITING).update(lease_until=None)
    return Batch.objects.filter(pk__in=stopped).update(stopped_at=timezone.now(), stopped_reason=STOPPED)
