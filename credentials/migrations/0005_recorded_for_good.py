"""What a stolen key signed is judged by when it was recorded, so nobody moves that moment."""

from django.db import migrations

from issuers.triggers import refuse


class Migration(migrations.Migration):
    dependencies = [("credentials", "0004_rendering_sha256")]

    operations = [
        refuse(
            "recorded_moment_is_never_moved",
            table="credentials_award",
            event="UPDATE",
            when="NEW.recorded_at <> OLD.recorded_at",
            sentence="The moment at which a credential was recorded is never moved.",
        ),
    ]
