"""Credentials in the compact form (VC-JWT): take one apart, judge its signature, make our own.

STANDARDS.md K-04 to K-07, V-04, TRUST.md ("JWT"). The algorithms are a list of our own, each bound to one
kind of key. What a header brings along or points to (`jku`, `x5u`, `crit`, `b64`) is refused.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from . import contexts, reading
from .document import Malformed, parse, serialise
from .keys import Kind, PublicKey, UnusableKey, from_jwk
from .proof import Signer
from .reading import listed, one, plain
from .report import Check, Outcome
from .resolving import NotTheirKey, Resolver, Unreachable

ALGORITHMS = {"RS256": Kind.RSA, "ES256": Kind.P256, "EdDSA": Kind.ED25519, "Ed25519": Kind.ED25519}
MAX_LENGTH = 384 * 1024
_HEADER = frozenset({"alg", "kid", "jwk", "typ", "cty"})
_TYPES = frozenset({"jwt", "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt"})
_CLAIMS = frozenset({"iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc", "cnf"})
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")


@dataclass(frozen=True)
class Token:
    """A compact JWS, taken apart: nothing in it is proven yet. `document` is the credential in it."""

    header: dict
    claims: dict
    document: dict
    signing_input: bytes
    signature: bytes


def looks_like_one(text: str) -> bool:
    """Three parts, the first of which is a JSON object in base64url."""
    return text.startswith("eyJ") and _COMPACT.match(text) is not None


def take_apart(text: str) -> Token:
    """Raises Malformed with a sentence."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise Malformed("It is larger than any credential: more than 256 KB.")
    if not _COMPACT.match(text):
        raise Malformed("It is not a credential in the compact form (JWT): it has not its three parts.")
    head, body, signature = text.split(".")
    header, claims = parse(_decoded(head)), parse(_decoded(body))
    return Token(header, claims, _document_in(claims), f"{head}.{body}".encode(), _decoded(signature))


def kind_of_key(header: dict) -> Kind | None:
    """The one kind of key that the header's algorithm uses; None for an algorithm that is not ours."""
    name = header.get("alg")
    return ALGORITHMS.get(name) if isinstance(name, str) else None


def ask_signature(token: Token, resolver: Resolver) -> list[Check]:
    """Was it signed by its issuer, in a way that counts?"""
    fault = _fault_in_header(token.header)
    if fault:
        return [Check("signature", Outcome.FAILED, fault, detail=str(token.header.get("alg"))[:40])]
    try:
        keys = _keys_of_issuer(token.header, reading.issuer_id(token.document), resolver)
    except Unreachable as error:
        sentence = "The issuer's key could not be fetched, so whether it was changed is unknown."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=str(error))]
    except NotTheirKey as error:
        return [Check("issuer_key", Outcome.FAILED, str(error), detail=plain(token.header.get("kid")))]
    if not any(_holds(token, key) for key in keys):
        sentence = "It was changed after it was signed, or it was never signed by this issuer."
        return [Check("signature", Outcome.FAILED, sentence)]
    detail = plain(token.header.get("kid")) or "jwk"
    return [
        Check("signature", Outcome.PASSED, "Nothing was changed since it was signed."),
        Check("issuer_key", Outcome.PASSED, "It was signed with a key of its issuer.", detail=detail),
    ]


def fault_in_claims(token: Token) -> str:
    """K-04: the claims around the credential say what it says, or nothing. A sentence, or ""."""
    claims, document = token.claims, token.document
    texts = (
        ("iss", reading.issuer_id(document)),
        ("jti", document.get("id")),
        ("sub", one(document.get("credentialSubject")).get("id")),
    )
    if any(name in claims and claims[name] != said for name, said in texts):
        return "What is written around it names another issuer, number or person than it does itself."
    moments = (("nbf", reading.starts(document), max), ("exp", reading.ends(document), min))
    for name, said, which in moments:
        known = [moment for moment in map(reading.moment, said) if moment]
        if name in claims and (
            not _is_time(claims[name]) or (known and _seconds(which(known)) != int(claims[name]))
        ):
            return "What is written around it names other dates than it does itself."
    if "vc" in claims and contexts.V1 not in listed(document.get("@context"))[:1]:
        return "It mixes two versions of the standard, so different readers would see different things."
    return ""


