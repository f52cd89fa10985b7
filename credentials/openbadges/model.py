"""Is it a credential that we can judge, made as its standard asks? Asked before anyone's word is taken.

STANDARDS.md C-01 to C-20 and V-02: what must be there must be there, once; single values may stand where
arrays are usual, and the older data model (VCDM 1.1) is as good as the newer one.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from . import contexts
from .document import ACHIEVEMENT_TYPES, ALIGNMENT_TYPES, IDENTIFIER_TYPES, RESULT_STATUSES, RESULT_TYPES
from .reading import (
    achievement_of,
    has_readable_dates,
    has_zones,
    is_uri,
    issuer_id,
    listed,
    nodes,
    one,
    plain,
    subject_of,
    types,
    valid_from,
    valid_until,
)
from .report import Check, Outcome

_EXTENSION = re.compile(r"ext:\S+\Z")


class Kind(StrEnum):
    BADGE = "badge"
    RECORD = "record"
    ENDORSEMENT = "endorsement"


_KINDS = {
    "OpenBadgeCredential": Kind.BADGE,
    "AchievementCredential": Kind.BADGE,
    "ClrCredential": Kind.RECORD,
    "EndorsementCredential": Kind.ENDORSEMENT,
}
_FORMS = {
    Kind.BADGE: "It has the form of an Open Badges 3.0 credential.",
    Kind.RECORD: "It has the form of a learner record (CLR 2.0).",
    Kind.ENDORSEMENT: "It has the form of an endorsement of Open Badges 3.0.",
}


def kind_of(document: dict) -> Kind | None:
    named = [_KINDS[name] for name in types(document) if isinstance(name, str) and name in _KINDS]
    return named[0] if named else None


def ask_contexts(document: dict) -> Check:
    """V-03: contexts come from a built-in set; an unknown one is never fetched, and never wrong."""
    named = listed(document.get("@context"))
    try:
        for url in named:
            contexts.document(url if isinstance(url, str) else "one that it brings along")
    except contexts.UnknownContext as error:
        sentence = "It cannot be verified: it uses a vocabulary that is not known here."
        return Check("contexts", Outcome.UNKNOWN, sentence, detail=error.url)
    if not named:
        return Check("contexts", Outcome.FAILED, "It does not say which vocabulary it is written in.")
    return Check("contexts", Outcome.PASSED, "It is written in a vocabulary that is known here.")


def ask(document: dict, *, is_signed: bool) -> Check:
    """Is it a credential of ours at all, and does it say each thing in one place only?"""
    if "VerifiableCredential" not in types(document):
        return Check("model", Outcome.FAILED, "It is not a verifiable credential.")
    kind = kind_of(document)
    if kind is None:
        sentence = "It is a credential of another kind than Open Badges 3.0, which we do not check yet."
        return Check("model", Outcome.UNKNOWN, sentence)
    fault = fault_in_credential(document, is_signed=is_signed) or fault_in_content(document, kind)
    if fault:
        return Check("model", Outcome.FAILED, fault)
    return Check("model", Outcome.PASSED, _FORMS[kind])


def fault_in_credential(document: dict, *, is_signed: bool) -> str:
    """What is wrong with what any credential must say, as a sentence, or ""."""
    if not issuer_id(document):
        return "It does not name its issuer."
    if not is_signed:
        return "It carries no signature."
    if not has_readable_dates(document):
        return "One of its dates cannot be read."
    if contexts.V2 in listed(document.get("@context"))[:1] and not has_zones(document):
        return "One of its dates has no time zone, so nobody knows when it is meant."
    start, end = valid_from(document), valid_until(document)
    if start is None:
        return "It does not say from when it is valid."
    if end is not None and end < start:
        return "It would end before it begins."
    if is_described_twice(document):
        return "It says important things about itself in more than one place."
    return _fault_in_order_of_contexts(document)


def _fault_in_order_of_contexts(document: dict) -> str:
    """C-01: the first context says what all others are read by."""
    named = listed(document.get("@context"))
    if named[:1] not in ([contexts.V2], [contexts.V1]):
        return "Its vocabularies stand in the wrong order."
    if named[0] == contexts.V2 and not {"issuanceDate", "expirationDate", "vc"}.isdisjoint(document):
        return "It mixes two versions of the standard, so different readers would see different things."
    return ""


def fault_in_content(document: dict, kind: Kind) -> str:
    """What is wrong with what this kind must say, as a sentence, or ""."""
    faults = {
        Kind.BADGE: _faults_in_badge,
        Kind.RECORD: _faults_in_record,
        Kind.ENDORSEMENT: _faults_in_words,
    }
    return next(faults[kind](document), "")


def _faults_in_badge(document: dict) -> Iterator[str]:
    named, subject, achievement = document.get("@context"), subject_of(document), achievement_of(document)
    if not subject or not achievement:
        yield "It does not say what was achieved."
    if not plain(achievement.get("name")):
        yield "The achievement has no name."
    if not plain(achievement.get("description")):
        yield "The achievement has no description."
    if contexts.OB3_ANY.isdisjoint(item for item in listed(named) if isinstance(item, str)):
        yield "It does not use the vocabulary of Open Badges 3.0."
    if not is_uri(document.get("id")) or not is_uri(achievement.get("id")):
        yield "It, or its achievement, has no identifier."
    if not is_uri(subject.get("id")) and not listed(subject.get("identifier")):
        yield "It does not say who earned it."
    if "AchievementSubject" not in types(subject) or "Achievement" not in types(achievement):
        yield "It does not have the parts of an Open Badges 3.0 credential."
    criteria = one(achievement.get("criteria"))
    if not plain(criteria.get("narrative")) and not is_uri(criteria.get("id")):
        yield "It does not say what the achievement asks for."
    yield from _faults_in_parts(document)
    yield from _faults_in_words_of_lists(subject, achievement)
    yield from _faults_in_results(subject, achievement)


# What each part must say. A bare identifier in its place, such as a result's description, is no part.
_PARTS = {
    "alignment": ("targetName", "targetUrl"),
    "identifier": ("identityHash", "identityType", "hashed"),
    "image": ("id",),
    "otherIdentifier": ("identifier", "identifierType"),
    "related": ("id",),
    "resultDescription": ("id", "name", "resultType"),
    "rubricCriterionLevel": ("id", "name"),
}


def _faults_in_parts(document: dict) -> Iterator[str]:
    """C-11, C-16 to C-19."""
    for node in nodes(document):
        for name, needed in _PARTS.items():
            for part in listed(node.get(name)):
                missing = [word for word in needed if isinstance(part, dict) and word not in part]
                if missing:
                    yield f"One of its parts is not complete: “{name}” without “{missing[0]}”."


def _faults_in_words_of_lists(subject: dict, achievement: dict) -> Iterator[str]:
    """C-11, C-15, C-17, C-19: words out of closed lists."""
    if not _is_known(achievement.get("achievementType"), ACHIEVEMENT_TYPES):
        yield "It names a kind of achievement that Open Badges 3.0 does not have."
    skills = map(one, listed(achievement.get("alignment")))
    if not all(_is_known(skill.get("targetType"), ALIGNMENT_TYPES) for skill in skills):
        yield "It names a kind of skill that Open Badges 3.0 does not have."
    names = map(one, listed(subject.get("identifier")))
    if not all(_is_known(name.get("identityType"), IDENTIFIER_TYPES) for name in names):
        yield "It names its earner by a kind of identifier that Open Badges 3.0 does not have."
    described = map(one, listed(achievement.get("resultDescription")))
    if not all(_is_known(item.get("resultType"), RESULT_TYPES) for item in described):
        yield "It names a kind of result that Open Badges 3.0 does not have."


def _faults_in_results(subject: dict, achievement: dict) -> Iterator[str]:
    """C-20: results that belong to the achievement, and say what it asks for."""
    described = {item.get("id"): item for item in map(one, listed(achievement.get("resultDescription")))
                 if isinstance(item.get("id"), str)}  # fmt: skip
    for result in map(one, listed(subject.get("result"))):
        of = result.get("resultDescription")
        if of is not None and (not isinstance(of, str) or of not in described):
            yield "One of its results belongs to none that the achievement describes."
            continue
        asked = described.get(of, {})
        if not _is_known(result.get("status"), RESULT_STATUSES):
            yield "One of its results has a status that Open Badges 3.0 does not have."
        if asked.get("resultType") == "Status" and "status" not in result:
            yield "One of its results does not say its status."
        levels = [level.get("id") for level in map(one, listed(asked.get("rubricCriterionLevel")))]
        if "achievedLevel" in result and result["achievedLevel"] not in levels:
            yield "One of its results names a level that its achievement does not describe."


def _is_known(word: object, known: frozenset[str]) -> bool:
    return word is None or (isinstance(word, str) and (word in known or _EXTENSION.match(word) is not None))


def _faults_in_record(document: dict) -> Iterator[str]:
    """STANDARDS.md §8."""
    named, subject = listed(document.get("@context")), subject_of(document)
    if contexts.CLR not in named[1:2] or contexts.OB3_ANY.isdisjoint(named[2:3]):
        yield "Its vocabularies stand in the wrong order."
    if not is_uri(document.get("id")) or not plain(document.get("name")):
        yield "The record has no identifier or no name."
    if "ClrSubject" not in types(subject):
        yield "It does not have the parts of a learner record."
    if not is_uri(subject.get("id")) and not listed(subject.get("identifier")):
        yield "It does not say whose record it is."
    if not listed(subject.get("verifiableCredential")):
        yield "The record holds no credential."


def _faults_in_words(document: dict) -> Iterator[str]:
    """C-22: an endorsement says something about something."""
    if not is_uri(subject_of(document).get("id")):
        yield "It does not say what it endorses."


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
        "revokedCredential",
        "verifiableCredential",
    )
)


def is_described_twice(document: dict) -> bool:
    entries = listed(document.get("credentialStatus"))
    names = [node.get("id") for node in (document, *entries) if isinstance(node, dict)]
    guarded = [name for name in names if isinstance(name, str)]
    if len(set(guarded)) < len(guarded):
        return True
    own = [document, *entries]
    return any(
        node.get("id") in guarded and not _DECISIVE.isdisjoint(node) and not any(node is one for one in own)
        for node in nodes(document)
    )
