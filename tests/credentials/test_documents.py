"""From rows to what is signed: every field that an issuer wrote is in the document, at its place."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import defining, documents
from credentials.forms.defining import LANGUAGES
from credentials.models import Award
from credentials.openbadges import document
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db
RESULTS = [
    {"name": "Score", "result_type": "RawScore", "value_min": "0", "value_max": "1000",
     "required_value": "700"},
    {"name": "State", "result_type": "Status"},
]  # fmt: skip


def signed(award: Award) -> dict:
    return json.loads(bytes(Award.objects.get(pk=award.pk).document))


def test_every_language_that_is_offered_can_be_signed_in_its_usual_form():
    version = make_version()
    signed = set()
    for version.language, _ in LANGUAGES:
        text = documents.achievement_text(version)
        signed.add(
            document.compose_achievement(text, documents.profile_of(version.achievement.issuer))["inLanguage"]
        )

    assert {"en", "pt-BR", "zh-Hans", "sr-Latn", "en-GB"} <= signed
    assert len(signed) == len(LANGUAGES)


def test_the_issuer_is_named_by_its_did_with_its_profile():
    issuer = make_issuer("northfield", description="A public university.")

    profile = signed(make_award(make_version(issuer)))["issuer"]

    assert profile == {
        "id": "did:web:badges.example:issuers:northfield",
        "type": ["Profile"],
        "name": "Northfield Institute",
        "url": "https://northfield.example",
        "email": "hello@northfield.example",
        "description": "A public university.",
    }


def test_the_achievement_is_the_version_that_was_awarded():
    version = make_version(make_issuer("northfield"), slug="data", tags=["records"], language="en")

    achievement = signed(make_award(version))["credentialSubject"]["achievement"]

    assert achievement["id"] == "https://badges.example/issuers/northfield/data/v1/"
    assert (achievement["name"], achievement["version"]) == (version.name, "1")
    assert achievement["criteria"] == {"narrative": version.criteria}
    assert achievement["image"]["caption"] == f"Seal of {version.name}"


def test_skills_are_alignments_with_their_framework():
    skill = {
        "name": "Data ethics",
        "url": "https://skills.northfield.example/data-ethics",
        "framework": "Northfield curriculum",
        "level": "advanced",
    }

    achievement = signed(make_award(make_version(skills=[skill])))["credentialSubject"]["achievement"]

    assert achievement["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Data ethics",
            "targetUrl": "https://skills.northfield.example/data-ethics",
            "targetFramework": "Northfield curriculum",
            "targetDescription": "Level: advanced",
        }
    ]


def test_what_an_issuer_calls_a_skill_is_signed_as_typed_whoever_used_its_address_first():
    skill = {"name": "data mining", "url": "http://data.europa.eu/esco/skill/1", "framework": ""}
    make_version(make_issuer(name="Halyard"), skills=[skill])

    version = make_version(skills=[skill | {"name": "Data Mining", "framework": "ESCO v1.2"}])

    (found,) = signed(make_award(version))["credentialSubject"]["achievement"]["alignment"]
    assert (found["targetName"], found["targetFramework"]) == ("Data Mining", "ESCO v1.2")


def test_a_result_of_the_type_status_is_a_status_and_every_other_a_value():
    version = make_version(result_descriptions=RESULTS)
    score, state = version.result_descriptions

    subject = signed(make_award(version, results={score["id"]: "835", state["id"]: "Completed"}))[
        "credentialSubject"
    ]

    assert subject["result"] == [
        {"type": ["Result"], "resultDescription": score["id"], "value": "835"},
        {"type": ["Result"], "resultDescription": state["id"], "status": "Completed"},
    ]
    described = subject["achievement"]["resultDescription"][0]
    assert (described["valueMin"], described["valueMax"], described["requiredValue"]) == ("0", "1000", "700")


def test_the_address_of_the_earner_is_not_in_the_document_and_each_salt_is_new():
    version = make_version()
    one, two = (make_award(version, email=f"{name}@example.org") for name in ("ada", "grace"))

    subjects = [signed(award)["credentialSubject"] for award in (one, two)]

    assert "ada@example.org" not in json.dumps(signed(one))
    salts = {identity.get("salt") for subject in subjects for identity in subject["identifier"]} - {None}
    assert len(salts) >= 2


def test_a_day_begins_and_ends_in_utc():
    day = dt.date(2028, 2, 29)

    assert documents.start_of(day).isoformat() == "2028-02-29T00:00:00+00:00"
    assert documents.end_of(day).isoformat() == "2028-02-29T23:59:59+00:00"


def test_addresses_are_of_the_site_whoever_asks():
    assert documents.absolute("verify") == "https://badges.example/verify/"


def test_the_words_of_a_drawn_picture_name_its_symbol():
    version = make_version(make_issuer("northfield"), slug="data", name="Data", icon="shield-check")

    image = signed(make_award(version))["credentialSubject"]["achievement"]["image"]

    assert image == {
        "id": "https://badges.example/issuers/northfield/data/v1/image.svg",
        "type": "Image",
        "caption": "Emblem of Data: shield with a tick",
    }


def test_the_words_of_a_picture_that_was_taken_away_are_not_said_of_the_drawn_one():
    assert documents.caption_of(make_version(name="Data", image_alt="A compass")) == "Seal of Data"


def test_the_next_version_begins_with_the_symbol_and_the_published_one_keeps_its_own():
    version = make_version(icon="leaf")
    owner = owner_of(version.achievement.issuer)

    following = defining.new_version(version.achievement, by=owner)
    assert following.icon == "leaf"
    defining.edit(following, by=owner, icon="rocket")

    version.refresh_from_db()
    following.refresh_from_db()
    assert (version.icon, following.icon) == ("leaf", "rocket")


def test_what_the_versions_are_called_is_asked_once_for_a_batch():
    version = make_version()
    owner = owner_of(version.achievement.issuer)
    defining.publish(defining.new_version(version.achievement, by=owner), by=owner)

    with CaptureQueriesContext(connection) as asked:
        documents.achievement_text(version)

    releases = [one["sql"] for one in asked.captured_queries if '"product_release"' in one["sql"]]
    assert len(releases) == 1
