"""NOT NULL lets empty bytes pass; an award without its document does not."""

from django.db import migrations

from issuers.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_guards")]

    operations = [
        refuse(
            "award_is_born_signed",
            table="credentials_award",
            event="INSERT",
            when="length(NEW.document) = 0 OR length(NEW.document_sha256) <> 64",
            sentence="A credential is born signed, with its document and its hash.",
        ),
    ]
