"""From our rows to the words of the standard: the profile, the achievement and the facts of an award."""

import datetime as dt
import secrets

from django.conf import settings
from django.urls import reverse

from credentials.models import AchievementVersion, Award, Evidence, Result
from credentials.openbadges import document
from issuers.models import Issuer

SALT_BYTES = 12


def profile_of(issuer: Issuer) -> document.IssuerProfile:
    """The issuer as a Profile; its id is its `did:web` (STANDARDS.md C-06, C-07)."""
    return document.IssuerProfile(
        id=issuer.did,
        name=issuer.name,
        url=issuer.url,
        email=issuer.email,
        description=issuer.description,
        image=document.Image(url=absolute("issuer_logo", issuer.slug)) if issuer.logo else None,
    )


def achievement_text(version: AchievementVersion) -> document.AchievementText:
    """A published version as an Achievement; its id is the address of the version, which never changes."""
    return document.AchievementText(
        id=settings.PUBLIC_BASE_URL + version.get_absolute_url(),
        name=version.name,
        description=version.description,
        criteria=version.criteria,
        achievement_type=version.achievement_type,
        image=image_of(version),
        alignments=alignments_of(version),
        result_descriptions=result_descriptions_of(version),
        language=version.language,
        version=version.product_release or str(version.number),
        tags=tuple(version.tags),
        credits_available=None if version.credits_available is None else float(version.credits_available),
        field_of_study=version.field_of_study,
    )


def image_of(version: AchievementVersion) -> document.Image:
    """The version's own picture, or the one we draw; a picture always has words (STANDARDS.md C-16)."""
    name = "version_image_png" if version.image else "version_image"
    where = (version.achievement.issuer.slug, version.achievement.slug, version.number)
    return document.Image(url=absolute(name, *where), caption=version.image_alt or f"Seal of {version.name}")


def alignments_of(version: AchievementVersion) -> tuple[document.Alignment, ...]:
    skills = version.versionskill_set.select_related("skill__framework")
    return tuple(
        document.Alignment(
            name=link.skill.label,
            url=link.skill.uri,
            framework=link.skill.framework.name,
            description=f"Level: {link.level}" if link.level else "",
        )
        for link in skills
    )


def result_descriptions_of(version: AchievementVersion) -> tuple[document.ResultDescription, ...]:
    return tuple(
        document.ResultDescription(
            id=described["id"],
            name=described["name"],
            result_type=described["result_type"],
            allowed_values=tuple(described.get("allowed_values", ())),
            value_min=described.get("value_min", ""),
            value_max=described.get("value_max", ""),
            required_value=described.get("required_value", ""),
        )
        for described in version.result_descriptions
    )


def facts_of(
    award: Award, *, image: document.Image, evidence: list[Evidence], results: list[Result]
) -> document.AwardFacts:
    """An award that is about to be signed. Its salt is drawn here and lives in the document only."""
    version = award.version
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
        evidence=tuple(document.Evidence(url=e.url, name=e.name, narrative=e.narrative) for e in evidence),
        results=tuple(_result(version, result) for result in results),
        licence_number=award.licence_number,
        credits_earned=None if version.credits_available is None else float(version.credits_available),
        status_list_url=award.status_list.url,
        status_index=award.status_index,
    )


def _result(version: AchievementVersion, result: Result) -> document.Result:
    """A result of type Status carries its value as `status` (STANDARDS.md C-20)."""
    types = {described["id"]: described["result_type"] for described in version.result_descriptions}
    key = "status" if types[result.description_id] == "Status" else "value"
    return document.Result(description_id=result.description_id, **{key: result.value})


def start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a day: "valid until 31 August" includes 31 August."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)


def absolute(name: str, *args) -> str:
    """An address that is stored or signed: always of PUBLIC_BASE_URL, never of the request (TRUST.md 13)."""
    return settings.PUBLIC_BASE_URL + reverse(name, args=args)
