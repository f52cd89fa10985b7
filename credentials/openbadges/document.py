"""What is awarded, as an Open Badges 3.0 document; and documents as bytes, there and back.

STANDARDS.md §1 says what each property must look like. A document is composed whole or not at all: a
ValueError is a sentence about the one thing that stands in the way. Nothing here signs.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from urllib.parse import quote, urlsplit

from .contexts import OB3, OB3_EXTENSIONS, V2

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
UNNAMED_OF_AN_AWARD = 13  # the subject with its identifiers, and ten pieces of evidence
MAX_UNNAMED = 60  # parts without an id, with room for the proof in the 64 that verifiers allow
MOST_ALIGNMENTS = 100  # skills and other things that an achievement is compared with
_LARGEST_INTEGER = 2**53

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"

ACHIEVEMENT_TYPES = frozenset(
    (
        "Achievement",
        "ApprenticeshipCertificate",
        "Assessment",
        "Assignment",
        "AssociateDegree",
        "Award",
        "Badge",
        "BachelorDegree",
        "Certificate",
        "CertificateOfCompletion",
        "Certification",
        "CommunityService",
        "Competency",
        "Course",
        "CoCurricular",
        "Degree",
        "Diploma",
        "DoctoralDegree",
        "Fieldwork",
        "GeneralEducationDevelopment",
        "JourneymanCertificate",
        "LearningProgram",
        "License",
        "Membership",
        "ProfessionalDoctorate",
        "QualityAssuranceCredential",
        "MasterCertificate",
        "MasterDegree",
        "MicroCredential",
        "ResearchDoctorate",
        "SecondarySchoolDiploma",
    )
)
RESULT_TYPES = frozenset(
    (
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    )
)
RESULT_STATUSES = frozenset(
    (
        "Completed",
        "Enrolled",
        "Failed",
        "InProgress",
        "OnHold",
        "Provisional",
        "Withdrew",
    )
)
ALIGNMENT_TYPES = frozenset(
    (
        "ceasn:Competency",
        "ceterms:Credential",
        "CFItem",
        "CFRubric",
        "CFRubricCriterion",
        "CFRubricCriterionLevel",
        "CTDL",
    )
)
# Of our own, because the list has nothing for them (C-18).
ESCO_OCCUPATION, ROLE, EQF_LEVEL = "ext:ESCOOccupation", "ext:Role", "ext:EQFLevel"
IDENTIFIER_TYPES = frozenset(
    (
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    )
)
STATUS_PURPOSES = frozenset({"revocation", "suspension"})

_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+\Z")
_UNSIGNABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\Z")


@dataclass(frozen=True, kw_only=True)
class Image:
    url: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """What an organisation is called in a register: `type` is one of IDENTIFIER_TYPES or `ext:…`."""

    type: str
    value: str


@dataclass(frozen=True, kw_only=True)
class IssuerProfile:
    id: str
    name: str
    url: str = ""
    email: str = ""
    description: str = ""
    image: Image | None = None
    other_identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alignment:
    name: str
    url: str
    framework: str = ""
    code: str = ""
    type: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of a rubric; `points` are text, as the standard has them."""

    id: str
    name: str
    level: str = ""
    points: str = ""
    description: str = ""
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResultDescription:
    """`allowed_values` and `levels` run from low to high; `required_level` is the id of one of them."""

    id: str
    name: str
    result_type: str
    allowed_values: tuple[str, ...] = ()
    value_min: str = ""
    value_max: str = ""
    required_value: str = ""
    levels: tuple[Level, ...] = ()
    required_level: str = ""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    url: str = ""
    name: str = ""
    narrative: str = ""
    description: str = ""
    genre: str = ""
    audience: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """`description_id` is the id of a ResultDescription of the same achievement, `achieved_level` the id of
    one of its levels."""

    description_id: str
    value: str = ""
    status: str = ""
    achieved_level: str = ""


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another version of the same achievement, by its address."""

    id: str
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementText:
    """`criteria` is Markdown. `endorsements` are whole and signed; they are embedded as they are (C-22)."""

    id: str
    name: str
    description: str
    criteria: str
    achievement_type: str
    criteria_url: str = ""
    image: Image | None = None
    alignments: tuple[Alignment, ...] = ()
    result_descriptions: tuple[ResultDescription, ...] = ()
    language: str = ""
    version: str = ""
    tags: tuple[str, ...] = ()
    credits_available: int | float | Decimal | None = None
    human_code: str = ""
    field_of_study: str = ""
    specialization: str = ""
    related: tuple[Related, ...] = ()
    endorsements: tuple[dict, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AwardFacts:
    """The address is normalised already, the salt random, each datetime aware."""

    id: str
    recipient_name: str
    recipient_email: str
    salt: str
    name: str
    description: str
    valid_from: datetime
    awarded_at: datetime
    status_list_url: str
    status_index: int
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    licence_number: str = ""
    credits_earned: int | float | Decimal | None = None
    activity_start: datetime | None = None
    activity_end: datetime | None = None
    image: Image | None = None
    narrative: str = ""
    term: str = ""
    role: str = ""
    subject_id: str = ""


def compose(issuer: IssuerProfile, achievement: AchievementText, award: AwardFacts) -> dict:
    """The unsigned OpenBadgeCredential of an award. Raises ValueError with a sentence."""
    return compose_alike(issuer, achievement)(award)


def compose_alike(issuer: IssuerProfile, achievement: AchievementText) -> Callable[[AwardFacts], dict]:
    """`compose` for many awards of one version. What they have in common is written once, and all share it.

    Raises ValueError, and what it returns does too.
    """
    profile, offered = _common(issuer, achievement)
    return partial(_compose, _Shared(profile), _Shared(offered), achievement)


def _common(issuer: IssuerProfile, achievement: AchievementText) -> tuple[dict, dict]:
    """The profile and the achievement as every award of the version has them, with room for what one can say.

    Where there would be none, alignments get an id, which makes them parts that are dear to nobody; of the
    endorsements, which came after it was published, the oldest are left out.
    """
    profile, offered = filled(_profile(issuer)), filled(_achievement(achievement))
    room = MAX_UNNAMED - UNNAMED_OF_AN_AWARD - len(achievement.result_descriptions) - _unnamed(profile)
    endorsements = list(achievement.endorsements)
    if _unnamed(offered) + _unnamed(endorsements) > room:
        _name_alignments(offered)
    while endorsements and _unnamed(offered) + _unnamed(endorsements) > room:
        endorsements.pop()
    return profile, offered | ({"endorsement": endorsements} if endorsements else {})


def _name_alignments(offered: dict) -> None:
    """Its schema lets an Alignment have more than it lists, and its context has `id` for it (C-17)."""
    levels = (
        level
        for described in offered.get("resultDescription", ())
        for level in described.get("rubricCriterionLevel", ())
    )
    for number, alignment in enumerate(_alignments_in(offered, *levels), start=1):
        alignment["id"] = f"{offered['id']}#alignment-{number}"


def _alignments_in(*parts: dict) -> list[dict]:
    return [alignment for part in parts for alignment in part.get("alignment", ())]


class _Shared(dict):
    """A part that many documents share. It is filled already, and its parts are counted once."""

    def __init__(self, part: dict):
        super().__init__(part)
        self.unnamed = _unnamed(part)


def _compose(issuer: _Shared, offered: _Shared, achievement: AchievementText, award: AwardFacts) -> dict:
    if award.valid_until is not None and award.valid_until < award.valid_from:
        raise ValueError("It would expire before it becomes valid.")
    document = filled(
        {
            "@context": [V2, OB3, OB3_EXTENSIONS],
            "id": _uri(award.id, "The credential's address"),
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": _required(award.name, "The credential needs a name."),
            "description": _text(award.description),
            "image": _image(award.image),
            "issuer": issuer,
            "validFrom": timestamp(award.valid_from),
            "validUntil": _timestamp_or_none(award.valid_until),
            "awardedDate": timestamp(award.awarded_at),
            "credentialSubject": _subject(offered, achievement, award),
            "evidence": [_evidence(item) for item in award.evidence],
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "credentialStatus": _status(award.status_list_url, award.status_index),
        }
    )
    _refuse_too_many(document)
    return document


def compose_endorsement(
    endorser: IssuerProfile,
    *,
    url: str,
    name: str,
    subject: str,
    comment: str,
    valid_from: datetime,
    status_list_url: str,
    status_index: int,
) -> dict:
    """The unsigned EndorsementCredential of what has the address `subject` (C-22). Raises ValueError."""
    return filled(
        {
            "@context": [V2, OB3],
            "id": _uri(url, "The endorsement's address"),
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": _required(name, "The endorsement needs a name."),
            "issuer": _profile(endorser),
            "validFrom": timestamp(valid_from),
            "credentialSubject": {
                "id": _uri(subject, "What is endorsed"),
                "type": ["EndorsementSubject"],
                "endorsementComment": _required(comment, "An endorsement says something: write it."),
            },
            "credentialStatus": _status(status_list_url, status_index),
        }
    )


def compose_achievement(achievement: AchievementText, creator: IssuerProfile) -> dict:
    """The Achievement by itself, as its own address serves it; it is not signed."""
    profile, offered = _common(creator, achievement)
    return {"@context": [V2, OB3], **offered, "creator": profile}


def refuse_crowded(achievement: AchievementText, issuer: IssuerProfile) -> None:
    """See, before anybody is awarded it, that a credential has room for it and all that an award may say.

    Raises ValueError.
    """
    if (skills := len(achievement.alignments)) > MOST_ALIGNMENTS:
        raise ValueError(
            f"It has {skills} skills, with its role and its level; a credential has room for "
            f"{MOST_ALIGNMENTS}. Leave some out."
        )
    profile, offered = _common(issuer, replace(achievement, endorsements=()))
    results = len(achievement.result_descriptions)
    parts = _unnamed(profile) + _unnamed(offered) + results
    if parts > MAX_UNNAMED - UNNAMED_OF_AN_AWARD:
        raise ValueError(
            f"It has {results} results, and with what registers call its issuer it is {parts} parts; a "
            f"credential has room for {MAX_UNNAMED - UNNAMED_OF_AN_AWARD}. Leave some out."
        )


def compose_status_list(
    *,
    url: str,
    issuer_id: str,
    encoded_list: str,
    purpose: str = "revocation",
    valid_from: datetime,
    valid_until: datetime | None = None,
    ttl_ms: int | None = None,
) -> dict:
    """The unsigned BitstringStatusListCredential (STANDARDS.md S-02). Raises ValueError."""
    if purpose not in STATUS_PURPOSES:
        raise ValueError(f"A status list is for revocation or suspension, not for “{purpose}”.")
    return filled(
        {
            "@context": [V2],
            "id": _uri(url, "The status list's address"),
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": _uri(issuer_id, "The issuer's identifier"),
            "validFrom": timestamp(valid_from),
            "validUntil": _timestamp_or_none(valid_until),
            "credentialSubject": {
                "id": f"{url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "ttl": ttl_ms,
                "encodedList": encoded_list,
            },
        }
    )


def timestamp(moment: datetime) -> str:
    """An aware datetime as XSD dateTimeStamp in UTC, whole seconds. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A date needs its time zone.")
    try:
        return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except OverflowError as error:
        raise ValueError("A date lies outside of the years 1 to 9999.") from error


