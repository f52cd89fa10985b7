"""What a person types comes out of the signed document letter by letter, or is refused with a sentence."""

import json
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from credentials import verifying
from credentials.models import Achievement, AchievementVersion, Award
from credentials.openbadges.verify import Verdict
from tests.factories import make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db
TEXTS = {
    "quotes": "\"double\" 'single' “curly” `back`",
    "backslashes": "C:\\new\\table \\u0041 \\",
    "a tab": "one\ttwo",
    "line ends": "one\r\ntwo\rthree\nfour",
    "combining accents": "e\u0301a\u0308 and n\u0303",
    "emoji": "👩‍🚀 🏳️‍🌈 👍🏽",
    "right to left": "محمد الأحمد, שלום (abc) 123",
    "a script": "</script><script>alert(1)</script>",
    "an entity": "&amp; &lt;b&gt; &#x27;",
    "the end of CDATA": "a ]]> b <![CDATA[ c",
    "templates": "{{ x }} {% url 'y' %} ${z} %(y)s",
    "JSON": '{"@context": null, "id": "urn:x"}',
    "other planes": "𝒜 𠮷 \U0001f9d1",
}
LINES = {"a tab", "line ends"}  # of several lines


def kept(text: str) -> str:
    """As it is kept: composed, its line ends as LF."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def lines(prefix: str, **said) -> dict:
    return {f"{prefix}-0-{name}": value for name, value in said.items()}


@pytest.fixture
def issuer(client):
    issuer = make_issuer("northfield")
    client.force_login(owner_of(issuer))
    return issuer


@pytest.mark.parametrize("about", TEXTS)
def test_every_text_of_an_achievement_survives(client, issuer, about):
    text = TEXTS[about]
    short = " ".join(text.split()) if about in LINES else text
    form = {"name": short, "slug": "some", "achievement_type": "BachelorDegree", "language": "en"}
    form |= {"description": text, "criteria": text, "field_of_study": short, "validity_days": "0"}
    form |= {"specialization": short, "human_code": short, "tags": short}
    skill = {"name": short, "url": "https://skills.example/1", "framework": short, "level": short}
    form |= lines("skills", **skill, code=short, target_type="CFItem")
    form |= lines("results", name=short, result_type="Result")

    client.post(reverse("achievement_define", args=["northfield", "degree"]), form)
    client.post(reverse("achievement_draft", args=["northfield", "some"]), {"sure": "on"})
    version = Achievement.objects.get(slug="some").current
    award = award_with(client, version, narrative=text, evidence=text)

    document = json.loads(bytes(award.document))
    achievement = document["credentialSubject"]["achievement"]
    assert [document["name"], achievement["name"], achievement["fieldOfStudy"]] == [kept(short)] * 3
    assert [achievement["specialization"], achievement["humanCode"]] == [kept(short)] * 2
    assert achievement["tag"] == [kept(tag).strip() for tag in short.split(",")]
    assert [achievement["description"], achievement["criteria"]["narrative"]] == [kept(text)] * 2
    (alignment,) = achievement["alignment"]
    said = [alignment["targetName"], alignment["targetFramework"], alignment["targetCode"]]
    assert said == [kept(short)] * 3
    assert achievement["resultDescription"][0]["name"] == kept(short)
    assert document["credentialSubject"]["narrative"] == kept(text)
    (piece,) = document["evidence"]
    assert [piece["narrative"], piece["description"]] == [kept(text)] * 2
    assert [piece["genre"], piece["audience"]] == [kept(" ".join(text.split()))] * 2
    assert verifying.verify_award(Award.objects.for_page().get(pk=award.pk)).verdict == Verdict.VALID


def award_with(client, version: AchievementVersion, *, narrative="", evidence="", **more) -> Award:
    form = {"name": "Ada", "email": "ada@example.org", "narrative": narrative, **more}
    form |= lines("evidence", name="Report", narrative=evidence, description=evidence)
    form |= lines("evidence", genre=" ".join(evidence.split()), audience=" ".join(evidence.split()))
    client.post(reverse("award_one", args=["northfield", version.achievement.slug]), form)
    return Award.objects.get()


def test_everything_else_that_a_single_award_says_is_signed(client, issuer):
    version = make_version(
        issuer,
        kind="degree",
        slug="some",
        result_descriptions=[
            {
                "name": "Mastery",
                "result_type": "RubricCriterionLevel",
                "allowed_values": ["Novice", "Master"],
                "required_value": "Novice",
            }
        ],
    )
    (described,) = version.result_descriptions

    award = award_with(
        client,
        version,
        role="Student",
        term="Autumn 2026",
        activity_start="2026-01-01",
        activity_end="2026-03-31",
        credits_earned="4.5",
        subject_id="did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        evidence="Words",
        **{f"result:{described['id']}": "master", "evidence_url": "https://evidence.example/1"},
    )

    document = json.loads(bytes(award.document))
    subject = document["credentialSubject"]
    assert subject["id"] == "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    assert (subject["role"], subject["term"], subject["creditsEarned"]) == ("Student", "Autumn 2026", 4.5)
    assert subject["activityStartDate"] == "2026-01-01T00:00:00Z"
    assert subject["activityEndDate"] == "2026-03-31T23:59:59Z"
    levels = {level["name"]: level["id"] for level in described["levels"]}
    assert subject["result"][0]["achievedLevel"] == levels["Master"]
    assert subject["achievement"]["resultDescription"][0]["requiredLevel"] == levels["Novice"]
    assert [piece.get("id", piece["name"]) for piece in document["evidence"]] == [
        "https://evidence.example/1",
        "Report",
    ]
    assert award.compact_form.token.count(".") == 2


@pytest.mark.parametrize("field", ["narrative", "role", "term"])
@pytest.mark.parametrize("sign", ["\ufffe", "\uffff"])
def test_what_no_svg_badge_could_carry_is_refused_with_a_sentence(client, issuer, field, sign):
    version = make_version(issuer, slug="some")
    form = {"name": "Ada", "email": "ada@example.org"} | {field: f"Bell{sign}"}

    response = client.post(reverse("award_one", args=["northfield", version.achievement.slug]), form)

    assert f"(U+{ord(sign):04X})" in response.content.decode()
    assert not Award.objects.exists()


@pytest.mark.parametrize("field", ["name", "narrative", "role", "term"])
def test_a_control_character_is_refused_with_a_sentence(client, issuer, field):
    version = make_version(issuer, slug="some")
    form = {"name": "Ada", "email": "ada@example.org"} | {field: "Bell\x07"}

    response = client.post(reverse("award_one", args=["northfield", version.achievement.slug]), form)

    assert "control character" in response.content.decode()
    assert not Award.objects.exists()


def test_an_activity_that_ends_before_it_begins_and_a_wallet_that_is_none_are_refused(client, issuer):
    make_version(issuer, slug="some")
    form = {"name": "Ada", "email": "ada@example.org", "activity_start": "2026-02-01"}
    form |= {"activity_end": "2026-01-01", "subject_id": "my wallet"}

    page = client.post(reverse("award_one", args=["northfield", "some"]), form).content.decode()

    assert "It ended before it began." in page
    assert "A wallet’s identifier looks like did:key:z6Mk…" in page


def test_what_registers_call_an_issuer_is_signed(client, issuer):
    settings = {"name": issuer.name, "url": issuer.url, "email": issuer.email, "colour": issuer.colour}
    address = reverse("issuer_edit", args=["northfield"])
    registers = {"registers": "ROR https://ror.org/042nb2s44\r\nDUNS 12 345"}

    wrong = client.post(address, settings | {"registers": "https://ror.org/042nb2s44"}).content.decode()
    client.post(address, settings | registers)
    award = award_with(client, make_version(issuer.__class__.objects.get(), slug="some"))

    assert "is not the short name of a register" in wrong
    assert json.loads(bytes(award.document))["issuer"]["otherIdentifier"] == [
        {
            "type": "IdentifierEntry",
            "identifier": "https://ror.org/042nb2s44",
            "identifierType": "ext:ROR",
        },
        {"type": "IdentifierEntry", "identifier": "12 345", "identifierType": "ext:DUNS"},
    ]
    assert "ROR https://ror.org/042nb2s44" in client.get(address).content.decode()


def test_a_version_with_more_skills_than_a_credential_can_carry_is_not_published(client, issuer):
    skills = [{"name": f"Skill {n}", "url": f"https://skills.example/{n}"} for n in range(101)]

    with pytest.raises(ValidationError, match="a credential has room for") as refused:
        make_version(issuer, skills=skills)

    assert "Leave some out." in str(refused.value)
