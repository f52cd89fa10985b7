"""How long it takes to award: documents, proofs, checks, status slots and rows, beside a plain loop."""

import hashlib
import json
import statistics
import time

from django.db import transaction
from django.utils import timezone

from credentials import awarding, documents, standing
from credentials.models import Award
from credentials.models import Row as BatchRow
from credentials.openbadges import document, proof
from issuers import keys
from tests.benchmarks import Row
from tests.factories import make_person, make_version, owner_of

ROUNDS = 3


def ours(version, count: int) -> float:
    """Seconds to award `count` ordered rows."""
    batch = ordered(version, count)
    started = time.perf_counter()
    awarding.award_batch(batch.pk)
    taken = time.perf_counter() - started
    assert batch.rows.filter(state=BatchRow.State.AWARDED).count() == count
    return taken


def naive(version, count: int) -> float:
    """Seconds for the same by one PyLD proof and one `save()` at a time, each in a transaction of its own."""
    batch = ordered(version, count)
    issuer = version.achievement.issuer
    started = time.perf_counter()
    for row in batch.rows.all():
        with transaction.atomic():
            one_by_one(version, row, issuer)
    return time.perf_counter() - started


def one_by_one(version, row, issuer) -> None:
    signer = keys.signer_for(issuer)
    ((status_list, index),) = standing.take_slots(issuer, 1)
    now = timezone.now().replace(microsecond=0)
    award = Award(
        version=version, recipient_name=row.data["name"], recipient_email=row.data["email"], awarded_at=now,
        valid_from=now, signing_key_id=signer.key_id, status_list=status_list, status_index=index, row=row,
    )  # fmt: skip
    facts = documents.facts_of(award, image=documents.image_of(version), evidence=[], results=[])
    unsigned = document.compose(documents.profile_of(issuer), documents.achievement_text(version), facts)
    signed = proof.sign(unsigned, signer, created=now)
    assert proof.check(signed, signer.public_key, proof=signed["proof"][0])
    award.document = json.dumps(signed).encode()
    award.document_sha256 = hashlib.sha256(award.document).hexdigest()
    award.save(force_insert=True)
    row.state = BatchRow.State.AWARDED
    row.save()


def ordered(version, count: int):
    people = [make_person() for _ in range(count)]
    return awarding.order(
        version, people=people, roster_name="bench", by=owner_of(version.achievement.issuer)
    )


def sign_by_hand(version, count: int) -> tuple[float, float]:
    """Seconds per document, by PyLD one at a time and by the template of a batch of `count`."""
    issuer = version.achievement.issuer
    signer = keys.signer_for(issuer)
    awards = version.awards.select_related("status_list", "version__achievement__issuer")[:count]
    image, profile, text = (
        documents.image_of(version),
        documents.profile_of(issuer),
        documents.achievement_text(version),
    )
    unsigned = [
        document.compose(profile, text, documents.facts_of(award, image=image, evidence=[], results=[]))
        for award in awards
    ]
    now = timezone.now()
    started = time.perf_counter()
    for one in unsigned[:50]:
        proof.sign(one, signer, created=now)
    slow = (time.perf_counter() - started) / 50
    started = time.perf_counter()
    proof.sign_many(unsigned, signer, created=now)
    return slow, (time.perf_counter() - started) / len(unsigned)


def rows(count: int = 1000, naive_count: int = 60) -> list[Row]:
    """Medians of interleaved rounds, per award."""
    version = make_version()
    naive(version, 5), ours(version, 20)
    measured = [
        (naive(version, naive_count) / naive_count, ours(version, count) / count) for _ in range(ROUNDS)
    ]
    baseline, mine = (statistics.median(column) for column in zip(*measured, strict=True))
    signing = [sign_by_hand(version, count) for _ in range(ROUNDS)]
    slow, fast = (statistics.median(column) for column in zip(*signing, strict=True))
    return [
        Row(
            block=f"award, signed and stored, in a batch of {count}", baseline=baseline, ours=mine, target=25
        ),
        Row(block="sign alone, each signature checked", baseline=slow, ours=fast, target=25),
    ]
