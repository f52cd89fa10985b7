"""What a document says, read without trusting it: odd shapes are left out, never raised about."""

import datetime as dt

import pytest

from credentials import contents
from tests.credentials.openbadges import samples


def test_everything_that_our_own_documents_say_is_read():
    found = contents.of(samples.full_degree())

    assert (found.title, found.recipient, found.issuer_name) == (
        "Bachelor of Science in Statistics",
        "Ada Lovelace",
        "Example University",
    )
    assert [(skill.name, skill.aside) for skill in found.skills] == [
        ("data mining", "ESCO v1.2"),
        ("Data analysis", "Credential Registry"),
    ]
    assert "a thesis" in found.criteria
    assert (found.field_of_study, found.specialization, found.human_code) == (
        samples.DEGREE.field_of_study,
        samples.DEGREE.specialization,
        samples.DEGREE.human_code,
    )
    assert found.tags == list(samples.DEGREE.tags)
    assert found.valid_until == dt.datetime(2099, 6, 1, tzinfo=dt.UTC)
    assert found.evidence[0].name == "Thesis"


def test_a_result_is_called_as_its_achievement_calls_it():
    document = {
        "credentialSubject": {
            "achievement": {
                "resultDescription": [
                    {"id": "urn:1", "name": "Score"},
                    {"id": "urn:2", "rubricCriterionLevel": [{"id": "urn:level", "name": "Expert"}]},
                ]
            },
            "result": [
                {"resultDescription": "urn:1", "value": "93"},
                {"resultDescription": "urn:2", "achievedLevel": "urn:level"},
                {"resultDescription": "urn:absent", "status": "Completed"},
                {"resultDescription": "urn:1"},
            ],
        }
    }

    assert contents.of(document).results == [("Score", "93"), ("Result", "Expert"), ("Result", "Completed")]


def test_the_levels_of_a_rubric_are_read_with_the_one_reached_and_the_one_needed():
    levels = [
        {"id": "urn:a", "name": "Novice", "level": "1", "points": "2", "description": "Follows."},
        {"id": "urn:b", "name": "Expert", "points": 4, "alignment": {"targetUrl": "https://case.example/4"}},
        {"id": "urn:c", "alignment": [{"targetUrl": "javascript:alert(1)"}]},
        {"id": "urn:d", "name": "Guru", "alignment": [{"targetUrl": "javascript:alert(1)"}]},
        "odd",
    ]
    description = {"id": "urn:2", "name": "Skill", "requiredLevel": "urn:a", "rubricCriterionLevel": levels}
    subject = {
        "achievement": {"resultDescription": [{"id": "urn:1", "name": "Score"}, description]},
        "result": {"resultDescription": "urn:2", "achievedLevel": "urn:b"},
    }

    assert contents.of({"credentialSubject": subject}).rubrics == [
        contents.Rubric(
            name="Skill",
            levels=[
                contents.Level(name="Novice", level="1", points="2", description="Follows."),
                contents.Level(name="Expert", points="4", url="https://case.example/4"),
                contents.Level(name="Guru"),
            ],
            reached="Expert",
            needed="Novice",
        )
    ]


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("de", "de"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ('en" onclick="x', ""),
        (["fr", "de"], "fr"),
        (7, ""),
        ("", ""),
    ],
)
def test_the_language_of_its_words_is_a_tag_or_nothing(said, language):
    document = {"credentialSubject": {"achievement": {"inLanguage": said}}}

    assert contents.of(document).language == language


def test_an_address_of_somebody_is_never_their_name():
    identity = {"identityType": "emailAddress", "hashed": False, "identityHash": "ada@example.org"}

    assert contents.of({"credentialSubject": {"identifier": [identity]}}).recipient == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//elsewhere.example",
        "https://",
        "http://[",
        7,
        None,
        ["x"],
    ],
)
def test_only_web_addresses_become_links(url):
    assert contents.of({"id": url, "issuer": {"url": url}}).address == ""


@pytest.mark.parametrize("odd", [None, 7, True, "text", [], [[]], [None], {}, {"a": {"b": 1}}, [{"type": 1}]])
@pytest.mark.parametrize(
    "name",
    ["credentialSubject", "issuer", "evidence", "validFrom", "validUntil", "awardedDate", "name", "id"],
)
def test_odd_shapes_are_left_out(name, odd):
    contents.of({name: odd})
    contents.of({"credentialSubject": dict.fromkeys(("achievement", "identifier", "result"), odd)})
    achievement = dict.fromkeys(("name", "criteria", "alignment", "resultDescription", "description"), odd)
    contents.of({"credentialSubject": {"achievement": achievement}})


def test_a_text_in_several_languages_is_read_in_its_first():
    assert (
        contents.of({"name": [{"@value": "Kurs", "@language": "de"}, {"@value": "Course"}]}).title == "Kurs"
    )
