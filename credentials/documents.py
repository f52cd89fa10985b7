"""From our rows to the words of the standard: the profile, the achievement and the facts of an award."""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.urls import reverse

from credentials.icons import ICONS
from credentials.models import Achievement, AchievementVersion, Award, Evidence, Result
from credentials.openbadges import criteria, document
from issuers.models import Issuer
from skills.frameworks import ESCO_URIS

EQF_URIS = "http://data.europa.eu/snb/eqf/"  # the levels as the European Learning Model names them
SALT_BYTES = 12
MOST_RELATED = 10
MOST_ENDORSEMENTS = 5


def profile_of(issuer: Issuer) -> document.IssuerProfile:
    """The issuer as a Profile; its id is its `did:web` (STANDARDS.md C-06, C-07)."""
    return document.IssuerProfile(
        id=issuer.did,
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
        image=document.Image(url=absolute("issuer_logo", issuer.slug)) if issuer.logo else None,
        other_identifiers=tuple(document.Identifier(**known) for known in issuer.other_identifiers),
    )


def achievement_text(version: AchievementVersion) -> document.AchievementText:
    """A published version as an Achievement; its id is the address of the version, which never changes."""
    names = called(version.achievement)
    return document.AchievementText(
        id=settings.PUBLIC_BASE_URL + version.get_absolute_url(),
        name=version.name,
        description=version.description,
        criteria=criteria.with_particulars(version.criteria, particulars_of(version)),
        criteria_url=version.criteria_url,
        achievement_type=version.achievement_type,
        image=image_of(version),
        alignments=alignments_of(version),
        result_descriptions=result_descriptions_of(version),
        language=version.language,
        version=names[version.number],
        tags=tuple(version.tags),
        credits_available=None if version.credits_available is None else float(version.credits_available),
        human_code=version.human_code,
        field_of_study=version.field_of_study,
        specialization=version.specialization,
        related=related_of(version, names),
        endorsements=endorsements_of(version),
    )


def particulars_of(version: AchievementVersion) -> Iterator[tuple[str, str]]:
    """What Open Badges 3.0 has no property for: most of what the Council of the European Union recommends to
    say of a micro-credential (2022/C 243/02)."""
    hours = version.workload_hours or 0
    yield "What it is for", version.get_sub_type_display()
    yield "Product", f"{version.product} {version.product_release}".strip()
    yield "Workload", f"{hours} hour{'s' * (hours > 1)}" if hours else ""
    yield "Assessed by", version.get_assessment_display()
    yield "Supervision", "The assessment is supervised and identity is checked" if version.supervised else ""
    yield "Participation", version.get_participation_display()
    yield "Quality assurance", version.quality_assurance
    yield "How it is renewed", version.renewal


def called(achievement: Achievement) -> dict[int, str]:
    """What each version is called, by its number: the release of its product, or that number.

    What an earlier one is called already says its number too: "4.2 (version 2)".
    """
    names: dict[int, str] = {}
    for number, release in achievement.versions.order_by("number").values_list("number", "product_release"):
        name = release or str(number)
        names[number] = f"{name} (version {number})" if name in names.values() else name
    return names


def related_of(version: AchievementVersion, names: Mapping[int, str]) -> tuple[document.Related, ...]:
    """The other published versions of the same achievement, the newest few, by what they are `called`."""
    achievement = version.achievement
    where = (achievement.issuer.slug, achievement.slug)
    others = achievement.versions.published().exclude(pk=version.pk).order_by("-number")
    return tuple(
        document.Related(id=absolute("achievement_version", *where, number), version=names[number])
        for number in others.values_list("number", flat=True)[:MOST_RELATED]
    )


def endorsements_of(version: AchievementVersion) -> tuple[dict, ...]:
    """What other issuers of this site signed about a version, whole, the newest few (STANDARDS.md C-22)."""
    stand = (
        version.endorsements.standing()
        .filter(endorser__suspended_at__isnull=True, signing_key__compromised_at__isnull=True)
        .order_by("-created_at")
    )
    signed = stand.values_list("document", flat=True)[:MOST_ENDORSEMENTS]
    return tuple(document.parse(bytes(one)) for one in signed)


def image_of(version: AchievementVersion) -> document.Image:
    """The version's own picture, or the one we draw; a picture always has words (STANDARDS.md C-16)."""
    name = "version_image_png" if version.image else "version_image"
    where = (version.achievement.issuer.slug, version.achievement.slug, version.number)
    return document.Image(url=absolute(name, *where), caption=caption_of(version))


def caption_of(version: AchievementVersion) -> str:
    """What the picture of a version shows, for those who cannot see it."""
    if version.image:
        return version.image_alt
    if version.icon:
        return f"Emblem of {version.name}: {ICONS[version.icon]}"
    return f"Seal of {version.name}"


