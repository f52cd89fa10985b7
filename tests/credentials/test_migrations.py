"""The newest migrations, undone and done again on a database that holds something signed."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from credentials.models import AchievementVersion, Evidence
from tests.factories import make_award, make_version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def applied() -> list[str]:
    found = MigrationRecorder.Migration.objects.filter(app="credentials")
    return list(found.order_by("name").values_list("name", flat=True))


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def undo(number: str) -> None:
    call_command("migrate", "credentials", number, verbosity=0)


def redo() -> None:
    call_command("migrate", "credentials", verbosity=0)


def test_the_subject_of_a_published_version_is_taken_away_and_put_back_and_stays_guarded():
    version = make_version(specialization="Statistics", tags=["data"])
    signed = bytes(make_award(version).document)
    newest = applied()

    undo("0011")
    try:
        before = columns("credentials_achievementversion")
    finally:
        redo()

    version.refresh_from_db()
    assert not {"specialization", "human_code", "criteria_url"} & before
    assert (applied(), version.tags, version.specialization) == (newest, ["data"], "")
    assert bytes(version.awards.get().document) == signed
    for change in ({"specialization": "Law"}, {"human_code": "X"}, {"criteria_url": "https://x.example"}):
        with pytest.raises(DatabaseError, match="A published version is never changed"):
            AchievementVersion.objects.filter(pk=version.pk).update(**change)


def test_what_evidence_says_besides_is_taken_away_and_put_back_and_then_guarded():
    award = make_award(evidence=[{"name": "Report", "genre": "Audit"}])
    newest = applied()

    undo("0012")
    try:
        before = columns("credentials_evidence")
    finally:
        redo()

    (piece,) = award.evidence.all()
    assert before == {"id", "award_id", "url", "name", "narrative"}
    assert (applied(), piece.name, piece.genre) == (newest, "Report", "")
    with pytest.raises(DatabaseError, match="Evidence is signed with its award"):
        Evidence.objects.update(genre="Essay")
