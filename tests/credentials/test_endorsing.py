"""One issuer puts its signed word behind what another offers."""

import json

import pytest
from django.urls import reverse

from credentials import endorsing, verifying
from credentials.models import Award, Endorsement
from credentials.openbadges.verify import Outcome, Verdict
from tests.factories import make_award, make_issuer, make_member, make_version, owner_of

pytestmark = pytest.mark.django_db
WHY = "We employ whoever holds it."


def endorsed(version=None, comment=WHY, **issuer):
    friend = make_issuer(name="Halyard Software", **issuer)
    return endorsing.endorse(version or make_version(), endorser=friend, comment=comment, by=owner_of(friend))


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
