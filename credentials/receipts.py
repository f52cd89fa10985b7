"""The receipt of a check, for a personnel file: what was found out, when and by whom, signed by this site.

A JSON document with a Data Integrity proof (`eddsa-jcs-2022`) of the site's own did:web, so that anybody can
check it without us. It says what was found then; what holds today, only a new check says.
"""

import datetime as dt
import hashlib
import uuid

import rfc8785
from django.conf import settings

from credentials import extracting, fetching, identity, verifying
from credentials.openbadges import document as standard
from credentials.openbadges import keys as public_keys
from credentials.openbadges import proof as integrity
from credentials.openbadges import suites
from credentials.openbadges.verify import Check, NotTheirKey, Outcome, Report, Unreachable, Verdict
from issuers import did, multikey
from issuers.keys import site_signer
from issuers.models import SiteKey

TYPE = "VerificationReceipt"
TITLE = "Receipt of a check"  # of the PDF; its metadata stand open in the file
LONGEST_NAME = 200


class NotAReceipt(ValueError):
    """What was given back is no receipt of this site. The message is a sentence."""


def site_did() -> str:
    return did.did_web(settings.PUBLIC_BASE_URL)


def key_document() -> dict:
    """The DID document of the site, with every key that ever signed a receipt."""
    published = [did.PublishedKey(key.fragment, key.public_multibase, True) for key in SiteKey.objects.all()]
    return did.document(site_did(), published)


def write(
    report: Report, *, word: str, name: str, sha256: str = "", known: identity.Identity | None = None
) -> dict:
    """The signed receipt of a Report on a file or an address; `word` is its verdict as people say it.

    `known` is who issued it, where that was asked already. Raises `issuers.keys.NoSigningKey`.
    """
    found = {
        "type": [TYPE],
        "id": f"urn:uuid:{uuid.uuid4()}",
        "site": {"id": site_did(), "name": settings.SITE_NAME, "url": settings.PUBLIC_BASE_URL},
        "checkedAt": report.checked_at.isoformat(),
        "brought": {"name": name[:LONGEST_NAME], "sha256": sha256},
        "credential": _credential_id(report),
        "inWords": word,
        "report": {**report.as_dict(), "issuer_identity": (known or identity.of(report)).as_dict()},
    }
    return _sign(found, created=report.checked_at)


def _credential_id(report: Report) -> str:
    named = (report.document or {}).get("id", "")
    return named if isinstance(named, str) else ""


def _sign(found: dict, *, created: dt.datetime) -> dict:
    signer = site_signer()
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suites.JCS,
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    hashes = [hashlib.sha256(rfc8785.dumps(part)).digest() for part in (options, found)]
    signature = signer.sign(b"".join(hashes))
    return found | {"proof": options | {"proofValue": integrity.base58(signature)}}


def found_in(data: bytes, *, name: str = "") -> dict | None:
    """The receipt in a JSON file or in a PDF of ours, or None: then it is something else."""
    if TYPE.encode() not in data and TITLE.encode() not in data:
        return None
    try:
        found = extracting.document_in(data, name=name).brought
    except extracting.Unreadable:
        return None
    return found if isinstance(found, dict) and is_receipt(found) else None


def is_receipt(document: dict) -> bool:
    return document.get("type") == [TYPE]


def read_ours(text: str) -> dict:
    """A receipt that this site signed, out of a form that carried it. Raises `NotAReceipt`."""
    try:
        found = standard.parse(text.encode())
    except (standard.Malformed, UnicodeEncodeError):
        raise NotAReceipt("This is no receipt. Check the file again to get one.") from None
    if not is_receipt(found) or _site_of(found) != site_did() or _signature(found, None)[0] != Outcome.PASSED:
        raise NotAReceipt(
            "This receipt was not signed by this site, or it was changed. Check the file again."
        )
    return found


def judge(found: dict, *, now: dt.datetime, door: fetching.Door | None = None) -> Report:
    """The Report on a receipt itself. It is never more than unknown: a receipt says nothing about today."""
    outcome, sentence = _signature(found, door)
    checks = [
        Check("readable", Outcome.PASSED, "This is the receipt of a check, not a credential."),
        Check("signature", outcome, sentence, detail=_site_of(found)),
    ]
    if outcome is not Outcome.PASSED:
        verdict = Verdict.INVALID if outcome is Outcome.FAILED else Verdict.UNKNOWN
        return Report(verdict, tuple(checks), now, None, reason=sentence)
    ours = _site_of(found) == site_did()
    today = "It says what was found then. Check the credential itself to know what holds today."
    checks += [
        Check("validity", Outcome.UNKNOWN, today),
        Check("issuer_known", Outcome.PASSED, "This site made it itself.")
        if ours
        else Check("issuer_known", Outcome.UNKNOWN, f"We do not know {_site_of(found)}, which made it."),
    ]
    return Report(
        Verdict.UNKNOWN,
        tuple(checks),
        now,
        found,
        issuer_id=_site_of(found),
        issuer_name=_text(found, "site", "name"),
        title=f"Receipt of a check of “{_text(found, 'brought', 'name')}”",
        reason=today,
    )


def moment_of(found: dict) -> dt.datetime | None:
    """When the check was made, by the receipt's own word; it may be of another site."""
    try:
        return dt.datetime.fromisoformat(_text(found, "checkedAt"))
    except ValueError:
        return None


def _signature(found: dict, door: fetching.Door | None) -> tuple[Outcome, str]:
    proof, site = found.get("proof"), _site_of(found)
    if not isinstance(proof, dict):
        return Outcome.FAILED, "This receipt is not signed."
    method = str(proof.get("verificationMethod"))
    if suites.suite_of(proof) != suites.JCS or method.partition("#")[0] != site:
        return Outcome.FAILED, "This receipt is not signed by the site that it names."
    try:
        key = (
            _own_key(method) if site == site_did() else verifying.Shelves(door).verification_key(method, site)
        )
    except NotTheirKey as reason:
        return Outcome.FAILED, str(reason)
    except Unreachable as reason:
        return Outcome.UNKNOWN, f"The key of the site that made it could not be read. {reason}"
    try:
        holds = suites.check(found, key, proof=proof)
    except integrity.DroppedTerms:  # numbers that canonical JSON has no form for
        holds = False
    if not holds:
        return Outcome.FAILED, "This receipt was changed since it was signed."
    return Outcome.PASSED, f"It is unchanged since {site} signed it."


def _own_key(method: str) -> public_keys.PublicKey:
    key = next((key for key in SiteKey.objects.all() if key.verification_method == method), None)
    if key is None:
        raise NotTheirKey("This site has no such key.")
    return public_keys.ed25519(multikey.decode(key.public_multibase))


def _site_of(found: dict) -> str:
    return _text(found, "site", "id")


def _text(found: dict, *path: str) -> str:
    """A text deep inside, or ""."""
    value: object = found
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
