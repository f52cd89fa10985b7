"""Was it revoked or suspended? Asked of the list that the credential names (STANDARDS.md §3, V-05).

A list that cannot be had or believed leaves it unknown; the standard's own name for the trouble is in the
detail, for whoever runs the list.
"""

import re
from datetime import datetime

from . import status_list
from .document import Malformed
from .model import is_described_twice
from .reading import has_readable_dates, issuer_id, listed, one, plain, types, valid_from, valid_until
from .report import Check, Finding, Outcome, Verdict
from .resolving import Resolver, Unreachable
from .securing import Secured, ask_signature, opened

MAX_ENTRIES = 4
_ERRORS = "https://www.w3.org/ns/credentials/status-list#"
_RETRIEVAL, _VERIFICATION = "STATUS_RETRIEVAL_ERROR", "STATUS_VERIFICATION_ERROR"
_LENGTH, _RANGE, _MALFORMED = "STATUS_LIST_LENGTH_ERROR", "RANGE_ERROR", "MALFORMED_VALUE_ERROR"
_INDEX = re.compile(r"(0|[1-9][0-9]{0,11})\Z", re.ASCII)
_WHEN_SET = {
    "revocation": (Verdict.REVOKED, "Its issuer has revoked it."),
    "suspension": (Verdict.SUSPENDED, "Its issuer has suspended it."),
}
_WHEN_CLEAR = {"revocation": "It has not been revoked.", "suspension": "It has not been suspended."}


class _Unreadable(Exception):
    """A status that cannot be read: `sentence` ends a sentence, `error` is the standard's name for it."""

    def __init__(self, sentence: str, error: str, detail: str = ""):
        super().__init__(sentence)
        self.sentence, self.error, self.detail = sentence, error, detail


def ask(document: dict, resolver: Resolver, now: datetime) -> list[Finding]:
    """One Finding for each list that the credential names, or one that there is none."""
    entries = listed(document.get("credentialStatus"))
    if not entries:
        sentence = "Its issuer keeps no list of revoked credentials for it."
        return [Finding(Check("status", Outcome.PASSED, sentence), Verdict.VALID)]
    if len(entries) > MAX_ENTRIES:
        return [_unknown(_Unreadable("it names more lists than we look at.", _MALFORMED))]
    return [_ask_entry(document, one(entry), resolver, now) for entry in entries]


def _ask_entry(document: dict, entry: dict, resolver: Resolver, now: datetime) -> Finding:
    try:
        if "BitstringStatusListEntry" in types(entry):
            return _ask_bitstring(document, entry, resolver, now)
        if "1EdTechRevocationList" in types(entry):
            return _ask_revocation_list(document, entry, resolver)
        raise _Unreadable("its issuer keeps a kind of list that we do not read yet.", _VERIFICATION)
    except Unreachable as error:
        return _unknown(_Unreadable("the issuer's list could not be fetched.", _RETRIEVAL, str(error)))
    except _Unreadable as trouble:
        return _unknown(trouble)


def _unknown(trouble: _Unreadable) -> Finding:
    sentence = f"Whether it was revoked could not be found out: {trouble.sentence}"
    detail = f"{_ERRORS}{trouble.error} {trouble.detail}".rstrip()
    return Finding(Check("status", Outcome.UNKNOWN, sentence, detail=detail), Verdict.UNKNOWN)


# The list of bits


def _ask_bitstring(document: dict, entry: dict, resolver: Resolver, now: datetime) -> Finding:
    purpose, index, url = _read_entry(entry)
    bits = _bits(resolver.status_list(url), url, purpose, issuer_id(document), resolver, now)
    try:
        is_set = status_list.get(bits, index)
    except ValueError as error:
        raise _Unreadable("the issuer's list cannot be read.", _RANGE, str(error)) from error
    if is_set:
        verdict, sentence = _WHEN_SET[purpose]
        return Finding(Check("status", Outcome.FAILED, sentence, detail=url), verdict)
    return Finding(Check("status", Outcome.PASSED, _WHEN_CLEAR[purpose], detail=url), Verdict.VALID)


