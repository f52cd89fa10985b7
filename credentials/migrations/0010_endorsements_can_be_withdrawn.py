"""An endorsement has a place in its endorser's list, and can be taken back once."""

import django.db.models.deletion
from django.db import migrations, models

from issuers.triggers import lift, refuse

OLD = refuse(
    "endorsement_is_never_rewritten",
    table="credentials_endorsement",
    event="UPDATE",
    when="NEW.document <> OLD.document OR NEW.version_id <> OLD.version_id",
    sentence="A signed endorsement is never written again.",
)
REWRITTEN = refuse(
    "endorsement_is_never_rewritten",
    table="credentials_endorsement",
    event="UPDATE",
    when="NEW.document <> OLD.document OR NEW.version_id <> OLD.version_id "
    "OR NEW.endorser_id <> OLD.endorser_id OR NEW.signing_key_id <> OLD.signing_key_id "
    "OR NEW.status_list_id <> OLD.status_list_id OR NEW.status_index <> OLD.status_index",
    sentence="A signed endorsement is never written again.",
)
UNDONE = refuse(
    "withdrawal_is_never_undone",
    table="credentials_endorsement",
    event="UPDATE",
    when="OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL",
    sentence="An endorsement that was taken back stays so; make a new one.",
)


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0009_tokens_for_good"),
        ("issuers", "0007_token_key"),
    ]

    operations = [
        lift(OLD),
        migrations.RemoveConstraint(model_name="endorsement", name="one_endorsement_per_version"),
        migrations.AddField(
            model_name="endorsement", name="status_index", field=models.PositiveIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="endorsement",
            name="status_list",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="endorsements",
                to="credentials.statuslist",
            ),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("endorser", "version"),
                name="one_standing_endorsement_per_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                fields=("status_list", "status_index"), name="one_endorsement_per_status_index"
            ),
        ),
        REWRITTEN,
        UNDONE,
    ]
