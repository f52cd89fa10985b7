"""Define what can be earned: draft it, publish a version, begin the next one, retire it.

A draft may be changed at will; a published version never (a database trigger refuses it too). Awards keep the
version they were made from.
"""

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from credentials import documents
from credentials.icons import ICONS
from credentials.kinds import KINDS, Kind
from credentials.models import Achievement, AchievementVersion, Design, VersionSkill
from credentials.openbadges import document
from issuers.journal import record
from issuers.models import Issuer
from issuers.text import tidy, validate_text
from skills import frameworks
from skills.models import Role

RESERVED_SLUGS = frozenset(
    {"define", "settings", "members", "keys", "batches", "awards", "journal", "rosters"}
)
TEXT = frozenset(
    {"name", "description", "criteria", "achievement_type", "language", "image", "image_alt", "tags", "icon"}
    | {"validity_days", "review_by", "field_of_study", "product", "product_release", "credits_available"}
    | {"eqf_level", "workload_hours", "renewal", "assessment", "supervised", "participation"}
    | {"quality_assurance", "sub_type", "criteria_url", "specialization", "human_code"}
)
BESIDE = frozenset({"role", "skills", "result_descriptions", "signatories", "statement"})
RUBRIC = "RubricCriterionLevel"
RESULT_TYPES = {
    "Result": "Words, such as a classification",
    "GradePointAverage": "Grade point average",
    "LetterGrade": "Letter grade",
    "Percent": "Percent",
    "RawScore": "Score",
    "ScaledScore": "Scaled score",
    "PerformanceLevel": "Level of performance",
    "Status": "Completed or not",
    "PredictedScore": "Predicted score",
    RUBRIC: "Level of a rubric",
    "RubricCriterion": "Criterion of a rubric",
    "RubricScore": "Score by a rubric",
}
TARGET_TYPES = {
    "ext:ESCOSkill": "A skill of ESCO",
    "CFItem": "A competency in CASE",
    "CFRubric": "A rubric in CASE",
    "CFRubricCriterion": "A criterion of a rubric in CASE",
    "CFRubricCriterionLevel": "A level of a rubric in CASE",
    "ceasn:Competency": "A competency in CTDL-ASN",
    "ceterms:Credential": "A credential in CTDL",
    "CTDL": "Anything else in CTDL",
}
CTID = re.compile(r"ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
MOST_TAGS, LONGEST_TAG = 20, 60
SKILL_WORDS = ("name", "framework", "level", "code", "target_type")
SKILL_TWICE = "This address stands in two lines. Keep the one with the level that is proven."
OF_LEVEL = ("name", "level", "points", "description", "url")
DESCRIBED = ("name", "result_type", "allowed_values", "value_min", "value_max", "required_value")


class SkillText(TypedDict, total=False):
    name: str
    url: str
    framework: str
    level: str
    code: str
    target_type: str


class Refused(Exception):
    """It cannot be done to this achievement as it is now. The message is for people."""


@transaction.atomic
def draft(issuer: Issuer, *, kind: str, slug: str, by: User, **text) -> AchievementVersion:
    """Make an achievement with the draft of its version 1.

    `text` holds fields of AchievementVersion (see TEXT), and `role` ({name, url} or a Role), `skills` (a list
    of SkillText), `result_descriptions` (ids are given to those without), `signatories` ([{name, title}]) and
    `statement`. What is left out gets the kind's default. Raises `ValidationError` by field.
    """
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    achievement = Achievement(issuer=issuer, kind=kind, slug=_free_slug(issuer, slug))
    achievement.full_clean()
    achievement.save()
    version = AchievementVersion(achievement=achievement, number=1)
    _write(version, {**defaults(KINDS[kind]), **text})
    record(issuer, by, "drafted", version)
    return version


@transaction.atomic
def edit(version: AchievementVersion, *, by: User, slug: str = "", **text) -> AchievementVersion:
    """Change a draft; what is left out stays. Its address may change until version 1 is published.

    Raises `Refused` for a published version, `ValidationError` by field.
    """
    version = _locked(version)
    _refuse_published(version)
    achievement = version.achievement
    if slug and slug != achievement.slug:
        _readdress(achievement, slug)
    _write(version, text)
    record(achievement.issuer, by, "edited", version)
    return version


@transaction.atomic
def publish(version: AchievementVersion, *, by: User) -> AchievementVersion:
    """Make a draft public, for ever as it is. Raises `Refused`, `ValidationError`."""
    version = _locked(version)
    _refuse_published(version)
    _validate(version)
    _refuse_crowded(version)
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])
    achievement = version.achievement
    achievement.state = Achievement.State.ACTIVE
    achievement.design = _design_of(version) or achievement.design
    achievement.save(update_fields=["state", "design"])
    record(achievement.issuer, by, "published", version)
    return version