def _read_entry(entry: dict) -> tuple[str, int, str]:
    """Purpose, index and address of the list. Raises _Unreadable."""
    purpose, url, index = (entry.get(f"status{name}") for name in ("Purpose", "ListCredential", "ListIndex"))
    if not isinstance(purpose, str) or purpose not in _WHEN_SET or entry.get("statusSize", 1) != 1:
        raise _Unreadable("its issuer's list serves a purpose that we do not know.", _MALFORMED)
    if not isinstance(index, str) or not _INDEX.match(index) or not isinstance(url, str):
        raise _Unreadable("it does not say rightly where in the list it stands.", _MALFORMED)
    if entry.get("id") == url:
        raise _Unreadable("it does not say rightly where in the list it stands.", _MALFORMED)
    return purpose, int(index), url


def _bits(listed_there, url: str, purpose: str, issuer: str, resolver: Resolver, now: datetime) -> bytes:
    """The bits of a status list credential that may be believed. Raises _Unreadable."""
    secured = _opened(listed_there)
    document, subject = secured.document, one(secured.document.get("credentialSubject"))
    if not {"BitstringStatusListCredential", "VerifiableCredential"}.issubset(_texts(types(document))):
        raise _Unreadable("what stands at the list's address is no status list.", _VERIFICATION)
    if document.get("id", url) != url or issuer_id(document) != issuer:
        raise _Unreadable("the list is not its issuer's.", _VERIFICATION)
    if purpose not in listed(subject.get("statusPurpose")):
        raise _Unreadable("the list serves another purpose.", _VERIFICATION)
    _require_current(document, now)
    _require_signed(secured, resolver)
    try:
        bits = status_list.decode(plain(subject.get("encodedList")))
    except ValueError as error:
        raise _Unreadable("the issuer's list cannot be read.", _MALFORMED, str(error)) from error
    if len(bits) * 8 < status_list.LENGTH:
        raise _Unreadable("the list is shorter than the standard asks for.", _LENGTH)
    return bits


def _opened(listed_there: object) -> Secured:
    try:
        return opened(listed_there)
    except Malformed as error:
        sentence = "what stands at the list's address is no status list."
        raise _Unreadable(sentence, _VERIFICATION, str(error)) from error


def _texts(values: list) -> set[str]:
    return {value for value in values if isinstance(value, str)}


def _require_current(document: dict, now: datetime) -> None:
    if not has_readable_dates(document):
        raise _Unreadable("the issuer's list has a date that cannot be read.", _VERIFICATION)
    start, end = valid_from(document), valid_until(document)
    if start is None or now < start:
        raise _Unreadable("the issuer's list is not valid now.", _VERIFICATION)
    if end is not None and now > end:
        raise _Unreadable("the issuer's list is out of date.", _VERIFICATION)


def _require_signed(secured: Secured, resolver: Resolver) -> None:
    if not secured.is_signed or is_described_twice(secured.document):
        raise _Unreadable("the issuer's list is not signed.", _VERIFICATION)
    for item in ask_signature(secured, resolver):
        if item.outcome is Outcome.FAILED:
            sentence = "the issuer's list is not signed by it, or was changed."
            raise _Unreadable(sentence, _VERIFICATION, item.detail)
        if item.outcome is Outcome.UNKNOWN:
            sentence = "the signature of the issuer's list could not be checked."
            raise _Unreadable(sentence, _VERIFICATION, item.detail)


# The older list of names


def _ask_revocation_list(document: dict, entry: dict, resolver: Resolver) -> Finding:
    """1EdTechRevocationList: unsigned; what is named there is revoked unless it says otherwise."""
    url = entry.get("id")
    if not isinstance(url, str):
        raise _Unreadable("it does not say where the list is.", _MALFORMED)
    found = one(resolver.status_list(url))
    if not isinstance(found.get("revokedCredential", None), list | dict):
        raise _Unreadable("what stands at the list's address is no list of revoked credentials.", _MALFORMED)
    if found.get("issuer") is not None and issuer_id(found) != issuer_id(document):
        raise _Unreadable("the list is not its issuer's.", _VERIFICATION)
    for revoked in map(one, listed(found["revokedCredential"])):
        if revoked.get("id") == document.get("id") and revoked.get("revoked", True) is not False:
            return _revoked(plain(revoked.get("revocationReason")), url)
    return Finding(Check("status", Outcome.PASSED, _WHEN_CLEAR["revocation"], detail=url), Verdict.VALID)


def _revoked(reason: str, url: str) -> Finding:
    sentence = "Its issuer has revoked it."
    if reason.strip():
        sentence += f" The reason given: {reason.strip()[:300]}"
    return Finding(Check("status", Outcome.FAILED, sentence, detail=url), Verdict.REVOKED)
