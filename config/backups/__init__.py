"""The site in one file, and back: the database, and the pictures that nobody can draw again.

Certificates are left out: they are drawn anew. So is the master key: a backup that is stolen signs nothing.
"""

from config.backups.archive import Damaged, Manifest, opened
from config.backups.databases import CannotCopy
from config.backups.making import make
from config.backups.restoring import Refused, Restored, erase_again, put_back_by_hand, restore

__all__ = [
    "CannotCopy",
    "Damaged",
    "Manifest",
    "Refused",
    "Restored",
    "erase_again",
    "make",
    "opened",
    "put_back_by_hand",
    "restore",
]
