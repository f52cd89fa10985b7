"""What an issuer calls an achievement in its catalogue, its branch, and where its criteria stand in full."""

from django.db import migrations, models

from issuers.triggers import lift, refuse

CHANGED = refuse(
    "published_version_is_never_changed",
    table="credentials_achievementversion",
    event="UPDATE",
    when="OLD.published_at IS NOT NULL",
    sentence="A published version is never changed; make a new one.",
)
DELETED = refuse(
    "published_version_is_never_deleted",
    table="credentials_achievementversion",
    event="DELETE",
    when="OLD.published_at IS NOT NULL",
    sentence="A published version is never deleted; retire the achievement.",
)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0011_in_the_issuers_own_words")]

    operations = [
        lift(CHANGED),
        lift(DELETED),
        migrations.AddField(
            model_name="achievementversion",
            name="criteria_url",
            field=models.URLField(
                blank=True, default="", max_length=300, verbose_name="web address of the criteria"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="specialization",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="specialisation"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="achievementversion",
            name="human_code",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="code"),
            preserve_default=False,
        ),
        CHANGED,
        DELETED,
    ]
