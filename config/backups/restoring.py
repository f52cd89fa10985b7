"""Put a backup back, and do what a database needs that is older than what was published since."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from config.backups import archive, databases
from config.storage import whole
from credentials import erasing, restoring
from credentials.models import Award
from issuers import keys
from issuers.models import Issuer, SigningKey


class Refused(Exception):
    """This backup does not belong here. The message is for people."""


@dataclass(frozen=True)
class Restored:
    """What was done: how much came back, what was closed, and which keys the master key does not open."""

    manifest: archive.Manifest
    issuers: int
    awards: int
    pictures: int
    there_already: int
    closed: restoring.Closed
    erased_again: int | None  # None: no key could sign, so it has to be done later
    shut_keys: int


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Put the database and the pictures of a backup in place, all or nothing of the database.

    Raises `archive.Damaged`, `Refused`, `databases.CannotCopy` and `OSError`; then the database is as before.
    """
    with archive.opened(path) as (box, manifest), _scratch() as scratch:
        _refuse_strange(manifest)
        _refuse_to_replace(replace=replace)
        copy = scratch / "database"
        with box.open(archive.DATABASE) as packed, copy.open("wb") as file:
            shutil.copyfileobj(packed, file)
        written, kept = _put_pictures(box, manifest)
        with databases.replaced_by(copy, scratch):
            closed = _bring_up_to_date(manifest)
        return Restored(
            manifest,
            issuers=Issuer.objects.count(),
            awards=Award.objects.count(),
            pictures=written,
            there_already=kept,
            closed=closed,
            erased_again=erase_again(),
            shut_keys=sum(1 for key in SigningKey.objects.active() if keys.fault_of(key)),
        )


def _bring_up_to_date(manifest: archive.Manifest) -> restoring.Closed:
    try:
        call_command("migrate", verbosity=0, interactive=False)
        Session.objects.all().delete()  # who signed out since then stays signed out
        return restoring.came_back(made_at=manifest.made_at)
    except InconsistentMigrationHistory as contradiction:
        raise Refused(
            f"The database of the backup contradicts itself: {contradiction} It was changed by something "
            "else than this program: take an older backup, or mend the table django_migrations in it."
        ) from contradiction
    except DatabaseError as trouble:
        raise Refused(f"The database of the backup could not be brought up to date: {trouble}.") from trouble


def erase_again() -> int | None:
    """What this machine erased and the database has again: how many; None where no key could sign it."""
    try:
        return erasing.erase_again()
    except keys.NoSigningKey:
        return None


def put_back_by_hand() -> restoring.Closed:
    """Close what has to be closed in a database that came back by other means. Raises `Refused`."""
    executor = MigrationExecutor(connection)
    try:
        executor.loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as contradiction:
        raise Refused(
            f"The database contradicts itself: {contradiction} It was changed by something else than this "
            "program: put an older copy back, or mend its table django_migrations, and run this again."
        ) from contradiction
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Refused(
            f"The database is older than this program: it lacks {missing[0][0]}. Run manage.py migrate, "
            "then run this again."
        )
    return restoring.came_back()


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=settings.VAR, prefix=".restore-") as folder:
        yield Path(folder)


def _refuse_strange(manifest: archive.Manifest) -> None:
    """A backup of another site, another kind of database, or newer code."""
    if manifest.site != settings.PUBLIC_BASE_URL:
        raise Refused(
            f"This backup is of {manifest.site}; this site is {settings.PUBLIC_BASE_URL}. Credentials are "
            "worth nothing under another address: set PUBLIC_BASE_URL to the one of the backup."
        )
    if manifest.database != connection.vendor:
        raise Refused(
            f"This backup holds a database of the kind {manifest.database}, and this site has "
            f"{connection.vendor}. Set DATABASE_URL to one of the same kind."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = [f"{app}.{name}" for app, names in manifest.migrations.items() for name in names
             if (app, name) not in known and app in _our_apps()]  # fmt: skip
    if newer:
        raise Refused(
            f"This backup was made by a newer version of the program, which knows {newer[0]}. Install that "
            "version first."
        )


def _our_apps() -> set[str]:
    return {app for app in settings.INSTALLED_APPS if (settings.BASE_DIR / app).is_dir()}


def _refuse_to_replace(*, replace: bool) -> None:
    if replace or Issuer._meta.db_table not in connection.introspection.table_names():
        return
    issuers, awards = Issuer.objects.count(), Award.objects.count()
    if issuers or awards:
        raise Refused(
            f"This site holds {_many(issuers, 'issuer')} and {_many(awards, 'award')}, which would be gone. "
            "Make a backup of it first, then say --replace."
        )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _put_pictures(box: zipfile.ZipFile, manifest: archive.Manifest) -> tuple[int, int]:
    """Write those that are not there as they were; how many, and how many were there already."""
    written = 0
    for name in manifest.media:
        target = Path(settings.MEDIA_ROOT) / name
        if not _is_there(target, manifest.members[archive.MEDIA + name]):
            target.parent.mkdir(parents=True, exist_ok=True)
            with box.open(archive.MEDIA + name) as packed, whole(target) as file:
                shutil.copyfileobj(packed, file)
            written += 1
    return written, len(manifest.media) - written


def _is_there(target: Path, expected: archive.Member) -> bool:
    return target.is_file() and archive.member_of(target) == expected
