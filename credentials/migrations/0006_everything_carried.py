"""What Open Badges 3.0 can carry besides, and endorsements. A remade table is told its triggers again."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from issuers.triggers import lift, refuse

CHANGED = refuse(
    "published_version_is_never_changed",
    table="credentials_achievementversion",
    event="UPDATE",
    when="OLD.published_at IS NOT NULL",
    sentence="A published version is never changed; make a new one.",
)
DELETED = refuse(
    "published_version_is_never_deleted",
    table="credentials_achievementversion",
    event="DELETE",
    when="OLD.published_at IS NOT NULL",
    sentence="A published version is never deleted; retire the achievement.",
)


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_recorded_for_good"),
        ("issuers", "0005_other_identifiers"),
    ]

    operations = [
        lift(CHANGED),
        lift(DELETED),
        migrations.AddField(
            model_name="achievementversion",
            name="icon",
            field=models.CharField(blank=True, max_length=30, verbose_name="symbol of the drawn badge"),
        ),
        CHANGED,
        DELETED,
        migrations.AddField(
            model_name="versionskill",
            name="code",
            field=models.CharField(blank=True, help_text="Its code there, such as a CTID.", max_length=100),
        ),
        migrations.AddField(
            model_name="versionskill",
            name="target_type",
            field=models.CharField(blank=True, help_text="targetType of Open Badges 3.0.", max_length=40),
        ),
        migrations.CreateModel(
            name="CompactForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.TextField()),
                (
                    "award",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compact_form",
                        to="credentials.award",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Endorsement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("comment", models.TextField(max_length=2000)),
                ("document", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "endorser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endorsements_given",
                        to="issuers.issuer",
                    ),
                ),
                (
                    "signing_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="issuers.signingkey"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="endorsements",
                        to="credentials.achievementversion",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("endorser", "version"), name="one_endorsement_per_version"
                    )
                ],
            },
        ),
        refuse(
            "endorsement_is_never_rewritten",
            table="credentials_endorsement",
            event="UPDATE",
            when="NEW.document <> OLD.document OR NEW.version_id <> OLD.version_id",
            sentence="A signed endorsement is never written again.",
        ),
    ]
