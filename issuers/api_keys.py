"""API keys: what the programs of an issuer sign in with. Random, shown once, kept as a hash.

A key does nothing that its maker could not do, only at one issuer, and no more than its scope says. It is
revoked when its maker stops being a member.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from issuers.journal import record
from issuers.models import ApiKey, Issuer

SECRET_BYTES = 32
MOST_LIVE = 50  # of one issuer
USED_A_WHILE_AGO = dt.timedelta(minutes=1)  # so often it is written down when a key was used
WHOLE = re.compile(r"(testamur_[0-9a-f]{8})_[A-Za-z0-9_-]{43}\Z")  # a mark by which leaked ones can be found


class CannotMake(Exception):
    """No key was made; the message says why."""


@transaction.atomic
def make(
    issuer: Issuer, *, name: str, scope: ApiKey.Scope, ends_at: dt.datetime | None, by: User
) -> tuple[ApiKey, str]:
    """Make a key. The text of it is returned this once and kept nowhere. Raises `CannotMake`."""
    Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)
    if issuer.api_keys.filter(revoked_at__isnull=True).count() >= MOST_LIVE:
        raise CannotMake(f"{issuer} has {MOST_LIVE} API keys. Revoke one that is not needed any more.")
    prefix = f"testamur_{secrets.token_hex(4)}"
    whole = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey(
        issuer=issuer,
        name=name,
        scope=scope,
        prefix=prefix,
        sha256=_hash(whole),
        made_by=by,
        made_at=timezone.now(),
        ends_at=ends_at,
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise CannotMake(
            f"There is an API key “{name}” already. Its text is shown once only: if it was lost, revoke it "
            "and make another."
        ) from None
    record(issuer, by, "made API key", key, scope=scope)
    return key, whole


@transaction.atomic
def revoke(key: ApiKey, *, by: User | None) -> None:
    """From now on the key opens nothing. Revoking it twice does it once."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        record(key.issuer, by, "revoked API key", key)


def find(whole: str) -> ApiKey | None:
    """The key of this text, if it counts today; None otherwise, whatever is wrong with it."""
    shape = WHOLE.match(whole)
    if not shape:
        return None
    key = ApiKey.objects.select_related("issuer", "made_by").filter(prefix=shape[1]).first()
    if key is None or not hmac.compare_digest(key.sha256, _hash(whole)):
        return None
    if key.revoked_at or key.has_ended or not key.made_by.is_active:
        return None
    _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USED_A_WHILE_AGO:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _hash(whole: str) -> str:
    """SHA-256 is enough: the text has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(whole.encode()).hexdigest()
