"""Who did what: an append-only journal for each issuer, each entry carrying the hash of the one before."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from issuers.models import Entry, Issuer

FIRST_HASH = "0" * 64
RESTORED = "restored"  # the verb of a database that came back from a backup


@transaction.atomic
def record(
    issuer: Issuer, actor: User | None, verb: str, what: models.Model, *, label: str = "", **data
) -> Entry:
    """Append an entry. The issuer's row is locked, so that two entries never share a number.

    What it says of `what` is its text or the `label`. It stays for ever: it must name no earner.
    """
    Issuer.objects.select_for_update().only("pk").get(pk=issuer.pk)
    last = issuer.journal.order_by("number").last()
    entry = Entry(
        issuer=issuer,
        number=last.number + 1 if last else 1,
        actor=actor,
        verb=verb,
        what=f"{what._meta.label_lower}:{what.pk}",
        label=(label or str(what))[:300],
        at=timezone.now(),
        data=data,
        previous_hash=last.hash if last else FIRST_HASH,
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    return entry


def without_people(text: str, people: Iterable[Iterable[str]]) -> str:
    """A text without these names and addresses: what the journal keeps can never be erased.

    A name in Latin letters counts where it is a word of its own; other scripts may set no space around it.
    """
    small = text.casefold()
    found = {known for person in people for known in person if known and known.casefold() in small}
    for known in sorted(found, key=len, reverse=True):  # an address before the name that begins it
        alone = rf"(?<![^\W_]){re.escape(known)}(?![^\W_])" if known.isascii() else re.escape(known)
        text = re.sub(alone, "…", text, flags=re.IGNORECASE)
    return text


def was_restored(*, since: dt.datetime | None) -> bool:
    """Whether the database came back from a backup after this moment, or ever."""
    entries = Entry.objects.filter(verb=RESTORED)
    return (entries.filter(at__gt=since) if since else entries).exists()


def hash_of(entry: Entry) -> str:
    """SHA-256 over the entry's content and the hash of the one before, as 64 hex digits."""
    said = [
        entry.issuer_id,
        entry.number,
        entry.actor_id,
        entry.verb,
        entry.what,
        entry.label,
        entry.at.isoformat(),
        entry.data,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(issuer: Issuer) -> Entry | None:
    """The first entry whose hash or chain is not what it should be, or None."""
    previous = FIRST_HASH
    for number, entry in enumerate(issuer.journal.order_by("number"), start=1):
        if (entry.number, entry.previous_hash, entry.hash) != (number, previous, hash_of(entry)):
            return entry
        previous = entry.hash
    return None