def _refuse_too_many(document: dict) -> None:
    """Each part without an address of its own makes the proof dearer; verifiers stop at 64 (TRUST.md 3)."""
    if (parts := _unnamed(document)) > MAX_UNNAMED:
        raise ValueError(
            f"It has {parts} skills, results, pieces of evidence and other parts; a credential can carry "
            f"{MAX_UNNAMED}. Leave some out."
        )


def _unnamed(value) -> int:
    if isinstance(value, _Shared):
        return value.unnamed
    if isinstance(value, dict):
        return ("id" not in value) + sum(map(_unnamed, value.values()))
    return sum(map(_unnamed, value)) if isinstance(value, list) else 0


def _timestamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _profile(issuer: IssuerProfile) -> dict:
    return {
        "id": _uri(issuer.id, "The issuer's identifier"),
        "type": ["Profile"],
        "name": _required(issuer.name, "The issuer needs a name."),
        "url": web_address(issuer.url, "The issuer's web address"),
        "email": _text(issuer.email),
        "description": _text(issuer.description),
        "image": _image(issuer.image),
        "otherIdentifier": [
            {
                "type": "IdentifierEntry",
                "identifier": _required(known.value, "An identifier of the issuer is empty."),
                "identifierType": _identifier_type(known.type),
            }
            for known in issuer.other_identifiers
        ],
    }


