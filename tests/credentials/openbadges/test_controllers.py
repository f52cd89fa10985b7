"""Which keys are an issuer's, by whatever its documents look like."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.openbadges import controllers, keys, proof
from credentials.openbadges.keys import PublicKey, ed25519
from credentials.openbadges.verify import NotTheirKey, Unreachable
from issuers import multikey
from tests.credentials.openbadges.samples import Signer

DID, SITE = "did:web:college.example", "https://college.example/issuers/2"
RAW = Signer(seed="college").public_key
KEY, TEXT = ed25519(RAW), multikey.encode(RAW)
JWK = {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(RAW).decode().rstrip("=")}


def find(method, controller, **documents) -> PublicKey:
    pages = {DID: documents.get("did"), SITE: documents.get("site"), **documents.get("pages", {})}

    def look_up(name):
        if pages.get(name) is None:
            raise Unreachable(f"{name} does not answer.")
        return pages[name]

    return controllers.key_of(method, controller, look_up)


def method(name=f"{DID}#key-0", controller=DID, **key) -> dict:
    return {"id": name, "type": "Multikey", "controller": controller} | (key or {"publicKeyMultibase": TEXT})


def document(*methods, name=DID, **changes) -> dict:
    return {"id": name, "verificationMethod": list(methods), "assertionMethod": [f"{name}#key-0"]} | changes


@pytest.mark.parametrize(
    "key",
    [
        {"publicKeyMultibase": TEXT},
        {"publicKeyMultibase": proof.base58(RAW)},
        {"publicKeyBase58": proof.base58(RAW)[1:]},
        {"publicKeyJwk": JWK | {"kid": "x", "use": "sig"}},
    ],
    ids=["multikey", "bare", "base58", "jwk"],
)
def test_a_key_is_read_in_each_form(key):
    assert find(f"{DID}#key-0", DID, did=document(method(**key))) == KEY


@pytest.mark.parametrize(
    "found",
    [
        document(method(name="#key-0"), assertionMethod=["#key-0"]),
        document(assertionMethod=[method()]),
        document(method(), assertionMethod=f"{DID}#key-0"),
        document(verificationMethod=method()),
    ],
    ids=["short names", "written inside", "one name", "one method"],
)
def test_a_did_document_may_be_written_in_several_ways(found):
    assert find(f"{DID}#key-0", DID, did=found) == KEY


@pytest.mark.parametrize(
    "found",
    [
        document(method(), assertionMethod=[]),
        document(method(), assertionMethod=[f"{DID}#key-1"]),
        document(method(controller="did:web:other.example")),
        document(method() | {"revoked": "2026-01-01T00:00:00Z"}),
        document(method(), name="did:web:other.example"),
        document(method(publicKeyMultibase="zRubbish")),
        document(method(publicKeyJwk={"kty": "oct", "k": "AAAA"})),
        document(method(publicKeyJwk="x")),
        document(method(publicKeyMultibase=proof.base58(b"\xed\x01" + bytes(32)))),
        document(verificationMethod=[None, 5, "x"], assertionMethod=[None, 5]),
        {"id": DID},
    ],
)
def test_a_key_that_the_issuer_does_not_vouch_for_is_nobodys(found):
    with pytest.raises(NotTheirKey):
        find(f"{DID}#key-0", DID, did=found)


def test_an_issuer_named_by_its_key_needs_no_document():
    name = f"did:key:{TEXT}"
    assert find(f"{name}#{TEXT}", name) == find(name, name) == KEY
    with pytest.raises(NotTheirKey):
        find(f"{name}#other", name)


def test_an_issuer_named_by_its_jwk_needs_no_document():
    name = "did:jwk:" + base64.urlsafe_b64encode(json.dumps(JWK).encode()).decode().rstrip("=")
    assert find(f"{name}#0", name) == KEY
    with pytest.raises(NotTheirKey):
        find(f"{name}#1", name)


def test_a_key_of_the_other_curve_is_read_too():
    point = ec.derive_private_key(5, ec.SECP256R1()).public_key()
    numbers = point.public_numbers()
    packed = (b"\2" if numbers.y % 2 == 0 else b"\3") + numbers.x.to_bytes(32, "big")
    name = "did:key:" + proof.base58(b"\x80\x24" + packed)
    assert find(name, name).kind is keys.Kind.P256


OWN = f"{SITE}/keys/1"


def test_a_key_may_have_an_address_of_its_own_if_its_issuer_lists_it():
    site = {"id": SITE, "assertionMethod": [OWN]}
    assert find(OWN, SITE, site=site, pages={OWN: method(OWN, SITE)}) == KEY


@pytest.mark.parametrize(
    ("site", "page"),
    [
        ({"id": SITE, "assertionMethod": []}, method(OWN, SITE)),
        ({"id": SITE, "assertionMethod": [OWN]}, method(OWN, "https://other.example")),
        ({"id": SITE, "assertionMethod": [OWN]}, method("https://other.example/1", SITE)),
        ({"id": SITE, "assertionMethod": [OWN]}, method(OWN, SITE) | {"revoked": "2026-01-01T00:00:00Z"}),
        ({"id": SITE, "assertionMethod": []}, JWK),
        ({"id": "https://other.example"}, method(OWN, SITE)),
    ],
)
def test_a_key_that_only_claims_to_be_the_issuers_is_refused(site, page):
    with pytest.raises(NotTheirKey):
        find(OWN, SITE, site=site, pages={OWN: page})


def test_an_issuer_that_says_nothing_about_keys_has_those_beside_it_and_no_others():
    profile = {"id": SITE, "type": "Profile"}
    far = "https://other.example/keys/1"
    assert find(OWN, SITE, site=profile, pages={OWN: method(OWN, SITE)}) == KEY
    assert find(OWN, SITE, site=profile, pages={OWN: JWK}) == KEY
    with pytest.raises(NotTheirKey):
        find(far, SITE, site=profile, pages={far: JWK})


def test_a_key_that_stands_only_in_the_name_of_a_method_is_not_published_and_nothing_more_is_asked():
    asked = []

    def look_up(name):
        asked.append(name)
        return {"id": SITE, "type": "Profile"}

    with pytest.raises(NotTheirKey, match=r"^The issuer does not publish the key that signed this\.$"):
        controllers.key_of(f"{SITE}#{TEXT}", SITE, look_up)
    assert asked == [SITE]


def test_a_bare_key_at_an_address_is_a_dids_only_if_its_document_holds_the_same():
    at = "https://college.example/keys/1.jwk"
    listed = document(method(publicKeyJwk=JWK))
    assert find(at, DID, did=listed, pages={at: JWK}) == KEY
    other = JWK | {"x": base64.urlsafe_b64encode(Signer(seed="other").public_key).decode().rstrip("=")}
    with pytest.raises(NotTheirKey):
        find(at, DID, did=listed, pages={at: other})


def test_what_does_not_answer_is_unreachable():
    for controller in (DID, SITE, "did:ion:abc", "urn:x", ""):
        with pytest.raises(Unreachable):
            find(f"{controller}#key-0", controller)


def test_all_keys_of_an_issuer_are_those_that_we_can_use():
    found = document(
        method(),
        method(f"{DID}#x", publicKeyJwk={"kty": "oct"}),
        assertionMethod=[f"{DID}#key-0", f"{DID}#x"],
    )
    assert controllers.keys_of(DID, {DID: found}.__getitem__) == (KEY,)
    assert controllers.keys_of(f"did:key:{TEXT}", {}.__getitem__) == (KEY,)
