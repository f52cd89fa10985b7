"""Files on this machine's disk that are whole under their name or not there at all."""

import os
import secrets
from pathlib import Path

from django.core.files.storage import FileSystemStorage

CHUNK = 1 << 20


class AtomicFileSystemStorage(FileSystemStorage):
    """Writes beside the name, syncs to the disk, then renames: a killed process leaves nothing truncated."""

    def _save(self, name: str, content) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        passing = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with passing.open("xb") as file:
                for chunk in content.chunks(CHUNK) if hasattr(content, "chunks") else [content.read()]:
                    file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
                file.flush()
                os.fsync(file.fileno())
            passing.replace(target)
        finally:
            passing.unlink(missing_ok=True)
        sync_folder(target.parent)
        return name


def sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