@transaction.atomic
def new_version(achievement: Achievement, *, by: User) -> AchievementVersion:
    """The draft of the next version, copied from the current one; if there is a draft already, that one."""
    achievement = _locked_achievement(achievement)
    begun = achievement.versions.filter(published_at__isnull=True).first()
    if begun:
        return begun
    if achievement.state == Achievement.State.RETIRED:
        raise Refused(f"{achievement.name} is retired. Offer it again before you make a new version.")
    version = _copy(achievement.versions.published().last())
    record(achievement.issuer, by, "began", version)
    return version


@transaction.atomic
def discard(version: AchievementVersion, *, by: User) -> None:
    """Throw a draft away; with the only version goes the achievement. Raises `Refused` if it is published."""
    version = _locked(version)
    _refuse_published(version)
    achievement = version.achievement
    record(achievement.issuer, by, "discarded", version)
    design = _design_of(version)
    version.delete()
    if design:
        design.delete()
    if not achievement.versions.exists():
        achievement.delete()


@transaction.atomic
def retire(achievement: Achievement, *, by: User) -> Achievement:
    """Stop awarding it. Everything that was awarded stays what it is."""
    return _turn(achievement, Achievement.State.ACTIVE, Achievement.State.RETIRED, "retired", by)


@transaction.atomic
def offer_again(achievement: Achievement, *, by: User) -> Achievement:
    """Undo a retirement."""
    return _turn(achievement, Achievement.State.RETIRED, Achievement.State.ACTIVE, "offered again", by)


def _turn(achievement: Achievement, before: str, after: str, verb: str, by: User) -> Achievement:
    achievement = _locked_achievement(achievement)
    if achievement.state != before:
        raise Refused(f"{achievement.name} is {achievement.get_state_display().lower()} already.")
    achievement.state = after
    achievement.save(update_fields=["state"])
    record(achievement.issuer, by, verb, achievement)
    return achievement


# What a draft is made of


def defaults(kind: Kind) -> dict:
    """What a version of this kind begins with."""
    days = kind.review_days
    return {
        "achievement_type": kind.achievement_types[0],
        "validity_days": kind.validity_days,
        "review_by": timezone.localdate() + dt.timedelta(days=days) if days else None,
    }


def _write(version: AchievementVersion, text: Mapping) -> None:
    """Put the words into the version, see that all is right, and save what belongs to it."""
    if unknown := text.keys() - TEXT - BESIDE:
        raise TypeError(f"A version has no {', '.join(sorted(unknown))}.")
    for name in text.keys() & TEXT:
        setattr(version, name, _tidied(name, text[name]))
    if "result_descriptions" in text:
        version.result_descriptions = _described(version, text["result_descriptions"])
    if "role" in text:
        version.role = _role(version, text["role"])
        version.role_name = _role_name(text["role"])
    _validate(version)
    version.save()
    if "skills" in text:
        _write_skills(version, text["skills"])
    _refuse_crowded(version)
    if "signatories" in text or "statement" in text:
        _write_design(version, text)


def _tidied(name: str, value):
    """A text ready to be signed; other values as they are. None empties a picture."""
    if name == "image":
        return value or ""
    if name == "tags":
        return tidied_tags(value)
    return _tidied_text(name, value) if isinstance(value, str) else value


def _tidied_text(name: str, text: str) -> str:
    try:
        validate_text(text)
    except ValidationError as error:
        raise ValidationError({name: error}) from None
    return tidy(text)


def tidied_tags(given: Sequence[str]) -> list[str]:
    """The tags without those that say nothing. Raises `ValidationError` for the field with one sentence."""
    tags = [tag for one in given if (tag := _tidied_text("tags", one))]
    seen: set[str] = set()
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise ValidationError(
                {"tags": f"“{tag[:30]}…” is longer than {LONGEST_TAG} characters. Set commas between tags."}
            )
        if tag.casefold() in seen:
            raise ValidationError({"tags": f"“{tag}” stands there twice."})
        seen.add(tag.casefold())
    if len(tags) > MOST_TAGS:
        raise ValidationError({"tags": f"These are {len(tags)} tags. Keep the {MOST_TAGS} that say most."})
    return tags


