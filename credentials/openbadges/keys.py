"""Public keys of others, in whatever form they are published, and whether a signature is theirs.

STANDARDS.md §2, TRUST.md 9. Three kinds only; each signs in one way only, so that no document can choose
another.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from .proof import base58_decode, is_usable

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
_ED25519_PREFIX, _P256_PREFIX = b"\xed\x01", b"\x80\x24"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+\Z")
_LONGEST_PEM = 10_000
_SHORT = "The issuer's key is so short that others can find it out."


class UnusableKey(ValueError):
    """The key is of a kind or form that we do not use. The message is a sentence."""


class Kind(StrEnum):
    ED25519 = "Ed25519"
    P256 = "P-256"
    RSA = "RSA"


@dataclass(frozen=True)
class PublicKey:
    """`material` is 32 raw bytes for Ed25519, an uncompressed point for P-256, DER (SPKI) for RSA."""

    kind: Kind
    material: bytes

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Ed25519; ECDSA with SHA-256 as 64 raw bytes; RSA PKCS#1 v1.5 with SHA-256."""
        try:
            if self.kind is Kind.ED25519:
                Ed25519PublicKey.from_public_bytes(self.material).verify(signature, data)
            elif self.kind is Kind.P256:
                _p256(self.material).verify(_der(signature), data, ec.ECDSA(hashes.SHA256()))
            else:
                _rsa(self.material).verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def ed25519(raw: bytes) -> PublicKey:
    """Raises UnusableKey, also for a point of so small an order that anybody can sign."""
    if not is_usable(raw):
        raise UnusableKey("The issuer's key is of a kind with which anybody could sign.")
    return PublicKey(Kind.ED25519, raw)


def from_multibase(text: object) -> PublicKey:
    """A Multikey ("z6Mk…", "zDn…"), or the 32 bare bytes that older documents write. Raises UnusableKey."""
    if raw := base58_decode(text, length=34):
        if raw.startswith(_ED25519_PREFIX):
            return ed25519(raw.removeprefix(_ED25519_PREFIX))
    elif raw := base58_decode(text, length=35):
        if raw.startswith(_P256_PREFIX):
            return _from_point(raw.removeprefix(_P256_PREFIX))
    elif raw := base58_decode(text, length=32):
        return ed25519(raw)
    raise UnusableKey("The issuer's key is of a kind that we do not use.")


def from_jwk(jwk: object) -> PublicKey:
    """Raises UnusableKey."""
    if not isinstance(jwk, dict):
        raise UnusableKey("The issuer's key is not written as a key.")
    match jwk.get("kty"), jwk.get("crv"):
        case "OKP", "Ed25519":
            return ed25519(_unpadded(jwk.get("x"), 32))
        case "EC", "P-256":
            return _from_point(b"\4" + _unpadded(jwk.get("x"), 32) + _unpadded(jwk.get("y"), 32))
        case "RSA", _:
            return _from_rsa_numbers(jwk)
    raise UnusableKey("The issuer's key is of a kind that we do not use.")


def as_jwk(raw: bytes, *, key_id: str) -> dict:
    """The 32 bytes of an Ed25519 public key as the one JWK that stands at the address `key_id` (K-05)."""
    x = base64.urlsafe_b64encode(ed25519(raw).material).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA", "use": "sig", "kid": key_id}


def from_pem(text: object) -> PublicKey:
    """As Open Badges 2.0 publishes keys. Raises UnusableKey."""
    if not isinstance(text, str) or len(text) > _LONGEST_PEM:
        raise UnusableKey("The issuer's key is not written as a key.")
    try:
        key = load_pem_public_key(text.strip().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKey("The issuer's key is not written as a key.") from error
    return _from_rsa(key) if isinstance(key, rsa.RSAPublicKey) else _refuse_kind()


def from_method(method: dict) -> PublicKey:
    """The key of an entry of a DID or controller document, or of a key document. Raises UnusableKey."""
    if "publicKeyMultibase" in method:
        return from_multibase(method["publicKeyMultibase"])
    if "publicKeyBase58" in method and isinstance(method["publicKeyBase58"], str):
        return from_multibase("z" + method["publicKeyBase58"])
    if "publicKeyJwk" in method:
        return from_jwk(method["publicKeyJwk"])
    if "publicKeyPem" in method:
        return from_pem(method["publicKeyPem"])
    raise UnusableKey("The issuer's key is published in a form that we do not read.")


def from_did_jwk(identifier: str) -> PublicKey:
    """The key that a did:jwk is. Raises UnusableKey."""
    try:
        return from_jwk(json.loads(_unpadded(identifier.removeprefix("did:jwk:"))))
    except (ValueError, RecursionError) as error:
        raise UnusableKey("The issuer's name is meant to be a key, but is none.") from error


def _from_point(point: bytes) -> PublicKey:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise UnusableKey("The issuer's key is damaged.") from error
    return PublicKey(Kind.P256, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _from_rsa_numbers(jwk: dict) -> PublicKey:
    modulus = int.from_bytes(_unpadded(jwk.get("n")), "big")
    exponent = int.from_bytes(_unpadded(jwk.get("e")), "big")
    if modulus.bit_length() > MAX_RSA_BITS or exponent.bit_length() > 64:
        _refuse_kind()
    if modulus.bit_length() < MIN_RSA_BITS:
        raise UnusableKey(_SHORT)
    try:
        return _from_rsa(rsa.RSAPublicNumbers(exponent, modulus).public_key())
    except ValueError as error:
        raise UnusableKey("The issuer's key is damaged.") from error


def _from_rsa(key: rsa.RSAPublicKey) -> PublicKey:
    if key.key_size < MIN_RSA_BITS:
        raise UnusableKey(_SHORT)
    if key.key_size > MAX_RSA_BITS:
        _refuse_kind()
    return PublicKey(Kind.RSA, key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _refuse_kind() -> PublicKey:
    raise UnusableKey("The issuer's key is of a kind that we do not use.")


def _unpadded(text: object, length: int | None = None) -> bytes:
    if not isinstance(text, str) or not _BASE64URL.match(text) or len(text) > _LONGEST_PEM:
        raise UnusableKey("The issuer's key is damaged.")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise UnusableKey("The issuer's key is damaged.") from error
    if length is not None and len(data) != length:
        raise UnusableKey("The issuer's key is damaged.")
    return data


def _p256(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _rsa(der: bytes) -> rsa.RSAPublicKey:
    key = load_der_public_key(der)
    if not isinstance(key, rsa.RSAPublicKey):
        raise UnusableKey("The issuer's key is damaged.")
    return key


def _der(signature: bytes) -> bytes:
    """An ECDSA signature of two numbers of 32 bytes, as the library wants it. Raises InvalidSignature."""
    if len(signature) != 64:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not r or not s:
        raise InvalidSignature
    return encode_dss_signature(r, s)
