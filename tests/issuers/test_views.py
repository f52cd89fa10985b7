"""The desk's pages about the issuer itself, and its public page."""

import hashlib
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from issuers import api_keys, keys, membership
from issuers.models import ApiKey, Issuer, Member, Role
from tests.factories import (
    make_award,
    make_draft,
    make_issuer,
    make_member,
    make_user,
    make_version,
    owner_of,
)
from tests.issuers.pictures import HOSTILE, picture, upload

pytestmark = pytest.mark.django_db


def sign_in(client, issuer, role):
    user = owner_of(issuer) if role == "owner" else make_member(issuer, role)
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["member", "member_remove"])
def test_a_member_of_another_issuer_is_not_found(client, name):
    issuer, other = make_issuer(), make_issuer()
    sign_in(client, issuer, "owner")

    answer = client.post(reverse(name, args=[issuer.slug, other.members.get().pk]), {"role": "auditor"})

    assert (answer.status_code, other.members.get().role) == (404, "owner")


# Founding

TYPED = {
    "name": "Northfield Institute",
    "slug": "",
    "url": "northfield.example",
    "email": "hello@northfield.example",
    "description": "Teaches.\r\nTests.",
    "colour": "#123456",
}


def test_a_person_founds_an_issuer_and_becomes_its_owner(client):
    user = make_user()
    client.force_login(user)

    answer = client.post("/dashboard/new/", TYPED | {"logo": upload(picture(size=(2000, 500)))})

    issuer = Issuer.objects.get()
    assert answer["Location"] == "/dashboard/northfield-institute/"
    assert (issuer.slug, issuer.url, issuer.description) == (
        "northfield-institute",
        "https://northfield.example",
        "Teaches.\nTests.",
    )
    assert (issuer.logo.width, issuer.logo.height) == (800, 200)
    assert [(member.user, member.role) for member in issuer.members.all()] == [(user, "owner")]
    assert (
        keys.signer_for(issuer).verification_method
        == "did:web:badges.example:issuers:northfield-institute#key-1"
    )


@pytest.mark.parametrize("slug", ["No", "a b", "new", "testamur", "-ab", "ab-", "x" * 41, "аррle"])
def test_an_address_that_cannot_be_is_refused(client, slug):
    client.force_login(make_user())

    answer = client.post("/dashboard/new/", TYPED | {"slug": slug})

    assert (list(answer.context["form"].errors), Issuer.objects.count()) == (["slug"], 0)


def test_an_address_that_is_taken_is_refused_with_a_sentence(client):
    make_issuer("northfield-institute")
    client.force_login(make_user())

    answer = client.post("/dashboard/new/", TYPED)

    assert answer.context["form"].errors == {
        "slug": ["Another issuer of this site has this address. Choose another."]
    }


@pytest.mark.parametrize("field", ["name", "description"])
def test_a_control_character_is_refused_at_its_field(client, field):
    client.force_login(make_user())

    answer = client.post("/dashboard/new/", TYPED | {field: "North\x07field", "slug": "northfield"})

    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://northfield.example", "http//x"])
def test_a_web_address_that_is_none_is_refused(client, url):
    client.force_login(make_user())

    answer = client.post("/dashboard/new/", TYPED | {"url": url})

    assert list(answer.context["form"].errors) == ["url"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_logo_is_refused_and_what_was_typed_stays(client, hostile):
    client.force_login(make_user())

    answer = client.post("/dashboard/new/", TYPED | {"logo": upload(HOSTILE[hostile])})

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["logo"])
    assert b'value="Northfield Institute"' in answer.content
    assert Issuer.objects.count() == 0


# Settings


def test_an_owner_changes_the_settings_but_never_the_address(client):
    issuer = make_issuer("northfield")
    sign_in(client, issuer, "owner")

    client.post("/dashboard/northfield/settings/", TYPED | {"name": "Northfield University", "slug": "other"})

    issuer.refresh_from_db()
    assert (issuer.name, issuer.slug, issuer.colour) == ("Northfield University", "northfield", "#123456")


def test_a_logo_stays_until_it_is_taken_away(client):
    issuer = make_issuer("northfield", logo=upload(picture()))
    sign_in(client, issuer, "owner")

    client.post("/dashboard/northfield/settings/", TYPED)
    issuer.refresh_from_db()
    stayed = bool(issuer.logo)
    client.post("/dashboard/northfield/settings/", TYPED | {"remove_logo": "on"})
    issuer.refresh_from_db()

    assert (stayed, bool(issuer.logo)) == (True, False)


# Members