def _validate(version: AchievementVersion) -> None:
    """The fields' own rules, then those of the kind. Raises `ValidationError` by field."""
    version.full_clean(exclude=["achievement"])
    kind = KINDS[version.kind]
    wrong = {}
    if version.achievement_type not in kind.achievement_types:
        wrong["achievement_type"] = f"A {kind.name.lower()} is one of: {', '.join(kind.achievement_types)}."
    if version.image and not version.image_alt:
        wrong["image_alt"] = "Say what the picture shows, for those who cannot see it."
    if version.icon and version.icon not in ICONS:
        wrong["icon"] = "Choose one of the symbols, or none."
    for name in kind.required:
        if not getattr(version, name):
            wrong[name] = f"A {kind.name.lower()} needs this."
    if wrong:
        raise ValidationError(wrong)


def _refuse_crowded(version: AchievementVersion) -> None:
    try:
        document.refuse_crowded(
            documents.achievement_text(version), documents.profile_of(version.achievement.issuer)
        )
    except ValueError as complaint:
        raise ValidationError(str(complaint)) from None


def _described(version: AchievementVersion, results: Sequence[Mapping]) -> list[dict]:
    """Descriptions of results, each with an id that stays while it is edited (STANDARDS.md C-19)."""
    known = {described["id"]: described for described in version.result_descriptions}
    return [_one_described(known.get(given.get("id", ""), {}), given) for given in results]


def _one_described(before: Mapping, given: Mapping) -> dict:
    """A result as it is kept; the values of a rubric are the names of its levels."""
    said = {key: _said(given.get(key, [] if key == "allowed_values" else "")) for key in DESCRIBED}
    said["id"] = before.get("id") or f"urn:uuid:{uuid.uuid4()}"
    if said["result_type"] == "Status":
        complaint = refusal_of_statuses([*said["allowed_values"], said["required_value"]])
        if complaint:
            raise ValidationError({"result_descriptions": f"“{said['name']}”: {complaint}"})
    if said["result_type"] == RUBRIC:
        said["levels"] = _levels(before.get("levels", ()), given, said)
        said["allowed_values"] = [level["name"] for level in said["levels"]]
    return said


def _levels(before: Sequence[Mapping], given: Mapping, said: Mapping) -> list[dict]:
    """The levels of a rubric, each with an id that stays as long as its name does.

    Who gives names alone, as `allowed_values`, changes nothing else of the levels that were there.
    """
    known = {level["name"]: level for level in before}
    named = [known.get(name, {"name": name}) for name in said["allowed_values"]]
    levels = [_level(level) for level in given.get("levels") or named]
    names = [level.get("name") for level in levels]
    if not names or not all(names):
        raise ValidationError(
            {"result_descriptions": f"“{said['name']}” needs its levels, each with a name."}
        )
    if len(set(names)) < len(names):
        raise ValidationError({"result_descriptions": f"“{said['name']}” has two levels with one name."})
    return [
        {"id": known.get(level["name"], {}).get("id") or f"urn:uuid:{uuid.uuid4()}"} | level
        for level in levels
    ]


def _level(given: Mapping) -> dict:
    """What is said of a level, each on one line."""
    said = {key: " ".join(_said(given.get(key) or "").split()) for key in OF_LEVEL}
    return {key: text for key, text in said.items() if text}


def refusal_of_statuses(values: Sequence[str]) -> str:
    """Why these are not statuses that an award can have, or "" (STANDARDS.md C-20)."""
    wrong = next((value for value in values if value and value not in document.RESULT_STATUSES), "")
    known = ", ".join(sorted(document.RESULT_STATUSES))
    return f"“{wrong}” is no status that an award can have. The statuses are {known}." if wrong else ""


def _said(value):
    """Text, or a list of texts, ready to be signed."""
    if isinstance(value, str):
        return _tidied("result_descriptions", value)
    return [_tidied("result_descriptions", entry) for entry in value]


def _role(version: AchievementVersion, given) -> Role | None:
    if given is None or isinstance(given, Role):
        return given
    uri = given["url"]
    framework = _framework(version.achievement.issuer, uri, name="")
    return frameworks.role(name=_role_name(given), uri=uri, framework=framework)


def _role_name(given) -> str:
    """As this issuer calls it, whatever others call what has the same address."""
    if isinstance(given, Role):
        return given.label
    return _tidied("role", given["name"]) if given else ""


def _write_skills(version: AchievementVersion, given: Sequence[SkillText]) -> None:
    """Each as this issuer names it: another's words for the same address are not signed in its name."""
    version.versionskill_set.all().delete()
    seen: set[str] = set()
    for said in given:
        words = {key: _tidied("skills", said.get(key, "")) for key in SKILL_WORDS}
        _refuse_twice(words["name"], said["url"], seen)
        _refuse_code(words["name"], words)
        framework = _framework(version.achievement.issuer, said["url"], name=words["framework"])
        skill = frameworks.skill(name=words["name"], uri=said["url"], framework=framework)
        words["framework"] = words["framework"] or framework.name
        VersionSkill.objects.create(version=version, skill=skill, **words)


