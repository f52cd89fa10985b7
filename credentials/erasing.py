"""Erase what was awarded to a person: name, address, evidence and files go, and nobody can bring them back.

An award that was signed cannot be changed, so it goes as a whole. What stays of it is an `ErasedAward`: its
id, its place in the status list, which says "revoked" for good, and the hash of its document
(docs/decisions/0014-what-erasure-leaves.md).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from credentials import awarding, standing, witness
from credentials.addresses import normalise_email
from credentials.models import Award, Batch, ErasedAward, Rendering, Roster, Row, StatusList
from credentials.rendering import shelf
from issuers.journal import record, without_people
from issuers.models import Issuer

log = structlog.get_logger(__name__)
_PART = r"[^\s<>,;:\"'()\[\]|]+"
ADDRESS = re.compile(f"{_PART}@{_PART}")


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose data: what was awarded to these addresses, as `credentials.addresses` writes them.

    With an `account`, also what it claimed, and nothing that another account claimed. With `awards`, no award
    but these.
    """

    addresses: frozenset[str] = frozenset()
    account: int | None = None
    awards: frozenset[UUID] | None = None

    def held_at(self, issuer: Issuer) -> QuerySet[Award]:
        """Their awards at an issuer, in no order."""
        return self.held().filter(version__achievement__issuer=issuer)

    def held(self) -> QuerySet[Award]:
        if self.awards is not None:
            return Award.objects.filter(pk__in=self.awards).order_by()
        awarded = Q(recipient_email__in=self.addresses)
        if self.account is not None:
            awarded = awarded & Q(earner__isnull=True) | Q(earner=self.account)
        return Award.objects.filter(awarded).order_by()

    def rows(self) -> QuerySet[Row]:
        """The rows of batches that name them, also those that became no award."""
        unawarded = Q(data__email__in=sorted(self.addresses), award__isnull=True)
        return Row.objects.filter(unawarded | Q(award__in=self.held().values("pk"))).order_by()

    def rows_at(self, issuer: Issuer) -> QuerySet[Row]:
        return self.rows().filter(batch__version__achievement__issuer=issuer)


@dataclass(frozen=True)
class Found:
    """How much there is of a person at an issuer: awards, rows that became none, rosters not ordered."""

    awards: int = 0
    rows: int = 0
    rosters: int = 0

    def __str__(self):
        return f"{self.awards} credential{'' if self.awards == 1 else 's'} of a person"

    def __bool__(self) -> bool:
        return bool(self.awards or self.rows or self.rosters)


def known_at(issuer: Issuer, whose: Whose) -> Found:
    """What `erase` would erase."""
    return Found(
        awards=whose.held_at(issuer).count(),
        rows=whose.rows_at(issuer).filter(award__isnull=True).count(),
        rosters=sum(1 for _ in _rosters_that_name(issuer, whose.addresses)),
    )


def issuers_that_know(whose: Whose) -> list[Issuer]:
    """In the order in which they may be locked."""
    rosters = Roster.objects.filter(batch__isnull=True).values("version__achievement__issuer")
    anywhere = (
        Q(pk__in=whose.held().values("version__achievement__issuer"))
        | Q(pk__in=whose.rows().values("batch__version__achievement__issuer"))
        | Q(pk__in=rosters)
    )
    return [issuer for issuer in Issuer.objects.filter(anywhere).order_by("pk") if known_at(issuer, whose)]


def erase_everywhere(whose: Whose, *, by: User | None) -> dict[Issuer, Found]:
    """Erase a person at every issuer that knows them."""
    return {issuer: erase(issuer, whose, by=by) for issuer in issuers_that_know(whose)}


