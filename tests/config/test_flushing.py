"""Tests may empty the database between them, and what guards it stands afterwards."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from issuers.models import Entry
from tests.factories import make_award

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


def test_a_journal_is_emptied_between_tests_and_guarded_in_the_next():
    make_award()
    call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.count() == 0

    make_award()

    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="never deleted"):
        cursor.execute("DELETE FROM issuers_entry")