def compose(document: dict, signer: Signer, *, key_id: str = "", kind: Kind = Kind.ED25519) -> str:
    """Our own VC-JWT of an unsigned credential, by a key of this kind (K-04).

    `key_id` is the https address of the signer's one JWK (K-05), which others can read more easily than a
    Multikey; without it, the verification method is named.

    Raises ValueError with a sentence if there is nobody whom `sub` could name, or if the document is not
    one that could be in a token.
    """
    subject = one(document.get("credentialSubject")).get("id")
    if not isinstance(subject, str) or not subject:
        raise ValueError(
            "It has no compact form (JWT): for that its holder needs an identifier of their own, "
            "which they get with a wallet."
        )
    if "proof" in document:
        raise ValueError("The document is signed already.")
    algorithm = next(name for name, its_kind in ALGORITHMS.items() if its_kind is kind)
    header = {"alg": algorithm, "kid": key_id or signer.verification_method, "typ": "JWT"}
    payload = document | {"iss": reading.issuer_id(document), "jti": document["id"], "sub": subject}
    payload["nbf"] = _seconds(_required_moment(document["validFrom"]))
    if "validUntil" in document:
        payload["exp"] = _seconds(_required_moment(document["validUntil"]))
    signing_input = f"{_encoded(serialise(header))}.{_encoded(serialise(payload))}"
    signature = signer.sign(signing_input.encode())
    if not PublicKey(kind, signer.public_key).verifies(signature, signing_input.encode()):
        raise RuntimeError("A signature that was just made does not verify with its public key.")
    return f"{signing_input}.{_encoded(signature)}"


def _document_in(claims: dict) -> dict:
    """The credential in a payload. In the older form it stands in `vc`, and the claims complete it."""
    if "vc" not in claims:
        document = {name: value for name, value in claims.items() if name not in _CLAIMS}
        return document | _dates(claims, document, "validFrom", "validUntil")
    if not isinstance(claims["vc"], dict):
        raise Malformed("It is JSON, but not a credential.")
    document = dict(claims["vc"])
    for claim, name in (("jti", "id"), ("iss", "issuer")):
        if claim in claims:
            document.setdefault(name, claims[claim])
    subject = document.get("credentialSubject")
    if isinstance(subject, dict) and "sub" in claims:
        document["credentialSubject"] = {"id": claims["sub"]} | subject
    return document | _dates(claims, document, "issuanceDate", "expirationDate")


def _dates(claims: dict, document: dict, start: str, end: str) -> dict:
    """`nbf` and `exp` count where the credential itself names no date (V-02)."""
    said = (("nbf", start, reading.starts(document)), ("exp", end, reading.ends(document)))
    return {
        name: datetime.fromtimestamp(claims[claim], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for claim, name, already in said
        if not already and _is_time(claims.get(claim))
    }


def _fault_in_header(header: dict) -> str:
    if kind_of_key(header) is None:
        return "It is not signed in a way that proves anything."
    if not _HEADER.issuperset(header):
        return "It wants its signature checked in a way that it defines itself."
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        return "It is not signed as a credential, but as something else."
    if "kid" not in header and "jwk" not in header:
        return "It does not say which key signed it."
    if "kid" in header and not isinstance(header["kid"], str):
        return "It does not say which key signed it."
    return ""


def _keys_of_issuer(header: dict, issuer_id: str, resolver: Resolver) -> list[PublicKey]:
    """The key that `kid` names; or, for a key that is brought along, the same one as the issuer's own.
    Raises Unreachable, NotTheirKey."""
    kid = header.get("kid")
    if kid is not None:
        kid = issuer_id + kid if kid.startswith("#") else kid
        if kid.startswith("did:") and kid.partition("#")[0] != issuer_id:
            raise NotTheirKey("It was signed with somebody else's key, not with its issuer's.")
        return [resolver.verification_key(kid, issuer_id)]
    try:
        brought = from_jwk(header["jwk"])
    except UnusableKey as error:
        raise NotTheirKey(str(error)) from error
    if "d" in header["jwk"] or brought not in resolver.issuer_keys(issuer_id):
        raise NotTheirKey("It brings its own key along; nothing shows that it is its issuer's.")
    return [brought]


def _holds(token: Token, key: PublicKey) -> bool:
    fits = kind_of_key(token.header) is key.kind
    return fits and key.verifies(token.signature, token.signing_input)


def _is_time(value: object) -> bool:
    """Seconds since 1970 that a calendar can hold, to the year 9999."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 253_402_300_800


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


def _required_moment(text: str) -> datetime:
    moment = reading.moment(text)
    if moment is None:
        raise ValueError("One of its dates cannot be read.")
    return moment


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Raises Malformed, also for a text that is not the one way of writing its bytes."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Malformed("It is damaged: one of its parts cannot be decoded.") from error
    if _encoded(data) != text:
        raise Malformed("It is damaged: one of its parts cannot be decoded.")
    return data
