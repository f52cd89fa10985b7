"""From an order to signed awards: no row is lost, none is awarded twice.

A `Batch` is an intent, an `Award` is a fact. Each chunk of rows is claimed with a lease, then its documents
are composed, signed, checked and inserted in one transaction. A worker that dies leaves rows that are claimed
again when the lease ends; a second worker that holds the same rows finds them done.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from credentials import documents, queue, restoring, standing, witness
from credentials.models import (
    AchievementVersion,
    Award,
    Batch,
    CompactForm,
    Delivery,
    Evidence,
    Result,
    Row,
    StatusList,
)
from credentials.openbadges import document, jwt, proof
from credentials.openbadges.keys import Kind
from issuers import keys
from issuers.journal import record, without_people

CHUNK = 500
# Rows that are claimed at once, by how often they broke off: whatever ends its worker is soon alone.
CHUNKS = (CHUNK, 50, 5)
LEASE = dt.timedelta(minutes=2)
MOST_NAMED = 10  # lines in one sentence
DAYS = ("awarded_on", "valid_until", "activity_start", "activity_end")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who is to be awarded, as a cleaned row of a roster says it.

    `email` is normalised (credentials.addresses); `line` is the row's line in its roster; `results` maps the
    id of a result description to a value; `again` awards also to somebody who holds this version already.
    `evidence_url` is a piece of evidence of which nothing else is said; `evidence` holds the others, as our
    Evidence has them, by its names. What follows it no column of ours keeps: it is read from the signed
    document; `subject_id` is the identifier of the person's wallet, a DID.
    """

    line: int
    name: str
    email: str
    awarded_on: dt.date | None = None
    valid_until: dt.date | None = None
    evidence_url: str = ""
    licence_number: str = ""
    language: str = ""
    results: dict[str, str] = field(default_factory=dict)
    again: bool = False
    evidence: list[dict[str, str]] = field(default_factory=list)
    narrative: str = ""
    role: str = ""
    term: str = ""
    activity_start: dt.date | None = None
    activity_end: dt.date | None = None
    credits_earned: str = ""
    subject_id: str = ""

    def as_data(self) -> dict:
        """Plain values for the row; `from_data` reads them."""
        days = {key: value.isoformat() for key in DAYS if (value := getattr(self, key))}
        return {key: value for key, value in (asdict(self) | days).items() if value}

    @classmethod
    def from_data(cls, data: dict) -> "Person":
        days = {key: dt.date.fromisoformat(data[key]) for key in DAYS if key in data}
        return cls(**(data | days))

    def beside(self) -> dict:
        """What only the document keeps, as `documents.facts_of` takes it."""
        return {
            "narrative": self.narrative,
            "role": self.role,
            "term": self.term,
            "activity_start": self.activity_start and documents.start_of(self.activity_start),
            "activity_end": self.activity_end and documents.end_of(self.activity_end),
            "credits_earned": Decimal(self.credits_earned) if self.credits_earned else None,
            "subject_id": self.subject_id,
        }


@dataclass(frozen=True)
class Progress:
    """How far a batch is: a count of facts."""

    total: int
    awarded: int
    held: int
    refused: int
    state: str
    erased: int = 0

    @property
    def done(self) -> int:
        return self.awarded + self.held + self.refused + self.erased

    @property
    def waiting(self) -> int:
        return self.total - self.done


class CannotBeAwarded(Exception):
    """An award, or all of a batch, cannot be made; the message says why."""


@transaction.atomic
def order(version: AchievementVersion, *, people: Sequence[Person], roster_name: str, by: User) -> Batch:
    """Write down who is to be awarded what. Nothing is awarded yet; `award_batch` does it."""
    standing.lock(version.achievement.issuer)  # nobody of them is erased at this moment
    batch = Batch.objects.create(version=version, ordered_by=by, roster_name=roster_name, total=len(people))
    Row.objects.bulk_create(
        [Row(batch=batch, number=person.line, data=person.as_data()) for person in people], batch_size=2000
    )
    said = without_people(roster_name, ((person.name, person.email) for person in people))
    record(version.achievement.issuer, by, "ordered", batch, rows=len(people), roster=said)
    return batch


