"""The journal is append-only, and a key is never overwritten."""

from django.db import migrations

from issuers.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [("issuers", "0001_initial")]

    operations = [
        refuse(
            "entry_is_never_changed",
            table="issuers_entry",
            event="UPDATE",
            when="OLD.id = OLD.id",
            sentence="An entry of the journal is never changed.",
        ),
        refuse(
            "entry_is_never_deleted",
            table="issuers_entry",
            event="DELETE",
            when="OLD.id = OLD.id",
            sentence="An entry of the journal is never deleted.",
        ),
        refuse(
            "key_is_never_overwritten",
            table="issuers_signingkey",
            event="UPDATE",
            when="NEW.public_multibase <> OLD.public_multibase OR NEW.issuer_id <> OLD.issuer_id "
            "OR NEW.number <> OLD.number",
            sentence="A signing key is never overwritten; make a new one.",
        ),
    ]