def _identifier_type(name: str) -> str:
    """C-11: a type that the standard has is written as the standard has it, also if it came as `ext:…`."""
    known = {one.lower(): one for one in IDENTIFIER_TYPES}
    return known.get(name.removeprefix("ext:").lower()) or _one_of(
        name, IDENTIFIER_TYPES, "a type of identifier"
    )


def _subject(offered: _Shared, achievement: AchievementText, award: AwardFacts) -> dict:
    return {
        "id": award.subject_id and _uri(award.subject_id, "The holder's own identifier"),
        "type": ["AchievementSubject"],
        "identifier": _identifiers(award),
        "activityStartDate": _timestamp_or_none(award.activity_start),
        "activityEndDate": _timestamp_or_none(award.activity_end),
        "creditsEarned": _number(award.credits_earned),
        "licenseNumber": _text(award.licence_number),
        "narrative": _text(award.narrative),
        "role": _text(award.role),
        "term": _text(award.term),
        "achievement": offered,
        "result": _results(achievement, award.results),
    }


def _identifiers(award: AwardFacts) -> list[dict]:
    """C-11 and C-12: the address hashed with the caller's salt, the name for people to read."""
    if len(award.salt) < 8:
        raise ValueError("The salt of a hashed address needs eight characters or more.")
    address = _required(award.recipient_email, "The recipient needs an e-mail address.")
    digest = hashlib.sha256((address + _text(award.salt)).encode()).hexdigest()
    hashed = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${digest}",
        "identityType": "emailAddress",
        "salt": award.salt,
    }
    named = {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": _required(award.recipient_name, "The recipient needs a name."),
        "identityType": "name",
    }
    return [hashed, named]