def award(version: AchievementVersion, person: Person, *, by: User) -> Award:
    """Award to one person, by the same way as a batch. Raises `CannotBeAwarded`."""
    batch = order(version, people=[person], roster_name="A single award", by=by)
    award_batch(batch.pk)
    row = batch.rows.get()
    if row.state != Row.State.AWARDED:
        batch.refresh_from_db()
        raise CannotBeAwarded(row.complaint or batch.stopped_reason or "Another worker is awarding it.")
    return row.award


def award_batch(pk: int, *, stop_after: int | None = None) -> int:
    """Award what is still waiting in a batch and return how many rows were finished here.

    Safe to run twice, and at the same time: rows are claimed. With `stop_after` it breaks off after about
    that many rows, as a killed worker would. A batch that cannot go on is stopped with its reason.
    """
    batch = Batch.objects.select_related("version__achievement__issuer").get(pk=pk)
    if restoring.notice(batch.version.achievement.issuer):
        batch.refresh_from_db(fields=["stopped_at", "stopped_reason"])
    finished = 0
    while batch.stopped_at is None and (stop_after is None or finished < stop_after):
        rows = _claim(batch, CHUNK if stop_after is None else min(CHUNK, stop_after - finished))
        if not rows:
            break
        try:
            finished += _award_rows(batch, rows)
        except (keys.NoSigningKey, proof.BatchMismatch, CannotBeAwarded) as reason:
            stop(batch, str(reason))
    finish(batch)
    return finished


def stop(batch: Batch, reason: str) -> None:
    """Give up for now: the batch says why and can be resumed. Its rows are free again."""
    batch.stopped_at, batch.stopped_reason = timezone.now(), reason
    batch.save(update_fields=["stopped_at", "stopped_reason"])
    batch.rows.filter(state=Row.State.WAITING).update(lease_until=None)


@transaction.atomic
def resume(batch: Batch, *, by: User) -> None:
    """Let a stopped batch go on, with all its attempts anew."""
    batch.stopped_at, batch.stopped_reason = None, ""
    batch.save(update_fields=["stopped_at", "stopped_reason"])
    batch.rows.filter(state=Row.State.WAITING).update(lease_until=None, attempts=0)
    record(batch.version.achievement.issuer, by, "resumed", batch)


def progress(batch: Batch) -> Progress:
    """Count the facts. `state` is waiting, running, stopped or finished."""
    counts = dict(batch.rows.values_list("state").annotate(Count("pk")).order_by())
    states = (Row.State.AWARDED, Row.State.HELD, Row.State.REFUSED, Row.State.ERASED)
    awarded, held, refused, erased = (counts.get(state, 0) for state in states)
    return Progress(
        total=batch.total,
        awarded=awarded,
        held=held,
        refused=refused,
        erased=erased,
        state=_state(batch, done=awarded + held + refused + erased),
    )


def unfinished() -> Iterable[int]:
    """Batches with rows that nobody is working on: what the sweeper wakes."""
    rows = queue.free(Row.objects.filter(state=Row.State.WAITING, batch__stopped_at__isnull=True))
    return rows.values_list("batch_id", flat=True).order_by("batch_id").distinct()


def _state(batch: Batch, *, done: int) -> str:
    if done == batch.total:
        return "finished"
    if batch.stopped_at:
        return "stopped"
    return "running" if done or batch.rows.filter(lease_until__gt=timezone.now()).exists() else "waiting"


def _claim(batch: Batch, limit: int) -> list[Row]:
    """Claim the next rows. Those that broke off before come later and among fewer, the most
    tired last and alone.

    So a row that ends its worker keeps no other from being awarded. Once only such are left, the batch stops.
    """
    waiting = batch.rows.filter(state=Row.State.WAITING).order_by("number")
    for attempts in range(queue.MOST_ATTEMPTS):
        alike = waiting.filter(attempts=attempts)
        chunk = CHUNKS[attempts] if attempts < len(CHUNKS) else 1
        if claimed := queue.claim(alike, limit=min(limit, chunk), lease=LEASE):
            return list(Row.objects.filter(pk__in=claimed).order_by("number"))
    _stop_if_only_given_up(batch)
    return []


