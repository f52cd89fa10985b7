"""`manage.py backup`: the database and the pictures in one file, while the site runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import backups
from issuers.readiness import refuse_without_database


class Command(BaseCommand):
    help = (
        "Write the database and the uploaded pictures into one new file. Not in it: certificates, which are "
        "drawn again, and the master key, without which nothing in it signs. Keep that apart."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser):
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=Path(),
            help="a new file, or a folder for one (default: here)",
        )

    def handle(self, *, file: Path, **options):
        refuse_without_database()
        target = file / f"testamur-{timezone.now():%Y%m%d-%H%M%S}.zip" if file.is_dir() else file
        try:
            manifest = backups.make(target)
        except FileExistsError as refused:
            raise CommandError(str(refused)) from None
        except backups.CannotCopy as trouble:
            raise CommandError(f"{trouble} No backup was made.") from trouble
        except OSError as trouble:
            raise CommandError(f"No backup was made: {trouble.strerror or trouble}.") from trouble
        number = len(manifest.media)
        self.stdout.write(
            f"{target}: {target.stat().st_size / 1e6:,.1f} MB, the database and "
            f"{number:,} {'picture' if number == 1 else 'pictures'}. The master key "
            f"{manifest.master_key} is not in it: keep that apart."
        )
