"""Replace an issuer's key: because it is time to, or because it was stolen."""

import datetime as dt
import json

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from issuers import did
from issuers.journal import record
from issuers.keys.signing import make_key
from issuers.models import Issuer, SigningKey
from issuers.text import minute_of


class CannotWithdraw(Exception):
    """A key cannot be withdrawn as it was asked for. The message is for people."""


class TooManyKeys(Exception):
    """Another key would make the DID document longer than others read. The message is for people."""


def document_of(issuer: Issuer, *, and_another: bool = False) -> bytes:
    """The DID document: every key but the compromised may assert (STANDARDS.md D-01 to D-05, K-09).

    With `and_another`, as it would be with one more key.
    """
    keys = [
        did.PublishedKey(key.fragment, key.public_multibase, key.compromised_at is None, _token_jwk(key))
        for key in issuer.keys.select_related("token_key").order_by("number")
    ]
    if and_another:
        keys.append(did.PublishedKey("key-" + 5 * "0", "z6Mk" + 44 * "x", active=True))
    return json.dumps(did.document(issuer.did, keys), ensure_ascii=False, indent=1).encode()


def _token_jwk(key: SigningKey) -> dict | None:
    return key.token_key.jwk if hasattr(key, "token_key") else None


@transaction.atomic
def rotate(issuer: Issuer, *, by: User) -> SigningKey:
    """Make a new key and retire the active one, which stays published: what it signed goes on counting.

    Raises `TooManyKeys`.
    """
    if len(document_of(issuer, and_another=True)) > did.MAX_BYTES:
        raise TooManyKeys(
            f"{issuer.name} has as many keys as other sites read. A new key is made only if one is stolen."
        )
    return _replace(issuer, by=by)


def _replace(issuer: Issuer, *, by: User) -> SigningKey:
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
    return issuer.keys.active().first() or _replace(issuer, by=by)


def _believable(key: SigningKey, since: dt.datetime) -> dt.datetime:
    """The moment, or the key's first one if it is before that. Raises `CannotWithdraw`."""
    if since > timezone.now():
        raise CannotWithdraw(
            "This moment has not come yet. Give the moment from when on it was in other hands."
        )
    since = max(since, key.active_from)
    if key.compromised_at and since >= key.compromised_at:
        raise CannotWithdraw(
            f"{key.fragment} was withdrawn before, from {minute_of(key.compromised_at)} on. It can only be "
            "withdrawn from an earlier moment on, never trusted for longer."
        )
    return since
