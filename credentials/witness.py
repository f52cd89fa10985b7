"""What this machine awarded last, remembered beside the database: if it does not know it, it is an older one.

A file for each issuer under `var/witness/`, written after each commit. It is a net for those who put a
database back by hand and tell nobody; where the files went with the database, it cannot notice.
"""

import uuid
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from credentials.models import Award
from issuers.models import Issuer

log = structlog.get_logger(__name__)


def remember(issuer: Issuer, award: Award) -> None:
    """Write down, once the transaction is committed, that this award of the issuer's was made."""
    transaction.on_commit(partial(_write, _file_of(issuer), str(award.pk)), robust=True)


def misses_an_award(issuer: Issuer) -> bool:
    """Whether this machine made an award for the issuer that the database does not know."""
    try:
        remembered = uuid.UUID(_file_of(issuer).read_text())
    except (OSError, ValueError):
        return False  # nothing was remembered, or only half: no witness
    return not Award.objects.filter(pk=remembered).exists()


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
