"""Make a backup, while the site runs."""

import os
import platform
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config.backups import archive, databases
from config.storage import whole
from issuers import keys

DRAWN_AGAIN = "renderings"  # the folder of files that are only a cache


def make(target: Path) -> archive.Manifest:
    """Write a backup to a file that does not exist yet: whole under its name, or not there at all.

    Raises `FileExistsError`, `databases.CannotCopy`, and `OSError` where the disk refuses.
    """
    _refuse_existing(target)
    with tempfile.TemporaryDirectory(
        dir=target.parent, prefix=".backup-", ignore_cleanup_errors=True
    ) as folder:
        manifest, copy = _described(), Path(folder) / "database"
        databases.dump(copy)
        with whole(target) as file:
            os.fchmod(file.fileno(), 0o600)  # names and addresses of people are in it
            manifest = _write(file, manifest, copy)
            _refuse_existing(target)
    return manifest


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise FileExistsError(f"{target} exists already. A backup never takes the place of a file.")


def _write(file, manifest: archive.Manifest, copy: Path) -> archive.Manifest:
    """The database first: a picture that a row of it names was there before the row."""
    members = {}
    with zipfile.ZipFile(file, "w") as box:
        with copy.open("rb") as database:
            members[archive.DATABASE] = archive.add(box, archive.DATABASE, database)
        for path in _pictures(Path(settings.MEDIA_ROOT)):
            name = archive.MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix()
            with path.open("rb") as picture:
                members[name] = archive.add(box, name, picture)
        manifest = replace(manifest, members=members)
        archive.close(box, manifest)
    return manifest


def _pictures(root: Path) -> Iterator[Path]:
    """All files that cannot be drawn again; hidden ones are still being written."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and parts[0] != DRAWN_AGAIN and not any(part.startswith(".") for part in parts):
            yield path


def _described() -> archive.Manifest:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return archive.Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        site=settings.PUBLIC_BASE_URL,
        version=project["version"],
        database=connection.vendor,
        database_version=databases.version(),
        python=platform.python_version(),
        django=django.get_version(),
        migrations=_migrations(),
        master_key=keys.fingerprint(settings.TESTAMUR_MASTER_KEY),
    )


def _migrations() -> dict[str, list[str]]:
    """App -> what was applied, so that older code does not put back what it cannot read."""
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied
