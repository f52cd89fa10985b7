"""What a stolen key signed counts here if our books knew it before, and not otherwise (TRUST.md 9)."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from credentials import endorsing, standing, verifying
from credentials.models import Award, StatusList
from credentials.openbadges import document as standard
from credentials.openbadges import proof
from credentials.openbadges.verify import Verdict
from issuers import keys
from issuers.models import SigningKey
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = dt.timedelta(days=1)


def withdraw(award: Award, *, since) -> None:
    SigningKey.objects.filter(pk=award.signing_key_id).update(active_from=timezone.now() - 30 * DAY)
    standing.withdraw_key(award.signing_key, since=since, by=owner_of(award.issuer))


def key_check(report):
    return next(check for check in report.checks if check.name == "issuer_key")


def reread(award: Award) -> Award:
    return Award.objects.for_page().get(pk=award.pk)


def day(moment) -> str:
    return f"{moment.day} {moment:%B %Y}"


def minute(moment) -> str:
    return f"{day(moment)}, {moment:%H:%M} UTC"


def test_what_was_recorded_before_the_theft_counts_and_the_report_says_why():
    award = make_award()
    since = timezone.now()

    withdraw(award, since=since)

    for report in (
        verifying.verify_award(reread(award)),
        verifying.verify_document(standard.parse(bytes(award.document))),
    ):
        assert report.verdict == Verdict.VALID
        assert key_check(report).sentence == (
            f"Northfield Institute withdrew the key that signed it: from {minute(since)} on it was in other "
            f"hands. This site recorded the credential before, on {minute(award.recorded_at)}, so it counts."
        )


def test_a_token_that_was_recorded_before_the_theft_counts_as_its_document_does():
    award = make_award(subject_id="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    token = award.compact_form.token

    withdraw(award, since=timezone.now())

    assert verifying.verify_document(token).verdict == Verdict.VALID
    forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    report = verifying.verify_document(forged)
    assert report.verdict == Verdict.INVALID
    assert "was not recorded here" in key_check(report).sentence


def test_what_was_recorded_after_the_theft_is_gone_for_consumers_of_open_badges_2(client):
    before = make_award()
    since = timezone.now()
    after = make_award(before.version)

    withdraw(before, since=since)

    answers = [client.get(reverse("ob2_assertion", args=[one.pk])) for one in (before, after)]
    assert [answer.status_code for answer in answers] == [200, 410]
    assert answers[1].json()["revocationReason"] == (
        f"Northfield Institute withdrew the key that signed it: from {day(since)} on it was in other hands."
    )


def test_the_desk_says_which_credentials_a_stolen_key_took_with_it(client):
    before = make_award(name="Ada Lovelace")
    since = timezone.now()
    after = make_award(before.version, name="Grace Hopper")
    withdraw(before, since=since)
    client.force_login(owner_of(before.issuer))

    shown = client.get(reverse("awards", args=[before.issuer.slug])).content.decode()
    rows = {
        one: shown.partition(f">{one.recipient_name}</a>")[2].partition("</tr>")[0] for one in (before, after)
    }
    page = client.get(reverse("award_desk", args=[before.issuer.slug, after.pk])).content.decode()

    assert "<span>Valid</span>" in rows[before]
    assert "<span>Not valid: its key was withdrawn</span>" in rows[after]
    assert "It does not count" in page
    assert "Not valid: its key was withdrawn" in page
    assert list(Award.objects.current()) == [before]  # so it can be awarded again


def test_the_desk_asks_for_the_keys_of_all_rows_at_once(django_assert_max_num_queries):
    award = make_award()
    for _ in range(5):
        make_award(award.version)
    withdraw(award, since=timezone.now() - DAY)

    with django_assert_max_num_queries(1):
        assert [one.key_withdrawn for one in Award.objects.for_cards()] == [True] * 6


def test_what_was_recorded_after_the_theft_does_not_count():
    award = make_award()
    since = timezone.now() - DAY

    withdraw(award, since=since)

    for report in (
        verifying.verify_award(reread(award)),
        verifying.verify_document(standard.parse(bytes(award.document))),
    ):
        assert (report.verdict, report.document) == (Verdict.INVALID, None)
        assert key_check(report).sentence == (
            f"Northfield Institute withdrew this key: from {minute(since)} on it was in other hands. This "
            f"credential was recorded only on {minute(award.recorded_at)} here, so whoever stole the key may "
            "have made it."
        )


def forged_with(signer, award: Award, **changes) -> dict:
    """The award's document with changes, rightly signed by whoever has the key."""
    unsigned = standard.parse(bytes(award.document)) | changes
    del unsigned["proof"]
    return proof.sign(unsigned, signer, created=award.awarded_at)


def test_a_document_that_the_thief_made_out_of_a_recorded_one_does_not_count():
    award = make_award()
    signer = keys.signer_for(award.issuer)
    withdraw(award, since=timezone.now())

    report = verifying.verify_document(forged_with(signer, award, name="Doctor of Medicine"))

    assert report.verdict == Verdict.INVALID
    assert "was not recorded here" in key_check(report).sentence


def test_a_document_with_an_id_that_we_never_gave_does_not_count():
    award = make_award()
    signer = keys.signer_for(award.issuer)
    withdraw(award, since=timezone.now())
    unknown = award.url.replace(str(award.pk), "00000000-0000-4000-8000-000000000000")

    report = verifying.verify_document(forged_with(signer, award, id=unknown))

    assert report.verdict == Verdict.INVALID
    assert "was not recorded here" in key_check(report).sentence


