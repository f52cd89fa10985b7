"""`manage.py erase ADDRESS`: what the site knows of a person; with `--yes`, erase it everywhere."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from credentials import erasing
from credentials.addresses import normalise_email
from credentials.erasing import Found, Whose
from issuers.membership import LastOwner
from issuers.models import Issuer
from issuers.readiness import refuse_without_database
from portfolios import claiming, leaving


class Command(BaseCommand):
    help = "Say what this site keeps about the person behind an e-mail address, and with --yes erase it all."

    def add_arguments(self, parser):
        parser.add_argument("address", metavar="ADDRESS")
        parser.add_argument("--yes", action="store_true", help="erase it; this cannot be undone")

    def handle(self, *args, address, yes, **options):
        refuse_without_database()
        try:
            address = normalise_email(address)
        except ValueError as complaint:
            raise CommandError(str(complaint)) from complaint
        accounts = _accounts_of(address)
        for user in accounts:
            if reason := leaving.why_not(user):
                raise CommandError(f"{reason} Nothing was erased.")
        if yes:
            self.erase(address, accounts)
        else:
            self.say(address, accounts)

    def say(self, address: str, accounts: list[User]) -> None:
        known: dict[Issuer, Found] = {}
        for whose in [*map(leaving.whose, accounts), Whose(addresses=frozenset({address}))]:
            known |= _known(whose)
        self.say_found(known, accounts)
        if known or accounts:
            self.stdout.write("Nothing was erased yet. Say --yes to erase all of it; it cannot be undone.")

    def erase(self, address: str, accounts: list[User]) -> None:
        done: dict[Issuer, Found] = {}
        try:
            for user in accounts:
                done |= _known(leaving.whose(user))
                leaving.leave(user, erase=True)
        except LastOwner as reason:  # since we looked
            raise CommandError(f"{reason} Nothing was erased of this account.") from reason
        # Somebody else's, who never proved it:
        EmailAddress.objects.filter(email__in=claiming.written([address])).delete()
        done |= erasing.erase_everywhere(Whose(addresses=frozenset({address})), by=None)
        self.say_found(done, accounts)
        if done or accounts:
            self.stdout.write(
                "All of it is erased. Backups keep it until they are thrown away (docs/backup.md)."
            )

    def say_found(self, known: dict[Issuer, Found], accounts: list[User]) -> None:
        if not known and not accounts:
            self.stdout.write("This site knows nobody with this address.")
        for issuer, found in known.items():
            awards, rows, rosters = (
                _many(number, what)
                for number, what in (
                    (found.awards, "credential"),
                    (found.rows, "row"),
                    (found.rosters, "roster"),
                )
            )
            self.stdout.write(
                f"- {issuer.slug}: {awards}, {rows} that became none, {rosters} not ordered yet"
            )
        if accounts:
            self.stdout.write(f"- {_many(len(accounts), 'account')}, with profile, pages and addresses")


def _known(whose: Whose) -> dict[Issuer, Found]:
    return {issuer: erasing.known_at(issuer, whose) for issuer in erasing.issuers_that_know(whose)}


def _accounts_of(address: str) -> list[User]:
    """Whoever has proven the address, or has no other."""
    written = claiming.written([address])
    has_it = Q(emailaddress__email__in=written) | Q(email__in=written)
    others = EmailAddress.objects.filter(verified=True).exclude(email__in=written)
    proven = Q(emailaddress__email__in=written, emailaddress__verified=True)
    return list(
        User.objects.filter(proven | has_it & ~Q(pk__in=others.values("user"))).distinct().order_by("pk")
    )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
