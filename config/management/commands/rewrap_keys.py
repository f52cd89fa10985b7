"""`manage.py rewrap_keys`: put all signing keys under a new master key."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from issuers import keys
from issuers.readiness import refuse_without_database

HOW = (
    "Set TESTAMUR_MASTER_KEY (or TESTAMUR_MASTER_KEY_FILE) to the new master key and "
    "TESTAMUR_OLD_MASTER_KEY (or TESTAMUR_OLD_MASTER_KEY_FILE) to the one before, run this, take the old "
    "one away and start the site."
)


class Command(BaseCommand):
    help = f"Wrap all signing keys under a new master key, all or none. {HOW}"
    requires_migrations_checks = True

    def handle(self, **options):
        refuse_without_database()
        if settings.TESTAMUR_OLD_MASTER_KEY is None:
            raise CommandError(f"The old master key is missing. {HOW}")
        try:
            rewrapped = keys.rewrap(settings.TESTAMUR_OLD_MASTER_KEY)
        except keys.WrongMasterKey as wrong:
            raise CommandError(f"{wrong} Nothing was changed.") from None
        self.stdout.write(
            f"{_keys(rewrapped.now)} wrapped anew under {keys.fingerprint(settings.TESTAMUR_MASTER_KEY)}; "
            f"{_keys(rewrapped.before)} under it before."
        )


def _keys(number: int) -> str:
    return f"{number:,} {'key was' if number == 1 else 'keys were'}"
