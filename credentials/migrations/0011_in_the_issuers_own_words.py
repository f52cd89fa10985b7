"""What an issuer calls a skill, its framework and a role is kept with the version that it signs."""

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
    dependencies = [("credentials", "0010_endorsements_can_be_withdrawn")]

    operations = [
        lift(CHANGED),
        lift(DELETED),
        migrations.AddField(
            model_name="achievementversion",
            name="role_name",
            field=models.CharField(
                blank=True, default="", max_length=200, verbose_name="role, as its issuer calls it"
            ),
            preserve_default=False,
        ),
        CHANGED,
        DELETED,
        migrations.AddField(
            model_name="versionskill",
            name="name",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="versionskill",
            name="framework",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
