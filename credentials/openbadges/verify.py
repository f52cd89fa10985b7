"""A document in, a Report out: each question that a verifier asks, in the order of STANDARDS.md V-01.

What could not be found out is unknown, never passed. The keys, the lists and the time come from the
caller; nothing is fetched here and no clock is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from . import contexts, status_list
from .proof import SUITE, DroppedTerms, TooComplex, check, is_usable

MAX_PROOFS = 4
MAX_ENTRIES = 4
MAX_ENDORSEMENTS = 10


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One question: `name` for machines, `sentence` for people, `detail` for whoever asks further."""

    name: str
    outcome: Outcome
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class Report:
    """All that was asked. `document` and the texts are empty unless the signature held."""

    verdict: Verdict
    checks: tuple[Check, ...]
    checked_at: datetime
    document: dict | None
    issuer_id: str = ""
    issuer_name: str = ""
    subject_name: str = ""
    title: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    reason: str = ""

    @property
    def unchanged(self) -> Answer:
        """Is it as its issuer signed it?"""
        return self._answer(UNCHANGED)

    @property
    def still_valid(self) -> Answer:
        """Does it hold today?"""
        if self.unchanged.outcome is not Outcome.PASSED:
            return Answer(Outcome.UNKNOWN, "Whether it is valid cannot be said.")
        return self._answer(STANDING)

    @property
    def issuer_known(self) -> Answer:
        """Do we know who signed it?"""
        return self._answer(("issuer_known",))

    def with_standing(self, verdict: Verdict, sentence: str) -> "Report":
        """The same Report where the issuer itself says more than its list: when and why it was revoked,
        or that it is suspended. Nothing that is not proven becomes proven by it."""
        if self.unchanged.outcome is not Outcome.PASSED:
            return self
        said = Check("status", Outcome.FAILED, sentence)
        others = [item for item in self.checks if item.name != "status"]
        place = next((n for n, item in enumerate(self.checks) if item.name == "status"), len(others))
        checks = (*others[:place], said, *others[place:])
        return replace(self, verdict=verdict, checks=checks, reason=sentence)

    def _answer(self, names: tuple[str, ...]) -> Answer:
        asked = sorted(
            (item for item in self.checks if item.name in names), key=lambda item: names.index(item.name)
        )
        for outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            for item in asked:
                if item.outcome is outcome:
                    return Answer(outcome, item.sentence)
        if not asked:
            return Answer(Outcome.UNKNOWN, "This was not asked, because an earlier question failed.")
        return Answer(Outcome.PASSED, asked[0].sentence)

    def as_dict(self) -> dict:
        """For machines: plain values only."""
        answers = {name: getattr(self, name) for name in ("unchanged", "still_valid", "issuer_known")}
        return {
            "verdict": str(self.verdict),
            "reason": self.reason,
            "checked_at": self.checked_at.isoformat(),
            "answers": {
                name: {"outcome": str(answer.outcome), "sentence": answer.sentence}
                for name, answer in answers.items()
            },
            "checks": [
                {
                    "name": item.name,
                    "outcome": str(item.outcome),
                    "sentence": item.sentence,
                    "detail": item.detail,
                }
                for item in self.checks
            ],
            "issuer": {"id": self.issuer_id, "name": self.issuer_name},
            "subject_name": self.subject_name,
            "title": self.title,
            "valid_from": self.valid_from and self.valid_from.isoformat(),
            "valid_until": self.valid_until and self.valid_until.isoformat(),
        }


UNCHANGED = ("signature", "readable", "contexts", "model", "issuer_key")
STANDING = ("validity", "status")


class Unreachable(Exception):
    """What was needed could not be had. The message, if there is one, is a sentence."""


class NotTheirKey(Exception):
    """The key is not, or no longer, one that the issuer vouches for. The message is a sentence."""


class Resolver(Protocol):
    """Where keys and lists come from."""

    def verification_key(self, verification_method: str, controller: str) -> bytes:
        """32 raw bytes of Ed25519. Raises Unreachable or NotTheirKey."""

    def status_list(self, url: str) -> dict:
        """The status list credential at an address. Raises Unreachable."""

    def know_issuer(self, issuer_id: str) -> tuple[Outcome, str]:
        """The third answer and its sentence."""


def unreadable(sentence: str, *, now: datetime) -> Report:
    """The Report on something that is no document at all."""
    return _report_unproven([Check("readable", Outcome.FAILED, sentence)], now)


