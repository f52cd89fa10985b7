"""A credential as a picture that carries it (STANDARDS.md B-03, B-04), and as Open Badges 2.0 had it (§5).

Nothing here is signed: a picture carries the document as it was signed, and what is hosted for old consumers
is true because it stands here.
"""

import json
import uuid

from django.conf import settings

from credentials import documents
from credentials.models import AchievementVersion, Award
from credentials.openbadges import baking, document, hosting
from credentials.rendering import badge, emblem
from issuers.models import Issuer, SigningKey
from issuers.text import day_of


class NoPicture(Exception):
    """The picture of the version cannot be read. The message is for people."""


def png(award: Award) -> bytes:
    """The picture of the version, or the emblem that we draw for it, with the signed document inside."""
    return baking.bake(_picture(award.version), bytes(award.document).decode())


def svg(award: Award) -> bytes:
    """The emblem of the version with the signed document inside."""
    return baking.bake(drawn(award.version).encode(), bytes(award.document).decode())


def drawn(version: AchievementVersion) -> str:
    """The emblem of a version as SVG, in the tone that its issuer's colour has today."""
    colour = version.achievement.issuer.colour
    return emblem.svg(identity(version), kind=version.kind, colour=colour, icon=version.icon)


def identity(version: AchievementVersion) -> uuid.UUID:
    """What the emblem of a version is drawn from."""
    return uuid.uuid5(uuid.NAMESPACE_URL, settings.PUBLIC_BASE_URL + version.get_absolute_url())


def _picture(version: AchievementVersion) -> bytes:
    if not version.image:
        colour = version.achievement.issuer.colour
        return badge.png(identity(version), kind=version.kind, colour=colour, icon=version.icon)
    try:
        with version.image.open("rb") as stored:
            return stored.read()
    except OSError as reason:
        raise NoPicture("The picture of this credential cannot be read. Its issuer can tell why.") from reason


# Open Badges 2.0


def assertion(award: Award) -> dict:
    """What was awarded, or that it is revoked: then it is answered with 410 (O-06).

    Nothing is signed here, so what a thief had our site record is taken back in the same way (TRUST.md 9).
    """
    where = documents.absolute("ob2_assertion", award.pk)
    if award.revoked_at:
        return hosting.compose_revoked(where, award.revocation_reason)
    if award.key_withdrawn:
        return hosting.compose_revoked(where, _story_of_its_key(award.issuer, award.signing_key))
    return hosting.compose_assertion(_facts(award), _addresses(award.version, where))


def _story_of_its_key(issuer: Issuer, key: SigningKey) -> str:
    assert key.compromised_at  # who tells this story has looked
    when = day_of(key.compromised_at)
    return f"{issuer.name} withdrew the key that signed it: from {when} on it was in other hands."


def badge_class(version: AchievementVersion) -> dict:
    return hosting.compose_badge(documents.achievement_text(version), _addresses(version))


def issuer(issuer: Issuer) -> dict:
    where = documents.absolute("ob2_issuer", issuer.slug)
    addresses = hosting.Addresses(assertion=where, badge=where, issuer=where, image=where)
    return hosting.compose_issuer(documents.profile_of(issuer), addresses)


def _addresses(version: AchievementVersion, assertion: str = "") -> hosting.Addresses:
    where = documents.absolute("ob2_badge", version.pk)
    return hosting.Addresses(
        assertion=assertion or where,
        badge=where,
        issuer=documents.absolute("ob2_issuer", version.achievement.issuer.slug),
        image=documents.image_of(version).url,
    )


def _facts(award: Award) -> document.AwardFacts:
    """The award again as it was signed: with the salt that stands in its document, and no other."""
    signed = json.loads(bytes(award.document))
    subject = signed["credentialSubject"]
    (salt,) = (one["salt"] for one in subject["identifier"] if one["hashed"])
    return document.AwardFacts(
        id=award.url,
        recipient_name=award.recipient_name,
        recipient_email=award.recipient_email,
        salt=salt,
        name=signed["name"],
        description=signed.get("description", ""),
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        awarded_at=award.awarded_at,
        image=documents.image_of(award.version),
        evidence=documents.evidence_of(award.evidence.all()),
        narrative=subject.get("narrative", ""),
        status_list_url=award.status_list.url,
        status_index=award.status_index,
    )
