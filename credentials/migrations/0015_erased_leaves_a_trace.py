"""What is left of a credential that was erased, and that the database keeps."""

import django.db.models.deletion
from django.db import migrations, models

from issuers.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0014_skills_of_a_published_version"),
    ]

    operations = [
        migrations.AlterField(
            model_name="row",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("awarded", "Awarded"),
                    ("held", "Already held"),
                    ("refused", "Refused"),
                    ("erased", "Erased"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ErasedAward",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        editable=False,
                        help_text="The id that the award had.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("status_index", models.PositiveIntegerField()),
                ("document_sha256", models.CharField(max_length=64)),
                ("erased_at", models.DateTimeField()),
                (
                    "status_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erased",
                        to="credentials.statuslist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("status_list", "status_index"), name="an_erased_index_once"
                    )
                ],
            },
        ),
        refuse(
            "erased_award_is_never_changed",
            table="credentials_erasedaward",
            event="UPDATE",
            when="OLD.id = OLD.id",
            sentence="What is left of an erased credential is never changed.",
        ),
        refuse(
            "erased_award_is_never_deleted",
            table="credentials_erasedaward",
            event="DELETE",
            when="OLD.id = OLD.id",
            sentence="What is left of an erased credential is never deleted.",
        ),
    ]
