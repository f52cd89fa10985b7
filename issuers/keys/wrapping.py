"""Private parts under the master key: wrapped, opened, and wrapped anew when the master key changes.

AES-256-GCM (TRUST.md 9) with the key's public part as associated data, so that a wrapped key that was copied
to another row does not open. `wrapped_by` tells which master key to bring.
"""

import hashlib
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from issuers import multikey
from issuers.models import SigningKey, SiteKey

NONCE_BYTES = 12


class WrongMasterKey(Exception):
    """A master key does not open a key. The message is for people."""


@dataclass(frozen=True)
class Rewrapped:
    """How many keys were wrapped anew, and how many were under the new master key already."""

    now: int
    before: int


def fingerprint(master_key: bytes) -> str:
    """Sixteen hex digits that tell which master key wrapped a key, and nothing about it."""
    return hashlib.sha256(b"testamur master key " + master_key).hexdigest()[:16]


def wrap(private: bytes, public_multibase: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(settings.TESTAMUR_MASTER_KEY).encrypt(nonce, private, public_multibase.encode())


def unwrap(key: SigningKey | SiteKey, master_key: bytes) -> bytes:
    """The 32 private bytes. Raises `WrongMasterKey`, without a word about who ought to mend it."""
    wrapped = bytes(key.wrapped_private)
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        private = AESGCM(master_key).decrypt(nonce, sealed, key.public_multibase.encode())
    except (InvalidTag, ValueError):
        raise WrongMasterKey(
            f"The master key {fingerprint(master_key)} does not open {key}, which was wrapped by "
            f"{key.wrapped_by}."
        ) from None
    if public_of(private) != key.public_multibase:
        raise WrongMasterKey(f"What is wrapped in {key} is the private part of another key.")
    return private


def public_of(private: bytes) -> str:
    """The Multikey text of the public part that belongs to 32 private bytes."""
    return multikey.encode(Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


@transaction.atomic
def rewrap(old_master_key: bytes) -> Rewrapped:
    """Wrap every key under the master key of the settings, all or none. It may be run again at any time.

    Raises `WrongMasterKey` if one opens under neither; then nothing has changed.
    """
    new = fingerprint(settings.TESTAMUR_MASTER_KEY)
    done = 0
    of_issuers = SigningKey.objects.select_for_update(of=("self",)).select_related("issuer")
    of_the_site = SiteKey.objects.select_for_update()
    for keys in (of_issuers, of_the_site):
        for key in keys.exclude(wrapped_by=new).order_by("pk"):
            key.wrapped_private = wrap(unwrap(key, old_master_key), key.public_multibase)
            key.wrapped_by = new
            key.save(update_fields=["wrapped_private", "wrapped_by"])
            done += 1
    return Rewrapped(now=done, before=SigningKey.objects.count() + SiteKey.objects.count() - done)


def fault_of(key: SigningKey | SiteKey) -> str:
    """What is wrong with a key as it is kept, as a sentence, or ""."""
    try:
        unwrap(key, settings.TESTAMUR_MASTER_KEY)
    except WrongMasterKey as wrong:
        return str(wrong)
    return ""