def _achievement(achievement: AchievementText) -> dict:
    narrative = _text(achievement.criteria)
    if not narrative and not achievement.criteria_url:
        raise ValueError("The achievement needs criteria: what has to be done to earn it?")
    return {
        "id": _uri(achievement.id, "The achievement's address"),
        "type": ["Achievement"],
        "achievementType": _one_of(achievement.achievement_type, ACHIEVEMENT_TYPES, "an achievement type"),
        "name": _required(achievement.name, "The achievement needs a name."),
        "description": _required(achievement.description, "The achievement needs a description."),
        "criteria": {
            "id": web_address(achievement.criteria_url, "The address of the criteria"),
            "narrative": narrative,
        },
        "image": _image(achievement.image),
        "inLanguage": _language(achievement.language),
        "version": _text(achievement.version),
        "humanCode": _text(achievement.human_code),
        "fieldOfStudy": _text(achievement.field_of_study),
        "specialization": _text(achievement.specialization),
        "creditsAvailable": _number(achievement.credits_available),
        "tag": [_text(tag) for tag in achievement.tags],
        "alignment": [_alignment(alignment) for alignment in achievement.alignments],
        "resultDescription": [_result_description(item) for item in achievement.result_descriptions],
        "related": [
            {
                "id": _uri(other.id, "The address of another version"),
                "type": ["Related"],
                "version": _text(other.version),
            }
            for other in achievement.related
        ],
    }


def _alignment(alignment: Alignment) -> dict:
    target_type = alignment.type and _one_of(alignment.type, ALIGNMENT_TYPES, "an alignment type")
    return {
        "type": ["Alignment"],
        "targetName": _required(alignment.name, "A skill needs a name."),
        "targetUrl": _uri(web_address(alignment.url, "A skill's address"), "A skill's address"),
        "targetFramework": _text(alignment.framework),
        "targetCode": _text(alignment.code),
        "targetType": target_type,
        "targetDescription": _text(alignment.description),
    }


