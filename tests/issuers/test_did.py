"""did:web: identifiers, their documents and where these stand."""

import json

import pytest

from issuers import did
from issuers.did import PublishedKey

UNIVERSITY = "did:web:badges.example:issuers:university"


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("https://badges.example", ("issuers", "university"), UNIVERSITY),
        ("https://badges.example/", (), "did:web:badges.example"),
        ("http://127.0.0.1:8000", ("issuers", "a"), "did:web:127.0.0.1%3A8000:issuers:a"),
        ("https://Badges.example/sub/", ("issuers", "a"), "did:web:badges.example:sub:issuers:a"),
    ],
)
def test_an_issuer_is_named_by_the_address_of_its_site(base, path, expected):
    assert did.did_web(base, *path) == expected


@pytest.mark.parametrize(
    "base", ["badges.example", "ftp://badges.example", "https://", "https://a:b@c.example"]
)
def test_what_is_no_site_names_nobody(base):
    with pytest.raises(ValueError, match="is not the address of a site"):
        did.did_web(base, "issuers", "a")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("did:web:badges.example", "https://badges.example/.well-known/did.json"),
        (UNIVERSITY, "https://badges.example/issuers/university/did.json"),
        (f"{UNIVERSITY}#key-1", "https://badges.example/issuers/university/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("did:web:Badges.Example:a", "https://badges.example/a/did.json"),
    ],
)
def test_the_document_of_an_identifier_stands_at_one_https_address(name, expected):
    assert did.url_of(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "did:key:z6Mk",
        "did:web:",
        "did:web:a.example:",
        "did:web:a.example::b",
        "did:web:a.example:..",
        "did:web:a.example:%2e%2e",
        "did:web:a.example:a%2Fb",
        "did:web:a.example/b",
        "did:web:a.example%2Fb",
        "did:web:user%40a.example",
        "did:web:a.example%3A99999",
        "did:web:a.example%3A",
        "did:web:a.example%3A٨٠",
        "did:web:-a.example",
        "did:web:a b",
        "did:web:a.example:x?y",
        "did:web:a.example:x\n",
    ],
)
def test_what_is_no_did_web_has_no_address(name):
    with pytest.raises(ValueError):
        did.url_of(name)


def test_retired_keys_stay_and_compromised_ones_lose_their_say():
    keys = [
        PublishedKey("key-1", "z6MkOld", active=True),
        PublishedKey("key-2", "z6MkStolen", active=False),
        PublishedKey("key-3", "z6MkNew", active=True),
    ]
    methods = [
        {
            "id": f"{UNIVERSITY}#{key.fragment}",
            "type": "Multikey",
            "controller": UNIVERSITY,
            "publicKeyMultibase": key.multibase,
        }
        for key in keys
    ]
    assert did.document(UNIVERSITY, keys) == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": UNIVERSITY,
        "verificationMethod": methods,
        "assertionMethod": [f"{UNIVERSITY}#key-1", f"{UNIVERSITY}#key-3"],
    }


def test_the_token_form_of_a_compromised_key_goes_whoever_reads_tokens_asks_for_no_purpose():
    jwk = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}
    keys = [
        PublishedKey("key-1", "z6MkStolen", active=False, token_jwk=jwk),
        PublishedKey("key-2", "z6MkNew", active=True, token_jwk=jwk),
    ]

    document = did.document(UNIVERSITY, keys)

    methods = [method["id"].removeprefix(UNIVERSITY) for method in document["verificationMethod"]]
    assert methods == ["#key-1", "#key-2", "#key-2-es256"]
    assert document["assertionMethod"] == [f"{UNIVERSITY}#key-2", f"{UNIVERSITY}#key-2-es256"]


def test_twenty_keys_fit_into_what_others_read():
    keys = [PublishedKey(f"key-{n}", "z6Mk" + "x" * 44, active=True) for n in range(20)]
    assert len(json.dumps(did.document(UNIVERSITY, keys))) < did.MAX_BYTES
