"""Look whether a domain says that it is an issuer's: in its DNS, or in a file on its web site.

Domains are looked at again each day; the claim's row is the job (TRUST.md 6). Going out happens outside
of any transaction, what was seen is written down in one.
"""

import datetime as dt
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from credentials import fetching
from issuers import domains
from issuers.domains import Outcome, Sighting
from issuers.models import DomainClaim

LEASE = dt.timedelta(minutes=2)
MOST_BYTES = 10_000
SHOWN = 80  # characters of what was found instead
GONE = {404, 410}
Way = DomainClaim.Way


def check(
    claim: DomainClaim, *, door: fetching.Door | None = None, by: User | None = None
) -> DomainClaim | None:
    """Look now. None if the claim was changed while we looked."""
    door = fetching.for_one_outing(door)
    seen = [_look_in_dns(claim, door)]
    if seen[0].outcome is not Outcome.FOUND:
        seen.append(_look_for_file(claim, door))
    return domains.write_down(claim, seen, now=timezone.now(), by=by)


def due() -> list[int]:
    """Claims that it is time to look at, and that nobody is looking at."""
    return list(_free().values_list("pk", flat=True)[:500])


def renew(pk: int, *, door: fetching.Door | None = None) -> None:
    """Look at a claim that is due. Safe to call twice and at once: only who gets the lease looks."""
    if not _free().filter(pk=pk).update(lease_until=timezone.now() + LEASE):
        return
    if claim := DomainClaim.objects.filter(pk=pk).first():
        check(claim, door=door)


def _free() -> QuerySet[DomainClaim]:
    now = timezone.now()
    unleased = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return DomainClaim.objects.filter(unleased, next_check_at__lte=now)


def _look_in_dns(claim: DomainClaim, door: fetching.Door) -> Sighting:
    try:
        records = fetching.txt_records(claim.record_name, door=door)
    except fetching.FetchFailed as trouble:
        return Sighting(Way.DNS, Outcome.UNKNOWN, str(trouble))
    if claim.text in map(str.strip, records):
        return Sighting(Way.DNS, Outcome.FOUND, f"The TXT record at {claim.record_name} says so.")
    if not records:
        return Sighting(Way.DNS, Outcome.ABSENT, f"There is no TXT record at {claim.record_name}.")
    said = " and ".join(_quoted(record) for record in records[:3])
    return Sighting(Way.DNS, Outcome.ABSENT, f"The TXT record at {claim.record_name} says {said}.")


def _look_for_file(claim: DomainClaim, door: fetching.Door) -> Sighting:
    try:
        found = fetching.fetch(claim.file_url, accept="text/plain", max_bytes=MOST_BYTES, door=door)
    except fetching.FetchFailed as trouble:
        outcome = Outcome.ABSENT if trouble.status in GONE else Outcome.UNKNOWN
        return Sighting(Way.FILE, outcome, str(trouble))
    except fetching.FetchRefused as refusal:
        return Sighting(Way.FILE, Outcome.UNKNOWN, str(refusal))
    host = urlsplit(found.url).hostname
    if host not in (claim.domain, f"www.{claim.domain}"):  # else an open redirect would prove a domain
        sentence = f"{claim.file_url} leads to {host}. The file has to be on {claim.domain} itself."
        return Sighting(Way.FILE, Outcome.ABSENT, sentence)
    lines = found.body.decode("utf-8-sig", "replace").splitlines()
    if claim.text in map(str.strip, lines):
        return Sighting(Way.FILE, Outcome.FOUND, f"The file {claim.file_url} says so.")
    said = f"begins with {_quoted(lines[0])}" if lines else "is empty"
    return Sighting(Way.FILE, Outcome.ABSENT, f"The file {claim.file_url} {said}.")


def _quoted(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: SHOWN + 1])
    return f"“{shown[:SHOWN]}{'…' if len(text) > SHOWN else ''}”"
