"""Make an issuer's keys, and sign with the active one."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from issuers import journal, multikey
from issuers.keys import wrapping
from issuers.models import Issuer, SigningKey, SiteKey

LEFT_OUT = 100  # more keys than one issuer can have published


class NoSigningKey(Exception):
    """The issuer has no active key, or the master key does not open it. The message is for people."""


@dataclass(frozen=True)
class KeySigner:
    """Signs for one key of one issuer. Its public part and the name of its key may be shown to anyone."""

    key_id: int
    verification_method: str
    public_key: bytes
    _private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"KeySigner({self.verification_method})"


@transaction.atomic
def make_key(issuer: Issuer) -> SigningKey:
    """Make the issuer's next Ed25519 key and retire the one before. Retired keys stay published."""
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    now = timezone.now()
    issuer.keys.active().update(retired_at=now)
    private = Ed25519PrivateKey.generate()
    public = multikey.encode(private.public_key().public_bytes_raw())
    return SigningKey.objects.create(
        issuer=issuer,
        number=next_number(issuer.keys.order_by("number").last()),
        public_multibase=public,
        wrapped_private=wrapping.wrap(private.private_bytes_raw(), public),
        wrapped_by=wrapping.fingerprint(settings.TESTAMUR_MASTER_KEY),
        active_from=now,
    )


def next_number(last: SigningKey | SiteKey | None) -> int:
    """The number after the last one. After a backup came back some hundreds are left out, at random: the keys
    that were made since it are gone, but documents name them, and no other key may be called like one."""
    number = last.number if last else 0
    if journal.was_restored(since=last.active_from if last else None):
        number += LEFT_OUT + secrets.randbelow(9 * LEFT_OUT)
    return number + 1


def signer_for(issuer: Issuer) -> KeySigner:
    """Open the issuer's active key. Raises `NoSigningKey`."""
    key = issuer.keys.active().first()
    if key is None:
        raise NoSigningKey(
            f"{issuer.name} has no active signing key. An owner can make one on the keys page."
        )
    return opened(key)


def opened(key: SigningKey | SiteKey) -> KeySigner:
    """A key of an issuer or of the site, ready to sign. Raises `NoSigningKey`."""
    try:
        private = Ed25519PrivateKey.from_private_bytes(wrapping.unwrap(key, settings.TESTAMUR_MASTER_KEY))
    except wrapping.WrongMasterKey as wrong:
        raise NoSigningKey(
            f"{wrong} Set TESTAMUR_MASTER_KEY to that one, or wrap the keys anew with manage.py rewrap_keys."
        ) from None
    return KeySigner(key.pk, key.verification_method, private.public_key().public_bytes_raw(), private)