def _refuse_twice(name: str, url: str, seen: set[str]) -> None:
    """A skill is proven at one level."""
    if url in seen:
        raise ValidationError({"skills": f"“{name}”: {SKILL_TWICE}"})
    seen.add(url)


def _refuse_code(name: str, target: Mapping[str, str]) -> None:
    """What the register of credentials in the United States calls its entries has one form (C-18)."""
    of_ctdl = target["target_type"].startswith(("ceterms:", "ceasn:"))
    if of_ctdl and target["code"] and not CTID.match(target["code"]):
        raise ValidationError(
            {"skills": f"The code of “{name}” is its CTID there: ce- and 36 letters, digits and hyphens."}
        )


def _framework(issuer: Issuer, uri: str, *, name: str):
    """The framework that an issuer's skill stands in: one of its own unless the address says ESCO."""
    url = settings.PUBLIC_BASE_URL + issuer.get_absolute_url()
    return frameworks.framework_for(uri, name=name, publisher=issuer.name, publisher_url=url)


# How its certificate looks. A draft has a design of its own, which becomes the achievement's when the version
# is published, so that nothing that is already hung on a wall changes before.


def _design_name(version: AchievementVersion) -> str:
    return f"{version.achievement.slug} {version.number}"


def _design_of(version: AchievementVersion) -> Design | None:
    return Design.objects.filter(issuer=version.achievement.issuer, name=_design_name(version)).first()


def signatories_of(version: AchievementVersion) -> list[dict]:
    """Who signs the certificates of this version, [{name, title}]: its own design or the achievement's."""
    design = _design_of(version) or version.achievement.design
    return design.signatories if design else []


def _write_design(version: AchievementVersion, text: Mapping) -> None:
    design = _design_of(version) or Design(issuer=version.achievement.issuer, name=_design_name(version))
    if "signatories" in text:
        design.signatories = [
            {key: _tidied("signatories", person.get(key, "")) for key in ("name", "title")}
            for person in text["signatories"]
        ]
    if "statement" in text:
        design.statement = _tidied("statement", text["statement"])
    if design.pk or design.signatories or design.statement:
        design.full_clean()
        design.save()


# Which one


def _copy(current: AchievementVersion) -> AchievementVersion:
    """A draft with the words, the picture, the skills and the signatories of a published version."""
    fields = {name: getattr(current, name) for name in TEXT if name not in {"image", "tags"}}
    version = AchievementVersion(
        achievement=current.achievement,
        number=current.number + 1,
        image=current.image.name,
        tags=list(current.tags),
        role=current.role,
        role_name=current.role_name,
        result_descriptions=[dict(described) for described in current.result_descriptions],
        **fields,
    )
    version.save()
    VersionSkill.objects.bulk_create(
        VersionSkill(
            version=version,
            skill_id=link.skill_id,
            **{key: getattr(link, key) for key in SKILL_WORDS},
        )
        for link in current.versionskill_set.all()
    )
    return version


def _locked(version: AchievementVersion) -> AchievementVersion:
    """The version, with its achievement locked, so that it is not edited while it is published."""
    _locked_achievement(version.achievement)
    with_all = AchievementVersion.objects.select_related("achievement__issuer", "achievement__design")
    return with_all.get(pk=version.pk)


def _locked_achievement(achievement: Achievement) -> Achievement:
    Achievement.objects.select_for_update().get(pk=achievement.pk)
    return Achievement.objects.select_related("issuer").get(pk=achievement.pk)


def _refuse_published(version: AchievementVersion) -> None:
    if version.published_at:
        raise Refused(
            f"Version {version.number} of {version.name} is published and can never be edited: people "
            "hold it as it is. Make a new version instead."
        )


def _free_slug(issuer: Issuer, slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise ValidationError({"slug": f"“{slug}” is an address of this desk. Choose another."})
    if issuer.achievements.filter(slug=slug).exists():
        raise ValidationError({"slug": f"{issuer.name} has “{slug}” already. Choose another address."})
    return slug


def _readdress(achievement: Achievement, slug: str) -> None:
    if achievement.versions.published().exists():
        raise Refused("The address is signed into what was awarded; it can no longer change.")
    design = _design_of(achievement.versions.get())
    achievement.slug = _free_slug(achievement.issuer, slug)
    achievement.full_clean()
    achievement.save(update_fields=["slug"])
    if design:
        design.name = _design_name(achievement.versions.get())
        design.save(update_fields=["name"])