def verify(document: dict, resolver: Resolver, *, now: datetime) -> Report:
    """Ask everything about a credential. Whatever a document holds, this does not raise."""
    checks = [Check("readable", Outcome.PASSED, "It can be read.")]
    for ask in (_ask_contexts, _ask_model):
        checks.append(ask(document))
        if checks[-1].outcome is not Outcome.PASSED:
            return _report_unproven(checks, now)
    checks += _ask_signature(document, resolver)
    if any(item.outcome is not Outcome.PASSED for item in checks):
        return _report_unproven(checks, now)
    findings = [_ask_validity(document, now), *_ask_status(document, resolver, now)]
    checks += [finding.check for finding in findings]
    checks.append(Check("issuer_known", *resolver.know_issuer(_issuer_id(document))))
    checks += _ask_endorsements(document, resolver, now)
    return _report(document, checks, findings, now)


@dataclass(frozen=True)
class _Finding:
    """A check and what it means for the standing."""

    check: Check
    verdict: Verdict


# Gravest first: what is revoked stays revoked when it has expired too.
_GRAVITY = (
    Verdict.REVOKED,
    Verdict.SUSPENDED,
    Verdict.EXPIRED,
    Verdict.NOT_YET_VALID,
    Verdict.UNKNOWN,
    Verdict.VALID,
)


def _report(document: dict, checks: list[Check], findings: list[_Finding], now: datetime) -> Report:
    worst = min(findings, key=lambda finding: _GRAVITY.index(finding.verdict))
    subject = _one(document.get("credentialSubject"))
    issuer = document["issuer"]
    return Report(
        verdict=worst.verdict,
        checks=tuple(checks),
        checked_at=now,
        document=document,
        issuer_id=_issuer_id(document),
        issuer_name=_plain(issuer.get("name")) if isinstance(issuer, dict) else "",
        subject_name=_subject_name(subject),
        title=_plain(document.get("name")) or _plain(_one(subject.get("achievement")).get("name")),
        valid_from=_valid_from(document),
        valid_until=_valid_until(document),
        reason="" if worst.verdict is Verdict.VALID else worst.check.sentence,
    )


def _report_unproven(checks: list[Check], now: datetime) -> Report:
    """Nothing of the content may be shown as a fact."""
    failed = [item for item in checks if item.outcome is Outcome.FAILED]
    unknown = [item for item in checks if item.outcome is Outcome.UNKNOWN]
    verdict = Verdict.INVALID if failed else Verdict.UNKNOWN
    return Report(verdict, tuple(checks), now, None, reason=(failed or unknown)[0].sentence)


# What is asked before anything in it counts as anybody's word


def _ask_contexts(document: dict) -> Check:
    """V-03: contexts come from a built-in set; an unknown one is never fetched, and never wrong."""
    named = _listed(document.get("@context"))
    try:
        for url in named:
            contexts.document(url if isinstance(url, str) else "one that it brings along")
    except contexts.UnknownContext as error:
        return _unknown_context(error)
    if not named:
        return Check("contexts", Outcome.FAILED, "It does not say which vocabulary it is written in.")
    return Check("contexts", Outcome.PASSED, "It is written in a vocabulary that is known here.")


def _unknown_context(error: contexts.UnknownContext) -> Check:
    sentence = "It cannot be verified: it uses a vocabulary that is not known here."
    return Check("contexts", Outcome.UNKNOWN, sentence, detail=error.url)


def _ask_model(document: dict) -> Check:
    """Is it an Open Badge at all, and does it say each thing in one place only?"""
    types = _listed(document.get("type"))
    if "VerifiableCredential" not in types:
        return Check("model", Outcome.FAILED, "It is not a verifiable credential.")
    if "OpenBadgeCredential" not in types and "AchievementCredential" not in types:
        sentence = "It is a credential of another kind than Open Badges 3.0, which we do not check yet."
        return Check("model", Outcome.UNKNOWN, sentence)
    fault = _fault_in_credential(document) or _fault_in_subject(document.get("credentialSubject"))
    if fault:
        return Check("model", Outcome.FAILED, fault)
    return Check("model", Outcome.PASSED, "It has the form of an Open Badges 3.0 credential.")


def _fault_in_credential(document: dict) -> str:
    """What is wrong with what any credential must say, as a sentence, or ""."""
    if not _issuer_id(document):
        return "It does not name its issuer."
    if _listed(document.get("proof")) == []:
        return "It carries no signature."
    if not _has_readable_dates(document):
        return "One of its dates cannot be read."
    if _valid_from(document) is None:
        return "It does not say from when it is valid."
    if _is_described_twice(document):
        return "It says important things about itself in more than one place."
    return ""