def _result_description(description: ResultDescription) -> dict:
    return {
        "id": _uri(description.id, "A result's identifier"),
        "type": ["ResultDescription"],
        "name": _required(description.name, "A result needs a name."),
        "resultType": _one_of(description.result_type, RESULT_TYPES, "a result type"),
        "allowedValue": [_text(value) for value in description.allowed_values],
        "valueMin": _text(description.value_min),
        "valueMax": _text(description.value_max),
        "requiredValue": _text(description.required_value),
        "requiredLevel": description.required_level and _level_of(description, description.required_level),
        "rubricCriterionLevel": [
            {
                "id": _uri(level.id, "A level's identifier"),
                "type": ["RubricCriterionLevel"],
                "name": _required(level.name, "A level needs a name."),
                "level": _text(level.level),
                "points": _text(level.points),
                "description": _text(level.description),
                "alignment": [_alignment(alignment) for alignment in level.alignments],
            }
            for level in description.levels
        ],
    }


def _level_of(description: ResultDescription, key: str) -> str:
    if key not in {level.id for level in description.levels}:
        raise ValueError(f"“{description.name}” has no such level.")
    return key


def _results(achievement: AchievementText, results: Iterable[Result]) -> list[dict]:
    """C-20: each result is one of the results that the achievement describes."""
    described = {description.id: description for description in achievement.result_descriptions}
    return [_result(described.get(result.description_id), result) for result in results]


def _result(description: ResultDescription | None, result: Result) -> dict:
    if description is None:
        raise ValueError("A result belongs to none of the results that the achievement describes.")
    if description.result_type == "Status" and not result.status:
        raise ValueError(f"“{description.name}” needs a status, for example Completed.")
    if result.status and result.status not in RESULT_STATUSES:
        raise ValueError(f"“{result.status}” is not a status that a result can have.")
    if not result.status and not result.achieved_level and not result.value.strip():
        raise ValueError(f"“{description.name}” has no value.")
    said = result.value or result.status
    if said and description.allowed_values and said not in description.allowed_values:
        raise ValueError(f"“{said}” is not one of the values of “{description.name}”.")
    return {
        "type": ["Result"],
        "resultDescription": description.id,
        "value": _text(result.value),
        "status": result.status,
        "achievedLevel": result.achieved_level and _level_of(description, result.achieved_level),
    }


def _evidence(evidence: Evidence) -> dict:
    parts = {
        "id": web_address(evidence.url, "The evidence's address"),
        "name": _text(evidence.name),
        "narrative": _text(evidence.narrative),
        "description": _text(evidence.description),
        "genre": _text(evidence.genre),
        "audience": _text(evidence.audience),
    }
    if not any(parts.values()):
        raise ValueError("A piece of evidence is empty.")
    return {"type": ["Evidence"]} | parts


def _status(status_list_url: str, index: int) -> dict:
    """S-01: one object, its index a text."""
    if index < 0:
        raise ValueError("The place in the status list cannot be negative.")
    url = _uri(status_list_url, "The status list's address")
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def _image(image: Image | None) -> dict | None:
    if image is None:
        return None
    return {
        "id": _uri(web_address(image.url, "An image's address"), "An image's address"),
        "type": "Image",
        "caption": _text(image.caption),
    }


def _text(text: str) -> str:
    """The text; "" if it is blank. Raises ValueError for characters that nobody can see or sign (C-29)."""
    unseen = _UNSIGNABLE.search(text)
    if unseen:
        number = f"U+{ord(unseen[0]):04X}"
        raise ValueError(f"“{_shown(text)}” holds a control character ({number}), which cannot be signed.")
    return text if text.strip() else ""


def _shown(text: str) -> str:
    printable = "".join(character if character.isprintable() else "·" for character in text)
    return printable if len(printable) <= 40 else printable[:39] + "…"


def _required(text: str, sentence: str) -> str:
    text = _text(text)
    if not text:
        raise ValueError(sentence)
    return text


