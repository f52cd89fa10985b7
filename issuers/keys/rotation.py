"""Replace an issuer's key: because it is time to, or because it was stolen."""

import datetime as dt

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from issuers.journal import record
from issuers.keys.signing import make_key
from issuers.models import Issuer, SigningKey


class CannotWithdraw(Exception):
    """A key cannot be withdrawn as it was asked for. The message is for people."""


@transaction.atomic
def rotate(issuer: Issuer, *, by: User) -> SigningKey:
    """Make a new key and retire the active one, which stays published: what it signed goes on counting."""
    retired = [key.fragment for key in issuer.keys.active()]
    key = make_key(issuer)
    record(issuer, by, "made key", key, retired=retired)
    return key


@transaction.atomic
def withdraw(key: SigningKey, *, since: dt.datetime, by: User) -> SigningKey:
    """Say that a key is in other hands since a moment; return the active key, a new one if it was this.

    A key that was withdrawn before may be withdrawn from an earlier moment on, never from a later one. What
    is signed by it already, status lists too, is for the caller to look after. Raises `CannotWithdraw`.
    """
    issuer = Issuer.objects.select_for_update().get(pk=key.issuer_id)
    key = issuer.keys.get(pk=key.pk)
    key.compromised_at = _believable(key, since)
    key.save(update_fields=["compromised_at"])
    record(issuer, by, "withdrew key", key, since=key.compromised_at.isoformat())
    return issuer.keys.active().first() or rotate(issuer, by=by)


def _believable(key: SigningKey, since: dt.datetime) -> dt.datetime:
    """The moment, or the key's first one if it is before that. Raises `CannotWithdraw`."""
    if since > timezone.now():
        raise CannotWithdraw(
            "This moment has not come yet. Give the moment from when on it was in other hands."
        )
    since = max(since, key.active_from)
    if key.compromised_at and since >= key.compromised_at:
        raise CannotWithdraw(
            f"{key.fragment} was withdrawn before, from {_moment(key.compromised_at)} on. It can only be "
            "withdrawn from an earlier moment on, never trusted for longer."
        )
    return since


def _moment(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
