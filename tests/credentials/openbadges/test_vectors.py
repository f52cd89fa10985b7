"""Signed files, good and broken, each broken one named for the way in which it is.

`world.json` is the internet that they live in: what stands at each address, and what was taken back there.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from credentials import extracting
from credentials.openbadges import controllers, elsewhere, verify
from credentials.openbadges.document import parse
from tests.credentials.openbadges.samples import LIST_URL, NOW

VECTORS = Path(__file__).parents[2] / "vectors"

VERDICTS = {
    "address-as-a-key.json": ("invalid", "signature"),
    "another-purpose.json": ("invalid", "signature"),
    "another-suite.json": ("unknown", "signature"),
    "context-brought-along.json": ("unknown", "contexts"),
    "contexts-in-the-wrong-order.json": ("invalid", "model"),
    "cut-off.json": ("invalid", "readable"),
    "date-without-a-zone.json": ("invalid", "model"),
    "day-without-a-time.json": ("invalid", "model"),
    "did-document-of-somebody-else.json": ("invalid", "issuer_key"),
    "did-key-with-another-key.json": ("invalid", "issuer_key"),
    "duplicate-key.json": ("invalid", "readable"),
    "earned-by-nobody.json": ("invalid", "model"),
    "endorsement-by-nobody-known.json": ("unknown", "endorsement"),
    "endorsement-by-somebody-else.json": ("unknown", "endorsement"),
    "endorsement-changed.json": ("invalid", "endorsement"),
    "endorsement-not-signed.json": ("invalid", "endorsement"),
    "endorsement-that-ended.json": ("valid", "endorsement"),
    "ends-before-it-begins.json": ("invalid", "model"),
    "expired.json": ("expired", "validity"),
    "expiry-moved-elsewhere.json": ("invalid", "model"),
    "first-signature-broken.json": ("invalid", "signature"),
    "jcs-for-another-purpose.json": ("invalid", "signature"),
    "jcs-one-letter-changed.json": ("invalid", "signature"),
    "jcs-signed-by-a-stranger.json": ("invalid", "issuer_key"),
    "jcs-term-added.json": ("invalid", "signature"),
    "jcs-with-a-context-of-its-own.json": ("invalid", "signature"),
    "jwt-expired.jwt": ("expired", "validity"),
    "jwt-of-another-type.jwt": ("invalid", "signature"),
    "jwt-of-nobody.jwt": ("invalid", "signature"),
    "jwt-older-form-around-the-newer.jwt": ("invalid", "model"),
    "jwt-one-letter-changed.jwt": ("invalid", "signature"),
    "jwt-revoked.jwt": ("revoked", "status"),
    "jwt-signed-by-another-key.jwt": ("invalid", "signature"),
    "jwt-signed-with-a-public-key-as-secret.jwt": ("invalid", "signature"),
    "jwt-that-ends-only-outside.jwt": ("expired", "validity"),
    "jwt-that-ends-otherwise.jwt": ("invalid", "model"),
    "jwt-that-names-another-holder.jwt": ("invalid", "model"),
    "jwt-that-names-another-issuer.jwt": ("invalid", "model"),
    "jwt-that-names-another-number.jwt": ("invalid", "model"),
    "jwt-with-a-certificate-elsewhere.jwt": ("invalid", "signature"),
    "jwt-with-a-key-of-another-kind.jwt": ("invalid", "signature"),
    "jwt-with-a-key-of-another-site.jwt": ("invalid", "issuer_key"),
    "jwt-with-a-key-of-its-own.jwt": ("invalid", "issuer_key"),
    "jwt-with-a-rule-of-its-own.jwt": ("invalid", "signature"),
    "jwt-with-a-short-key.jwt": ("invalid", "issuer_key"),
    "jwt-with-its-text-unencoded.jwt": ("invalid", "signature"),
    "jwt-with-keys-elsewhere.jwt": ("invalid", "signature"),
    "jwt-without-a-signature.jwt": ("invalid", "signature"),
    "jwt-written-otherwise.jwt": ("invalid", "readable"),
    "key-of-another-kind.json": ("invalid", "signature"),
    "key-of-another-site.json": ("invalid", "issuer_key"),
    "key-of-small-order.json": ("invalid", "issuer_key"),
    "key-that-its-issuer-does-not-list.json": ("invalid", "issuer_key"),
    "kind-of-achievement-invented.json": ("invalid", "model"),
    "mapped-term-added.json": ("invalid", "signature"),
    "nested-too-deeply.json": ("invalid", "readable"),
    "no-credential.json": ("invalid", "model"),
    "no-criteria.json": ("invalid", "model"),
    "no-description.json": ("invalid", "model"),
    "not-signed.json": ("invalid", "model"),
    "not-utf-8.json": ("invalid", "readable"),
    "not-yet-valid.json": ("not_yet_valid", "validity"),
    "null-added.json": ("invalid", "model"),
    "older-data-model-expired.json": ("expired", "validity"),
    "older-list-of-another-issuer.json": ("unknown", "status"),
    "older-suite-for-another-purpose.json": ("invalid", "signature"),
    "older-suite-one-letter-changed.json": ("invalid", "signature"),
    "one-digit-of-the-signature-changed.json": ("invalid", "signature"),
    "one-letter-changed.json": ("invalid", "signature"),
    "open-badges-2-another-at-its-address.json": ("invalid", "signature"),
    "open-badges-2-another-recipient.json": ("invalid", "signature"),
    "open-badges-2-expired.json": ("expired", "validity"),
    "open-badges-2-not-published.json": ("unknown", "signature"),
    "open-badges-2-of-no-badge.json": ("invalid", "signature"),
    "open-badges-2-on-another-site.json": ("invalid", "issuer_key"),
    "open-badges-2-revoked-in-place.json": ("revoked", "status"),
    "open-badges-2-signed-and-changed.jwt": ("invalid", "signature"),
    "open-badges-2-signed-and-revoked.jwt": ("revoked", "status"),
    "open-badges-2-signed-by-another-key.jwt": ("invalid", "signature"),
    "open-badges-2-signed-with-no-algorithm.jwt": ("invalid", "signature"),
    "open-badges-2-taken-back.json": ("revoked", "signature"),
    "open-badges-2-that-speaks-for-another.json": ("invalid", "issuer_key"),
    "open-badges-2-with-a-key-of-another-site.jwt": ("invalid", "issuer_key"),
    "open-badges-2-without-its-signature.json": ("unknown", "signature"),
    "png-cut-off.png": ("invalid", "readable"),
    "png-one-letter-changed.png": ("invalid", "signature"),
    "png-text-of-another-kind.png": ("invalid", "readable"),
    "png-that-unpacks-to-a-thousandfold.png": ("invalid", "readable"),
    "png-with-a-second-credential-of-another-kind.png": ("invalid", "readable"),
    "png-with-a-wrong-checksum.png": ("invalid", "readable"),
    "png-with-something-behind-its-end.png": ("invalid", "readable"),
    "png-with-two-credentials.png": ("invalid", "readable"),
    "record-changed.json": ("invalid", "signature"),
    "record-inside-of-a-record.json": ("unknown", "inner"),
    "record-of-nothing.json": ("invalid", "model"),
    "record-with-a-changed-credential.json": ("invalid", "inner"),
    "record-with-contexts-in-the-wrong-order.json": ("invalid", "model"),
    "result-at-a-level-of-nothing.json": ("invalid", "model"),
    "result-of-nothing.json": ("invalid", "model"),
    "result-without-its-status.json": ("invalid", "model"),
    "revoked-in-the-older-list.json": ("revoked", "status"),
    "revoked-in-the-second-list.json": ("revoked", "status"),
    "revoked-since-it-was-copied.json": ("revoked", "status"),
    "revoked.json": ("revoked", "status"),
    "second-signature-broken.json": ("invalid", "signature"),
    "signed-by-a-compromised-key.json": ("invalid", "issuer_key"),
    "signed-by-a-stranger.json": ("invalid", "issuer_key"),
    "signed-by-another-key.json": ("invalid", "signature"),
    "skill-without-an-address.json": ("invalid", "model"),
    "status-entry-that-is-its-list.json": ("unknown", "status"),
    "status-index-a-number.json": ("unknown", "status"),
    "status-index-out-of-range.json": ("unknown", "status"),
    "status-list-forged.json": ("unknown", "status"),
    "status-list-of-another-issuer.json": ("unknown", "status"),
    "status-list-out-of-date.json": ("unknown", "status"),
    "status-list-that-unpacks-to-a-thousandfold.json": ("unknown", "status"),
    "status-list-too-short.json": ("unknown", "status"),
    "status-list-unreachable.json": ("unknown", "status"),
    "status-purpose-unknown.json": ("unknown", "status"),
    "suspended-in-the-second-list.json": ("suspended", "status"),
    "suspended.json": ("suspended", "status"),
    "svg-cut-off.svg": ("invalid", "readable"),
    "svg-one-letter-changed.svg": ("invalid", "signature"),
    "svg-that-unpacks-to-a-thousandfold.svg": ("invalid", "readable"),
    "svg-with-a-document-type.svg": ("invalid", "readable"),
    "svg-with-another-namespace.svg": ("invalid", "readable"),
    "svg-with-two-credentials.svg": ("invalid", "readable"),
    "tangled.json": ("unknown", "signature"),
    "two-data-models-mixed.json": ("invalid", "model"),
    "unknown-context.json": ("unknown", "contexts"),
    "unmapped-term-added.json": ("invalid", "signature"),
}


# Good files that other programs may refuse, and why
IN_PICTURE = "it is stored in the picture"
OLDER = "it is written in the older data model (VCDM 1.1)"
FEW = "it is signed in a way that few programs check"
REMARKS = {
    "baked-compressed.png": ["it is stored compressed in the picture"],
    "baked-under-the-older-name.png": [f"{IN_PICTURE} under the name of another standard"],
    "baked-without-cdata.svg": [f"{IN_PICTURE} without the marks around it (CDATA)"],
    "ed25519-signature-2020.json": [OLDER],
    "eddsa-with-its-key.jwt": [f"{FEW} (EdDSA)"],
    "eddsa.jwt": [f"{FEW} (EdDSA)"],
    "issuer-without-a-profile.json": ["it names its issuer by an identifier alone, without a profile"],
    "jcs.json": [f"{FEW} (eddsa-jcs-2022)"],
    "older-data-model.json": [OLDER],
    "older-form.jwt": [OLDER],
    "proof-set-the-other-way-round.json": [
        "its first signature is of a kind that few programs check (eddsa-jcs-2022)"
    ],
    "single-values.json": [
        "it has single values where the standard’s schema asks for lists (proof, type of AchievementSubject)"
    ],
    "vc-jwt-header.jwt": [
        f"{FEW} (EdDSA)",
        "its token is written by the rules of another standard (VC-JOSE-COSE)",
    ],
}


class World:
    """What the files need of others, out of files too; anything else is unreachable."""

    def __init__(self):
        world = json.loads((VECTORS / "world.json").read_bytes())
        self.gone = world["gone"]
        self.documents = world["documents"] | {
            "did:web:badges.example:issuers:university": parse((VECTORS / "did.json").read_bytes()),
            "did:web:elsewhere.example": parse((VECTORS / "stranger-did.json").read_bytes()),
            LIST_URL: parse((VECTORS / "status-1.json").read_bytes()),
        }

    def look_up(self, name):
        if name in self.gone:
            raise verify.Gone(self.gone[name])
        if name not in self.documents:
            raise verify.Unreachable(f"{name} does not answer.")
        return self.documents[name]

    status_list = refreshed = hosted = look_up

    def verification_key(self, verification_method, controller):
        return controllers.key_of(verification_method, controller, self.look_up)

    def issuer_keys(self, controller):
        return controllers.keys_of(controller, self.look_up)

    def know_issuer(self, issuer_id):
        return verify.Outcome.PASSED, "It is known here."


@cache
def world() -> World:
    return World()


def look(path: Path) -> verify.Report:
    try:
        found = extracting.document_in(path.read_bytes(), name=path.name)
    except extracting.Unreadable as error:
        return verify.unreadable(str(error), now=NOW)
    return verify.verify(found.brought, world(), now=NOW)


def names(folder: Path, *without: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in without)


@pytest.mark.parametrize(
    "name", names(VECTORS, "world.json", "did.json", "stranger-did.json", "status-1.json", "README.md")
)
def test_a_good_file_is_valid(name):
    report = look(VECTORS / name)
    assert (report.verdict, [item for item in report.checks if item.outcome != "passed"]) == ("valid", [])
    remarks = {*report.remarks, *elsewhere.of_picture((VECTORS / name).read_bytes(), report.document)}
    expected = {f"{elsewhere.REFUSED}{reason}." for reason in REMARKS.get(name, [])}
    assert remarks == expected | ({elsewhere.ANOTHER} if name == "baked-both-generations.png" else set())


def test_each_broken_file_is_judged_and_they_are_many():
    assert names(VECTORS / "broken") == sorted(VERDICTS)
    assert len(VERDICTS) >= 60


@pytest.mark.parametrize("name", VERDICTS)
def test_a_broken_file_gets_the_verdict_of_its_name(name):
    report = look(VECTORS / "broken" / name)
    failing = [item.name for item in report.checks if item.outcome is not verify.Outcome.PASSED]
    assert (report.verdict, failing[0]) == VERDICTS[name]


@pytest.mark.parametrize("name", [name for name, (verdict, _) in VERDICTS.items() if verdict == "invalid"])
def test_nothing_of_what_an_invalid_file_says_is_shown(name):
    report = look(VECTORS / "broken" / name)
    shown = (report.document, report.title, report.subject_name, report.issuer_name)
    # What carries something false is its own issuer's word all the same.
    assert shown == (None, "", "", "") or VERDICTS[name][1] in ("inner", "endorsement")
