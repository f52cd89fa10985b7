"""One issuer puts its signed word behind what another offers."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credentials import endorsing, integrity, standing, verifying
from credentials.models import Award, Endorsement, StatusList
from credentials.openbadges.verify import Outcome, Verdict
from issuers import journal
from tests.factories import make_award, make_issuer, make_member, make_version, owner_of

pytestmark = pytest.mark.django_db
WHY = "We employ whoever holds it."


def endorsed(version=None, comment=WHY, **issuer):
    friend = make_issuer(name="Halyard Software", **issuer)
    return endorsing.endorse(version or make_version(), endorser=friend, comment=comment, by=owner_of(friend))


def integrity_faults() -> list[str]:
    found = [one for part in integrity.parts() for several in part.look() for one in several]
    return [one.sentence for one in found]


def test_an_endorsement_stands_in_what_is_awarded_after_it_and_holds():
    version = make_version()
    before = make_award(version)
    made = endorsed(version)

    after = make_award(version)

    inside = json.loads(bytes(after.document))["credentialSubject"]["achievement"]["endorsement"]
    assert inside == [json.loads(bytes(made.document))]
    assert "endorsement" not in json.loads(bytes(before.document))["credentialSubject"]["achievement"]
    report = verifying.verify_award(Award.objects.for_page().get(pk=after.pk))
    said = [(check.outcome, check.sentence) for check in report.checks if check.name == "endorsement"]
    assert (report.verdict, said) == (
        Verdict.VALID,
        [(Outcome.PASSED, "It is endorsed by Halyard Software.")],
    )


def test_it_says_who_endorses_what_and_why():
    version = make_version()

    document = json.loads(bytes(endorsed(version).document))

    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert document["issuer"]["name"] == "Halyard Software"
    assert document["credentialSubject"] == {
        "id": f"https://badges.example{version.get_absolute_url()}",
        "type": ["EndorsementSubject"],
        "endorsementComment": WHY,
    }


def test_nobody_endorses_their_own_nor_twice_nor_a_draft():
    version = make_version()
    issuer = version.achievement.issuer
    made = endorsed(version)
    for endorser, sentence in ((issuer, "Nobody endorses what is their own"), (made.endorser, "already")):
        with pytest.raises(endorsing.CannotEndorse, match=sentence):
            endorsing.endorse(version, endorser=endorser, comment=WHY, by=owner_of(endorser))

    assert Endorsement.objects.count() == 1


def test_an_endorsement_by_a_withdrawn_key_is_not_carried_on():
    version = make_version()
    made = endorsed(version)
    made.endorser.keys.update(compromised_at=made.created_at)

    award = make_award(version)

    assert "endorsement" not in json.loads(bytes(award.document))["credentialSubject"]["achievement"]


def test_it_has_a_place_in_the_list_of_the_endorser_that_nothing_else_has():
    friend = make_issuer(name="Halyard Software")
    taken = {make_award(make_version(friend)).status_index for _ in range(3)}

    made = endorsing.endorse(make_version(), endorser=friend, comment=WHY, by=owner_of(friend))

    assert json.loads(bytes(made.document))["credentialStatus"] == {
        "id": f"{made.status_list.url}#{made.status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(made.status_index),
        "statusListCredential": made.status_list.url,
    }
    assert (made.status_list.issuer, made.status_index in taken) == (friend, False)


def test_an_index_of_an_endorsement_is_not_drawn_for_an_award():
    made = endorsed()
    StatusList.objects.filter(pk=made.status_list_id).update(length=4)

    slots = standing.take_slots(made.endorser, 4)

    in_first = {index for status, index in slots if status.pk == made.status_list_id}
    assert in_first == {0, 1, 2, 3} - {made.status_index}


@pytest.mark.both_databases
def test_what_was_taken_back_is_said_of_older_credentials_and_stands_in_no_newer_one():
    version = make_version()
    made = endorsed(version)
    older = make_award(version)

    endorsing.withdraw(made, by=owner_of(made.endorser))
    newer = make_award(version)

    report = verifying.verify_award(Award.objects.for_page().get(pk=older.pk))
    said = [(check.outcome, check.sentence) for check in report.checks if check.name == "endorsement"]
    assert (report.verdict, said) == (
        Verdict.VALID,
        [
            (
                Outcome.FAILED,
                "An endorsement by Halyard Software in it does not hold today: Its issuer has revoked it.",
            )
        ],
    )
    assert "endorsement" not in json.loads(bytes(newer.document))["credentialSubject"]["achievement"]


def test_revoking_awards_afterwards_keeps_it_taken_back():
    version = make_version()
    made = endorsed(version)
    endorsing.withdraw(made, by=owner_of(made.endorser))

    standing.republish(made.endorser)

    assert standing.revoked_in(made.status_list) == {made.status_index}
    assert integrity_faults() == []


def test_it_is_taken_back_once_and_can_be_given_anew():
    made = endorsed()
    endorsing.withdraw(made, by=owner_of(made.endorser))

    with pytest.raises(endorsing.CannotEndorse, match=r"It was taken back before\."):
        endorsing.withdraw(made, by=owner_of(made.endorser))
    again = endorsing.endorse(made.version, endorser=made.endorser, comment=WHY, by=owner_of(made.endorser))

    assert Endorsement.objects.standing().get() == again
    assert journal.first_broken(made.endorser) is None


@pytest.mark.both_databases
def test_the_database_does_not_forget_that_it_was_taken_back():
    made = endorsed()
    endorsing.withdraw(made, by=owner_of(made.endorser))

    with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
        Endorsement.objects.update(withdrawn_at=None)


def test_one_without_a_place_in_a_list_ends_on_this_site():
    version = make_version()
    made = endorsed(version)
    Endorsement.objects.filter(pk=made.pk).update(status_list=None, status_index=None)

    endorsing.withdraw(made, by=owner_of(made.endorser))

    award = make_award(version)
    assert "endorsement" not in json.loads(bytes(award.document))["credentialSubject"]["achievement"]


def test_who_gave_it_takes_it_back_from_the_public_page(client):
    version = make_version()
    made = endorsed(version)
    make_award(version)
    client.force_login(make_member(made.endorser, "editor"))
    address = reverse("endorsement_withdraw", args=[made.endorser.slug, made.pk])

    offered = address in client.get(version.get_absolute_url()).content.decode()
    asked = client.get(address).content.decode()
    page = client.post(address, follow=True).content.decode()

    assert offered
    assert "1 credential carries it already" in asked
    assert (WHY in page, "has taken back its endorsement" in page) == (False, True)
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("role", ["awarder", "auditor"])
def test_who_does_not_define_does_not_take_back(client, role):
    version = make_version()
    made = endorsed(version)
    client.force_login(make_member(made.endorser, role))
    address = reverse("endorsement_withdraw", args=[made.endorser.slug, made.pk])

    assert address not in client.get(version.get_absolute_url()).content.decode()
    assert client.post(address).status_code == 403
    assert Endorsement.objects.standing().count() == 1


def test_nobody_takes_back_what_another_issuer_gave(client):
    version = make_version()
    made = endorsed(version)
    client.force_login(owner_of(version.achievement.issuer))

    for issuer in (version.achievement.issuer, made.endorser):
        address = reverse("endorsement_withdraw", args=[issuer.slug, made.pk])
        assert client.post(address).status_code in {403, 404}
    assert Endorsement.objects.standing().count() == 1


def test_an_editor_of_another_issuer_endorses_from_the_public_page(client):
    version, friend = make_version(), make_issuer("halyard", name="Halyard Software")
    client.force_login(make_member(friend, "editor"))
    where = (version.achievement.issuer.slug, version.achievement.slug)
    address = reverse("endorse", args=["halyard", *where])

    offered = address in client.get(reverse("achievement", args=where)).content.decode()
    client.post(address, {"comment": ""})
    none_yet = Endorsement.objects.count()
    page = client.post(address, {"comment": WHY}, follow=True).content.decode()

    assert (offered, none_yet, WHY in page, address in page) == (True, 0, True, False)


@pytest.mark.parametrize("role", ["awarder", "auditor"])
def test_who_does_not_define_does_not_endorse(client, role):
    version, friend = make_version(), make_issuer("halyard")
    client.force_login(make_member(friend, role))
    where = (version.achievement.issuer.slug, version.achievement.slug)

    assert client.post(reverse("endorse", args=["halyard", *where]), {"comment": WHY}).status_code == 403
    assert (
        reverse("endorse", args=["halyard", *where])
        not in client.get(reverse("achievement", args=where)).content.decode()
    )


def test_it_is_served_as_it_was_signed(client):
    made = endorsed()

    response = client.get(made.get_absolute_url())

    assert response.content == bytes(made.document)
    assert (response["Content-Type"], response["Access-Control-Allow-Origin"]) == (
        "application/vc+ld+json",
        "*",
    )
