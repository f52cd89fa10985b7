"""Everything that can be broken behind the site's back is broken here by hand, and found."""

import datetime as dt
import hashlib
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from credentials import endorsing, integrity, standing
from credentials.models import Award, CompactForm, Endorsement, JobState, Rendering, StatusList
from credentials.openbadges import document as standard
from credentials.openbadges import proof
from credentials.rendering import shelf
from issuers import keys, triggers
from issuers.models import Entry, SigningKey, SiteKey
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WALLET = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

TABLES = {
    "signed_award_is_never_rewritten": "credentials_award",
    "revocation_is_never_undone": "credentials_award",
    "entry_is_never_changed": "issuers_entry",
    "entry_is_never_deleted": "issuers_entry",
    "endorsement_is_never_rewritten": "credentials_endorsement",
    "token_is_never_rewritten": "credentials_compactform",
}


def unguard(*names: str) -> None:
    """Take guards of the database away; the test's transaction brings them back."""
    with connection.cursor() as cursor:
        for name in names:
            where = f" ON {TABLES[name]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{where}")


def findings() -> list[tuple[str, str]]:
    """What is found, but for the guards that the test itself took away."""
    found = [one for part in integrity.parts() for several in part.look() for one in several]
    return [(one.what, one.sentence) for one in found if one.what not in triggers.guards()]