def _uri(text: str, what: str) -> str:
    if not _URI.match(text):
        raise ValueError(f"{what} is not a full address: “{_shown(text)}”.")
    return text


def web_address(text: str, what: str) -> str:
    """An address that people gave: what a URI may not hold is percent-encoded; "" stays ""."""
    text = _text(text).strip()
    if not text or text.startswith(("urn:", "did:", "data:")):
        return text and _uri(text, what)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        netloc = parts.netloc if host.isascii() else parts.netloc.replace(host, host.encode("idna").decode())
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"{what} is not a web address: “{_shown(text)}”.") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError(f"{what} is not a web address: “{_shown(text)}”.")
    address = parts._replace(netloc=netloc).geturl()
    return _uri(quote(address, safe="/:?#[]@!$&'()*+,;=%~"), what)


def _one_of(value: str, allowed: frozenset[str], what: str) -> str:
    if value not in allowed and not _EXTENSION.match(value):
        raise ValueError(f"“{_shown(value)}” is not {what} of Open Badges 3.0.")
    return value


def _language(code: str) -> str:
    """In the usual case of BCP 47, whatever was typed: pt_br is written pt-BR, ZH-HANT zh-Hant."""
    language, *rest = code.replace("_", "-").split("-")
    usual = "-".join([language.lower(), *(one.title() if len(one) == 4 else one.upper() for one in rest)])
    if code and not _LANGUAGE.match(usual):
        raise ValueError(f"“{_shown(code)}” is not a language code such as en or pt-BR.")
    return usual


def _number(value: int | float | Decimal | None) -> int | float | None:
    """A JSON number; whole ones without a decimal point, so that everybody canonicalises them alike."""
    if value is None:
        return None
    if not math.isfinite(value) or value < 0 or value > _LARGEST_INTEGER:
        raise ValueError(f"{value} is not a number of credits.")
    return int(value) if value == int(value) else float(value)


def filled(value):
    """Without properties that say nothing (C-28)."""
    if isinstance(value, _Shared):
        return value
    if isinstance(value, list):
        return [item for part in value if _says(item := filled(part))]
    if not isinstance(value, dict):
        return value
    parts = ((key, filled(part) if isinstance(part, dict | list) else part) for key, part in value.items())
    return {key: part for key, part in parts if _says(part)}


def _says(value) -> bool:
    return bool(value) or isinstance(value, int | float)  # 0 and False say something


class Malformed(ValueError):
    """The bytes are not a document that anybody could judge. The message is a sentence."""


def serialise(document: dict) -> bytes:
    """The bytes that are stored and served: UTF-8 JSON, the same for the same document."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def parse(data: bytes) -> dict:
    """The document in these bytes, read strictly (TRUST.md 3). Raises Malformed with a sentence."""
    if len(data) > MAX_BYTES:
        raise Malformed("It is larger than any credential: more than 256 KB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("It is not written in UTF-8, as JSON must be.") from error
    _refuse_deep(text)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"It is not JSON: something is wrong in line {error.lineno}.") from error
    if not isinstance(document, dict):
        raise Malformed("It is JSON, but not a credential.")
    _refuse_surrogates(text)
    return document


# A text, also one that never ends. Possessive: else 250 KB of \\" are read 127,000 times, for minutes.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def _refuse_deep(text: str) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise Malformed(f"It is nested more than {MAX_DEPTH} levels deep.")


def _refuse_surrogates(text: str) -> None:
    """Half a character, as \\ud800 alone, has no UTF-8 and so no signature."""
    if not _SURROGATE_ESCAPE.search(text):
        return
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("It holds half a character.") from error


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Malformed(f"It says “{_shown(twice)}” twice, so different readers would see different things.")
    return found


def _refuse_constant(name: str):
    raise Malformed(f"It holds {name}, which is not a number in JSON.")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Malformed("It holds a number that is too large to be read alike everywhere.")
    return value


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > _LARGEST_INTEGER:
        raise Malformed("It holds a number that is too large to be read alike everywhere.")
    return int(digits)