def _fault_in_subject(subject: object) -> str:
    subject = _one(subject)
    achievement = _one(subject.get("achievement"))
    if not subject or not achievement:
        return "It does not say what was achieved."
    if not _plain(achievement.get("name")):
        return "The achievement has no name."
    return ""


# Properties by which a verdict is reached. A signature covers statements about identifiers, wherever
# in the JSON they stand; so what has the credential's own identifier, or its status entry's, may not
# carry them elsewhere: there a reader of the JSON would overlook them.
_DECISIVE = frozenset(
    (
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
    )
)


def _is_described_twice(document: dict) -> bool:
    entries = _listed(document.get("credentialStatus"))
    names = [node.get("id") for node in (document, *entries) if isinstance(node, dict)]
    guarded = [name for name in names if isinstance(name, str)]
    if len(set(guarded)) < len(guarded):
        return True
    own = [document, *entries]
    return any(
        node.get("id") in guarded and not _DECISIVE.isdisjoint(node) and not any(node is one for one in own)
        for node in _nodes(document)
    )


def _nodes(value: object) -> Iterator[dict]:
    """Each object in a document, however deep."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += [item for name, item in value.items() if name != "@context"]
        elif isinstance(value, list):
            waiting += value


def _ask_signature(document: dict, resolver: Resolver) -> list[Check]:
    """Each proof of the suite that we know must hold, with a key of the issuer."""
    proofs = [proof for proof in _listed(document["proof"]) if isinstance(proof, dict)]
    known = [proof for proof in proofs if proof.get("cryptosuite") == SUITE]
    if not known:
        names = sorted({_plain(proof.get("cryptosuite") or proof.get("type")) for proof in proofs})
        sentence = "It is signed in a way that we cannot check yet."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=", ".join(names))]
    if len(known) > MAX_PROOFS:
        return [Check("signature", Outcome.UNKNOWN, "It carries more signatures than we look at.")]
    asked = [_ask_proof(document, proof, resolver) for proof in known]
    for checks in asked:
        if any(item.outcome is not Outcome.PASSED for item in checks):
            return checks
    return asked[0]


def _ask_proof(document: dict, proof: dict, resolver: Resolver) -> list[Check]:
    method = proof.get("verificationMethod")
    try:
        key = _key_of_issuer(method, _issuer_id(document), resolver)
        holds = check(document, key, proof=proof)
    except Unreachable as error:
        sentence = "The issuer's key could not be fetched, so whether it was changed is unknown."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=str(error))]
    except NotTheirKey as error:
        return [Check("issuer_key", Outcome.FAILED, str(error), detail=_plain(method))]
    except contexts.UnknownContext as error:
        return [_unknown_context(error)]
    except DroppedTerms as error:
        sentence = "It holds something that its signature does not cover; it may have been added later."
        return [Check("signature", Outcome.FAILED, sentence, detail=error.what)]
    except TooComplex as error:
        sentence = "It is too intricate to be checked, unlike any genuine credential."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=str(error))]
    if not holds:
        sentence = "It was changed after it was signed, or it was never signed by this issuer."
        return [Check("signature", Outcome.FAILED, sentence)]
    return [
        Check("signature", Outcome.PASSED, "Nothing was changed since it was signed."),
        Check("issuer_key", Outcome.PASSED, "It was signed with a key of its issuer.", detail=_plain(method)),
    ]


def _key_of_issuer(method: object, issuer_id: str, resolver: Resolver) -> bytes:
    """Raises Unreachable, NotTheirKey."""
    if not isinstance(method, str):
        raise NotTheirKey("It does not say which key signed it.")
    if method.startswith("did:") and method.partition("#")[0] != issuer_id:
        raise NotTheirKey("It was signed with somebody else's key, not with its issuer's.")
    key = resolver.verification_key(method, issuer_id)
    if not is_usable(key):
        raise NotTheirKey("The issuer's key is of a kind with which anybody could sign.")
    return key


# What is asked once it is known to be the issuer's word


def _ask_validity(document: dict, now: datetime) -> _Finding:
    start, end = _valid_from(document), _valid_until(document)
    if start is not None and now < start:
        sentence = f"It becomes valid on {_day(start)}."
        return _Finding(Check("validity", Outcome.FAILED, sentence), Verdict.NOT_YET_VALID)
    if end is not None and now > end:
        sentence = f"It expired on {_day(end)}."
        return _Finding(Check("validity", Outcome.FAILED, sentence), Verdict.EXPIRED)
    sentence = f"It is valid until {_day(end)}." if end else "It does not expire."
    return _Finding(Check("validity", Outcome.PASSED, sentence), Verdict.VALID)


def _ask_status(document: dict, resolver: Resolver, now: datetime) -> list[_Finding]:
    entries = _listed(document.get("credentialStatus"))
    if not entries:
        sentence = "Its issuer keeps no list of revoked credentials for it."
        return [_Finding(Check("status", Outcome.PASSED, sentence), Verdict.VALID)]
    if len(entries) > MAX_ENTRIES:
        return [_status_unknown("it names more lists than we look at.")]
    return [_ask_entry(document, entry, resolver, now) for entry in entries]


def _status_unknown(why: str, detail: str = "") -> _Finding:
    sentence = f"Whether it was revoked could not be found out: {why}"
    return _Finding(Check("status", Outcome.UNKNOWN, sentence, detail=detail), Verdict.UNKNOWN)


_WHEN_SET = {
    "revocation": (Verdict.REVOKED, "Its issuer has revoked it."),
    "suspension": (Verdict.SUSPENDED, "Its issuer has suspended it."),
}
_WHEN_CLEAR = {"revocation": "It has not been revoked.", "suspension": "It has not been suspended."}


def _ask_entry(document: dict, entry: object, resolver: Resolver, now: datetime) -> _Finding:
    """STANDARDS.md V-05, S-12."""
    try:
        purpose, index, url = _read_entry(entry)
        listed = resolver.status_list(url)
        is_set = status_list.get(_bits(listed, url, purpose, _issuer_id(document), resolver, now), index)
    except Unreachable as error:
        return _status_unknown("the issuer's list could not be fetched.", detail=str(error))
    except _Unreadable as error:
        return _status_unknown(str(error))
    except ValueError as error:
        return _status_unknown("the issuer's list cannot be read.", detail=str(error))
    if is_set:
        verdict, sentence = _WHEN_SET[purpose]
        return _Finding(Check("status", Outcome.FAILED, sentence, detail=url), verdict)
    return _Finding(Check("status", Outcome.PASSED, _WHEN_CLEAR[purpose], detail=url), Verdict.VALID)


class _Unreadable(Exception):
    """A status that cannot be read; the message ends a sentence."""


def _read_entry(entry: object) -> tuple[str, int, str]:
    """Purpose, index and address of the list. Raises _Unreadable."""
    entry = _one(entry)
    if "BitstringStatusListEntry" not in _listed(entry.get("type")):
        raise _Unreadable("its issuer keeps a kind of list that we do not read yet.")
    purpose, url = entry.get("statusPurpose"), entry.get("statusListCredential")
    if not isinstance(purpose, str) or purpose not in _WHEN_SET or entry.get("statusSize", 1) != 1:
        raise _Unreadable("its issuer's list serves a purpose that we do not know.")
    if not _INDEX.match(str(entry.get("statusListIndex"))) or not isinstance(url, str):
        raise _Unreadable("it does not say rightly where in the list it stands.")
    return purpose, int(entry["statusListIndex"]), url


def _bits(listed: object, url: str, purpose: str, issuer_id: str, resolver: Resolver, now: datetime) -> bytes:
    """The bits of a status list credential that may be believed. Raises _Unreadable, ValueError."""
    listed = _one(listed)
    subject = _one(listed.get("credentialSubject"))
    types = _listed(listed.get("type"))
    if "BitstringStatusListCredential" not in types or "VerifiableCredential" not in types:
        raise _Unreadable("what stands at the list's address is no status list.")
    if listed.get("id", url) != url or _issuer_id(listed) != issuer_id:
        raise _Unreadable("the list is not its issuer's.")
    if purpose not in _listed(subject.get("statusPurpose")):
        raise _Unreadable("the list serves another purpose.")
    _require_current(listed, now)
    _require_signed(listed, resolver)
    bits = status_list.decode(_plain(subject.get("encodedList")))
    if len(bits) * 8 < status_list.LENGTH:
        raise _Unreadable("the list is shorter than the standard asks for.")
    return bits


def _require_current(listed: dict, now: datetime) -> None:
    if not _has_readable_dates(listed):
        raise _Unreadable("the issuer's list has a date that cannot be read.")
    start, end = _valid_from(listed), _valid_until(listed)
    if start is None or now < start:
        raise _Unreadable("the issuer's list is not valid now.")
    if end is not None and now > end:
        raise _Unreadable("the issuer's list is out of date.")


def _require_signed(listed: dict, resolver: Resolver) -> None:
    if not _listed(listed.get("proof")) or _is_described_twice(listed):
        raise _Unreadable("the issuer's list is not signed.")
    for item in _ask_signature(listed, resolver):
        if item.outcome is Outcome.FAILED:
            raise _Unreadable("the issuer's list is not signed by it, or was changed.")
        if item.outcome is Outcome.UNKNOWN:
            raise _Unreadable("the signature of the issuer's list could not be checked.")


def _ask_endorsements(document: dict, resolver: Resolver, now: datetime) -> list[Check]:
    """Each endorsement stands for itself: it says nothing about the standing of the badge."""
    achievement = _one(_one(document.get("credentialSubject")).get("achievement"))
    places = (document, _one(document.get("issuer")), achievement)
    found = [item for place in places for item in _listed(place.get("endorsement"))][:MAX_ENDORSEMENTS]
    return [_ask_endorsement(item, resolver, now) for item in found if isinstance(item, dict)]


def _ask_endorsement(endorsement: dict, resolver: Resolver, now: datetime) -> Check:
    if _fault_in_credential(endorsement) or "EndorsementCredential" not in _listed(endorsement.get("type")):
        return Check("endorsement", Outcome.FAILED, "An endorsement in it is not rightly made.")
    for item in _ask_signature(endorsement, resolver):
        if item.outcome is not Outcome.PASSED:
            sentence = "An endorsement in it is not proven to come from whom it names."
            return Check("endorsement", item.outcome, sentence, detail=item.sentence)
    finding = _ask_validity(endorsement, now)
    if finding.check.outcome is not Outcome.PASSED:
        return replace(
            finding.check, name="endorsement", sentence="An endorsement in it does not hold today."
        )
    who = _plain(_one(endorsement["issuer"]).get("name")) or _issuer_id(endorsement)
    return Check("endorsement", Outcome.PASSED, f"It is endorsed by {who}.")


# Reading what others wrote: one value where arrays are usual, names of both data models

_INDEX = re.compile(r"(0|[1-9][0-9]{0,11})\Z")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?\Z", re.ASCII
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _listed(value: object) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(value: object) -> dict:
    """The only object in its place, or {}."""
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> str:
    """A text, also one that is tagged with its language; "" for anything else."""
    value = value.get("@value") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def _issuer_id(document: dict) -> str:
    issuer = document.get("issuer")
    return _plain(issuer.get("id")) if isinstance(issuer, dict) else _plain(issuer)


def _subject_name(subject: dict) -> str:
    for identity in map(_one, _listed(subject.get("identifier"))):
        if identity.get("identityType") == "name" and identity.get("hashed") in (False, "false"):
            return _plain(identity.get("identityHash"))
    return ""


def _has_readable_dates(document: dict) -> bool:
    return all(_moment(text) for text in _starts(document) + _ends(document))


def _valid_from(document: dict) -> datetime | None:
    """The latest start that it names, if all its dates are readable."""
    return max(_moments(_starts(document)), default=None)


def _valid_until(document: dict) -> datetime | None:
    """The earliest end that it names, if all its dates are readable."""
    return min(_moments(_ends(document)), default=None)


def _starts(document: dict) -> list:
    return [document[name] for name in ("validFrom", "issuanceDate") if name in document]


def _ends(document: dict) -> list:
    """The ends that it and its proofs name; VCDM 1.1 calls validUntil expirationDate."""
    proofs = [proof for proof in map(_one, _listed(document.get("proof"))) if "expires" in proof]
    named = [document[name] for name in ("validUntil", "expirationDate") if name in document]
    return named + [proof["expires"] for proof in proofs]


def _moments(texts: list) -> list[datetime]:
    return [moment for moment in map(_moment, texts) if moment is not None]


def _moment(text: object) -> datetime | None:
    """An XSD dateTime; one without a zone, which VCDM 1.1 allows, is read as UTC."""
    found = _MOMENT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}.{(found[2] or '0')[:6]:0<6}{found[3] or 'Z'}")
    except ValueError:
        return None


def _day(moment: datetime) -> str:
    moment = moment if moment.utcoffset() else moment.replace(tzinfo=UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
