"""What this machine awarded last, remembered beside the database: if it does not know it, it is an older one.

A file for each issuer under `var/witness/`, written after each commit. It is a net for those who put a
database back by hand and tell nobody; where the files went with the database, it cannot notice.
"""

import json
import os
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from credentials.models import Award, ErasedAward
from issuers.models import Issuer

ERASED = "erased.jsonl"
log = structlog.get_logger(__name__)


def remember(issuer: Issuer, award: Award) -> None:
    """Write down, once the transaction is committed, that this award of the issuer's was made."""
    transaction.on_commit(partial(_write, _file_of(issuer), str(award.pk)), robust=True)


def misses_an_award(issuer: Issuer) -> bool:
    """Whether this machine made an award for the issuer that the database never heard of."""
    try:
        remembered = uuid.UUID(_file_of(issuer).read_text())
    except (OSError, ValueError):
        return False  # nothing was remembered, or only half: no witness
    return not any(model.objects.filter(pk=remembered).exists() for model in (Award, ErasedAward))


def remember_erased(erased: list[dict]) -> None:
    """Write down what was erased, without a word about whom: an older database shall not bring it back.

    `erased` holds what an ErasedAward holds (`credentials.erasing`); call it once that is committed.
    """
    file = settings.VAR / "witness" / ERASED
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="ascii") as kept:
            kept.write("".join(f"{json.dumps(one)}\n" for one in erased))
            kept.flush()
            os.fsync(kept.fileno())
    except OSError as trouble:
        log.error("erasure_not_remembered", number=len(erased), reason=trouble.strerror)


def erased() -> Iterator[dict]:
    """What this machine erased, oldest first; a line that was cut off tells nothing."""
    try:
        lines = (settings.VAR / "witness" / ERASED).read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def forget(issuer: Issuer) -> None:
    _file_of(issuer).unlink(missing_ok=True)


def _file_of(issuer: Issuer) -> Path:
    """Named by when the issuer was founded too: another database may number another issuer alike."""
    return settings.VAR / "witness" / f"{issuer.pk}-{issuer.created_at:%Y%m%d%H%M%S%f}"


def _write(file: Path, text: str) -> None:
    """The award stands; that it was not remembered is only logged."""
    passing = file.with_name(f".{uuid.uuid4().hex}.part")
    try:
        file.parent.mkdir(exist_ok=True)
        passing.write_text(text)
        passing.replace(file)
    except OSError as trouble:
        log.warning("award_not_remembered", reason=trouble.strerror)
