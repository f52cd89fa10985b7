"""The API: open where it says so, closed by default, limited, described, and its errors are sentences."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import IsAuthenticated
from rest_framework.settings import api_settings

from credentials import standing
from credentials.models import Award
from issuers import limits
from issuers.models import SigningKey
from tests.credentials.test_verification_views import document_of, loosely_written, signed_by_a_stranger
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db
VERIFY = "/api/v1/verify/"


def check(client, data, content_type: str = "application/json"):
    return client.post(VERIFY, data, content_type=content_type)


def test_a_credential_as_the_body_gets_its_report(client):
    found = check(client, document_of(make_award(name="Amara Nwosu"))).json()

    assert (found["verdict"], found["subject_name"]) == ("valid", "Amara Nwosu")
    assert {name: one["outcome"] for name, one in found["answers"].items()} == {
        "unchanged": "passed",
        "still_valid": "passed",
        "issuer_known": "passed",
    }
    assert found["issuer_identity"]["level"] == "known_here"
    assert len(found["checks"]) == 8


@pytest.mark.parametrize("kind", ["application/vc+ld+json", "application/vc", "text/plain"])
def test_the_kind_of_the_body_does_not_matter(client, kind):
    assert check(client, document_of(make_award()), kind).json()["verdict"] == "valid"


def test_an_address_a_number_and_a_code_will_do(client):
    award = make_award()

    found = [
        check(client, json.dumps({"address": text})).json() for text in (award.url, str(award.pk), award.code)
    ]

    assert [one["verdict"] for one in found] == ["valid"] * 3


def test_a_file_will_do(client):
    file = SimpleUploadedFile("a.json", document_of(make_award()))

    assert client.post(VERIFY, {"file": file}).json()["verdict"] == "valid"


def test_several_files_at_once_are_refused_and_none_is_passed_over(client):
    good = SimpleUploadedFile("good.json", document_of(make_award()))
    bad = SimpleUploadedFile("bad.json", b"{}")

    answer = client.post("/api/v1/verify/", {"file": [bad, good]})

    assert answer.status_code == 400
    assert "Send one file at a time" in answer.json()["detail"]


def test_what_others_may_refuse_is_a_remark(client):
    award = make_award()

    found = [check(client, data).json() for data in (document_of(award), loosely_written(award))]

    assert [one["verdict"] for one in found] == ["valid", "valid"]
    assert [len(one["remarks"]) for one in found] == [0, 1]


def test_a_stranger_and_a_revoked_one_are_told_apart(client):
    award = make_award()
    standing.revoke(award, reason="Copied.", by=owner_of(award.issuer))

    revoked, stranger = check(client, document_of(award)), check(client, signed_by_a_stranger())

    assert (revoked.json()["verdict"], revoked.json()["reason"][-7:]) == ("revoked", "Copied.")
    assert stranger.json()["issuer_identity"]["level"] == "only_a_key"


@pytest.mark.parametrize("data", [b"", b"  "])
def test_nothing_gets_a_sentence(client, data):
    answer = check(client, data)

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Send a credential as the body")


@pytest.mark.parametrize(
    "data", [b"{", b'{"a":1,"a":2}', b"[]", b"\xff\x00", b'{"address": 5}', b'{"address": ""}']
)
def test_what_is_no_credential_is_judged_and_never_an_error(client, data):
    answer = check(client, data)

    assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")


def test_too_much_gets_a_sentence(client):
    for answer in (
        check(client, b"x" * 10_600_000),
        client.post(VERIFY, {"file": SimpleUploadedFile("a.pdf", b"x" * 10_600_000)}),
    ):
        assert (answer.status_code, answer.json()["detail"][:30]) == (413, "The file is larger than 10 MB.")


def test_it_is_limited_and_says_how_long_to_wait(client, settings):
    settings.LIMITS_COUNT = True

    address = b'{"address": "0"}'
    answers = [check(client, address) for _ in range(2 * limits.VERIFY.times + 1)]  # a minute may end between

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["detail"].startswith("Too often")


def test_more_credentials_than_addresses_can_be_sent_in_a_minute(client, settings):
    settings.LIMITS_COUNT = True

    answers = [check(client, b"{}").status_code for _ in range(limits.VERIFY.times + 20)]

    assert set(answers) == {200}
    assert limits.FILES.times >= 200  # as many as the page takes at once


def test_a_credential_of_this_site_and_its_report(client):
    award = make_award(name="Amara Nwosu")

    found = client.get(f"/api/v1/credentials/{award.pk}/").json()

    assert found.pop("report")["subject_name"] == "Amara Nwosu"
    assert found == {
        "id": str(award.pk),
        "code": award.code,
        "address": award.url,
        "document": f"https://badges.example/credentials/{award.pk}.json",
        "standing": "valid",
        "key_withdrawn": False,
    }


def test_a_credential_that_a_thief_may_have_signed_does_not_count_whatever_its_standing(client):
    award = make_award()
    SigningKey.objects.filter(pk=award.signing_key_id).update(compromised_at=award.recorded_at)

    found = client.get(f"/api/v1/credentials/{award.pk}/").json()

    assert (found["standing"], found["key_withdrawn"], found["report"]["verdict"]) == (
        "valid",
        True,
        "invalid",
    )


def test_a_private_credential_is_there_for_its_issuer_only(client):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PRIVATE)
    address = f"/api/v1/credentials/{award.pk}/"

    assert client.get(address).status_code == 404
    client.force_login(owner_of(award.issuer))
    assert client.get(address).status_code == 200


def test_an_issuer_says_what_everybody_may_know(client):
    issuer = make_issuer("northfield", country="NO")

    assert client.get("/api/v1/issuers/northfield/").json() == {
        "slug": "northfield",
        "name": "Northfield Institute",
        "did": "did:web:badges.example:issuers:northfield",
        "address": "https://badges.example/issuers/northfield/",
        "url": "https://northfield.example",
        "description": "",
        "country": "NO",
        "verified_domain": issuer.verified_domain,
        "lost_domain": "",
        "domain_lost_at": None,
        "suspended_at": None,
    }


def test_what_can_be_earned_is_found_by_words(client):
    version = make_version(make_issuer("northfield"), slug="steward")
    make_version(name="Something else", description="Quite.")

    found = client.get("/api/v1/achievements/", {"q": "stewardship \x00"}).json()

    assert found["count"] == 1
    assert found["results"] == [
        {
            "name": "Clinical Data Stewardship",
            "kind": "badge",
            "issuer": "northfield",
            "version": 1,
            "description": version.description,
            "address": "https://badges.example/issuers/northfield/steward/",
        }
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_catalogue_asks_the_database_as_often_for_one_as_for_three(
    client, django_assert_num_queries, count
):
    for _ in range(count):
        make_version()

    with django_assert_num_queries(3):
        client.get("/api/v1/achievements/")


def test_whatever_does_not_say_that_it_is_open_is_closed_and_no_password_opens_it():
    assert [IsAuthenticated] == api_settings.DEFAULT_PERMISSION_CLASSES
    assert [one.__name__ for one in api_settings.DEFAULT_AUTHENTICATION_CLASSES] == ["SessionAuthentication"]


def test_the_schema_describes_every_address(client):
    paths = SchemaGenerator().get_schema(public=True)["paths"]

    assert sorted(paths) == [
        "/api/v1/achievements/",
        "/api/v1/credentials/{id}/",
        "/api/v1/issuers/{issuer}/achievements/{achievement}/awards/",
        "/api/v1/issuers/{issuer}/awards/",
        "/api/v1/issuers/{issuer}/awards/{id}/revoke/",
        "/api/v1/issuers/{slug}/",
        "/api/v1/verify/",
    ]
    assert client.get("/api/v1/schema/").status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/achievements/", "/api/v1/issuers/{issuer}/awards/"])
def test_the_schema_says_that_a_list_comes_in_pages(address):
    schema = SchemaGenerator().get_schema(public=True)
    answer = schema["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    name = answer["$ref"].rpartition("/")[2]

    assert list(schema["components"]["schemas"][name]["properties"]) == [
        "count",
        "next",
        "previous",
        "results",
    ]


def test_people_can_read_it_without_a_script(client):
    html = client.get("/api/docs/").content.decode()

    assert "/api/v1/verify/" in html
    assert set(re.findall(r'href="#(shape-\w+)"', html)) <= set(re.findall(r'id="(shape-\w+)"', html))
    assert set(client.get("/api/v1/").json()) == {"verify", "achievements", "schema", "docs"}
