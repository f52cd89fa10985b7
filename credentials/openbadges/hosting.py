"""An award as Open Badges 2.0 has it: three documents that refer to each other, for old consumers.

STANDARDS.md O-01 to O-08. They are not signed: they are true because they stand on the issuer's site, all
three on the same one.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from .contexts import OB2
from .document import (
    AchievementText,
    AwardFacts,
    Evidence,
    Image,
    IssuerProfile,
    filled,
    timestamp,
    web_address,
)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the three documents and the picture stand. Raises ValueError unless it is one site."""

    assertion: str
    badge: str
    issuer: str
    image: str

    def __post_init__(self):
        sites = {urlsplit(url)[:2] for url in (self.assertion, self.badge, self.issuer)}
        if len(sites) != 1 or not all(next(iter(sites))):
            raise ValueError("The three documents of an Open Badges 2.0 badge stand on one site.")


def compose_assertion(award: AwardFacts, addresses: Addresses) -> dict:
    """O-02, O-07: the e-mail address is hashed as it is given, in the form that AwardFacts asks for.

    Web addresses are written as in Open Badges 3.0. Raises ValueError for one that is none.
    """
    digest = hashlib.sha256((award.recipient_email + award.salt).encode()).hexdigest()
    return filled(
        {
            "@context": OB2,
            "type": "Assertion",
            "id": addresses.assertion,
            "recipient": {
                "type": "email",
                "hashed": True,
                "salt": award.salt,
                "identity": f"sha256${digest}",
            },
            "badge": addresses.badge,
            "verification": {"type": "HostedBadge"},
            "issuedOn": timestamp(award.awarded_at),
            "expires": award.valid_until and timestamp(award.valid_until),
            "image": _image(award.image, addresses),
            "evidence": [_evidence(item) for item in award.evidence],
            "narrative": award.narrative,
        }
    )


def compose_badge(achievement: AchievementText, addresses: Addresses) -> dict:
    """O-03. Raises ValueError for a web address that is none."""
    return filled(
        {
            "@context": OB2,
            "type": "BadgeClass",
            "id": addresses.badge,
            "name": achievement.name,
            "description": achievement.description or achievement.name,
            "image": _image(achievement.image, addresses),
            "criteria": {
                "id": web_address(achievement.criteria_url, "The address of the criteria"),
                "narrative": achievement.criteria,
            },
            "issuer": addresses.issuer,
            "tags": list(achievement.tags),
            "alignment": [
                {
                    "targetName": item.name,
                    "targetUrl": web_address(item.url, "A skill's address"),
                    "targetFramework": item.framework,
                    "targetCode": item.code,
                    "targetDescription": item.description,
                }
                for item in achievement.alignments
            ],
        }
    )


def compose_issuer(issuer: IssuerProfile, addresses: Addresses) -> dict:
    """O-04: url and email are required there. Raises ValueError with a sentence."""
    if not issuer.email:
        raise ValueError("Open Badges 2.0 asks for an e-mail address of the issuer.")
    return filled(
        {
            "@context": OB2,
            "type": "Issuer",
            "id": addresses.issuer,
            "name": issuer.name,
            "url": web_address(issuer.url or addresses.issuer, "The issuer's web address"),
            "email": issuer.email,
            "description": issuer.description,
            "image": issuer.image and web_address(issuer.image.url, "An image's address"),
        }
    )


def compose_revoked(address: str, reason: str) -> dict:
    """O-06: what is answered, with status 410, where a revoked assertion stood."""
    return filled(
        {
            "@context": OB2,
            "type": "Assertion",
            "id": address,
            "revoked": True,
            "revocationReason": reason or "Its issuer has revoked it.",
        }
    )


def _image(image: Image | None, addresses: Addresses) -> str:
    return web_address(image.url if image else addresses.image, "An image's address")


def _evidence(evidence: Evidence) -> dict:
    return {
        "id": web_address(evidence.url, "The evidence's address"),
        "name": evidence.name,
        "narrative": evidence.narrative,
        "description": evidence.description,
        "genre": evidence.genre,
        "audience": evidence.audience,
    }
