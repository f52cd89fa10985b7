"""Files on this machine's disk that are whole under their name or not there at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.files.storage import FileSystemStorage

CHUNK = 1 << 20


class AtomicFileSystemStorage(FileSystemStorage):
    """Writes beside the name, syncs to the disk, then renames: a killed process leaves nothing truncated."""

    def _save(self, name: str, content) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as file:
            for chunk in content.chunks(CHUNK) if hasattr(content, "chunks") else [content.read()]:
                file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
        return name


@contextmanager
def whole(target: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which gets its name when all of it is on the disk; if anything fails, never."""
    passing = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with passing.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
