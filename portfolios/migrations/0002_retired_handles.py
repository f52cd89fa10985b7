"""A handle whose owner left is kept, without saying whose it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetiredHandle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "look_sha256",
                    models.CharField(help_text="portfolios.handles.fingerprint", max_length=64, unique=True),
                ),
            ],
        ),
    ]
