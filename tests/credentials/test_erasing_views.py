"""Erasing at the issuer's desk, and what is left at the addresses of what was erased."""

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from credentials import awarding, codes
from credentials.models import Award, ErasedAward
from tests.credentials.test_erasing import EMAIL, NAME, award_her, bring, her, order
from tests.credentials.test_trust_views import REAUTHENTICATE, sign_in
from tests.factories import PASSWORD, make_award, make_issuer, make_member, make_version, owner_of

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "credential", "credential_json", "credential_jwt", "seal", "certificate_pdf", "certificate_status",
    "badge_png", "badge_svg", "ob2_assertion", "api_credential",
]  # fmt: skip


@pytest.fixture
def award():
    return award_her(subject_id="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")


@pytest.fixture
def owner(client, award):
    sign_in(client, owner_of(award.issuer))
    return client


def address(award) -> str:
    return reverse("award_erase", args=[award.issuer.slug, award.pk])


def page_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_page_says_what_goes_and_what_stays_and_erases_nothing(owner, award):
    version = award.version
    order(version, her(5))
    bring(version)

    page = page_of(owner.get(address(award)))

    assert f"about {NAME} , {EMAIL}." in page
    assert "1 credential with name, address, evidence, results and every file:" in page
    assert "and in 1 row that became no credential" in page
    assert "lines in 1 roster that nobody has ordered yet" in page
    assert "It can’t be undone" in page
    assert Award.objects.count() == 1


def test_without_the_tick_nothing_is_erased(owner, award):
    page = page_of(owner.post(address(award)))

    assert "Tick this to go on." in page
    assert Award.objects.count() == 1


def test_it_erases_this_person_at_this_issuer_and_says_so(owner, award):
    elsewhere = award_her()

    response = owner.post(address(award), {"sure": "on"}, follow=True)

    assert "Erased: 1 credential, and all that was kept of the person with it." in page_of(response)
    assert NAME not in page_of(response)
    assert list(Award.objects.values_list("pk", flat=True)) == [elsewhere.pk]


def test_a_double_click_erases_once(owner, award):
    responses = [owner.post(address(award), {"sure": "on"}, follow=True) for _ in range(2)]

    assert "This person’s data is erased already." in page_of(responses[1])
    assert award.issuer.journal.filter(verb="erased").count() == 1


def test_the_password_is_asked_for_before_it_is_done(client, award):
    sign_in(client, owner_of(award.issuer), proven=False)

    asked = client.post(address(award), {"sure": "on"})
    before = Award.objects.count()
    client.post(asked.url, {"password": PASSWORD})

    assert asked.url.startswith(REAUTHENTICATE)
    assert (before, Award.objects.count()) == (1, 0)


@pytest.mark.parametrize("role", ["editor", "awarder", "auditor"])
def test_only_owners_erase_and_only_they_see_the_button(client, award, role):
    client.force_login(make_member(award.issuer, role))

    desk = client.get(reverse("award_desk", args=[award.issuer.slug, award.pk]))

    assert client.post(address(award), {"sure": "on"}).status_code == 403
    assert "Erase this person" not in page_of(desk)
    assert Award.objects.count() == 1


def test_the_owner_of_another_issuer_finds_nothing(client, award):
    other = make_issuer()
    sign_in(client, owner_of(other))
    at_their_own_desk = reverse("award_erase", args=[other.slug, award.pk])

    answers = [
        client.post(where, {"sure": "on"}).status_code for where in (address(award), at_their_own_desk)
    ]

    assert answers == [404, 404]
    assert Award.objects.count() == 1


@pytest.mark.parametrize("name", ADDRESSES)
def test_absent_private_and_erased_answer_alike_byte_for_byte(owner, award, name):
    stranger = Client()
    private = make_award()
    Award.objects.filter(pk=private.pk).update(visibility=Award.Visibility.PRIVATE)
    owner.post(address(award), {"sure": "on"})

    answers = {
        what: stranger.get(reverse(name, args=[pk]))
        for what, pk in (("erased", award.pk), ("private", private.pk), ("absent", uuid.uuid4()))
    }

    assert {what: one.status_code for what, one in answers.items()} == dict.fromkeys(answers, 404)
    bodies = {one.content.decode().replace(str(one.request["PATH_INFO"]), "PATH") for one in answers.values()}
    assert len(bodies) == 1
    assert len({str(sorted(one.headers.items())) for one in answers.values()}) == 1
    assert "private, or withdrawn" in bodies.pop().replace("private or", "private, or")


def test_its_short_address_and_the_box_say_what_they_say_of_one_that_never_was(owner, award):
    owner.post(address(award), {"sure": "on"})

    page = page_of(Client().get(reverse("verify"), {"q": codes.of(award.pk)}))

    assert Client().get(reverse("short_address", args=[codes.of(award.pk)])).status_code == 404
    assert "It may be mistyped, private or withdrawn." in page


def test_a_kept_file_is_judged_as_withdrawn(owner, award):
    document = bytes(award.document)
    owner.post(address(award), {"sure": "on"})

    page = page_of(Client().post(reverse("verify"), {"q": document.decode()}))

    assert "It was withdrawn on " in page


def test_the_pages_of_its_batch_go_on_making_sense(owner, award):
    batch = order(award.version, her(1, again=True), name="many.csv")
    awarding.award_batch(batch.pk)
    owner.post(address(award), {"sure": "on"})

    page = page_of(owner.get(batch.get_absolute_url()))
    csv = owner.get(reverse("batch_results", args=[award.issuer.slug, batch.pk])).content.decode()

    assert "1 row was erased since: nothing is kept of who stood there." in page
    assert csv.splitlines()[1] == "1,,,Erased,,"


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_database_as_often_for_many(owner, award, number, django_assert_max_num_queries):
    for _ in range(number - 1):
        award_her(make_version(award.issuer))

    with django_assert_max_num_queries(22):
        owner.get(address(award))

    assert ErasedAward.objects.count() == 0
