"""Whether there is a database to work on: what a command asks before anything else."""

from django.core.management.base import CommandError
from django.db import connection

from issuers.models import Issuer


def refuse_without_database() -> None:
    """Raises `CommandError` (exit code 2) with what to do where nobody has made the tables yet."""
    if Issuer._meta.db_table not in connection.introspection.table_names():
        raise CommandError(
            "There is no database yet. `python3 manage.py up` makes one with demo data; "
            "`python3 manage.py migrate` makes an empty one.",
            returncode=2,
        )
