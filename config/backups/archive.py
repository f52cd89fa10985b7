"""The file of a backup: a ZIP whose manifest, written last, names every member with its size and SHA-256."""

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
MEDIA = "media/"
CHUNK = 1 << 20
STORED = frozenset({".png", ".jpg", ".jpeg", ".webp"})  # packed already


class Damaged(Exception):
    """The file is no backup, or not as it was written. The message is for people."""


@dataclass(frozen=True)
class Member:
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is in a backup and what made it. `migrations` is app -> name of the last one."""

    format: int = FORMAT
    made_at: str
    site: str
    version: str
    database: str  # the vendor: sqlite or postgresql
    database_version: str
    python: str
    django: str
    migrations: dict[str, list[str]]
    master_key: str  # its fingerprint: which one opens the keys
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def media(self) -> list[str]:
        """The names of the files, as the storage knows them."""
        return [name.removeprefix(MEDIA) for name in self.members if name.startswith(MEDIA)]


def add(archive: zipfile.ZipFile, name: str, file: IO[bytes]) -> Member:
    """Write one member, in pieces, and say what was written."""
    method = zipfile.ZIP_STORED if Path(name).suffix.lower() in STORED else zipfile.ZIP_DEFLATED
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = method, 0o600 << 16
    with archive.open(entry, "w", force_zip64=True) as member:
        return _member_in(file, into=member)


def member_of(path: Path) -> Member:
    """A file on the disk, as a manifest would name it."""
    with path.open("rb") as file:
        return _member_in(file)


def _member_in(file: IO[bytes], *, into: IO[bytes] | None = None) -> Member:
    """What is read from a file; it is passed on if somebody wants it."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        if into:
            into.write(piece)
        digest.update(piece)
        size += len(piece)
    return Member(digest.hexdigest(), size)


def close(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup whose every member was read and is as it was written. Raises `Damaged`."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
            manifest = _manifest(archive)
            _compare(archive, manifest)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error) as broken:
            raise Damaged(f"{path.name} is no backup, or it is damaged: {broken}.") from broken
        yield archive, manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        said = json.loads(archive.read(MANIFEST))
        if said["format"] != FORMAT:
            raise Damaged(f"This backup is of another kind (format {said['format']}) than is read here.")
        members = {name: Member(**member) for name, member in said.pop("members").items()}
        return Manifest(**said, members=members)
    except (KeyError, TypeError, AttributeError, ValueError) as broken:
        raise Damaged("This file has no manifest of a backup, so it is none.") from broken


def _compare(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    there = set(archive.namelist()) - {MANIFEST}
    if there != set(manifest.members) or DATABASE not in there or len(archive.namelist()) != len(there) + 1:
        raise Damaged("The backup does not hold what its manifest names.")
    for name, expected in manifest.members.items():
        if name != DATABASE and not _is_a_place_of_files(name):
            raise Damaged(f"The backup names a place outside of the files of a site: {name}.")
        with archive.open(name) as file:
            found = _member_in(file)
        if found != expected:
            raise Damaged(f"{name} in the backup is not what was written there.")


def _is_a_place_of_files(name: str) -> bool:
    parts = PurePosixPath(name.removeprefix(MEDIA)).parts
    return name.startswith(MEDIA) and bool(parts) and parts[0] != "/" and ".." not in parts
