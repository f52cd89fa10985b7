"""A request that a program sends again is done once: `Idempotency-Key` (TRUST.md 7).

The answer is kept with a hash of the key, which may name a person, and one of the request, and written in the
transaction of what it tells of. So whoever dies in between leaves nothing done, and whoever asks again gets
the answer that was given.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from issuers.models import KeptReply

LEASE = dt.timedelta(minutes=1)
KEPT = dt.timedelta(hours=48)


class OtherRequest(Exception):
    """The key was used for another request before."""

    def __init__(self):
        super().__init__(
            "This Idempotency-Key was sent with another request before. Take a new key for a new request."
        )


class InProgress(Exception):
    """The same request is being answered at this moment."""

    def __init__(self):
        super().__init__("The same request is being answered at this moment. Ask again in a few seconds.")


@dataclass(frozen=True)
class Reply:
    """A status of HTTP and a JSON object; `again` says that it was given before."""

    status: int
    body: dict
    again: bool = False


def once(client: str, key: str, request: object, do: Callable[[], Reply]) -> Reply:
    """Do it, or give the answer that was given to the same `request` (plain values) with the same key.

    What `do` writes and its answer are committed together. If it raises, nothing was done and the key is
    free again. Raises `OtherRequest` and `InProgress`.
    """
    kept = _take(client, hash_of(key), hash_of(request))
    if kept.status is not None:
        return Reply(kept.status, kept.reply or {}, again=True)
    try:
        return _answer(kept, do)
    finally:  # it failed if there is no answer now
        KeptReply.objects.filter(pk=kept.pk, status__isnull=True, lease_until=kept.lease_until).delete()


def forget_old() -> int:
    """Delete the answers that nobody can ask for any more. How many there were."""
    old = KeptReply.objects.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0] if old.exists() else 0


def hash_of(request: object) -> str:
    """SHA-256 of a request of plain values, whatever the order of its names, as 64 hex digits."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _take(client: str, key: str, digest: str) -> KeptReply:
    """The row of this key: a new one with a lease, one with an answer, or one whose lease has ended."""
    lease = timezone.now() + LEASE
    asked = KeptReply(client=client, key=key, request_sha256=digest, lease_until=lease)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        return _take_over(client, key, digest, lease)
    return asked


def _take_over(client: str, key: str, digest: str, lease: dt.datetime) -> KeptReply:
    kept = KeptReply.objects.filter(client=client, key=key).first()
    if kept is None:  # whoever had it failed in this moment
        raise InProgress
    if kept.request_sha256 != digest:
        raise OtherRequest
    if kept.status is not None:
        return kept
    ended = KeptReply.objects.filter(pk=kept.pk, status__isnull=True, lease_until=kept.lease_until)
    alive = kept.lease_until and kept.lease_until >= timezone.now()
    if alive or not ended.update(lease_until=lease):
        raise InProgress
    kept.lease_until = lease
    return kept


@transaction.atomic
def _answer(kept: KeptReply, do: Callable[[], Reply]) -> Reply:
    """The row stays locked meanwhile: who takes it over after the lease waits and finds the answer."""
    mine = KeptReply.objects.select_for_update().filter(
        pk=kept.pk, status__isnull=True, lease_until=kept.lease_until
    )
    if mine.first() is None:
        raise InProgress
    reply = do()
    mine.update(status=reply.status, reply=reply.body, lease_until=None)
    return reply