def _stop_if_only_given_up(batch: Batch) -> None:
    """While somebody still awards another row it is too early: whoever is last stops the batch."""
    waiting = batch.rows.filter(state=Row.State.WAITING)
    given_up = queue.free(waiting.filter(attempts__gte=queue.MOST_ATTEMPTS))
    lines = list(given_up.values_list("number", flat=True).order_by("number"))
    if lines and len(lines) == waiting.count():
        each = "" if len(lines) == 1 else " each"
        stop(
            batch,
            f"{_named(lines)} broke off {queue.MOST_ATTEMPTS} times{each}: whatever was awarding it ended "
            "each time. Every other line is done. Resume to try again.",
        )


def _named(lines: list[int]) -> str:
    if len(lines) == 1:
        return f"Line {lines[0]}"
    shown, more = lines[:MOST_NAMED], len(lines) - MOST_NAMED
    last = f"{more} more" if more > 0 else str(shown.pop())
    return f"Lines {', '.join(map(str, shown))} and {last}"


@transaction.atomic
def _award_rows(batch: Batch, claimed: Sequence[Row]) -> int:
    """Award a claimed chunk: slots, documents, proofs and rows, all or nothing."""
    issuer = batch.version.achievement.issuer
    slots = standing.take_slots(issuer, len(claimed))  # also locks the issuer: nobody else is awarding for it
    signer = keys.signer_for(issuer)  # asked for under the lock: the key may have been withdrawn meanwhile
    rows = list(
        Row.objects.select_for_update().filter(pk__in=[row.pk for row in claimed], state=Row.State.WAITING)
    )
    due, held = _part_held(batch.version, rows)
    now = timezone.now().replace(microsecond=0)
    made = [
        _prepare(batch.version, row, slot, times, signer.key_id, now)
        for (row, times), slot in zip(due, slots, strict=False)
    ]
    made, refused = _compose(batch.version, made)
    _sign(made, signer, now)
    _insert(made)
    awarded = Row.objects.filter(pk__in=[one.row.pk for one in made])
    awarded.update(state=Row.State.AWARDED, lease_until=None)
    Row.objects.bulk_update([*held, *refused], ["state", "complaint", "lease_until"])
    if made:
        witness.remember(issuer, made[-1].award)
    return len(rows)


@dataclass
class _Made:
    """An award on its way: with what belongs to it, unsigned, then signed."""

    award: Award
    row: Row
    evidence: list[Evidence]
    results: list[Result]
    beside: dict = field(default_factory=dict)
    unsigned: dict = field(default_factory=dict)
    compact: list[CompactForm] = field(default_factory=list)


def _part_held(version: AchievementVersion, rows: list[Row]) -> tuple[list[tuple[Row, int]], list[Row]]:
    """Part the rows into those due, each with how many times the person was awarded before, and those held.

    Held: the person has a current award of this version, or had one a line before, and nobody said "again".
    """
    emails = [row.data["email"] for row in rows]
    before = dict(
        version.awards.filter(recipient_email__in=emails)
        .values_list("recipient_email")
        .annotate(Max("occurrence"))
        .order_by()
    )
    holders = set(
        version.awards.current().filter(recipient_email__in=emails).values_list("recipient_email", flat=True)
    )
    due, held = [], []
    for row in rows:
        email = row.data["email"]
        if email in holders and not row.data.get("again"):
            row.state, row.lease_until = Row.State.HELD, None
            row.complaint = f"{email} holds this credential already."
            held.append(row)
            continue
        due.append((row, before.get(email, 0)))
        before[email] = before.get(email, 0) + 1
        holders.add(email)
    return due, held


