from django.db import migrations

from issuers.triggers import refuse


class Migration(migrations.Migration):
    """A token is signed bytes as well: stored once, and never written again."""

    dependencies = [("credentials", "0008_list_addresses")]

    operations = [
        refuse(
            "token_is_never_rewritten",
            table="credentials_compactform",
            event="UPDATE",
            when="NEW.token <> OLD.token OR NEW.award_id <> OLD.award_id",
            sentence="A signed token is never written again.",
        ),
    ]
