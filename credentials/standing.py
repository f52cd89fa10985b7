"""Whether an award still stands: take a slot in a status list, revoke, and publish the list at once."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from credentials.models import Award, Delivery, StatusList
from credentials.openbadges import document, proof, status_list
from issuers import keys
from issuers.journal import record
from issuers.models import Issuer, SigningKey

TTL_MS = 15 * 60 * 1000


class AlreadyRevoked(Exception):
    """It was revoked before; the message says when and why."""

    def __init__(self, award: Award):
        assert award.revoked_at  # who raises this has looked
        when = f"{award.revoked_at.day} {award.revoked_at:%B %Y}"
        super().__init__(f"It was revoked on {when} already: {award.revocation_reason}")


@transaction.atomic
def revoke(award: Award, *, reason: str, by: User) -> Award:
    """Take an award back and say so in public. It can be done once. Raises `AlreadyRevoked`."""
    award = (
        Award.objects.select_for_update(of=("self",))
        .select_related("version__achievement__issuer")
        .get(pk=award.pk)
    )
    if award.revoked_at:
        raise AlreadyRevoked(award)
    award.revoked_at = timezone.now()
    award.revocation_reason = reason
    award.save(update_fields=["revoked_at", "revocation_reason"])
    record(award.issuer, by, "revoked", award, reason=reason)
    publish([award.status_list])
    Delivery.objects.create(award=award, event=Delivery.Event.REVOKED, address=award.recipient_email)
    return award


@transaction.atomic
def withdraw_key(key: SigningKey, *, since: dt.datetime, by: User) -> SigningKey:
    """Withdraw a stolen key and sign the lists of its issuer anew, with the active key that is returned.

    Raises `keys.CannotWithdraw`.
    """
    active = keys.withdraw(key, since=since, by=by)
    republish(active.issuer)
    return active


def republish(issuer: Issuer) -> None:
    """Sign every list of an issuer anew: what it says stays, whose key vouches for it changes."""
    publish(issuer.status_lists.all())


def publish(lists: Iterable[StatusList]) -> None:
    """Sign each list anew from the rows, which are the truth. Call it in the transaction of the change."""
    for status in StatusList.objects.select_for_update().filter(pk__in=[one.pk for one in lists]):
        revoked = status.awards.filter(revoked_at__isnull=False).values_list("status_index", flat=True)
        now = timezone.now().replace(microsecond=0)
        bits = status_list.from_indexes(revoked, status.length)
        status.document, status.published_at = _signed(status, status_list.encode(bits), now), now
        status.save(update_fields=["document", "published_at"])


def _signed(status: StatusList, encoded: str, now: dt.datetime) -> bytes:
    unsigned = document.compose_status_list(
        url=status.url,
        issuer_id=status.issuer.did,
        encoded_list=encoded,
        purpose=status.purpose,
        valid_from=now,
        ttl_ms=TTL_MS,
    )
    signed = proof.sign(unsigned, keys.signer_for(status.issuer), created=now)
    return document.serialise(signed)


def take_slots(issuer: Issuer, count: int) -> list[tuple[StatusList, int]]:
    """Draw `count` free indexes at random (STANDARDS.md S-07) and open further lists where one is full.

    The issuer stays locked until the caller's transaction ends, so nobody draws the same ones; a unique
    constraint stands behind it.
    """
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    slots: list[tuple[StatusList, int]] = []
    while len(slots) < count:
        newest = issuer.status_lists.order_by("-number").first() or open_list(issuer)
        free = _draw(newest, count - len(slots))
        if not free:
            newest = open_list(issuer)
            free = _draw(newest, count - len(slots))
        slots += [(newest, index) for index in free]
    return slots


def open_list(issuer: Issuer) -> StatusList:
    """A new, empty, published list. The caller holds the lock of the issuer."""
    number = issuer.status_lists.count() + 1
    opened = StatusList.objects.create(issuer=issuer, number=number)
    publish([opened])
    return opened


def _draw(status: StatusList, count: int) -> list[int]:
    taken = set(status.awards.values_list("status_index", flat=True))
    free = status.length - len(taken)
    if free <= status.length // 2:
        left = [index for index in range(status.length) if index not in taken]
        return secrets.SystemRandom().sample(left, min(count, free))
    drawn: set[int] = set()
    while len(drawn) < min(count, free):
        index = secrets.randbelow(status.length)
        if index not in taken:
            drawn.add(index)
    return list(drawn)
