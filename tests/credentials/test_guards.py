"""What the database itself refuses, on SQLite and on PostgreSQL."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from credentials import defining, endorsing, restoring, standing
from credentials.models import (
    AchievementVersion,
    Award,
    CompactForm,
    Endorsement,
    Evidence,
    StatusList,
    VersionSkill,
)
from issuers.models import Entry, SigningKey
from tests.factories import make_award, make_draft, make_issuer, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def refused(write) -> str:
    """What the database says when it refuses a write."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        write()
    return str(error.value)


@pytest.mark.parametrize("missing", [{"document": b""}, {"document_sha256": ""}], ids=["document", "hash"])
def test_an_award_is_born_signed(missing):
    award = make_award()
    award.pk, award._state.adding = uuid.uuid4(), True
    for name, nothing in missing.items():
        setattr(award, name, nothing)

    said = refused(lambda: award.save(force_insert=True))

    assert "A credential is born signed, with its document and its hash." in said


@pytest.mark.parametrize(
    "change",
    [{"document": b"{}"}, {"document_sha256": "0" * 64}, {"status_index": 5}],
    ids=lambda change: next(iter(change)),
)
def test_a_signed_award_is_never_rewritten(change):
    award = make_award()

    said = refused(lambda: Award.objects.filter(pk=award.pk).update(**change))

    assert "A signed credential is never written again." in said


def test_a_signed_award_is_not_rewritten_by_raw_sql_either():
    make_award()

    def write():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE credentials_award SET document = %s", [b"forged"])

    assert "A signed credential is never written again." in refused(write)


def test_saving_an_award_without_naming_fields_is_refused_with_a_sentence():
    award = make_award()

    with pytest.raises(ValidationError, match="A signed document is never written again"):
        award.save()


def test_what_is_not_signed_may_change():
    award = make_award()

    award.visibility = Award.Visibility.PUBLIC
    award.save(update_fields=["visibility"])

    assert Award.objects.get(pk=award.pk).visibility == "public"


def test_a_revocation_is_never_undone():
    award = make_award()
    standing.revoke(award, reason="Wrong person", by=owner_of(award.issuer))

    said = refused(lambda: Award.objects.filter(pk=award.pk).update(revoked_at=None))

    assert "A revocation is never undone." in said


def test_a_signed_endorsement_is_never_rewritten():
    friend = make_issuer()
    endorsing.endorse(make_version(), endorser=friend, comment="Good.", by=owner_of(friend))

    said = refused(lambda: Endorsement.objects.update(document=b"{}"))

    assert "A signed endorsement is never written again." in said


def test_a_signed_token_is_never_rewritten():
    make_award(subject_id="did:example:wallet")

    said = refused(lambda: CompactForm.objects.update(token="forged"))

    assert "A signed token is never written again." in said


@pytest.mark.parametrize("name", ["url", "name", "narrative", "description", "genre", "audience"])
def test_evidence_is_never_rewritten(name):
    make_award(evidence=[{"name": "Report"}])

    said = refused(lambda: Evidence.objects.update(**{name: "https://forged.example"}))

    assert "Evidence is signed with its award and never written again." in said


def test_a_published_version_is_never_changed():
    version = make_version()

    said = refused(lambda: AchievementVersion.objects.filter(pk=version.pk).update(name="Another name"))

    assert "A published version is never changed; make a new one." in said


def test_a_published_version_is_never_deleted():
    version = make_version()

    said = refused(lambda: AchievementVersion.objects.filter(pk=version.pk).delete())

    assert "A published version is never deleted; retire the achievement." in said


SKILL = {"name": "Listening", "url": "https://northfield.example/skills/listening"}


@pytest.mark.parametrize("write", ["add", "change", "move", "delete"])
def test_the_skills_of_a_published_version_are_never_changed(write):
    version = make_version(skills=[SKILL])
    draft = make_draft(version.achievement.issuer, skills=[SKILL])
    ours, theirs = version.versionskill_set, draft.versionskill_set
    other = make_draft(skills=[SKILL | {"url": "https://northfield.example/skills/other"}]).skills.get()
    writes = {
        "add": lambda: VersionSkill.objects.create(version=version, skill=other),
        "change": lambda: ours.update(level="Expert"),
        "move": lambda: theirs.update(version=version, skill=other),
        "delete": lambda: ours.all()._raw_delete("default"),
    }

    said = refused(writes[write])

    assert "The skills of a published version are never changed; make a new one." in said
    assert [link.called for link in ours.all()] == ["Listening"]


def test_the_skills_of_a_draft_may_change_and_go_with_it():
    version = make_version(skills=[SKILL])
    draft = defining.new_version(version.achievement, by=owner_of(version.achievement.issuer))

    draft.versionskill_set.update(level="Expert")
    assert draft.versionskill_set.get().level == "Expert"
    defining.discard(draft, by=owner_of(version.achievement.issuer))

    assert VersionSkill.objects.count() == 1


def test_an_entry_of_the_journal_is_never_changed_or_deleted():
    make_issuer()

    assert "never changed" in refused(lambda: Entry.objects.update(verb="nothing"))
    assert "never deleted" in refused(lambda: Entry.objects.all()._raw_delete("default"))


def test_a_signing_key_is_never_overwritten():
    make_issuer()

    said = refused(lambda: SigningKey.objects.update(public_multibase="z6MkForged"))

    assert "A signing key is never overwritten; make a new one." in said


@pytest.mark.parametrize("change", [{"public_id": "1"}, {"closed_at": None}], ids=["address", "closed"])
def test_a_list_keeps_its_address_and_stays_closed(change):
    restoring.came_back_for(make_award().issuer)

    said = refused(lambda: StatusList.objects.update(**change))

    assert "A status list keeps its address, and one that was closed is never opened again." in said


def test_an_issuer_has_one_active_key():
    key = make_issuer().keys.get()

    said = refused(
        lambda: SigningKey.objects.create(
            issuer=key.issuer,
            number=2,
            public_multibase="z6MkSecond",
            wrapped_private=b"",
            active_from=timezone.now(),
        )
    )

    assert "unique" in said.lower()
