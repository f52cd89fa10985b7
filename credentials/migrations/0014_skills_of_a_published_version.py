"""The skills of a published version are signed with each of its credentials, so they stay as they are too."""

from django.db import migrations

from issuers.triggers import Refusal, refuse

TABLE = "credentials_versionskill"
SENTENCE = "The skills of a published version are never changed; make a new one."
PUBLISHED = """
    EXISTS (
        SELECT 1 FROM credentials_achievementversion AS version
        WHERE version.id IN ({versions}) AND version.published_at IS NOT NULL
    )
"""


def refuse_if_published(name: str, event: str, versions: str) -> Refusal:
    return refuse(
        name,
        table=TABLE,
        event=event,
        when=PUBLISHED.format(versions=versions),
        sentence=SENTENCE,
        looks_elsewhere=True,
    )


class Migration(migrations.Migration):
    dependencies = [("credentials", "0013_evidence_in_full")]

    operations = [
        refuse_if_published("published_version_gets_no_skill", "INSERT", "NEW.version_id"),
        refuse_if_published("published_version_keeps_its_skills", "UPDATE", "OLD.version_id, NEW.version_id"),
        refuse_if_published("published_version_loses_no_skill", "DELETE", "OLD.version_id"),
    ]