def alignments_of(version: AchievementVersion) -> tuple[document.Alignment, ...]:
    """What it is compared with elsewhere: its skills, the role that it is for, its level in Europe."""
    return (*_skills(version), *_role(version), *_level(version))


def _skills(version: AchievementVersion) -> Iterator[document.Alignment]:
    return (
        document.Alignment(
            name=link.called,
            url=link.skill.uri,
            framework=link.stands_in,
            code=link.code,
            type=link.target_type,
            description=f"Level: {link.level}" if link.level else "",
        )
        for link in version.versionskill_set.select_related("skill__framework")
    )


def _role(version: AchievementVersion) -> Iterator[document.Alignment]:
    """Only the occupations of ESCO have a framework that is nobody's own (STANDARDS.md C-18)."""
    if version.role:
        of_esco = version.role.uri.startswith(ESCO_URIS)
        yield document.Alignment(
            name=version.role_called,
            url=version.role.uri,
            framework="ESCO" if of_esco else "",
            type=document.ESCO_OCCUPATION if of_esco else document.ROLE,
        )


def _level(version: AchievementVersion) -> Iterator[document.Alignment]:
    if version.eqf_level:
        yield document.Alignment(
            name=f"EQF level {version.eqf_level}",
            url=f"{EQF_URIS}{version.eqf_level}",
            framework="European Qualifications Framework",
            code=str(version.eqf_level),
            type=document.EQF_LEVEL,
        )


def result_descriptions_of(version: AchievementVersion) -> tuple[document.ResultDescription, ...]:
    return tuple(map(_result_description, version.result_descriptions))


def _result_description(described: dict) -> document.ResultDescription:
    """What may be achieved; the values of a rubric are its levels (STANDARDS.md C-19)."""
    levels = {level["name"]: level["id"] for level in described.get("levels", ())}
    required = described.get("required_value", "")
    return document.ResultDescription(
        id=described["id"],
        name=described["name"],
        result_type=described["result_type"],
        allowed_values=() if levels else tuple(described.get("allowed_values", ())),
        value_min=described.get("value_min", ""),
        value_max=described.get("value_max", ""),
        required_value="" if levels else required,
        levels=tuple(map(_rubric_level, described.get("levels", ()))),
        required_level=levels.get(required, ""),
    )


def _rubric_level(level: dict) -> document.Level:
    """A level of a rubric; what stands in a framework too is compared with it by its address."""
    url = level.get("url", "")
    return document.Level(
        id=level["id"],
        name=level["name"],
        level=level.get("level", ""),
        points=level.get("points", ""),
        description=level.get("description", ""),
        alignments=(document.Alignment(name=level["name"], url=url),) if url else (),
    )


def facts_of(
    award: Award, *, image: document.Image, evidence: list[Evidence], results: list[Result], **beside
) -> document.AwardFacts:
    """An award that is about to be signed. Its salt is drawn here and lives in the document only.

    `beside` are fields of AwardFacts that no column of ours keeps: they are read from the document.
    """
    version = award.version
    credits_ = beside.pop("credits_earned", None)
    if credits_ is None and version.credits_available is not None:
        credits_ = float(version.credits_available)
    return document.AwardFacts(
        id=award.url,
        recipient_name=award.recipient_name,
        recipient_email=award.recipient_email,
        salt=secrets.token_urlsafe(SALT_BYTES),
        name=version.name,
        description=version.description,
        valid_from=award.valid_from,
        awarded_at=award.awarded_at,
        valid_until=award.valid_until,
        image=image,
        evidence=evidence_of(evidence),
        results=tuple(_result(version, result) for result in results),
        licence_number=award.licence_number,
        credits_earned=credits_,
        status_list_url=award.status_list.url,
        status_index=award.status_index,
        **beside,
    )


def evidence_of(pieces: Iterable[Evidence]) -> tuple[document.Evidence, ...]:
    return tuple(
        document.Evidence(
            url=piece.url,
            name=piece.name,
            narrative=piece.narrative,
            description=piece.description,
            genre=piece.genre,
            audience=piece.audience,
        )
        for piece in pieces
    )


def _result(version: AchievementVersion, result: Result) -> document.Result:
    """A Status carries its value as `status`, a rubric the id of the level (STANDARDS.md C-20)."""
    (described,) = (one for one in version.result_descriptions if one["id"] == result.description_id)
    if described["result_type"] == "Status":
        return document.Result(description_id=result.description_id, status=result.value)
    levels = {level["name"]: level["id"] for level in described.get("levels", ())}
    if result.value in levels:
        return document.Result(description_id=result.description_id, achieved_level=levels[result.value])
    return document.Result(description_id=result.description_id, value=result.value)


def start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a day: "valid until 31 August" includes 31 August."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)


def absolute(name: str, *args) -> str:
    """An address that is stored or signed: always of PUBLIC_BASE_URL, never of the request (TRUST.md 13)."""
    return settings.PUBLIC_BASE_URL + reverse(name, args=args)
