"""A key that was withdrawn is never trusted again, nor for longer."""

from django.db import migrations

from issuers.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [("issuers", "0003_proven_domain")]

    operations = [
        refuse(
            "withdrawn_key_is_never_trusted",
            table="issuers_signingkey",
            event="UPDATE",
            when="OLD.compromised_at IS NOT NULL AND "
            "(NEW.compromised_at IS NULL OR NEW.compromised_at > OLD.compromised_at)",
            sentence="A key that was withdrawn is never trusted again.",
        ),
    ]
