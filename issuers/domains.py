"""The domain that an issuer says is its own: claim it, write down what was seen there, give it up.

Looking there is up to `credentials.domains`, which may go out.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import idna
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from issuers.journal import record
from issuers.models import DomainClaim, Issuer

LONGEST = 240  # characters; "_testamur." goes before it
AGAIN = dt.timedelta(days=1)
SOON = dt.timedelta(hours=1)
PATIENCE = dt.timedelta(days=7)  # how long a proven domain may give no answer at all
NOT_A_DOMAIN = "Write a domain of your own, such as northfield.example."


class NotADomain(ValueError):
    """What was typed names no domain. The message is for people."""


class Outcome(StrEnum):
    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"  # nobody answered, which proves nothing either way


@dataclass(frozen=True)
class Sighting:
    """What was seen in one of the two places, `way` being one of DomainClaim.Way."""

    way: str
    outcome: Outcome
    sentence: str


def normalise(text: str) -> str:
    """The domain in ASCII and small letters, out of a domain or an address. Raises `NotADomain`."""
    text = text.strip()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
        name = idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower().removesuffix(".")
    except (ValueError, idna.IDNAError):
        raise NotADomain(NOT_A_DOMAIN) from None
    first, dot, last = name.rpartition(".")
    if not (first and dot) or last.isdigit() or last.startswith("0x"):
        raise NotADomain(NOT_A_DOMAIN)
    if len(name) > LONGEST:
        raise NotADomain(f"A domain has at most {LONGEST} characters here.")
    return name


@transaction.atomic
def claim(issuer: Issuer, domain: str, *, by: User) -> DomainClaim:
    """Say that a domain (as `normalise` writes it) is the issuer's. Another one before it is given up."""
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    before = DomainClaim.objects.filter(issuer=issuer).first()
    if before and before.domain == domain:
        return before
    if before:
        _forget(issuer, before)
    now = timezone.now()
    claimed = DomainClaim.objects.create(
        issuer=issuer,
        domain=domain,
        token=secrets.token_hex(16),
        claimed_at=now,
        next_check_at=now + SOON,
    )
    record(issuer, by, "claimed domain", claimed)
    return claimed


@transaction.atomic
def give_up(issuer: Issuer, *, by: User) -> None:
    """Say nothing about a domain any more."""
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    claimed = DomainClaim.objects.filter(issuer=issuer).first()
    if claimed:
        record(issuer, by, "gave up domain", claimed)
        _forget(issuer, claimed)


def _forget(issuer: Issuer, claimed: DomainClaim) -> None:
    claimed.delete()
    _say(issuer, verified_domain="", domain_verified_at=None, lost_domain="", domain_lost_at=None)


@transaction.atomic
def write_down(
    looked_at: DomainClaim, seen: Sequence[Sighting], *, now: dt.datetime, by: User | None
) -> DomainClaim | None:
    """Keep what was seen and say what follows from it. None if the claim was changed while we looked."""
    issuer = Issuer.objects.select_for_update().get(pk=looked_at.issuer_id)
    claimed = DomainClaim.objects.filter(pk=looked_at.pk, token=looked_at.token).first()
    if claimed is None:
        return None
    proof = next((one for one in seen if one.outcome is Outcome.FOUND), None)
    lost = proof is None and _is_lost(issuer, claimed, seen, now)
    if proof:
        _proven(issuer, claimed, proof, now=now, by=by)
    elif lost:
        record(issuer, by, "lost domain", claimed)
        _say(issuer, verified_domain="", lost_domain=claimed.domain, domain_lost_at=now)
    claimed.checked_at, claimed.seen, claimed.lease_until = now, [asdict(one) for one in seen], None
    in_doubt = proof is None and issuer.verified_domain == claimed.domain
    claimed.next_check_at = now + (SOON if in_doubt else AGAIN)
    claimed.save()
    return claimed


def _proven(
    issuer: Issuer, claimed: DomainClaim, proof: Sighting, *, now: dt.datetime, by: User | None
) -> None:
    if issuer.verified_domain != claimed.domain:
        record(issuer, by, "proved domain", claimed, way=proof.way)
    claimed.proven_by = proof.way
    _say(issuer, verified_domain=claimed.domain, domain_verified_at=now, lost_domain="", domain_lost_at=None)


def _is_lost(issuer: Issuer, claimed: DomainClaim, seen: Sequence[Sighting], now: dt.datetime) -> bool:
    """A proof is lost when its place answers without it, or when nobody has answered for a week."""
    if issuer.verified_domain != claimed.domain or issuer.domain_verified_at is None:
        return False
    gone = any(one.way == claimed.proven_by and one.outcome is Outcome.ABSENT for one in seen)
    return gone or now - issuer.domain_verified_at > PATIENCE


def _say(issuer: Issuer, **fields) -> None:
    for name, value in fields.items():
        setattr(issuer, name, value)
    issuer.save(update_fields=list(fields))
