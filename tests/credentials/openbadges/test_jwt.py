"""Our own compact form: when there is one, what stands in it, and that others' tricks do not work."""

import base64
import json
from datetime import UTC, datetime

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.openbadges import controllers, jwt, keys, verify
from credentials.openbadges.document import Malformed
from issuers import multikey
from tests.credentials.openbadges.samples import NOW, SIGNER, UNIVERSITY, Resolver, Signer, plain_badge

HOLDER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def held_badge(**changes) -> dict:
    badge = plain_badge(**changes)
    badge["credentialSubject"]["id"] = HOLDER
    return badge


def part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(claims: dict, *, signer=SIGNER, **header) -> str:
    head = {"alg": "EdDSA", "kid": SIGNER.verification_method, "typ": "JWT"} | header
    text = f"{part(head)}.{part(claims)}"
    signature = base64.urlsafe_b64encode(signer.sign(text.encode())).decode().rstrip("=")
    return f"{text}.{signature}"


def look(text: str, resolver=None):
    return verify.verify(text, resolver or Resolver(), now=NOW)


def test_our_token_is_read_by_an_independent_library():
    badge = held_badge(valid_until=datetime(2099, 1, 1, tzinfo=UTC))
    composed = jwt.compose(badge, SIGNER)
    key = Ed25519PublicKey.from_public_bytes(SIGNER.public_key)
    told = pyjwt.decode(composed, key, algorithms=["EdDSA"], options={"verify_nbf": False})
    assert told == badge | {
        "iss": UNIVERSITY,
        "jti": badge["id"],
        "sub": HOLDER,
        "nbf": 1_780_272_000,
        "exp": 4_070_908_800,
    }
    assert pyjwt.get_unverified_header(composed) == {
        "alg": "EdDSA",
        "kid": SIGNER.verification_method,
        "typ": "JWT",
    }


def test_our_token_is_valid_and_says_what_the_document_says():
    badge = held_badge()
    report = look(jwt.compose(badge, SIGNER))
    assert (report.verdict, report.document, report.title) == ("valid", badge, "Teamwork")


def test_whoever_has_no_identifier_of_their_own_has_no_token():
    with pytest.raises(ValueError, match=r"^It has no compact form \(JWT\): for that its holder needs"):
        jwt.compose(plain_badge(), SIGNER)


def test_what_is_signed_already_is_not_signed_again():
    with pytest.raises(ValueError, match="signed already"):
        jwt.compose(held_badge() | {"proof": []}, SIGNER)


def test_a_device_that_signs_wrongly_issues_nothing():
    class Broken(Signer):
        def sign(self, data):
            return bytes(64)

    with pytest.raises(RuntimeError, match="does not verify"):
        jwt.compose(held_badge(), Broken())


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c.d", "e30.e30.!", "e30.W10.", "e30.e30.AB==", "ZZ.e30.", "é.e30.", "x" * 500_000],
)
def test_what_is_no_token_is_malformed(text):
    with pytest.raises(Malformed):
        jwt.take_apart(text)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ({"alg": "none"}, "signature"),
        ({"alg": "HS256"}, "signature"),
        ({"alg": ["EdDSA"]}, "signature"),
        ({"alg": "ES256"}, "signature"),
        ({"alg": "RS256"}, "signature"),
        ({"crit": ["exp"]}, "signature"),
        ({"b64": False}, "signature"),
        ({"jku": "https://evil.example"}, "signature"),
        ({"x5u": "https://evil.example"}, "signature"),
        ({"x5c": ["AAAA"]}, "signature"),
        ({"kid": None}, "signature"),
        ({"kid": 1}, "signature"),
        ({"kid": "did:web:elsewhere.example#key-1"}, "issuer_key"),
        ({"kid": f"{UNIVERSITY}#key-9"}, "issuer_key"),
        ({"typ": "at+jwt"}, "signature"),
    ],
)
def test_a_header_that_wants_something_else_is_refused(header, name):
    report = look(token(jwt.take_apart(jwt.compose(held_badge(), SIGNER)).claims, **header))
    failing = [item.name for item in report.checks if item.outcome == "failed"]
    assert (report.verdict, failing) == ("invalid", [name])


def claims(**changes) -> dict:
    return jwt.take_apart(jwt.compose(held_badge(), SIGNER)).claims | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "did:web:elsewhere.example"},
        {"iss": None},
        {"jti": "urn:uuid:1"},
        {"sub": ["a"]},
        {"nbf": 1},
        {"nbf": "soon"},
        {"nbf": True},
        {"exp": 10**15},
        {"exp": -1},
    ],
)
def test_claims_that_contradict_the_credential_are_refused(changes):
    report = look(token(claims(**changes)))
    assert (report.verdict, report.checks[-1].name) == ("invalid", "model")


def test_claims_may_be_missing_but_then_they_end_nothing():
    bare = {name: value for name, value in claims().items() if name not in ("iss", "jti", "sub", "nbf")}
    assert look(token(bare, typ="vc+jwt", cty="vc")).verdict == "valid"


def test_an_end_that_only_the_token_names_is_an_end():
    report = look(token(claims(exp=1_780_300_000)))
    assert (report.verdict, report.valid_until) == (
        "expired",
        datetime.fromtimestamp(1_780_300_000, UTC),
    )


def test_a_key_that_is_brought_along_counts_if_it_is_the_issuers():
    x = base64.urlsafe_b64encode(SIGNER.public_key).decode().rstrip("=")
    header = {"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}}
    text = f"{part(header)}.{part(claims())}"
    signed = f"{text}.{base64.urlsafe_b64encode(SIGNER.sign(text.encode())).decode().rstrip('=')}"
    assert look(signed).verdict == "valid"
    assert (
        look(signed, Resolver(keys={UNIVERSITY: {"other": Signer(seed="other").public_key}})).verdict
        == "invalid"
    )
    assert look(signed, Resolver(keys={})).verdict == "unknown"


def test_a_proof_inside_of_a_token_must_hold_too():
    spoiled = claims(proof=[{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}])
    assert look(token(spoiled)).verdict == "invalid"


def test_our_token_may_name_the_address_of_its_key():
    url = "https://badges.example/issuers/university/keys/1.jwk"
    method = f"{UNIVERSITY}#key-1"
    entry = {"id": method, "publicKeyMultibase": multikey.encode(SIGNER.public_key)}
    document = {"id": UNIVERSITY, "verificationMethod": [entry], "assertionMethod": [method]}
    pages = {UNIVERSITY: document, url: keys.as_jwk(SIGNER.public_key, key_id=url)}
    composed = jwt.compose(held_badge(), SIGNER, key_id=url)
    found = controllers.key_of(url, UNIVERSITY, pages.__getitem__)
    assert look(composed, Resolver(keys={UNIVERSITY: {url: found, method: found}})).verdict == "valid"
