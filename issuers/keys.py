"""The only room with private keys: it makes them, keeps them wrapped, and signs with them.

A private part is AES-256-GCM under the master key (TRUST.md 9), with the key's identity as associated data,
so that a wrapped key copied to another row does not open. Whoever signs gets a `KeySigner`, never the bytes:
an HSM can take its place.
"""

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from issuers import multikey
from issuers.models import Issuer, SigningKey

NONCE_BYTES = 12


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
        number=issuer.keys.count() + 1,
        public_multibase=public,
        wrapped_private=_wrap(private.private_bytes_raw(), public),
        wrapped_by=fingerprint(settings.TESTAMUR_MASTER_KEY),
        active_from=now,
    )


def signer_for(issuer: Issuer) -> KeySigner:
    """Open the issuer's active key. Raises `NoSigningKey`."""
    key = issuer.keys.active().first()
    if key is None:
        raise NoSigningKey(
            f"{issuer.name} has no active signing key. An owner can make one on the keys page."
        )
    private = Ed25519PrivateKey.from_private_bytes(_unwrap(key))
    return KeySigner(key.pk, key.verification_method, private.public_key().public_bytes_raw(), private)


def fingerprint(master_key: bytes) -> str:
    """Sixteen hex digits that tell which master key wrapped a key, and nothing about it."""
    return hashlib.sha256(b"testamur master key " + master_key).hexdigest()[:16]


def _wrap(private: bytes, public_multibase: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(settings.TESTAMUR_MASTER_KEY).encrypt(nonce, private, public_multibase.encode())


def _unwrap(key: SigningKey) -> bytes:
    wrapped = bytes(key.wrapped_private)
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        return AESGCM(settings.TESTAMUR_MASTER_KEY).decrypt(nonce, sealed, key.public_multibase.encode())
    except InvalidTag:
        raise NoSigningKey(
            f"The master key of this site does not open {key}. It was wrapped by the master key "
            f"{key.wrapped_by}; set TESTAMUR_MASTER_KEY to that one."
        ) from None
