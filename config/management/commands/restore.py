"""`manage.py restore`: put a backup back, close what may be in use out there, and say what is lost."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import backups
from credentials import restoring
from issuers import keys
from issuers.readiness import refuse_without_database

WHAT_IS_LOST = """\
What the backup cannot know, because it happened after it was made:
- Credentials awarded since are out there, and this site says that it never heard of them.
- Revocations since are forgotten: revoke those again.
- Keys made since are gone, and what they signed cannot be checked any more. New keys get other names.
- Accounts that were closed since are back: run manage.py erase ADDRESS for each. So is what another
  machine erased.
- Who signed up, claimed or changed something since has to do it again. Everybody has to sign in anew.
- Mail that waited then is sent, perhaps for the second time.
docs/backup.md says more. Now run: manage.py check_integrity"""


class Command(BaseCommand):
    help = "Put a backup in place. Stop the site first. Whatever way the database came back, run this after."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="what `manage.py backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="also where this site holds issuers and awards"
        )
        parser.add_argument(
            "--by-hand",
            action="store_true",
            help="the database was put back by other means: only close what has to be closed",
        )

    def handle(self, *, file: Path | None, replace: bool, by_hand: bool, **options):
        if by_hand == (file is not None):
            raise CommandError("Say which file, or --by-hand if the database was put back by other means.")
        if file is None:
            refuse_without_database()
            self.say_closed(_closed_by_hand())
            self.say_erased(backups.erase_again())
        else:
            self.say(_restored(file, replace=replace))
        self.stdout.write(WHAT_IS_LOST)

    def say(self, done: backups.Restored) -> None:
        manifest = done.manifest
        self.stdout.write(f"Put back the backup of {manifest.made_at}, every part of it as it was written:")
        self.stdout.write(f"- {_many(done.issuers, 'issuer')} and {_many(done.awards, 'award')}")
        self.stdout.write(f"- {_many(done.pictures, 'picture')}; {done.there_already:,} were there already")
        self.say_closed(done.closed)
        self.say_erased(done.erased_again)
        if done.shut_keys:
            self.stdout.write(
                f"! {_many(done.shut_keys, 'active key')} cannot be opened: the master key of the backup is "
                f"{manifest.master_key}, and this site has {keys.fingerprint(settings.TESTAMUR_MASTER_KEY)}. "
                "Nothing can be signed until TESTAMUR_MASTER_KEY is that one."
            )

    def say_closed(self, closed: restoring.Closed) -> None:
        self.stdout.write(
            f"Closed {_many(closed.lists, 'status list')} to new awards: nobody knows which places were "
            "taken since. Each issuer opens a new one with its next award."
        )
        if closed.batches:
            self.stdout.write(
                f"Stopped {_many(closed.batches, 'unfinished batch', 'unfinished batches')}: some rows may "
                "have been awarded since. Resume them at the issuer's desk if they may be awarded."
            )

    def say_erased(self, number: int | None) -> None:
        if number is None:
            self.stdout.write(
                "! What was erased since is here again, because nothing can be signed. Set the right master "
                "key, then run: manage.py restore --by-hand"
            )
        elif number:
            self.stdout.write(
                f"Erased {_many(number, 'credential')} again that this machine had erased since."
            )


def _restored(file: Path, *, replace: bool) -> backups.Restored:
    try:
        return backups.restore(file, replace=replace)
    except (backups.Damaged, backups.Refused, backups.CannotCopy) as reason:
        raise CommandError(f"{reason} Nothing was changed.") from reason
    except OSError as trouble:
        raise CommandError(
            f"{trouble.filename or file}: {trouble.strerror or trouble}. The database is as before."
        ) from trouble


def _closed_by_hand() -> restoring.Closed:
    try:
        return backups.put_back_by_hand()
    except backups.Refused as reason:
        raise CommandError(f"{reason} Nothing was changed.") from reason


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