def test_the_lists_of_the_issuer_are_signed_anew_with_the_new_key_and_say_the_same():
    version = make_version()
    award, revoked = make_award(version), make_award(version)
    standing.revoke(revoked, reason="Wrong person", by=owner_of(award.issuer))

    withdraw(award, since=timezone.now())

    signed = json.loads(bytes(StatusList.objects.get(pk=award.status_list_id).document))
    assert signed["proof"][0]["verificationMethod"] == f"{award.issuer.did}#key-2"
    verdicts = [verifying.verify_award(reread(one)).verdict for one in (award, revoked)]
    assert verdicts == [Verdict.VALID, Verdict.REVOKED]


def test_what_the_new_key_signs_needs_no_story():
    version = make_version()
    withdraw(make_award(version), since=timezone.now())

    report = verifying.verify_award(reread(make_award(version)))

    assert report.verdict == Verdict.VALID
    assert key_check(report).sentence == "It was signed with a key of its issuer."


def test_what_a_retired_key_signed_counts_without_a_story():
    award = make_award()

    keys.rotate(award.issuer, by=owner_of(award.issuer))

    report = verifying.verify_award(reread(award))
    assert (report.verdict, key_check(report).sentence) == (
        Verdict.VALID,
        "It was signed with a key of its issuer.",
    )


def test_when_something_was_recorded_is_never_moved():
    award = make_award()

    with (
        pytest.raises(DatabaseError, match="moment at which a credential was recorded"),
        transaction.atomic(),
    ):
        Award.objects.filter(pk=award.pk).update(recorded_at=timezone.now() - DAY)


@pytest.mark.parametrize("later", [None, DAY], ids=["trusted again", "trusted for longer"])
def test_a_withdrawn_key_is_never_trusted_again(later):
    key = make_issuer().keys.get()
    since = timezone.now()
    SigningKey.objects.filter(pk=key.pk).update(compromised_at=since)

    with pytest.raises(DatabaseError, match="never trusted again"), transaction.atomic():
        SigningKey.objects.filter(pk=key.pk).update(compromised_at=later and since + later)


def endorsed_award() -> tuple[Award, SigningKey]:
    """An award that carries an endorsement, and the key of its endorser."""
    version, friend = make_version(), make_issuer(name="Halyard Software")
    made = endorsing.endorse(version, endorser=friend, comment="We hire them.", by=owner_of(friend))
    SigningKey.objects.filter(pk=made.signing_key_id).update(active_from=timezone.now() - 30 * DAY)
    return make_award(version), made.signing_key


def endorsement_checks(award: Award):
    """Verdict and check of the file, and of the page."""
    for report in (
        verifying.verify_document(standard.parse(bytes(award.document))),
        verifying.verify_award(reread(award)),
    ):
        yield report.verdict, next(check for check in report.checks if check.name == "endorsement")


def test_an_endorsement_that_was_recorded_before_the_theft_counts_in_what_was_awarded_after_it():
    award, key = endorsed_award()

    standing.withdraw_key(key, since=award.recorded_at, by=owner_of(key.issuer))

    for verdict, check in endorsement_checks(award):
        assert (verdict, check.sentence) == (Verdict.VALID, "It is endorsed by Halyard Software.")


def test_an_endorsement_that_was_recorded_after_the_theft_is_not_proven_and_spoils_nobody_elses_award():
    award, key = endorsed_award()

    standing.withdraw_key(key, since=timezone.now() - DAY, by=owner_of(key.issuer))

    for verdict, check in endorsement_checks(award):
        assert (verdict, check.outcome) == (Verdict.UNKNOWN, "failed")
        assert check.sentence == "An endorsement in it is not proven to come from whom it names."


def test_an_endorsement_that_the_thief_made_is_not_proven_beside_one_that_was_recorded():
    award, key = endorsed_award()
    thief, issuer = keys.signer_for(key.issuer), keys.signer_for(award.issuer)
    standing.withdraw_key(key, since=award.recorded_at, by=owner_of(key.issuer))
    unsigned = {
        name: value for name, value in standard.parse(bytes(award.document)).items() if name != "proof"
    }
    (genuine,) = unsigned["credentialSubject"]["achievement"]["endorsement"]
    words = {name: value for name, value in genuine.items() if name != "proof"} | {"name": "By the thief"}
    unsigned["credentialSubject"]["achievement"]["endorsement"].append(
        proof.sign(
            words | {"id": "urn:uuid:1a5fe01e-04ab-41f9-9cc5-67ff8fc48045"}, thief, created=timezone.now()
        )
    )

    report = verifying.verify_document(proof.sign(unsigned, issuer, created=timezone.now()))

    assert (report.verdict, report.reason) == (
        Verdict.UNKNOWN,
        "An endorsement in it is not proven to come from whom it names.",
    )


def test_a_badge_that_the_thief_made_is_not_believed_for_an_endorsement_in_it_that_was_recorded():
    award, key = endorsed_award()
    thief = keys.signer_for(key.issuer)
    standing.withdraw_key(key, since=award.recorded_at, by=owner_of(key.issuer))
    genuine = standard.parse(bytes(award.document))["credentialSubject"]["achievement"]["endorsement"][0]

    report = verifying.verify_document(
        forged_with(thief, award, issuer=genuine["issuer"], endorsement=[genuine])
    )

    assert (report.verdict, report.document) == (Verdict.INVALID, None)
    assert "was not recorded here" in key_check(report).sentence
