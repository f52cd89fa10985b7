"""The contexts: which, with what in them, and nothing else."""

import hashlib
import json

import pytest

from credentials.openbadges import contexts

PINNED = {
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json":
        "7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json":
        "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json":
        "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json":
        "04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json":
        "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7",
    "https://w3id.org/security/data-integrity/v2":
        "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    "https://w3id.org/security/multikey/v1":
        "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc",
    "https://w3id.org/security/suites/ed25519-2020/v1":
        "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691",
    "https://www.w3.org/2018/credentials/v1":
        "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247",
    "https://www.w3.org/ns/credentials/v2":
        "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
}  # fmt: skip

# What a verdict is reached by; each must have one name only, or a reader of the JSON would overlook it.
DECISIVE = {
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "issuer",
    "credentialSubject",
    "credentialStatus",
    "encodedList",
    "statusPurpose",
    "statusListIndex",
    "statusListCredential",
    "statusSize",
    "proof",
    "expires",
}


def terms(definitions: dict):
    for name, definition in definitions.items():
        iri = definition.get("@id") if isinstance(definition, dict) else definition
        if not name.startswith("@"):
            yield name, iri
        if isinstance(definition, dict) and isinstance(definition.get("@context"), dict):
            yield from terms(definition["@context"])


def all_terms():
    for url in contexts.KNOWN:
        yield from terms(contexts.document(url)["@context"])


def test_every_context_is_the_one_that_was_read_when_it_was_chosen():
    found = {
        url: hashlib.sha256(
            json.dumps(contexts.document(url), sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()
        for url in contexts.KNOWN
    }
    assert found == PINNED


def test_an_unknown_context_is_refused_by_name():
    with pytest.raises(contexts.UnknownContext) as refused:
        contexts.load("https://evil.example/context.json")
    assert refused.value.url == "https://evil.example/context.json"


def test_the_moving_address_of_the_open_badges_context_is_not_answered():
    with pytest.raises(contexts.UnknownContext):
        contexts.load("https://purl.imsglobal.org/spec/ob/v3p0/context.json")


def test_only_id_and_type_stand_for_keywords():
    assert {(name, iri) for name, iri in all_terms() if str(iri).startswith("@")} == {
        ("id", "@id"),
        ("type", "@type"),
    }


def test_no_second_name_exists_for_what_decides_a_verdict():
    expand = {"cred:": "https://www.w3.org/2018/credentials#", "sec:": "https://w3id.org/security#"}
    names: dict[str, set[str]] = {}
    for name, iri in all_terms():
        for prefix, full in expand.items():
            iri = str(iri).replace(prefix, full) if str(iri).startswith(prefix) else iri
        names.setdefault(str(iri), set()).add(name)
    assert [found for found in names.values() if found & DECISIVE and len(found) > 1] == []