def test_an_owner_adds_somebody_by_an_address_that_they_confirmed(client):
    issuer, somebody = make_issuer("northfield"), make_user("ada@example.org")
    sign_in(client, issuer, "owner")

    client.post("/dashboard/northfield/members/", {"email": "ADA@example.org", "role": "editor"})

    assert issuer.members.get(user=somebody).role == "editor"


@pytest.mark.parametrize("verified", [None, False])
def test_an_address_that_nobody_confirmed_is_told_so(client, verified):
    issuer = make_issuer("northfield")
    if verified is False:
        make_user("ada@example.org", verified=False)
    sign_in(client, issuer, "owner")

    answer = client.post("/dashboard/northfield/members/", {"email": "ada@example.org", "role": "editor"})

    assert answer.context["form"].errors["email"][0].startswith("Nobody here has confirmed the address ada@")
    assert issuer.members.count() == 1


def test_a_look_alike_address_is_somebody_elses(client):
    issuer = make_issuer("northfield")
    make_user("kim@example.org")
    sign_in(client, issuer, "owner")

    client.post("/dashboard/northfield/members/", {"email": "\u212aim@example.org", "role": "owner"})

    assert issuer.members.count() == 1


def test_a_role_is_changed_and_a_member_removed(client):
    issuer = make_issuer("northfield")
    member = Member.objects.get(user=make_member(issuer, "auditor"))
    sign_in(client, issuer, "owner")

    client.post(reverse("member", args=["northfield", member.pk]), {"role": "awarder"})
    member.refresh_from_db()
    role = member.role
    client.post(reverse("member_remove", args=["northfield", member.pk]))

    assert (role, issuer.members.count()) == ("awarder", 1)


def test_the_last_owner_stays(client):
    issuer = make_issuer("northfield")
    sign_in(client, issuer, "owner")
    pk = issuer.members.get().pk

    changed = client.post(reverse("member", args=["northfield", pk]), {"role": "auditor"})
    removed = client.post(reverse("member_remove", args=["northfield", pk]))

    assert [answer.status_code for answer in (changed, removed)] == [200, 200]
    assert "last owner" in removed.context["refusal"]
    assert issuer.members.get().role == "owner"


def test_an_owner_who_leaves_is_led_to_their_own_list(client):
    issuer = make_issuer("northfield")
    make_member(issuer, "owner")
    owner = sign_in(client, issuer, "owner")

    answer = client.post(reverse("member_remove", args=["northfield", issuer.members.get(user=owner).pk]))

    assert answer["Location"] == "/dashboard/"


def test_a_suspended_issuer_can_be_read_and_not_changed(client):
    issuer = make_issuer("northfield")
    Issuer.objects.update(suspended_at=timezone.now())
    sign_in(client, issuer, "owner")

    answers = [
        client.get("/dashboard/northfield/members/").status_code,
        client.post("/dashboard/northfield/members/", {}).status_code,
        client.get("/dashboard/northfield/settings/").status_code,
    ]

    assert answers == [200, 403, 403]


# Lists


def test_the_journal_is_searched_and_paged(client):
    issuer = make_issuer("northfield")
    make_version(issuer)
    sign_in(client, issuer, "auditor")

    found = client.get("/dashboard/northfield/journal/?q=published").context["page"]
    none = client.get("/dashboard/northfield/journal/?q=zebra&page=7").context["page"]

    assert ([entry.verb for entry in found], list(none)) == (["published"], [])


def test_the_journal_names_the_accounts_of_its_own_members_only(client):
    """Whoever names a thing "account 7" reads nobody's address, and breaks no page with a number."""
    stranger = make_user("stranger@elsewhere.example")
    issuer = make_issuer("northfield")
    owner = sign_in(client, issuer, "owner")
    for number in (stranger.pk, 10**30):
        api_keys.make(issuer, name=f"account {number}", scope=ApiKey.Scope.READ, ends_at=None, by=owner)

    page = client.get("/dashboard/northfield/journal/")
    found = client.get("/dashboard/northfield/journal/?q=stranger@elsewhere").context["page"]

    assert page.status_code == 200
    assert owner.email in page.content.decode()
    assert (b"stranger@elsewhere" in page.content, list(found)) == (False, [])


def test_the_journal_finds_a_member_among_many_accounts_of_the_same_domain(client):
    for _ in range(25):
        make_user()
    issuer = make_issuer("northfield", by=make_user("owner@northfield.example"))
    member = make_user()
    membership.invite(issuer, member, role=Role.AWARDER, by=owner_of(issuer))
    sign_in(client, issuer, "auditor")

    found = client.get("/dashboard/northfield/journal/?q=example.org").context["page"]

    assert member.email in {entry.label.partition(" ")[0] for entry in found}


