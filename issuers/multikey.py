"""Ed25519 public keys as Multikey text: "z6Mk…" (STANDARDS.md D-03, TRUST.md 9)."""

import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.did import multikey_from_pem, resolve_did

_MULTIKEY = re.compile(r"z6Mk[1-9A-HJ-NP-Za-km-z]{44}\Z")
_P = 2**255 - 19
_Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})


def encode(public: bytes) -> str:
    """The Multikey text of 32 raw bytes. Raises ValueError for a key that nobody may use."""
    _refuse_weak(public)
    key = Ed25519PublicKey.from_public_bytes(public)
    return multikey_from_pem(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def decode(text: str) -> bytes:
    """The 32 raw bytes of a Multikey text. Raises ValueError with a sentence."""
    if not isinstance(text, str) or not _MULTIKEY.match(text):
        raise ValueError("This is not an Ed25519 public key in Multikey form (z6Mk…).")
    try:
        key = load_pem_public_key(resolve_did(f"did:key:{text}"))
    except (LibOpenBadgesException, ValueError) as error:
        raise ValueError("This is not an Ed25519 public key in Multikey form (z6Mk…).") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("This public key is not an Ed25519 key.")
    public = key.public_bytes_raw()
    _refuse_weak(public)
    return public


def _refuse_weak(public: bytes) -> None:
    """For a point of small order, the identity among them, one signature fits many texts.

    The same few lines stand in `credentials/openbadges/proof`, which imports nothing of ours.
    """
    if len(public) != 32:
        raise ValueError("An Ed25519 public key has 32 bytes.")
    if int.from_bytes(public, "little") % 2**255 % _P in _SMALL_ORDER:
        raise ValueError("This public key is of small order: anybody can sign for it.")