def name_of(row) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """The number of one of several awards of a site that has all that there is to read again.

    It is made once: each test undoes what it does, and this what is left.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        version = make_version()
        awards = [make_award(version) for _ in range(8)]
        standing.revoke(awards[3], reason="Wrong person", by=owner_of(version.achievement.issuer))
        keys.rotate(version.achievement.issuer, by=owner_of(version.achievement.issuer))
        make_award(version, subject_id=WALLET)
        friend = make_award().issuer
        endorsing.endorse(version, endorser=friend, comment="Well examined.", by=owner_of(friend))
        keys.site_signer()
        yield awards[0].pk
        transaction.set_rollback(True)


@pytest.fixture
def award(site) -> Award:
    return Award.objects.get(pk=site)


def rewrite(award: Award, change) -> None:
    """Change an award's document behind the site's back, with its hash."""
    unguard("signed_award_is_never_rewritten")
    found = standard.parse(bytes(award.document))
    data = standard.serialise(change(found) or found)
    Award.objects.filter(pk=award.pk).update(document=data, document_sha256=hashlib.sha256(data).hexdigest())


def test_on_a_sound_site_nothing_is_found(award):
    assert findings() == []
    assert {part.name: len(list(part.look())) for part in integrity.parts()} == {
        part.name: part.total for part in integrity.parts()
    }


def test_every_guard_that_there_is_is_looked_for():
    assert integrity.guards() == triggers.guards()
    assert {"signed_award_is_never_rewritten", "entry_is_never_changed"} < triggers.guards()


def test_a_guard_that_is_gone_is_found(award):
    unguard("revocation_is_never_undone")

    found = [one for several in integrity.parts()[0].look() for one in several]

    assert found == [
        integrity.Finding("revocation_is_never_undone", "The database does not guard this any more.")
    ]


def test_a_constraint_that_is_gone_is_found():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_active_key_per_issuer")

    assert findings() == [
        ("one_active_key_per_issuer", "The database does not keep this rule of issuers_signingkey any more.")
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda token, other: token[:-4] + "AAAA", "Its signature does not hold."),
        (lambda token, other: "eyJ", "It cannot be read: It is not a credential in the compact form (JWT)"),
        (lambda token, other: other, "It says something else than the credential whose compact form it is."),
    ],
    ids=["signature", "form", "another"],
)
def test_a_token_that_is_not_the_credentials_own_is_found(award, change, sentence):
    unguard("token_is_never_rewritten")
    form, other = CompactForm.objects.get(), make_award(award.version, subject_id=WALLET).compact_form.token
    CompactForm.objects.filter(pk=form.pk).update(token=change(form.token, other))

    ((what, said),) = findings()

    assert (what, said.startswith(sentence)) == (name_of(form), True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace(b"Well examined.", b"Well examined!"), "Its signature does not hold."),
        (
            lambda text: text.replace(b"/endorsements/", b"/endorsement/"),
            "Its document says that it is another",
        ),
        (lambda text: b"[]", "Its document cannot be read: "),
    ],
    ids=["text", "address", "form"],
)
def test_an_endorsement_that_was_changed_is_found(award, change, sentence):
    unguard("endorsement_is_never_rewritten")
    given = Endorsement.objects.get()
    Endorsement.objects.update(document=change(bytes(given.document)))

    ((what, said),) = findings()

    assert (what, said.startswith(sentence)) == (name_of(given), True)


def test_a_key_of_receipts_that_the_master_key_does_not_open_is_found(award, settings):
    SiteKey.objects.update(wrapped_private=b"x" * 60)

    ((what, said),) = findings()

    assert what == name_of(SiteKey.objects.get())
    assert "does not open" in said


def test_bytes_that_are_not_those_of_their_hash_are_found(award):
    unguard("signed_award_is_never_rewritten")
    Award.objects.filter(pk=award.pk).update(document_sha256="0" * 64)

    assert findings() == [(name_of(award), "Its document is not the one whose SHA-256 was recorded.")]


def test_one_changed_letter_is_found(award):
    rewrite(award, lambda found: found | {"name": found["name"] + "."})

    assert findings() == [
        (
            name_of(award),
            "Its signature does not hold: It was changed after it was signed, or it was never signed by "
            "this issuer.",
        )
    ]


def test_something_added_that_no_signature_covers_is_found(award):
    rewrite(award, lambda found: found | {"grade": "A"})

    ((what, sentence),) = findings()
    assert what == name_of(award)
    assert "holds something that its signature does not cover" in sentence


def test_a_document_that_cannot_be_read_is_found(award):
    unguard("signed_award_is_never_rewritten")
    data = b'{"id": 1, "id": 2}'
    digest = hashlib.sha256(data).hexdigest()
    Award.objects.filter(pk=award.pk).update(document=data, document_sha256=digest)

    ((what, sentence),) = findings()
    assert (what, sentence.partition(":")[0]) == (name_of(award), "Its document cannot be read")


def resigned(award: Award, **changes) -> None:
    """Change a document and sign it rightly, with its own key: only the rows can tell."""
    issuer = award.issuer
    now = timezone.now()
    first, second = issuer.keys.order_by("number")
    SigningKey.objects.filter(pk=second.pk).update(retired_at=now)
    SigningKey.objects.filter(pk=first.pk).update(retired_at=None)
    signer = keys.signer_for(issuer)
    SigningKey.objects.filter(pk=first.pk).update(retired_at=now)
    SigningKey.objects.filter(pk=second.pk).update(retired_at=None)

    def change(found):
        del found["proof"]
        return proof.sign(found | changes, signer, created=now)

    rewrite(award, change)


def test_a_rightly_signed_document_with_another_id_is_found(award):
    other = f"{award.url[:-2]}{int(award.url[-2], 16) ^ 1:x}/"
    resigned(award, id=other)

    assert findings() == [(name_of(award), f"Its document says that it is {other}.")]


def test_a_rightly_signed_document_with_another_place_in_the_list_is_found(award):
    entry = standard.parse(bytes(award.document))["credentialStatus"]
    resigned(award, credentialStatus=entry | {"statusListIndex": str(int(entry["statusListIndex"]) ^ 1)})

    ((what, sentence),) = findings()
    assert (what, sentence[:26]) == (name_of(award), "Its document names another")


def test_a_row_that_says_another_end_is_found(award):
    Award.objects.filter(pk=award.pk).update(valid_until=timezone.now() + dt.timedelta(days=1))

    assert findings() == [
        (name_of(award), "Its document and its row say different things about when it is valid.")
    ]


def test_a_status_index_used_twice_is_found_where_a_database_can_forget_its_rule(award):
    """PostgreSQL can; in SQLite the rule is part of the table, and the write itself is refused."""
    unguard("signed_award_is_never_rewritten")
    other = Award.objects.filter(status_list=award.status_list).exclude(pk=award.pk).first()
    twin = Award.objects.filter(pk=other.pk)
    if connection.vendor == "sqlite":
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.update(status_index=award.status_index)
        return
    rule = next(one for one in Award._meta.constraints if one.name == "a_status_index_once")
    connection.check_constraints()  # it alters no table while a check is put off
    with connection.schema_editor() as editor:
        editor.remove_constraint(Award, rule)
    twin.update(status_index=award.status_index)

    found = findings()

    assert sum("It shares index" in sentence for _, sentence in found) == 2
    assert found[0][0] == "a_status_index_once"


def test_an_endorsement_in_the_place_of_a_credential_is_found(award):
    issuer = award.issuer
    given = endorsing.endorse(make_version(), endorser=issuer, comment="Good.", by=owner_of(issuer))
    unguard("endorsement_is_never_rewritten")
    Endorsement.objects.filter(pk=given.pk).update(status_index=award.status_index)

    place = f"index {award.status_index} of {award.status_list}"
    assert findings() == [
        (
            name_of(given),
            "Its document names another place in a status list than the one that we keep for it.",
        ),
        (name_of(given), f"It shares {place} with a credential."),
    ]


def test_an_award_of_another_issuers_list_is_found(award):
    unguard("signed_award_is_never_rewritten")
    other = StatusList.objects.exclude(pk=award.status_list_id).get()
    Award.objects.filter(pk=award.pk).update(status_list=other, status_index=131_071)

    assert (name_of(award), "Its key or its status list is another issuer's.") in findings()


def test_an_index_beyond_the_end_of_its_list_is_found(award):
    unguard("signed_award_is_never_rewritten")
    Award.objects.filter(pk=award.pk).update(status_index=131_072)

    assert (
        name_of(award),
        f"Its index 131072 of status list {award.status_list_id} lies beyond the end of the list.",
    ) in findings()


def test_a_revocation_that_was_undone_is_found(award):
    unguard("revocation_is_never_undone")
    Award.objects.filter(version=award.version).update(revoked_at=None)
    index = Award.objects.get(revocation_reason="Wrong person").status_index

    assert findings() == [
        (
            name_of(award.status_list),
            f"The list and our rows differ about who is revoked: 1 times, first at {index}.",
        )
    ]


def test_a_revocation_that_was_not_published_is_found(award):
    Award.objects.filter(pk=award.pk).update(revoked_at=timezone.now())

    ((what, sentence),) = findings()
    assert (what, sentence[-len(str(award.status_index)) - 1 :]) == (
        name_of(award.status_list),
        f"{award.status_index}.",
    )


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "It was never published."),
        (b"{", "It cannot be read"),
        (b"{}", "It cannot be read"),
    ],
)
def test_a_list_that_is_not_there_or_unreadable_is_found(award, document, said):
    StatusList.objects.filter(pk=award.status_list_id).update(document=document)

    ((what, sentence),) = findings()
    assert (what, sentence.partition(":")[0]) == (name_of(award.status_list), said)


def test_a_list_whose_text_was_changed_is_found(award):
    listed = StatusList.objects.get(pk=award.status_list_id)
    changed = bytes(listed.document).replace(b'"validFrom":"2', b'"validFrom":"1')
    assert changed != bytes(listed.document)
    StatusList.objects.filter(pk=listed.pk).update(document=changed)

    assert findings() == [
        (name_of(listed), "Its signature does not hold, or is by a key that its issuer withdrew.")
    ]


def test_a_list_signed_by_a_withdrawn_key_is_found(award):
    keys.withdraw(award.signing_key, since=timezone.now(), by=owner_of(award.issuer))

    assert findings() == [
        (name_of(award.status_list), "Its signature does not hold, or is by a key that its issuer withdrew.")
    ]


def test_after_a_theft_that_was_told_nothing_is_found(award):
    standing.withdraw_key(award.signing_key, since=timezone.now(), by=owner_of(award.issuer))

    assert findings() == []


def test_another_issuers_list_is_found(award):
    other = StatusList.objects.exclude(pk=award.status_list_id).get()
    StatusList.objects.filter(pk=other.pk).update(
        document=StatusList.objects.get(pk=award.status_list_id).document
    )

    assert findings() == [(name_of(other), "It is published as another list, or as another issuer's.")]


def test_an_issuer_without_an_active_key_is_found():
    issuer = make_issuer()
    issuer.keys.update(retired_at=timezone.now())

    assert findings() == [(name_of(issuer), "Northfield Institute has 0 active keys instead of one.")]


def test_a_key_that_the_master_key_does_not_open_is_found(award):
    SigningKey.objects.filter(pk=award.signing_key_id).update(wrapped_private=b"x" * 60)

    ((what, sentence),) = findings()
    assert (what, "does not open" in sentence) == (name_of(award.signing_key), True)


def test_a_journal_that_was_changed_is_found():
    issuer = make_issuer()
    unguard("entry_is_never_changed")
    entry = issuer.journal.get(number=2)
    Entry.objects.filter(pk=entry.pk).update(label="Somebody else")

    assert findings() == [
        (
            name_of(entry),
            "The journal of Northfield Institute was changed: its chain breaks at entry 2, or the one before "
            "it is gone.",
        )
    ]


def test_an_entry_that_is_gone_is_found():
    issuer = make_issuer()
    unguard("entry_is_never_deleted")
    issuer.journal.filter(number=2)._raw_delete("default")

    ((what, sentence),) = findings()
    assert (what, "breaks at entry 3" in sentence) == (name_of(issuer.journal.get(number=3)), True)


@pytest.fixture
def drawn(award) -> Rendering:
    rendering = shelf.ask(award)
    shelf.draw(rendering.pk)
    rendering.refresh_from_db()
    assert (rendering.state, len(rendering.sha256)) == (JobState.DONE, 64)
    return rendering


def test_a_file_that_was_changed_is_found_and_one_that_is_gone_is_only_drawn_again(drawn):
    sound = findings()
    with drawn.file.storage.open(drawn.file.name, "rb") as file:
        data = file.read()
    path = drawn.file.storage.path(drawn.file.name)
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(data + b"%")

    changed = findings()
    drawn.file.storage.delete(drawn.file.name)

    assert (sound, findings()) == ([], [])
    assert changed == [
        (name_of(drawn), f"Its file {drawn.file.name} was changed; delete it, and it is drawn again.")
    ]


# The command


def run(*arguments) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_integrity", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_ends_with_0_and_says_what_it_read(award):
    code, said = run()

    assert code == 0
    assert ", 10 awards, 0 erased credentials, 1 tokens, 1 endorsements, 2 status lists, 0 files in " in said
    assert said.endswith("seconds: all is as it was.\n")


def test_the_command_ends_with_1_and_names_the_row(award):
    Award.objects.filter(pk=award.pk).update(valid_until=timezone.now() + dt.timedelta(days=1))

    code, said = run()

    assert (code, said.splitlines()[0]) == (
        1,
        f"{name_of(award)}: Its document and its row say different things about when it is valid.",
    )
    assert said.endswith("seconds: 1 finding.\n")


def test_machines_get_json(award):
    Award.objects.filter(pk=award.pk).update(valid_until=timezone.now() + dt.timedelta(days=1))

    code, said = run("--json")

    found = json.loads(said)
    assert (code, found["read"]["awards"], [one["what"] for one in found["findings"]]) == (
        1,
        10,
        [name_of(award)],
    )
