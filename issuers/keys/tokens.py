"""A second signature form for tokens, ES256: more programs read it than EdDSA (STANDARDS.md §2.1, K-05).

Its private part is derived from the issuer's own key each time and kept nowhere, so whoever withdraws or
wraps that key has done it for this one too. Its public part is kept when it is first used, and published.
"""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from issuers import did
from issuers.keys.rotation import document_of
from issuers.keys.signing import KeySigner
from issuers.models import SigningKey, TokenKey

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256


@dataclass(frozen=True)
class TokenSigner:
    """Signs tokens for one key of one issuer; `public_key` is an uncompressed point."""

    verification_method: str
    public_key: bytes
    _private: ec.EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        """64 raw bytes, as tokens want them."""
        r, s = decode_dss_signature(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"TokenSigner({self.verification_method})"


@transaction.atomic
def token_signer(signer: KeySigner) -> TokenSigner | None:
    """The token form of an issuer's active key; None if its DID document has no room left for it."""
    secret = HKDF(hashes.SHA256(), 48, salt=None, info=b"testamur token ES256").derive(
        signer._private.private_bytes_raw()
    )
    private = ec.derive_private_key(int.from_bytes(secret, "big") % (ORDER - 1) + 1, ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = SigningKey.objects.select_related("issuer").get(pk=signer.key_id)
    TokenKey.objects.get_or_create(key=key, defaults={"jwk": _jwk(point)})
    if len(document_of(key.issuer)) > did.MAX_BYTES:
        TokenKey.objects.filter(key=key).delete()
        return None
    return TokenSigner(f"{key.verification_method}{did.ES256}", point, private)


def _jwk(point: bytes) -> dict[str, str]:
    x, y = (base64.urlsafe_b64encode(half).decode().rstrip("=") for half in (point[1:33], point[33:]))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig"}
