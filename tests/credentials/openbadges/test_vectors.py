"""Signed documents as files, good and broken, each broken one named for the way in which it is."""

from pathlib import Path

import pytest

from credentials.openbadges import verify
from credentials.openbadges.document import Malformed, parse
from issuers import multikey
from tests.credentials.openbadges.samples import LIST_URL, NOW, Resolver

VECTORS = Path(__file__).parents[2] / "vectors"

VERDICTS = {
    "address-as-a-key": ("invalid", "signature"),
    "another-purpose": ("invalid", "signature"),
    "another-suite": ("unknown", "signature"),
    "context-brought-along": ("unknown", "contexts"),
    "cut-off": ("invalid", "readable"),
    "duplicate-key": ("invalid", "readable"),
    "expired": ("expired", "validity"),
    "expiry-moved-elsewhere": ("invalid", "model"),
    "mapped-term-added": ("invalid", "signature"),
    "nested-too-deeply": ("invalid", "readable"),
    "not-signed": ("invalid", "model"),
    "not-utf-8": ("invalid", "readable"),
    "not-yet-valid": ("not_yet_valid", "validity"),
    "null-added": ("invalid", "model"),
    "one-digit-of-the-signature-changed": ("invalid", "signature"),
    "one-letter-changed": ("invalid", "signature"),
    "revoked": ("revoked", "status"),
    "signed-by-a-compromised-key": ("invalid", "issuer_key"),
    "signed-by-a-stranger": ("invalid", "issuer_key"),
    "signed-by-another-key": ("invalid", "signature"),
    "status-index-out-of-range": ("unknown", "status"),
    "status-list-unreachable": ("unknown", "status"),
    "tangled": ("unknown", "signature"),
    "unknown-context": ("unknown", "contexts"),
    "unmapped-term-added": ("invalid", "signature"),
}


def keys_of(path: Path) -> dict[str, bytes]:
    """The keys that a DID document vouches for."""
    document = parse(path.read_bytes())
    return {
        method["id"]: multikey.decode(method["publicKeyMultibase"])
        for method in document["verificationMethod"]
        if method["id"] in document["assertionMethod"]
    }


def look(path: Path) -> verify.Report:
    keys = {
        "did:web:badges.example:issuers:university": keys_of(VECTORS / "did.json"),
        "did:web:elsewhere.example": keys_of(VECTORS / "stranger-did.json"),
    }
    lists = {LIST_URL: parse((VECTORS / "status-1.json").read_bytes())}
    try:
        document = parse(path.read_bytes())
    except Malformed as error:
        return verify.unreadable(str(error), now=NOW)
    return verify.verify(document, Resolver(lists, keys), now=NOW)


@pytest.mark.parametrize("name", ["plain-badge", "degree-with-everything", "arabic-name"])
def test_a_good_file_is_valid(name):
    assert look(VECTORS / f"{name}.json").verdict is verify.Verdict.VALID


def test_each_broken_file_is_judged():
    assert sorted(path.stem for path in (VECTORS / "broken").iterdir()) == sorted(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_broken_file_gets_the_verdict_of_its_name(name):
    report = look(VECTORS / "broken" / f"{name}.json")
    failing = [item.name for item in report.checks if item.outcome is not verify.Outcome.PASSED]
    assert (report.verdict, failing[0]) == VERDICTS[name]
