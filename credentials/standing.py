"""Whether an award still stands: take a slot in a status list, revoke, and publish the list at once."""

import datetime as dt
import secrets
from collections.abc import Container, Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from credentials.models import Award, Delivery, StatusList
from credentials.openbadges import document, proof, status_list
from issuers import keys
from issuers.journal import record, without_people
from issuers.models import Issuer, SigningKey
from issuers.text import day_of

TTL_MS = 15 * 60 * 1000
AT_ONCE = 500  # rows in one statement
PERSON = ("recipient_name", "recipient_email")


class AlreadyRevoked(Exception):
    """It was revoked before; the message says when and why."""

    def __init__(self, award: Award):
        assert award.revoked_at  # who raises this has looked
        when = day_of(award.revoked_at)
        super().__init__(f"It was revoked on {when} already: {award.revocation_reason}")


class NumberChanged(Exception):
    """Not as many are to be revoked as the person was told; the message says how many."""


@transaction.atomic
def revoke(award: Award, *, reason: str, by: User) -> Award:
    """Take an award back and say so in public. It can be done once. Raises `AlreadyRevoked`.

    Raises `Award.DoesNotExist` if it was erased a moment ago.
    """
    lock(award.issuer)
    kept = Award.objects.select_for_update(of=("self",)).select_related("version__achievement__issuer")
    award = kept.get(pk=award.pk)
    if award.revoked_at:
        raise AlreadyRevoked(award)
    award.revoked_at = timezone.now()
    award.revocation_reason = reason
    award.save(update_fields=["revoked_at", "revocation_reason"])
    said = without_people(reason, [(award.recipient_name, award.recipient_email)])
    record(award.issuer, by, "revoked", award, reason=said)
    publish([award.status_list])
    Delivery.objects.create(award=award, event=Delivery.Event.REVOKED, address=award.recipient_email)
    return award


@transaction.atomic
def revoke_many(issuer: Issuer, awards: QuerySet[Award], *, number: int, reason: str, by: User) -> int:
    """Take back those of an issuer's awards that are not revoked yet: the `number` that the person was told.

    All or nothing, and each list is signed once. The journal has one entry; the awards are those with its
    moment as `revoked_at`. Raises `NumberChanged`.
    """
    lock(issuer)
    found = list(to_revoke(issuer, awards).values_list("pk", "status_list_id", *PERSON))
    if len(found) != number:
        raise NumberChanged(
            f"The credentials have changed: it is {len(found):,} now, not {number:,}. Look again."
        )
    now = timezone.now()
    for start in range(0, len(found), AT_ONCE):
        some = Award.objects.filter(pk__in=[pk for pk, *_ in found[start : start + AT_ONCE]])
        some.update(revoked_at=now, revocation_reason=reason)
    said = without_people(reason, (person for _, _, *person in found))
    record(issuer, by, "revoked many", issuer, reason=said, number=number, revoked_at=now.isoformat())
    publish(StatusList.objects.filter(pk__in={status for _, status, *_ in found}))
    Delivery.objects.bulk_create(
        [Delivery(award_id=pk, event=Delivery.Event.REVOKED, address=email) for pk, *_, email in found],
        batch_size=AT_ONCE,
    )
    return number


def to_revoke(issuer: Issuer, awards: QuerySet[Award]) -> QuerySet[Award]:
    """Those of the awards that this issuer can still take back."""
    return awards.filter(version__achievement__issuer=issuer, revoked_at__isnull=True).order_by()


def lock(issuer: Issuer) -> None:
    """Whatever changes an issuer's awards or lists locks the issuer first, so nobody waits in a circle."""
    Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)


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
        now = timezone.now().replace(microsecond=0)
        bits = status_list.from_indexes(revoked_in(status), status.length)
        status.document, status.published_at = _signed(status, status_list.encode(bits), now), now
        status.save(update_fields=["document", "published_at"])


def revoked_in(status: StatusList) -> set[int]:
    """The indexes of a list whose award was revoked or erased, or whose endorsement was withdrawn."""
    return _indexes(
        status.awards.filter(revoked_at__isnull=False),
        status.endorsements.filter(withdrawn_at__isnull=False),
        status.erased.all(),
    )


def _indexes(*places: QuerySet) -> set[int]:
    first, *others = (rows.order_by().values_list("status_index") for rows in places)
    return {index for (index,) in first.union(*others) if index is not None}


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
    lock(issuer)
    slots: list[tuple[StatusList, int]] = []
    while len(slots) < count:
        newest = issuer.status_lists.still_open().order_by("-number").first() or open_list(issuer)
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
    """Up to `count` free indexes. The database is asked about the candidates only, until most are taken."""
    drawn: dict[int, None] = {}  # in the order of the draw: sorted ones would tell who came before whom
    while len(drawn) < count:
        candidates = dict.fromkeys(secrets.randbelow(status.length) for _ in range(count - len(drawn)))
        asked = [index for index in candidates if index not in drawn]
        taken = _taken(status, status_index__in=asked)
        drawn |= dict.fromkeys(index for index in asked if index not in taken)
        if 2 * len(taken) >= len(asked):
            return [*drawn, *_left(status, drawn, count - len(drawn))]
    return list(drawn)


def _taken(status: StatusList, **among) -> set[int]:
    """The indexes of a list that an award or an endorsement has, or that an award had until it was erased."""
    return _indexes(*(rows.filter(**among) for rows in (status.awards, status.endorsements, status.erased)))


def _left(status: StatusList, drawn: Container[int], count: int) -> list[int]:
    """Up to `count` of what is free besides `drawn`, of a list that is nearly full."""
    taken = _taken(status)
    left = [index for index in range(status.length) if index not in taken and index not in drawn]
    return secrets.SystemRandom().sample(left, min(count, len(left)))
