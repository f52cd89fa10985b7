from django.db import migrations, models
from django.db.models.functions import Cast

import credentials.models
from issuers.triggers import refuse


def keep_addresses(apps, schema_editor):
    """A list that was published stays where it is: its address is signed into credentials."""
    lists = apps.get_model("credentials", "StatusList").objects
    lists.update(public_id=Cast("pk", models.CharField(max_length=36)))


class Migration(migrations.Migration):
    """Lists are at random addresses from now on, and can be closed to new awards."""

    dependencies = [("credentials", "0007_renderings_by_their_bytes")]

    operations = [
        migrations.AddField(
            "statuslist",
            "closed_at",
            models.DateTimeField(
                help_text="From then on it takes no new award (credentials.restoring).", null=True
            ),
        ),
        migrations.AddField("statuslist", "public_id", models.CharField(max_length=36, null=True)),
        migrations.RunPython(keep_addresses, migrations.RunPython.noop),
        migrations.AlterField(
            "statuslist",
            "public_id",
            models.CharField(
                default=credentials.models.random_name,
                editable=False,
                help_text="In its address.",
                max_length=36,
                unique=True,
            ),
        ),
        refuse(
            "list_keeps_its_address",
            table="credentials_statuslist",
            event="UPDATE",
            when="NEW.public_id <> OLD.public_id OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL)",
            sentence="A status list keeps its address, and one that was closed is never opened again.",
        ),
    ]