def test_the_list_of_my_issuers_costs_the_same_for_one_and_three(client, django_assert_num_queries):
    user = make_user()
    client.force_login(user)
    make_issuer(by=user)
    client.get("/dashboard/")
    for _ in range(2):
        make_issuer(by=user)

    with django_assert_num_queries(3):  # session, user, memberships
        client.get("/dashboard/")


def test_the_members_cost_the_same_for_one_and_three(client, django_assert_max_num_queries):
    issuer = make_issuer("northfield")
    sign_in(client, issuer, "owner")
    make_member(issuer, "editor")
    make_member(issuer, "auditor")

    with django_assert_max_num_queries(4):
        client.get("/dashboard/northfield/members/")


# In public


def test_the_public_page_shows_what_is_offered_by_kind_and_no_draft(client):
    issuer = make_issuer("northfield")
    make_version(issuer, kind="badge", name="Kindness")
    make_version(issuer, kind="degree", name="Bachelor of Kindness")
    make_draft(issuer, name="Not yet")

    page = client.get("/issuers/northfield/").content.decode()

    titles = re.findall(r'<h3 class="desk_row__title"><a [^>]*>([^<]*)</a>', page)
    assert titles == ["Bachelor of Kindness", "Kindness"]


@pytest.mark.parametrize(
    ("domain", "said"),
    [("", "Domain not proven"), ("northfield.example", "Has proven that it owns northfield.example")],
)
def test_the_public_page_says_whether_the_domain_is_proven(client, domain, said):
    make_issuer("northfield", verified_domain=domain)

    assert said in client.get("/issuers/northfield/").content.decode()


def test_the_public_page_costs_the_same_for_one_and_three(client, django_assert_num_queries):
    issuer = make_issuer("northfield")
    for _ in range(3):
        make_version(issuer)

    with django_assert_num_queries(3):  # issuer, achievements, versions
        client.get("/issuers/northfield/")


def test_the_did_document_is_for_every_program(client):
    issuer = make_issuer("northfield")
    keys.make_key(issuer)

    answer = client.get("/issuers/northfield/did.json")

    did = "did:web:badges.example:issuers:northfield"
    document = json.loads(answer.content)
    assert document["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    assert document["id"] == did
    assert [method["id"] for method in document["verificationMethod"]] == [f"{did}#key-1", f"{did}#key-2"]
    assert document["assertionMethod"] == [f"{did}#key-1", f"{did}#key-2"]
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/json", "*")
    assert (answer["Cache-Control"], dict(answer.cookies)) == ("public, max-age=300", {})
    assert len(answer.content) <= 8192


def test_a_compromised_key_no_longer_asserts(client):
    issuer = make_issuer("northfield")
    issuer.keys.update(compromised_at=timezone.now())
    keys.make_key(issuer)

    document = client.get("/issuers/northfield/did.json").json()

    did = "did:web:badges.example:issuers:northfield"
    assert len(document["verificationMethod"]) == 2
    assert document["assertionMethod"] == [f"{did}#key-2"]


def test_the_did_document_is_asked_for_again_by_its_etag(client):
    make_issuer("northfield")
    etag = client.get("/issuers/northfield/did.json")["ETag"]

    assert client.get("/issuers/northfield/did.json", headers={"If-None-Match": etag}).status_code == 304


def test_the_did_document_is_the_same_for_somebody_signed_in(client):
    issuer = make_issuer("northfield")
    sign_in(client, issuer, "owner")

    answer = client.get("/issuers/northfield/did.json")

    assert (answer["Cache-Control"], dict(answer.cookies)) == ("public, max-age=300", {})


def test_the_logo_is_served_as_a_picture_and_nothing_else(client):
    make_issuer("northfield", logo=upload(picture()))

    answer = client.get("/issuers/northfield/logo.png")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'


def test_without_a_logo_there_is_none(client):
    make_issuer("northfield")

    assert client.get("/issuers/northfield/logo.png").status_code == 404


def test_the_private_part_of_a_key_is_on_no_page(client):
    issuer = make_issuer("northfield")
    make_award(make_version(issuer))
    sign_in(client, issuer, "owner")
    wrapped = bytes(issuer.keys.get().wrapped_private)

    pages = [
        client.get(f"/dashboard/northfield/{page}").content for page in ("keys/", "journal/", "settings/")
    ]

    assert [wrapped.hex().encode() in page or wrapped[12:] in page for page in pages] == [False] * 3
