"""What a piece of evidence is, of which kind and for whom; and it stays as it was signed."""

from django.db import migrations, models

from issuers.triggers import refuse

NAMES = ("award_id", "url", "name", "narrative", "description", "genre", "audience")


class Migration(migrations.Migration):
    dependencies = [("credentials", "0012_code_branch_and_criteria")]

    operations = [
        migrations.AddField(
            model_name="evidence",
            name="description",
            field=models.TextField(blank=True, default="", max_length=1000),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="genre",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evidence",
            name="audience",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        refuse(
            "signed_evidence_is_never_rewritten",
            table="credentials_evidence",
            event="UPDATE",
            when=" OR ".join(f"NEW.{name} <> OLD.{name}" for name in NAMES),
            sentence="Evidence is signed with its award and never written again.",
        ),
    ]