def _prepare(
    version: AchievementVersion,
    row: Row,
    slot: tuple[StatusList, int],
    times: int,
    key_id: int,
    now: dt.datetime,
) -> _Made:
    person = Person.from_data(row.data)
    begins = documents.start_of(person.awarded_on) if person.awarded_on else now
    status_list, index = slot
    award = Award(
        version=version,
        recipient_name=person.name,
        recipient_email=person.email,
        occurrence=times + 1,
        awarded_at=begins,
        valid_from=begins,
        valid_until=_end(version, person, begins),
        language=person.language or version.language,
        licence_number=person.licence_number,
        signing_key_id=key_id,
        status_list=status_list,
        status_index=index,
        row=row,
    )
    evidence = (
        [Evidence(award=award, url=person.evidence_url, name="Evidence")] if person.evidence_url else []
    )
    names = {described["id"]: described["name"] for described in version.result_descriptions}
    results = [
        Result(award=award, description_id=key, name=names[key], value=value)
        for key, value in person.results.items()
    ]
    evidence += [Evidence(award=award, **piece) for piece in person.evidence]
    return _Made(award, row, evidence, results, person.beside())


def _end(version: AchievementVersion, person: Person, begins: dt.datetime) -> dt.datetime | None:
    if person.valid_until:
        return documents.end_of(person.valid_until)
    if version.validity_days:
        return documents.end_of(begins.date() + dt.timedelta(days=version.validity_days))
    return None


def _compose(version: AchievementVersion, made: list[_Made]) -> tuple[list[_Made], list[Row]]:
    """Compose the documents. A row that cannot be one is refused with its sentence; the others go on.

    Raises `CannotBeAwarded` if what they all have in common is at fault.
    """
    issuer = documents.profile_of(version.achievement.issuer)
    try:
        compose = document.compose_alike(issuer, documents.achievement_text(version))
    except ValueError as complaint:
        raise CannotBeAwarded(str(complaint)) from complaint
    image = documents.image_of(version)
    composed, refused = [], []
    for one in made:
        try:
            one.unsigned = compose(
                documents.facts_of(
                    one.award, image=image, evidence=one.evidence, results=one.results, **one.beside
                )
            )
            composed.append(one)
        except ValueError as complaint:
            one.row.state, one.row.complaint, one.row.lease_until = Row.State.REFUSED, str(complaint), None
            refused.append(one.row)
    return composed, refused


def _sign(made: list[_Made], signer: keys.KeySigner, now: dt.datetime) -> None:
    """Sign all of a chunk; `sign_many` checks each signature before it returns (TRUST.md 10)."""
    signed = proof.sign_many([one.unsigned for one in made], signer, created=now)
    holders = any(one.beside["subject_id"] for one in made)  # K-04: without one there is no conformant token
    tokens = keys.token_signer(signer) if holders else None
    for one, document_ in zip(made, signed, strict=True):
        one.award.document = document.serialise(document_)
        one.award.document_sha256 = hashlib.sha256(one.award.document).hexdigest()
        if tokens and one.beside["subject_id"]:
            token = jwt.compose(one.unsigned, tokens, kind=Kind.P256)
            one.compact = [CompactForm(award=one.award, token=token)]


def _insert(made: list[_Made]) -> None:
    Award.objects.bulk_create([one.award for one in made], batch_size=500)
    Evidence.objects.bulk_create([evidence for one in made for evidence in one.evidence], batch_size=500)
    Result.objects.bulk_create([result for one in made for result in one.results], batch_size=500)
    CompactForm.objects.bulk_create([token for one in made for token in one.compact], batch_size=500)
    Delivery.objects.bulk_create(
        [
            Delivery(award=one.award, event=Delivery.Event.AWARDED, address=one.award.recipient_email)
            for one in made
        ],
        batch_size=500,
    )


def finish(batch: Batch) -> None:
    """Write down once that a batch is done."""
    if batch.rows.filter(state=Row.State.WAITING).exists():
        return
    with transaction.atomic():
        if Batch.objects.filter(pk=batch.pk, finished_at__isnull=True).update(finished_at=timezone.now()):
            counts = Counter(batch.rows.values_list("state", flat=True))
            data: dict = dict(counts)
            record(batch.version.achievement.issuer, batch.ordered_by, "finished", batch, **data)
