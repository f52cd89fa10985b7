"""What is signed or published stays as it is; the database says so itself."""

from django.db import migrations

from issuers.triggers import refuse

SIGNED = (
    "NEW.document <> OLD.document OR NEW.document_sha256 <> OLD.document_sha256 "
    "OR NEW.signing_key_id <> OLD.signing_key_id OR NEW.status_list_id <> OLD.status_list_id "
    "OR NEW.status_index <> OLD.status_index OR NEW.version_id <> OLD.version_id "
    "OR NEW.row_id <> OLD.row_id"
)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        refuse(
            "signed_award_is_never_rewritten",
            table="credentials_award",
            event="UPDATE",
            when=SIGNED,
            sentence="A signed credential is never written again.",
        ),
        refuse(
            "revocation_is_never_undone",
            table="credentials_award",
            event="UPDATE",
            when="OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL",
            sentence="A revocation is never undone.",
        ),
        refuse(
            "published_version_is_never_changed",
            table="credentials_achievementversion",
            event="UPDATE",
            when="OLD.published_at IS NOT NULL",
            sentence="A published version is never changed; make a new one.",
        ),
        refuse(
            "published_version_is_never_deleted",
            table="credentials_achievementversion",
            event="DELETE",
            when="OLD.published_at IS NOT NULL",
            sentence="A published version is never deleted; retire the achievement.",
        ),
    ]
