"""Composing, writing and reading documents."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from credentials.openbadges import document
from credentials.openbadges.document import (
    AchievementText,
    Alignment,
    Evidence,
    Image,
    Malformed,
    Result,
    ResultDescription,
    compose,
    compose_status_list,
    parse,
    serialise,
)
from tests.credentials.openbadges.samples import (
    AVERAGE,
    BADGE,
    CLASS,
    DAY,
    DEGREE,
    ISSUER,
    LIST_URL,
    STANDING,
    UNIVERSITY,
    facts,
    full_degree,
    plain_badge,
)


def sentence(call, *arguments) -> str:
    with pytest.raises(ValueError) as refused:
        call(*arguments)
    return str(refused.value)


def refused(achievement=BADGE, **changes) -> str:
    return sentence(lambda: compose(ISSUER, achievement, facts(**changes)))


def achievement(**changes) -> AchievementText:
    parts = {"id": "https://a.example/1", "name": "A", "description": "B", "criteria": "C"}
    return AchievementText(**(parts | {"achievement_type": "Badge"} | changes))


HASHED = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": "sha256$" + hashlib.sha256(b"ada0@earner.examplesalt-00000000").hexdigest(),
    "identityType": "emailAddress",
    "salt": "salt-00000000",
}
NAMED = {
    "type": "IdentityObject",
    "hashed": False,
    "identityHash": "Ada Lovelace",
    "identityType": "name",
}
CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
PROFILE = {
    "id": "did:web:badges.example:issuers:university",
    "type": ["Profile"],
    "name": "Example University",
    "url": "https://university.example",
    "email": "registrar@university.example",
    "description": "Founded to be an example.",
    "image": {"id": "https://badges.example/issuers/university/logo.png", "type": "Image"},
}
SCHEMA = [
    {
        "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
        "type": "1EdTechJsonSchemaValidator2019",
    }
]
STATUS = {
    "id": "https://badges.example/status/1#70000",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "70000",
    "statusListCredential": "https://badges.example/status/1",
}


def test_a_plain_badge_says_what_it_must_and_no_more():
    assert plain_badge() == {
        "@context": CONTEXT,
        "id": "https://badges.example/credentials/8b1f6c1e-0f7f-4a83-9d53-000000000000",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "description": "Awarded for a project.",
        "issuer": PROFILE,
        "validFrom": "2026-06-01T00:00:00Z",
        "awardedDate": "2026-06-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [HASHED, NAMED],
            "achievement": {
                "id": "https://badges.example/issuers/university/teamwork/v1/",
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": "Teamwork",
                "description": "Works well with others.",
                "criteria": {"narrative": "Nominated by **peers**."},
            },
        },
        "credentialSchema": SCHEMA,
        "credentialStatus": STATUS,
    }


DEGREE_ITSELF = {
    "validUntil": "2099-06-01T00:00:00Z",
    "image": {"id": "https://badges.example/credentials/0/seal.svg", "type": "Image", "caption": "Seal"},
    "evidence": [
        {
            "type": ["Evidence"],
            "id": "https://badges.example/evidence/0",
            "name": "Thesis",
            "narrative": "On the **counting** of bicycles.",
            "description": "80 pages.",
            "genre": "Thesis",
            "audience": "Public",
        },
        {"type": ["Evidence"], "narrative": "A talk."},
    ],
}
DEGREE_SUBJECT = {
    "type": ["AchievementSubject"],
    "identifier": [HASHED, NAMED],
    "activityStartDate": "2023-09-01T00:00:00Z",
    "activityEndDate": "2026-05-31T00:00:00Z",
    "creditsEarned": 180,
    "licenseNumber": "L-0",
    "narrative": "With distinction in probability.",
    "role": "Student",
    "term": "Spring 2026",
    "result": [
        {"type": ["Result"], "resultDescription": CLASS.id, "value": "2.1"},
        {"type": ["Result"], "resultDescription": DEGREE.result_descriptions[1].id, "value": "1"},
        {"type": ["Result"], "resultDescription": AVERAGE.id, "value": "71.5"},
        {"type": ["Result"], "resultDescription": STANDING.id, "status": "Completed"},
    ],
}
DEGREE_ACHIEVEMENT = {
    "id": "https://badges.example/issuers/university/statistics/v3/",
    "type": ["Achievement"],
    "achievementType": "BachelorDegree",
    "name": "Bachelor of Science in Statistics",
    "description": "Three years of statistics.",
    "criteria": {
        "id": "https://badges.example/issuers/university/statistics/v3/#criteria",
        "narrative": "- 180 credits\n- a thesis",
    },
    "image": {
        "id": "https://badges.example/issuers/university/statistics/v3/image.svg",
        "type": "Image",
        "caption": "A curve",
    },
    "inLanguage": "en",
    "version": "3",
    "humanCode": "STAT-3",
    "fieldOfStudy": "Statistics",
    "specialization": "Data analysis",
    "creditsAvailable": 180,
    "tag": ["statistics", "data"],
    "alignment": [
        {
            "type": ["Alignment"],
            "targetName": "data mining",
            "targetUrl": "http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180",
            "targetFramework": "ESCO v1.2",
            "targetType": "ext:ESCOSkill",
            "targetDescription": "Explore large data sets.",
        },
        {
            "type": ["Alignment"],
            "targetName": "Data analysis",
            "targetUrl": "https://registry.example/resources/ce-98cb027b",
            "targetFramework": "Credential Registry",
            "targetCode": "ce-98cb027b",
            "targetType": "ceterms:Credential",
        },
    ],
}
CLASSIFICATION = {
    "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
    "type": ["ResultDescription"],
    "name": "Classification",
    "resultType": "LetterGrade",
    "allowedValue": ["3", "2.2", "2.1", "1"],
    "requiredValue": "3",
}
PERCENTAGE = {
    "id": "urn:uuid:a70ddc6a-4c4a-4bd8-8277-cb97c79f40c5",
    "type": ["ResultDescription"],
    "name": "Average",
    "resultType": "Percent",
    "valueMin": "0",
    "valueMax": "100",
}


def test_a_degree_with_everything_says_everything():
    degree = full_degree()
    subject = degree["credentialSubject"]
    achieved = subject.pop("achievement")
    described = achieved.pop("resultDescription")
    assert {key: degree[key] for key in DEGREE_ITSELF} == DEGREE_ITSELF
    assert subject == DEGREE_SUBJECT
    assert achieved == DEGREE_ACHIEVEMENT
    assert described[::2] == [CLASSIFICATION, PERCENTAGE]


def test_a_status_list_says_what_the_standard_asks_for():
    listed = compose_status_list(
        url=LIST_URL,
        issuer_id=UNIVERSITY,
        encoded_list="uAA",
        valid_from=DAY,
        valid_until=DAY + timedelta(minutes=15),
        ttl_ms=900_000,
    )
    assert listed == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://badges.example/status/1",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:badges.example:issuers:university",
        "validFrom": "2026-06-01T00:00:00Z",
        "validUntil": "2026-06-01T00:15:00Z",
        "credentialSubject": {
            "id": "https://badges.example/status/1#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": 900_000,
            "encodedList": "uAA",
        },
    }


def empty_parts(node):
    if node in (None, "", [], {}):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from empty_parts(part)


def test_nothing_empty_is_ever_written():
    badge = plain_badge(description="  ", evidence=(Evidence(name="Talk", narrative="\n"),), credits_earned=0)
    assert list(empty_parts(badge)) == []
    assert badge["credentialSubject"]["creditsEarned"] == 0
    assert badge["evidence"] == [{"type": ["Evidence"], "name": "Talk"}]
    assert "description" not in badge


def test_dates_are_written_in_utc_and_whole_seconds():
    there = timezone(timedelta(hours=5, minutes=30))
    badge = plain_badge(valid_from=datetime(2026, 1, 1, 2, 0, 0, 999_999, tzinfo=there))
    assert badge["validFrom"] == "2025-12-31T20:30:00Z"


@pytest.mark.parametrize(
    ("credits", "written"),
    [(5, 5), (5.0, 5), (Decimal("2.50"), 2.5), (Decimal(180), 180)],
)
def test_whole_numbers_have_no_decimal_point(credits, written):
    subject = plain_badge(credits_earned=credits)["credentialSubject"]
    assert repr(subject["creditsEarned"]) == repr(written)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://a.example/Müller x?q=ä", "https://a.example/M%C3%BCller%20x?q=%C3%A4"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a.example/100%25", "https://a.example/100%25"),
        ("  https://a.example  ", "https://a.example"),
    ],
)
def test_addresses_are_written_as_addresses(given, written):
    assert plain_badge(evidence=(Evidence(url=given),))["evidence"][0]["id"] == written


@pytest.mark.parametrize(
    "given", ["essay.docx", "ftp://a.example/x", "javascript:alert(1)", "https://", "//a"]
)
def test_what_is_no_web_address_is_refused(given):
    assert (
        refused(evidence=(Evidence(url=given),)) == f"The evidence's address is not a web address: “{given}”."
    )


@pytest.mark.parametrize(
    "character", ["\0", "\b", "\v", "\f", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff"]
)
def test_control_characters_are_refused_and_named(character):
    number = f"U+{ord(character):04X}"
    expected = f"“Ada·Lovelace” holds a control character ({number}), which cannot be signed."
    assert refused(recipient_name=f"Ada{character}Lovelace") == expected


def test_tabs_and_line_ends_are_welcome():
    badge = plain_badge(description="one\ttwo\r\nthree")
    assert badge["description"] == "one\ttwo\r\nthree"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"salt": "short"}, "The salt of a hashed address needs eight characters or more."),
        ({"recipient_name": " "}, "The recipient needs a name."),
        ({"recipient_email": ""}, "The recipient needs an e-mail address."),
        ({"name": ""}, "The credential needs a name."),
        ({"id": "no address"}, "The credential's address is not a full address: “no address”."),
        ({"valid_until": DAY - timedelta(seconds=1)}, "It would expire before it becomes valid."),
        ({"valid_from": DAY.replace(tzinfo=None)}, "A date needs its time zone."),
        (
            {"awarded_at": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=9)))},
            "A date lies outside of the years 1 to 9999.",
        ),
        ({"status_index": -1}, "The place in the status list cannot be negative."),
        ({"evidence": (Evidence(),)}, "A piece of evidence is empty."),
        ({"credits_earned": -1}, "-1 is not a number of credits."),
        ({"credits_earned": float("nan")}, "nan is not a number of credits."),
        ({"results": (Result(description_id="urn:x", value="1"),)}, "A result belongs to none of the results "
         "that the achievement describes."),
    ],
)  # fmt: skip
def test_an_award_that_cannot_be_right_is_refused_with_a_sentence(changes, expected):
    assert refused(**changes) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Result(description_id=CLASS.id, value="5"), "“5” is not one of the values of “Classification”."),
        (Result(description_id=CLASS.id), "“Classification” has no value."),
        (Result(description_id=STANDING.id, value="x"), "“Standing” needs a status, for example Completed."),
        (
            Result(description_id=STANDING.id, status="Done"),
            "“Done” is not a status that a result can have.",
        ),
    ],
)
def test_a_result_must_fit_its_description(result, expected):
    assert refused(DEGREE, results=(result,)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"achievement_type": "Trophy"}, "“Trophy” is not an achievement type of Open Badges 3.0."),
        ({"achievement_type": "ext:"}, "“ext:” is not an achievement type of Open Badges 3.0."),
        ({"criteria": " "}, "The achievement needs criteria: what has to be done to earn it?"),
        ({"language": "English"}, "“English” is not a language code such as en or pt-BR."),
        ({"name": ""}, "The achievement needs a name."),
        ({"description": ""}, "The achievement needs a description."),
        (
            {"alignments": (Alignment(name="x", url="https://a.example", type="ESCO"),)},
            "“ESCO” is not an alignment type of Open Badges 3.0.",
        ),
        (
            {"result_descriptions": (ResultDescription(id="urn:x", name="x", result_type="Mark"),)},
            "“Mark” is not a result type of Open Badges 3.0.",
        ),
        ({"image": Image(url="")}, "An image's address is not a full address: “”."),
    ],
)
def test_an_achievement_that_cannot_be_right_is_refused_with_a_sentence(changes, expected):
    assert refused(achievement(**changes)) == expected


def test_own_achievement_types_and_images_in_the_address_are_possible():
    own = achievement(
        achievement_type="ext:Nanodegree", image=Image(url="data:image/png;base64,iVBORw0KGgo=")
    )
    composed = compose(ISSUER, own, facts())["credentialSubject"]["achievement"]
    assert (composed["achievementType"], composed["image"]["id"]) == (
        "ext:Nanodegree",
        "data:image/png;base64,iVBORw0KGgo=",
    )


def test_all_31_achievement_types_are_known():
    assert len(document.ACHIEVEMENT_TYPES) == 31


def test_a_document_survives_the_way_there_and_back():
    degree = full_degree(recipient_name='فاطمة "q" \\ é 😀 </script> ]]>\t\n')
    assert parse(serialise(degree)) == degree


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "It says “b” twice, so different readers would see different things."),
        (b'{"a": NaN}', "It holds NaN, which is not a number in JSON."),
        (b'{"a": -Infinity}', "It holds -Infinity, which is not a number in JSON."),
        (b'{"a": 1e999}', "It holds a number that is too large to be read alike everywhere."),
        (b'{"a": 9007199254740993}', "It holds a number that is too large to be read alike everywhere."),
        (b'{"a": ' + b"9" * 5000 + b"}", "It holds a number that is too large to be read alike everywhere."),
        (b"[" * 33 + b"]" * 33, "It is nested more than 32 levels deep."),
        (b'{"a":' * 100_000, "It is larger than any credential: more than 256 KB."),
        (b"[" * 200_000, "It is nested more than 32 levels deep."),
        (b" " * (256 * 1024) + b"{}", "It is larger than any credential: more than 256 KB."),
        (b'{"a": "\xff"}', "It is not written in UTF-8, as JSON must be."),
        (b'{"a": "\\ud800"}', "It holds half a character."),
        (b'{\n"a": }', "It is not JSON: something is wrong in line 2."),
        (b"", "It is not JSON: something is wrong in line 1."),
        (b"[]", "It is JSON, but not a credential."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_in_one_way_only_is_malformed(data, expected):
    with pytest.raises(Malformed) as malformed:
        parse(data)
    assert str(malformed.value) == expected


def test_brackets_in_a_text_are_not_depth():
    assert parse(serialise({"a": "[" * 99})) == {"a": "[" * 99}


def test_whole_characters_may_be_escaped():
    assert parse(b'\xef\xbb\xbf{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


def test_a_datetime_is_written_in_one_way_only():
    assert document.timestamp(datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)) == "2024-02-29T23:59:59Z"
