"""A database as one consistent file, while the site runs, and a file in a database's place, all or nothing.

SQLite by its own online backup, PostgreSQL by pg_dump and pg_restore.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

ASIDE = "before_the_restore"  # where PostgreSQL keeps what was there, until the new is complete
WAIT_MS = 10_000  # for somebody who holds a lock


class CannotCopy(Exception):
    """The database could not be copied or put back. The message is for people."""


def dump(file: Path) -> None:
    """A copy of the database as it is at this moment. Raises `CannotCopy`."""
    if settings.DATABASE_IS_SQLITE:
        _copy_sqlite(Path(_settings()["NAME"]), file)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


@contextmanager
def replaced_by(file: Path, scratch: Path) -> Iterator[None]:
    """Inside, the database is the one of the file; what was there comes back if anything goes wrong.

    `scratch` is a folder for what has to be kept meanwhile. Raises `CannotCopy`.
    """
    _hang_up()
    way = _replaced_sqlite if settings.DATABASE_IS_SQLITE else _replaced_postgresql
    with way(file, scratch):
        yield
    _hang_up()


def version() -> str:
    """What the database itself is, for the manifest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if settings.DATABASE_IS_SQLITE else "SHOW server_version")
        return cursor.fetchone()[0]


def _settings() -> dict:
    return connection.settings_dict  # of the connection: a test's database has another name


def _hang_up() -> None:
    """No connection of ours remembers the database that was there before."""
    connection.close()
    if not settings.DATABASE_IS_SQLITE:
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL alone has one


# SQLite


def _copy_sqlite(source: Path, target: Path) -> None:
    """In one step, so that no writer is waited for; over a file in use, as one transaction of it."""
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
            old.backup(new)
    except sqlite3.Error as trouble:
        raise CannotCopy(f"The database could not be copied: {trouble}.") from trouble


@contextmanager
def _replaced_sqlite(file: Path, scratch: Path) -> Iterator[None]:
    here, before = Path(_settings()["NAME"]), scratch / "before"
    _refuse_unsound(file)
    _copy_sqlite(here, before)
    complete = False
    try:
        _copy_sqlite(file, here)
        yield
        complete = True
    finally:
        if not complete:
            _hang_up()
            _copy_sqlite(before, here)


def _refuse_unsound(file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as copy:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as trouble:
        said = str(trouble)
    if said != "ok":
        raise CannotCopy(f"The database in the backup is not sound: {said}.")


# PostgreSQL


@contextmanager
def _replaced_postgresql(file: Path, scratch: Path) -> Iterator[None]:
    _say(f"CREATE SCHEMA {ASIDE}_check", f"DROP SCHEMA {ASIDE}_check")  # may we at all?
    _say(f"ALTER SCHEMA public RENAME TO {ASIDE}", "CREATE SCHEMA public")
    complete = False
    try:
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
             f"--dbname={_name()}", str(file))  # fmt: skip
        yield
        complete = True
    finally:
        _hang_up()
        if complete:
            _say(f"DROP SCHEMA {ASIDE} CASCADE")
        else:
            _say("DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _name() -> str:
    return str(_settings()["NAME"])


def _say(*statements: str) -> None:
    """Statements about schemas, in one transaction. Raises `CannotCopy`."""
    words = {name.lower().removeprefix("pg"): value for name, value in _address().items()}
    words["dbname"] = words.pop("database")
    try:
        with psycopg.connect(make_conninfo(**words)) as server:
            server.execute(f"SET lock_timeout = {WAIT_MS}")
            for statement in statements:
                server.execute(sql.SQL(statement))
    except psycopg.Error as trouble:
        raise CannotCopy(f"The database refused: {str(trouble).strip()}") from trouble


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, without the password in sight of others. Raises `CannotCopy`."""
    env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGOPTIONS": f"-c lock_timeout={WAIT_MS}"} | _address()
    done = subprocess.run([_found(program), *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        raise CannotCopy(f"{program} gave up: {done.stderr.strip()[-600:]}")


def _address() -> dict[str, str]:
    """Where the database is, as libpq's programs read it from their environment."""
    said = _settings()
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    others = {name: value for name, value in said["OPTIONS"].items() if name.startswith(("ssl", "connect_"))}
    return {variable: str(said[name]) for name, variable in names.items() if said[name]} | {
        f"PG{name.upper()}": str(value) for name, value in others.items()
    }


def _found(program: str) -> str:
    """The newest one that is installed: an older one does not read a newer server. Raises `CannotCopy`."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_number)
    if found := (str(kept[-1]) if kept else shutil.which(program)):
        return found
    raise CannotCopy(f"{program} is not installed. On Debian: apt-get install postgresql-client")


def _number(path: Path) -> int:
    return int(path.parts[4]) if path.parts[4].isdigit() else 0
