"""What a credential document says, in the shape that a page shows: ours and every stranger's alike.

Everything here is what somebody wrote, not what we know. Values of a wrong type are left out, never raised
about: whether the document is well made is the Report's business. Addresses are https or http or nothing.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from credentials.openbadges import document as standard
from credentials.openbadges import legacy

LONGEST = 20_000  # characters of any one text, as many as our own may have with all that is written below
MOST = 100  # entries of any one list
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
ROLES = frozenset({standard.ESCO_OCCUPATION, standard.ROLE})
LEVELS = frozenset({standard.EQF_LEVEL})


@dataclass(frozen=True, kw_only=True)
class Link:
    """A skill, a role, a level: words, perhaps an address, perhaps more words."""

    name: str
    url: str = ""
    text: str = ""
    aside: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, kw_only=True)
class Piece(Link):
    """A piece of evidence: `text` is its narrative, in Markdown; all else is plain."""

    description: str = ""
    genre: str = ""
    audience: str = ""


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of a rubric; `url` is where a framework has it."""

    name: str
    level: str = ""
    points: str = ""
    description: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """The levels of a result from low to high; `reached` and `needed` are names of one of them, or ""."""

    name: str
    levels: list[Level]
    reached: str
    needed: str


@dataclass(frozen=True, kw_only=True)
class Contents:
    title: str
    language: str
    description: str
    recipient: str
    issuer_id: str
    issuer_name: str
    issuer_url: str
    address: str
    achievement_address: str
    achievement_type: str
    criteria: str
    criteria_url: str
    field_of_study: str
    specialization: str
    human_code: str
    licence_number: str
    credits_earned: str
    narrative: str
    role: str
    term: str
    activity_start: dt.datetime | None
    activity_end: dt.datetime | None
    awarded: dt.datetime | None
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    tags: list[str] = field(default_factory=list)
    skills: list[Link] = field(default_factory=list)
    roles: list[Link] = field(default_factory=list)
    levels: list[Link] = field(default_factory=list)
    results: list[tuple[str, str]] = field(default_factory=list)
    rubrics: list[Rubric] = field(default_factory=list)
    evidence: list[Piece] = field(default_factory=list)


def of(document: dict) -> Contents:
    """Read a credential of Open Badges 3.0 (STANDARDS.md §1), or an assertion of 2.0."""
    document = legacy.translated(document)
    subject = _one(document.get("credentialSubject"))
    achievement = _one(subject.get("achievement"))
    criteria = _one(achievement.get("criteria"))
    issuer = document.get("issuer")
    alignments = _alignments(achievement)
    profile = {"id": issuer} if isinstance(issuer, str) else _one(issuer)
    valid_from = _moment(document.get("validFrom")) or _moment(document.get("issuanceDate"))
    return Contents(
        title=_text(achievement.get("name")) or _text(document.get("name")),
        description=_text(achievement.get("description")) or _text(document.get("description")),
        recipient=_recipient(subject),
        issuer_id=_text(profile.get("id")),
        issuer_name=_text(profile.get("name")) or _text(profile.get("id")),
        issuer_url=_address(profile.get("url")),
        address=_address(document.get("id")),
        language=_language(achievement),
        achievement_address=_address(achievement.get("id")),
        achievement_type=_text(achievement.get("achievementType")),
        criteria=_text(criteria.get("narrative")),
        criteria_url=_address(criteria.get("id")),
        field_of_study=_text(achievement.get("fieldOfStudy")),
        specialization=_text(achievement.get("specialization")),
        human_code=_text(achievement.get("humanCode")),
        licence_number=_text(subject.get("licenseNumber")),
        credits_earned=_text(subject.get("creditsEarned")),
        narrative=_text(subject.get("narrative")),
        role=_text(subject.get("role")),
        term=_text(subject.get("term")),
        activity_start=_moment(subject.get("activityStartDate")),
        activity_end=_moment(subject.get("activityEndDate")),
        awarded=_moment(document.get("awardedDate")) or valid_from,
        valid_from=valid_from,
        valid_until=_moment(document.get("validUntil")) or _moment(document.get("expirationDate")),
        tags=_texts(achievement.get("tag")),
        skills=[link for kind, link in alignments if kind not in ROLES | LEVELS],
        roles=[link for kind, link in alignments if kind in ROLES],
        levels=[link for kind, link in alignments if kind in LEVELS],
        results=_results(subject, achievement),
        rubrics=_rubrics(subject, achievement),
        evidence=_evidence(document),
    )


def _language(achievement: dict) -> str:
    """The tag of the language that its words are in; "" if it says none that a page could."""
    tag = _text(achievement.get("inLanguage"))
    return tag if _TAG.fullmatch(tag) else ""


def _recipient(subject: dict) -> str:
    """The name that the document shows in the clear; an e-mail address is never shown."""
    for identity in _many(subject.get("identifier")):
        if identity.get("identityType") == "name" and identity.get("hashed") is False:
            return _text(identity.get("identityHash"))
    return _text(subject.get("name"))


def _alignments(achievement: dict) -> list[tuple[str, Link]]:
    """(targetType, what it says) of each skill, role and level."""
    return [
        (
            _text(alignment.get("targetType")),
            Link(
                name=_text(alignment.get("targetName")),
                url=_address(alignment.get("targetUrl")),
                text=_text(alignment.get("targetDescription")),
                aside=_text(alignment.get("targetFramework")),
            ),
        )
        for alignment in _many(achievement.get("alignment"))
        if _text(alignment.get("targetName"))
    ]


def _results(subject: dict, achievement: dict) -> list[tuple[str, str]]:
    """(name, value) of each result; its name stands in the achievement's description of it."""
    described = {_text(d.get("id")): d for d in _many(achievement.get("resultDescription"))}
    named = []
    for result in _many(subject.get("result")):
        description = described.get(_text(result.get("resultDescription")), {})
        value = _text(result.get("value")) or _text(result.get("status")) or _level(result, description)
        if value:
            named.append((_text(description.get("name")) or "Result", value))
    return named


def _level(result: dict, description: dict) -> str:
    return _names_of_levels(description).get(_text(result.get("achievedLevel")), "")


def _names_of_levels(description: dict) -> dict[str, str]:
    return {
        _text(level.get("id")): _text(level.get("name"))
        for level in _many(description.get("rubricCriterionLevel"))
    }


def _rubrics(subject: dict, achievement: dict) -> list[Rubric]:
    """The results that have levels, each with the one that was reached and the one that is needed."""
    reached = {
        _text(result.get("resultDescription")): _text(result.get("achievedLevel"))
        for result in _many(subject.get("result"))
    }
    found = []
    for description in _many(achievement.get("resultDescription")):
        names = _names_of_levels(description)
        levels = [*map(_rubric_level, _many(description.get("rubricCriterionLevel")))]
        if named := [level for level in levels if level.name]:
            found.append(
                Rubric(
                    name=_text(description.get("name")) or "Result",
                    levels=named,
                    reached=names.get(reached.get(_text(description.get("id")), ""), ""),
                    needed=names.get(_text(description.get("requiredLevel")), ""),
                )
            )
    return found


def _rubric_level(level: dict) -> Level:
    said = {key: _text(level.get(key)) for key in ("name", "level", "points", "description")}
    urls = (_address(alignment.get("targetUrl")) for alignment in _many(level.get("alignment")))
    return Level(url=next((url for url in urls if url), ""), **said)


def _evidence(document: dict) -> list[Piece]:
    found = []
    for piece in _many(document.get("evidence")):
        url = _address(piece.get("id"))
        said = {key: _text(piece.get(key)) for key in ("description", "genre", "audience")}
        name = _text(piece.get("name")) or urlsplit(url).hostname or ""
        text = _text(piece.get("narrative"))
        if name or text or any(said.values()):
            found.append(Piece(name=name, url=url, text=text, **said))
    return found


def _one(value) -> dict:
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def _many(value) -> list[dict]:
    values = value if isinstance(value, list) else [value]
    return [entry for entry in values[:MOST] if isinstance(entry, dict)]


def _text(value) -> str:
    """A string or a number as text; of a text in several languages the first."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)[:LONGEST].strip()


def _texts(value) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values[:MOST] if (text := _text(one))]


def _address(value) -> str:
    """An address that may be a link on a page: http and https, nothing that runs."""
    text = _text(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.hostname else ""


def _moment(value) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