@transaction.atomic
def erase(issuer: Issuer, whose: Whose, *, by: User | None) -> Found:
    """Erase a person at an issuer, all or nothing, and say how much it was: nothing the second time.

    `by` is nobody where the journal shall name nobody: the operator, or the person who leaves.
    """
    standing.lock(issuer)  # whoever is awarding waits, or is done and found here
    theirs = whose.held_at(issuer).select_for_update(of=("self",)).select_related("status_list")
    awards = list(theirs.defer("document", "status_list__document"))
    rows = list(whose.rows_at(issuer).select_related("batch__version__achievement__issuer"))
    people = _names_in(awards, rows)
    found = Found(len(awards), len(rows) - len(awards), _clear_rosters(issuer, whose.addresses, people))
    if not found:
        return found
    _remove(awards)
    _blank(rows, people)
    record(issuer, by, "erased", issuer, label=str(found), **vars(found))
    return found


def was_erased(issuer: Issuer, pk: UUID) -> bool:
    return ErasedAward.objects.filter(pk=pk, status_list__issuer=issuer).exists()


# Awards


def _remove(awards: list[Award]) -> None:
    """Delete awards with all that belongs to them, and leave in public that they are revoked."""
    now, pks = timezone.now(), [award.pk for award in awards]
    left = [
        ErasedAward(
            id=award.pk,
            status_list=award.status_list,
            status_index=award.status_index,
            document_sha256=award.document_sha256,
            erased_at=now,
        )
        for award in awards
    ]
    _mend_chains(awards)
    list(Rendering.objects.select_for_update().filter(award__in=pks).values_list("pk"))  # who draws is done
    for start in range(0, len(pks), standing.AT_ONCE):
        Award.objects.filter(pk__in=pks[start : start + standing.AT_ONCE]).delete()
    ErasedAward.objects.bulk_create(left, batch_size=standing.AT_ONCE)
    standing.publish(StatusList.objects.filter(pk__in={one.status_list_id for one in left}))
    transaction.on_commit(partial(_clear_shelf, pks), robust=True)
    transaction.on_commit(partial(witness.remember_erased, list(map(_as_kept, left))), robust=True)


def _mend_chains(awards: list[Award]) -> None:
    """Whatever replaced one of these replaces what that one had replaced, so no other award is orphaned."""
    before = {award.pk: award.replaces_id for award in awards}
    successors = Award.objects.filter(replaces__in=before).exclude(pk__in=before)
    links = dict(successors.values_list("pk", "replaces"))
    Award.objects.filter(Q(pk__in=before) | Q(pk__in=links)).update(replaces=None)
    for successor, replaced in links.items():
        while replaced in before:
            replaced = before[replaced]
        Award.objects.filter(pk=successor).update(replaces=replaced)


def _clear_shelf(pks: list[UUID]) -> None:
    try:
        shelf.clear(pks)
    except OSError as trouble:
        log.error("files_not_erased", credentials=[str(pk) for pk in pks], reason=trouble.strerror)


# Batches and rosters


def _names_in(awards: Iterable[Award], rows: Iterable[Row]) -> list[tuple[str, str]]:
    return [(award.recipient_name, award.recipient_email) for award in awards] + [
        (row.data.get("name", ""), row.data.get("email", "")) for row in rows
    ]


def _blank(rows: list[Row], people: list[tuple[str, str]]) -> None:
    """Keep of rows no more than that there was one; a batch that waited for nobody else is finished."""
    Row.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Row.State.ERASED, data={}, complaint="", lease_until=None
    )
    for batch in {row.batch for row in rows}:
        told = without_people(batch.roster_name, people)
        Batch.objects.filter(pk=batch.pk).exclude(roster_name=told).update(roster_name=told)
        Roster.objects.filter(batch=batch).update(name=told)
        if batch.finished_at is None:
            awarding.finish(batch)


def _rosters_that_name(issuer: Issuer, addresses: frozenset[str]) -> Iterator[Roster]:
    """The rosters that nobody has ordered yet and in which one of these addresses stands."""
    waiting = Roster.objects.filter(version__achievement__issuer=issuer, batch__isnull=True)
    names_one = _finder(addresses)
    for roster in waiting.order_by("pk").iterator(20):
        if _without(roster.name, addresses) != roster.name or names_one(_text_of(roster)):
            yield roster


