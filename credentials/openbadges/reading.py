"""Reading what others wrote: one value where arrays are usual, names and dates of both data models.

Nothing here raises, whatever a document holds.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?\Z", re.ASCII
)
_ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f]+\Z")
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


def listed(value: object) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def one(value: object) -> dict:
    """The only object in its place, or {}."""
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    return value if isinstance(value, dict) else {}


def plain(value: object) -> str:
    """A text, also one that is tagged with its language; "" for anything else."""
    value = value.get("@value") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def is_uri(value: object) -> bool:
    return isinstance(value, str) and _URI.match(value) is not None


def nodes(value: object) -> Iterator[dict]:
    """Each object in a document, however deep, but for its contexts."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += [item for name, item in value.items() if name != "@context"]
        elif isinstance(value, list):
            waiting += value


def types(document: dict) -> list:
    return listed(document.get("type"))


def issuer_id(document: dict) -> str:
    issuer = document.get("issuer")
    return plain(issuer.get("id")) if isinstance(issuer, dict) else plain(issuer)


def issuer_name(document: dict) -> str:
    return plain(one(document.get("issuer")).get("name"))


def subject_of(document: dict) -> dict:
    return one(document.get("credentialSubject"))


def achievement_of(document: dict) -> dict:
    return one(subject_of(document).get("achievement"))


def subject_name(document: dict) -> str:
    for identity in map(one, listed(subject_of(document).get("identifier"))):
        if identity.get("identityType") == "name" and identity.get("hashed") in (False, "false"):
            return plain(identity.get("identityHash"))
    return ""


def title(document: dict) -> str:
    return plain(document.get("name")) or plain(achievement_of(document).get("name"))


def has_readable_dates(document: dict) -> bool:
    return all(moment(text) for text in _dates(document))


def has_zones(document: dict) -> bool:
    """Whether each of its dates says its time zone, as VCDM 2.0 asks (C-08)."""
    return all(_ZONE.search(text) for text in _dates(document) if isinstance(text, str))


def _dates(document: dict) -> list:
    awarded = [document["awardedDate"]] if "awardedDate" in document else []
    return starts(document) + ends(document) + awarded


def valid_from(document: dict) -> datetime | None:
    """The latest start that it names, if all its dates are readable."""
    return max(_moments(starts(document)), default=None)


def valid_until(document: dict) -> datetime | None:
    """The earliest end that it names, if all its dates are readable."""
    return min(_moments(ends(document)), default=None)


def starts(document: dict) -> list:
    return [document[name] for name in ("validFrom", "issuanceDate") if name in document]


def ends(document: dict) -> list:
    """The ends that it and its proofs name; VCDM 1.1 calls validUntil expirationDate."""
    proofs = [proof for proof in map(one, listed(document.get("proof"))) if "expires" in proof]
    named = [document[name] for name in ("validUntil", "expirationDate") if name in document]
    return named + [proof["expires"] for proof in proofs]


def _moments(texts: list) -> list[datetime]:
    return [found for found in map(moment, texts) if found is not None]


def moment(text: object) -> datetime | None:
    """An XSD dateTime; one without a zone, which VCDM 1.1 allows, is read as UTC."""
    found = _MOMENT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}.{(found[2] or '0')[:6]:0<6}{found[3] or 'Z'}")
    except ValueError:
        return None


def day(moment: datetime) -> str:
    """A date as people write it. The zone is the one in which it was said."""
    moment = moment if moment.utcoffset() else moment.replace(tzinfo=UTC)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