def _clear_rosters(issuer: Issuer, addresses: frozenset[str], people: list[tuple[str, str]]) -> int:
    """Take the lines with these addresses out of rosters; where nothing else is left, the roster."""
    names_one = _finder(addresses)
    keys = [roster.pk for roster in _rosters_that_name(issuer, addresses)]
    for roster in Roster.objects.select_for_update().filter(pk__in=keys):
        gone = {str(line) for line, cells in roster.sheet["rows"] if names_one(_joined(cells))}
        gone |= {line for line, fields in roster.edits.items() if names_one(_joined(fields.values()))}
        rows = [row for row in roster.sheet["rows"] if str(row[0]) not in gone]
        roster.name = _without(without_people(roster.name, people), addresses)
        roster.sheet = roster.sheet | {"rows": rows, "name": roster.name}
        roster.edits = {line: one for line, one in roster.edits.items() if line not in gone}
        roster.choices = {line: one for line, one in roster.choices.items() if line not in gone}
        if not rows or names_one(_text_of(roster)):
            roster.delete()
        else:
            roster.save(update_fields=["name", "sheet", "edits", "choices"])
    return len(keys)


def _without(text: str, addresses: frozenset[str]) -> str:
    return without_people(text, [addresses])


def _finder(addresses: frozenset[str]) -> Callable[[str], bool]:
    """Whether one of the addresses stands in a text, however it is written there."""
    before_at = {address.rpartition("@")[0].casefold() for address in addresses}

    def names_one(text: str) -> bool:
        small = unicodedata.normalize("NFC", text).casefold()
        if not any(local in small for local in before_at):  # quick: most rosters end here
            return False
        return any(_key(found) in addresses for found in ADDRESS.findall(text))

    return names_one


def _key(text: str) -> str:
    try:
        return normalise_email(text.rstrip("."))
    except ValueError:
        return ""


def _joined(cells: Iterable[str]) -> str:
    return "\n".join(cells)


def _text_of(roster: Roster) -> str:
    """All that a roster says but its name, as one text."""
    parts = [*roster.sheet.get("headings", []), *roster.sheet.get("notes", [])]
    parts += [cell for _, cells in roster.sheet["rows"] for cell in cells]
    parts += [text for fields in roster.edits.values() for text in fields.values()]
    return _joined(parts)


# After an older database came back


@transaction.atomic
def erase_again() -> int:
    """Erase what this machine remembers as erased and an older database has again. How many it were.

    Of those that it never had, the place in the list is marked again where it has the list.
    """
    remembered = {one["id"]: one for one in witness.erased()}
    back = list(
        Award.objects.filter(pk__in=remembered).values_list(
            "pk", "recipient_email", "version__achievement__issuer"
        )
    )
    for issuer in Issuer.objects.filter(pk__in={issuer for *_, issuer in back}).order_by("pk"):
        theirs = [(pk, email) for pk, email, of_issuer in back if of_issuer == issuer.pk]
        whose = Whose(
            awards=frozenset(pk for pk, _ in theirs), addresses=frozenset(email for _, email in theirs)
        )
        erase(issuer, whose, by=None)
    _mark_again(remembered)
    return len(back)


def _as_kept(erased: ErasedAward) -> dict:
    """An erased award as the file beside the database keeps it."""
    return {
        "id": str(erased.pk),
        "status_list": erased.status_list.public_id,
        "status_index": erased.status_index,
        "document_sha256": erased.document_sha256,
        "erased_at": erased.erased_at.isoformat(),
    }


def _mark_again(remembered: dict[str, dict]) -> None:
    """Write down erased awards that the database never heard of, and say so in the lists that it has."""
    known = {str(pk) for pk in ErasedAward.objects.filter(pk__in=remembered).values_list("pk", flat=True)}
    lists = {one.public_id: one for one in StatusList.objects.defer("document").select_related("issuer")}
    missing = [
        ErasedAward(**one | {"status_list": lists[one["status_list"]]})
        for pk, one in remembered.items()
        if pk not in known and one["status_list"] in lists
    ]
    ErasedAward.objects.bulk_create(missing, batch_size=standing.AT_ONCE)
    standing.publish(StatusList.objects.filter(pk__in={one.status_list_id for one in missing}))
