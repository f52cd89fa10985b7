"""Everything that is asked of an issuer stands in what it signs, each in its place (STANDARDS.md §1)."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from credentials import defining
from credentials.awarding import CannotBeAwarded
from credentials.kinds import KINDS
from credentials.models import Achievement, Award
from credentials.roster.extras import COUNTED
from tests.factories import make_award, make_draft, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db
ESCO = "http://data.europa.eu/esco/occupation/d3edb8f8-3a06-47a0-8fb9-9b212c006aa2"
ROLE = {
    "name": "Steward",
    "slug": "steward",
    "achievement_type": "Certification",
    "description": "Keeps records.",
    "criteria": "Pass the **exam**.",
    "language": "en",
    "validity_days": "0",
    "role_name": "Data steward",
    "role_url": "https://northfield.example/roles/steward",
}


@pytest.fixture
def issuer(client):
    issuer = make_issuer("northfield")
    client.force_login(owner_of(issuer))
    return issuer


def signed(client, kind: str, defined: dict, **awarded) -> dict:
    """The document of an achievement that was defined, published and awarded by the forms of the desk."""
    answer = client.post(reverse("achievement_define", args=["northfield", kind]), defined)
    assert answer.status_code == 302, answer.context["form"].errors
    client.post(reverse("achievement_draft", args=["northfield", defined["slug"]]), {"sure": "on"})
    person = {"name": "Ada", "email": "ada@example.org"} | awarded
    answer = client.post(reverse("award_one", args=["northfield", defined["slug"]]), person)
    assert answer.status_code == 302, answer.context["form"].errors
    award = Award.objects.get(version__achievement__slug=defined["slug"])
    return json.loads(bytes(award.document))


def achievement_of(document: dict) -> dict:
    return document["credentialSubject"]["achievement"]


def page_of(client, document: dict) -> str:
    address = document["id"].removeprefix("https://badges.example")
    return client.get(address, headers={"accept": "text/html"}).content.decode()


def test_a_role_and_a_level_of_europe_are_alignments(client, issuer):
    document = signed(client, "role_certification", ROLE | {"eqf_level": "6"})

    assert achievement_of(document)["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Data steward",
            "targetUrl": "https://northfield.example/roles/steward",
            "targetType": "ext:Role",
        },
        {
            "type": ["Alignment"],
            "targetName": "EQF level 6",
            "targetUrl": "http://data.europa.eu/snb/eqf/6",
            "targetFramework": "European Qualifications Framework",
            "targetCode": "6",
            "targetType": "ext:EQFLevel",
        },
    ]


def test_a_role_with_an_address_of_esco_is_an_occupation_of_esco(client, issuer):
    document = signed(client, "role_certification", ROLE | {"role_url": ESCO})

    assert achievement_of(document)["alignment"] == [
        {
            "type": ["Alignment"],
            "targetName": "Data steward",
            "targetUrl": ESCO,
            "targetFramework": "ESCO",
            "targetType": "ext:ESCOOccupation",
        }
    ]


def test_the_page_shows_role_and_level_as_signed_and_not_among_the_skills(client, issuer):
    html = page_of(client, signed(client, "role_certification", ROLE | {"eqf_level": "6"}))

    assert "<dt>Level</dt><dd><bdi>EQF level 6</bdi></dd>" in html
    section = html[html.index("<h2>For the role</h2>") :].partition("</section>")[0]
    assert '<li><a href="https://northfield.example/roles/steward"' in section
    assert html.count("EQF level 6") == 1
    assert "Skills</h2>" not in html


def test_a_role_and_a_level_take_room_and_the_form_says_when_there_is_none_left(client, issuer):
    skills = {
        f"skills-{n}-{part}": said
        for n in range(99)
        for part, said in {"name": f"Skill {n}", "url": f"https://skills.example/{n}"}.items()
    }
    draft = make_draft(issuer, kind="role_certification", slug="steward", **_enough(98))
    address = reverse("achievement_edit", args=["northfield", draft.achievement.slug])

    fits = client.post(address, ROLE | skills)
    crowded = client.post(address, ROLE | skills | {"eqf_level": "6"})

    assert fits.status_code == 302
    assert crowded.context["form"].non_field_errors() == [
        "It has 101 skills, with its role and its level; a credential has room for 100. Leave some out."
    ]
    with pytest.raises(ValidationError, match=r"It has 101 skills"):
        defining.edit(draft, by=owner_of(issuer), eqf_level=6)
    assert Achievement.objects.get().versions.get().eqf_level is None


MICRO = {
    "name": "Masking",
    "slug": "masking",
    "achievement_type": "MicroCredential",
    "description": "Masks records.",
    "criteria": "Do the task:\n\n- mask\n- explain",
    "language": "en",
    "validity_days": "365",
    "product": "Veil_Pro",
    "product_release": "4.2",
    "workload_hours": "12",
    "assessment": "practical",
    "supervised": "on",
    "participation": "blended",
    "quality_assurance": "Two assessors,\r\none *external*.",
}


def test_what_the_standard_has_no_property_for_stands_below_the_criteria(client, issuer):
    micro = achievement_of(signed(client, "micro_certification", MICRO))
    role = achievement_of(signed(client, "role_certification", ROLE | {"renewal": "Sit it again."}))
    badge = {**ROLE, "slug": "kind", "achievement_type": "Badge", "sub_type": "contribution"}

    assert micro["criteria"] == {
        "narrative": "Do the task:\n\n- mask\n- explain\n\n"
        "**Product:** Veil\\_Pro 4.2\n\n"
        "**Workload:** 12 hours\n\n"
        "**Assessed by:** Practical task\n\n"
        "**Supervision:** The assessment is supervised and identity is checked\n\n"
        "**Participation:** Blended\n\n"
        "**Quality assurance:** Two assessors,\\\none \\*external\\*."
    }
    assert role["criteria"] == {"narrative": "Pass the **exam**.\n\n**How it is renewed:** Sit it again."}
    assert achievement_of(signed(client, "badge", badge))["criteria"] == {
        "narrative": "Pass the **exam**.\n\n**What it is for:** Contribution"
    }


def test_each_particular_stands_once_on_the_page_of_an_achievement_and_of_a_credential(client, issuer):
    document = signed(client, "micro_certification", MICRO)
    pages = [page_of(client, document), client.get("/issuers/northfield/masking/").content.decode()]

    for said in (
        "Veil_Pro 4.2",
        "12 hours",
        "Practical task",
        "identity is checked",
        "Blended",
        "one *external*",
    ):
        assert [page.count(said) for page in pages] == [1, 1], said


def test_versions_of_one_release_are_called_by_their_number_too(issuer):
    owner = owner_of(issuer)
    first = make_version(issuer, kind="micro_certification", slug="veil", product_release="4.2")
    for release in ("4.2", "", "3"):
        draft = defining.new_version(first.achievement, by=owner)
        last = defining.publish(defining.edit(draft, by=owner, product_release=release), by=owner)

    achievement = achievement_of(json.loads(bytes(make_award(last).document)))

    assert achievement["version"] == "3 (version 4)"
    assert achievement["related"] == [
        {
            "id": f"https://badges.example/issuers/northfield/veil/v{number}/",
            "type": ["Related"],
            "version": called,
        }
        for number, called in ((3, "3"), (2, "4.2 (version 2)"), (1, "4.2"))
    ]


DEGREE = {
    "name": "Informatics",
    "slug": "informatics",
    "achievement_type": "BachelorDegree",
    "description": "Studies computing.",
    "criteria": "180 credits.",
    "language": "en",
    "field_of_study": "Informatics",
    "specialization": "Computational linguistics",
    "human_code": "B.Sc. INF-4/2026",
    "tags": " machine learning,Données ouvertes, ,C++ ",
    "criteria_url": "https://northfield.example/règles?of=inf#b",
}


def test_subject_branch_code_tags_and_the_address_of_the_criteria_are_signed_and_shown(client, issuer):
    document = signed(client, "degree", DEGREE)
    page = page_of(client, document)
    offered = client.get("/issuers/northfield/informatics/").content.decode()

    said = achievement_of(document)
    names = ("fieldOfStudy", "specialization", "humanCode", "tag", "criteria")
    assert {name: said[name] for name in names} == {
        "fieldOfStudy": "Informatics",
        "specialization": "Computational linguistics",
        "humanCode": "B.Sc. INF-4/2026",
        "tag": ["machine learning", "Données ouvertes", "C++"],
        "criteria": {
            "id": "https://northfield.example/r%C3%A8gles?of=inf#b",
            "narrative": "180 credits.",
        },
    }
    for html in (page, offered):
        assert html.count("<dt>Specialisation</dt><dd><bdi>Computational linguistics</bdi></dd>") == 1
        assert html.count("<dt>Code</dt><dd><bdi>B.Sc. INF-4/2026</bdi></dd>") == 1
        assert "<bdi>machine learning</bdi> · <bdi>Données ouvertes</bdi> · <bdi>C++</bdi></dd>" in html
    assert 'href="https://northfield.example/r%C3%A8gles?of=inf#b"' in page
    assert 'href="https://northfield.example/règles?of=inf#b"' in offered


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_tags_and_an_address_of_its_criteria_and_only_those_with_a_code_ask_for_it(
    client, issuer, kind
):
    form = client.get(reverse("achievement_define", args=["northfield", kind])).context["form"]

    assert {"tags", "criteria_url"} <= set(form.fields)
    assert ("human_code" in form.fields) == (kind != "badge")
    assert ("specialization" in form.fields) == (kind in {"degree", "role_certification"})


def test_the_next_version_begins_with_the_same_subject_and_the_form_shows_it(client, issuer):
    signed(client, "degree", DEGREE)

    draft = defining.new_version(Achievement.objects.get(), by=owner_of(issuer))

    form = client.get(reverse("achievement_edit", args=["northfield", "informatics"])).context["form"]
    assert (draft.specialization, draft.human_code) == ("Computational linguistics", "B.Sc. INF-4/2026")
    assert draft.criteria_url == "https://northfield.example/règles?of=inf#b"
    assert form["tags"].value() == "machine learning, Données ouvertes, C++"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("data, Law, data", "“data” stands there twice."),
        ("Data, law,data", "“data” stands there twice."),
        ("x" * 61, f"“{'x' * 30}…” is longer than 60 characters. Set commas between tags."),
        (",".join(map(str, range(21))), "These are 21 tags. Keep the 20 that say most."),
    ],
    ids=["twice", "twice in other letters", "too long", "too many"],
)
def test_tags_that_nobody_could_use_are_refused_where_they_are_typed(client, issuer, typed, sentence):
    answer = client.post(
        reverse("achievement_define", args=["northfield", "degree"]), DEGREE | {"tags": typed}
    )

    assert answer.context["form"].errors == {"tags": [sentence]}
    with pytest.raises(ValidationError, match=sentence[-20:]):
        make_draft(issuer, tags=typed.split(","))


@pytest.mark.parametrize("name", ["specialization", "human_code", "tags"])
def test_a_control_character_in_the_subject_is_refused_where_it_is_typed(client, issuer, name):
    answer = client.post(
        reverse("achievement_define", args=["northfield", "degree"]), DEGREE | {name: "Bell\x07"}
    )

    assert list(answer.context["form"].errors) == [name]
    assert "control character" in answer.context["form"].errors[name][0]


TANGLED = ["secrets, keys and tokens", "C++", '"quoted"', 'a "b", c', '5" disks']


def test_a_tag_or_a_value_with_a_comma_is_one_however_often_the_form_is_saved(client, issuer):
    draft = make_draft(
        issuer,
        kind="role_certification",
        slug=ROLE["slug"],
        tags=TANGLED,
        result_descriptions=[{"name": "Outcome", "result_type": "Result", "allowed_values": TANGLED}],
    )
    address = reverse("achievement_edit", args=["northfield", ROLE["slug"]])

    form = client.get(address).context["form"]
    row = form.results.forms[0]
    typed = {
        row[name].html_name: row[name].value() for name in ("id", "name", "result_type", "allowed_values")
    }
    answer = client.post(address, ROLE | typed | {"tags": form["tags"].value()})

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.tags, draft.result_descriptions[0]["allowed_values"]) == (TANGLED, TANGLED)
    assert form["tags"].value().startswith('"secrets, keys and tokens", C++, ')


@pytest.mark.parametrize("typed", ["ftp://northfield.example/rules", "javascript:alert(1)", "rules"])
def test_an_address_of_the_criteria_that_is_none_is_refused(client, issuer, typed):
    answer = client.post(
        reverse("achievement_define", args=["northfield", "degree"]), DEGREE | {"criteria_url": typed}
    )

    assert answer.context["form"].errors == {
        "criteria_url": ["Write a whole web address, such as https://example.org"]
    }


PIECE = {
    "name": "Audit of 5,000 records",
    "url": "https://northfield.example/übung?a=1",
    "genre": "Report",
    "audience": "The board of the hospital",
    "description": "Forty pages.\r\nIn two parts.",
    "narrative": "Written *alone*.",
}


def piece(number: int = 0, **said) -> dict:
    return {f"evidence-{number}-{name}": value for name, value in said.items()}


def test_all_that_evidence_can_say_is_signed_and_shown_and_stands_in_open_badges_2_too(client, issuer):
    document = signed(client, "degree", DEGREE, **piece(**PIECE), **piece(1, audience="Anybody"))
    older = client.get(reverse("ob2_assertion", args=[Award.objects.get().pk])).json()

    said = {
        "id": "https://northfield.example/%C3%BCbung?a=1",
        "name": "Audit of 5,000 records",
        "narrative": "Written *alone*.",
        "description": "Forty pages.\nIn two parts.",
        "genre": "Report",
        "audience": "The board of the hospital",
    }
    assert document["evidence"] == [
        {"type": ["Evidence"]} | said,
        {"type": ["Evidence"], "audience": "Anybody"},
    ]
    assert older["evidence"] == [said, {"audience": "Anybody"}]
    html = page_of(client, document)
    shown = '<p class="muted small"><bdi>Report</bdi> · made for <bdi>The board of the hospital</bdi></p>'
    assert html.count(f'{shown}<p dir="auto">Forty pages.<br>In two parts.</p>') == 1
    assert html.count("<em>alone</em>") == 1
    assert html.count("made for <bdi>Anybody</bdi>") == 1


@pytest.mark.parametrize("name", ["name", "genre", "audience", "description", "narrative"])
def test_a_control_character_in_evidence_is_refused_at_its_line(client, issuer, name):
    version = make_version(issuer)
    person = {"name": "Ada", "email": "ada@example.org"} | piece(**PIECE | {name: "Bell\x07"})

    answer = client.post(reverse("award_one", args=["northfield", version.achievement.slug]), person)

    (complaint,) = answer.context["form"].non_field_errors()
    assert complaint.startswith("Evidence, line 1, ")
    assert "control character" in complaint
    assert not Award.objects.exists()


def result(**said) -> dict:
    return {f"results-0-{name}": value for name, value in ({"name": "Outcome"} | said).items()}


@pytest.mark.parametrize("result_type", sorted(COUNTED))
def test_whatever_is_a_number_has_a_lowest_a_highest_and_a_needed_one(client, issuer, result_type):
    said = {"result_type": result_type, "value_min": "0", "value_max": "4.0", "required_value": "2"}

    (described,) = achievement_of(signed(client, "role_certification", ROLE | result(**said)))[
        "resultDescription"
    ]

    assert described | {"id": ""} == {
        "id": "",
        "type": ["ResultDescription"],
        "name": "Outcome",
        "resultType": result_type,
        "valueMin": "0",
        "valueMax": "4.0",
        "requiredValue": "2",
    }


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "many"])
def test_a_bound_that_is_no_number_is_refused_at_its_line(client, issuer, typed):
    said = result(result_type="RawScore", value_min="0", value_max=typed)

    assert _complaints(client, said) == ["Results, line 1, highest: Write a number, for example 60 or 3.5."]


def test_a_status_has_the_values_of_the_standard_and_no_others(client, issuer):
    statuses = "Completed, Enrolled, Failed, InProgress, OnHold, Provisional, Withdrew"
    refusal = f"is no status that an award can have. The statuses are {statuses}."

    assert _complaints(client, result(result_type="Status", allowed_values="Failed, Passed")) == [
        f"Results, line 1, possible values, from low to high: “Passed” {refusal}"
    ]
    assert _complaints(client, result(result_type="Status", required_value="Good")) == [
        f"Results, line 1, needed to pass: “Good” {refusal}"
    ]
    with pytest.raises(ValidationError, match=f"“Outcome”: “Passed” {refusal}"):
        make_draft(issuer, result_descriptions=[
            {"name": "Outcome", "result_type": "Status", "allowed_values": ["Passed"]}
        ])  # fmt: skip


LEVELS = (
    "Novice\r\n"
    "  Proficient | 2 | 4,5 | Works alone | and explains. \r\n\r\n"
    "Master | | 9-12 | Teaches. | https://case.example/levels/3\r\n"
    "Fellow | | | https://case.example/levels/4"
)


def test_levels_of_a_rubric_are_typed_one_a_line_signed_and_shown_with_the_one_reached(client, issuer):
    typed = result(result_type="RubricCriterionLevel", levels=LEVELS, required_value="Proficient")
    document = signed(client, "role_certification", ROLE | typed)
    (described,) = Achievement.objects.get().current.result_descriptions

    levels = achievement_of(document)["resultDescription"][0]["rubricCriterionLevel"]
    assert [{key: said for key, said in level.items() if key not in ("id", "type")} for level in levels] == [
        {"name": "Novice"},
        {"name": "Proficient", "level": "2", "points": "4,5", "description": "Works alone | and explains."},
        {
            "name": "Master", "points": "9-12", "description": "Teaches.",
            "alignment": [{"type": ["Alignment"], "targetName": "Master",
                           "targetUrl": "https://case.example/levels/3"}],
        },
        {
            "name": "Fellow",
            "alignment": [{"type": ["Alignment"], "targetName": "Fellow",
                           "targetUrl": "https://case.example/levels/4"}],
        },
    ]  # fmt: skip
    assert [level["id"] for level in levels] == [level["id"] for level in described["levels"]]
    assert described["allowed_values"] == ["Novice", "Proficient", "Master", "Fellow"]
    award = make_award(
        Achievement.objects.get().current, email="grace@example.org", results={described["id"]: "Master"}
    )
    shown = page_of(client, json.loads(bytes(award.document)))
    offered = client.get(award.version.get_absolute_url(), headers={"accept": "text/html"}).content.decode()
    reached = '<strong class="levels__word small">reached</strong>'
    assert (shown.count(reached), offered.count(reached), shown.count("Works alone | and explains.")) == (
        1,
        0,
        1,
    )
    assert offered.count("Works alone | and explains.") == 1
    assert 'Master</bdi> <span class="muted small">Points <bdi>9-12</bdi></span> ' + reached in shown


def test_levels_stand_in_the_form_as_they_were_typed_and_keep_their_ids(client, issuer):
    typed = ROLE | result(result_type="RubricCriterionLevel", levels=LEVELS)
    client.post(reverse("achievement_define", args=["northfield", "role_certification"]), typed)
    address = reverse("achievement_edit", args=["northfield", ROLE["slug"]])
    draft = Achievement.objects.get().versions.get()

    form = client.get(address).context["form"].results.forms[0]
    kept = {name: form[name].value() for name in ("id", "name", "result_type", "allowed_values", "levels")}
    answer = client.post(
        address, ROLE | result(**kept | {"levels": kept["levels"].replace("Novice", "Beginner | 0")})
    )

    assert (kept["allowed_values"], kept["levels"].splitlines()[:2]) == (
        "", ["Novice", "Proficient | 2 | 4,5 | Works alone \\| and explains."],
    )  # fmt: skip
    assert answer.status_code == 302
    before, (after,) = (
        draft.result_descriptions[0],
        Achievement.objects.get().versions.get().result_descriptions,
    )
    assert after["id"] == before["id"]
    assert after["levels"][1:] == before["levels"][1:]
    assert (after["levels"][0]["name"], after["levels"][0]["level"]) == ("Beginner", "0")


def test_a_rubric_whose_levels_were_kept_as_names_alone_goes_on(client, issuer):
    named = {"name": "Mastery", "result_type": "RubricCriterionLevel", "allowed_values": ["Novice", "Master"]}
    draft = make_draft(issuer, kind="role_certification", slug="some", result_descriptions=[named])
    (before,) = draft.result_descriptions

    form = client.get(reverse("achievement_edit", args=["northfield", draft.achievement.slug])).context[
        "form"
    ]
    defining.edit(draft, by=owner_of(issuer), result_descriptions=[named | {"id": before["id"]}])

    assert form.results.forms[0]["levels"].value() == "Novice\nMaster"
    draft.refresh_from_db()
    assert draft.result_descriptions == [before]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        (
            "Novice\n| 2 | 4",
            "Line 2: the level has no name. Write its name first, then a bar (|), then the rest.",
        ),
        ("Novice\n\nNovice | 2", "Line 3: “Novice” stands on line 1 too."),
        (
            "Novice | 1 | Follows a procedure.",
            "Line 1: “Follows a procedure.” are no points, such as 4, 2.5 or 10-12. The points stand third; "
            "leave their place empty if there are none.",
        ),
        ("N" * 101, "Line 1: the name has 101 characters; 100 fit. Shorten it."),
        (f"N | | | {'d' * 1_001}", "Line 1: the description has 1,001 characters; 1,000 fit. Shorten it."),
        ("\n".join(map(str, range(31))), "These are 31 levels; a rubric has room for 30."),
    ],
)
def test_a_level_that_is_none_is_refused_with_its_line(client, issuer, typed, complaint):
    said = result(result_type="RubricCriterionLevel", levels=typed)

    assert _complaints(client, said) == [
        f"Results, line 1, levels of a rubric, from low to high: {complaint}"
    ]


def test_levels_are_for_rubrics_alone_and_stand_in_one_place(client, issuer):
    rubric = result(result_type="RubricCriterionLevel", levels="Novice", allowed_values="Novice")

    assert _complaints(client, result(result_type="Result", levels="Novice")) == [
        "Results, line 1, levels of a rubric, from low to high: Only a “Level of a rubric” has levels."
    ]
    assert _complaints(client, rubric) == [
        "Results, line 1, possible values, from low to high: The levels are listed below. Leave this empty."
    ]
    for levels, complaint in (
        ([{"name": "Novice"}, {"name": "Novice"}], "“Outcome” has two levels with one name."),
        ([{"points": "4"}], "“Outcome” needs its levels, each with a name."),
    ):
        described = {"name": "Outcome", "result_type": "RubricCriterionLevel", "levels": levels}
        with pytest.raises(ValidationError, match=complaint):
            make_draft(issuer, result_descriptions=[described])


def _complaints(client, typed: dict) -> list[str]:
    answer = client.post(
        reverse("achievement_define", args=["northfield", "role_certification"]), ROLE | typed
    )
    return answer.context["form"].non_field_errors()


def test_a_status_of_those_that_are_possible_is_signed_and_another_refused(issuer):
    described = {"name": "Outcome", "result_type": "Status", "required_value": "Completed"}
    version = make_version(
        issuer, result_descriptions=[described | {"allowed_values": ["Failed", "Completed"]}]
    )
    (key,) = (one["id"] for one in version.result_descriptions)

    subject = json.loads(bytes(make_award(version, results={key: "Completed"}).document))["credentialSubject"]

    assert subject["result"] == [{"type": ["Result"], "resultDescription": key, "status": "Completed"}]
    assert subject["achievement"]["resultDescription"][0]["allowedValue"] == ["Failed", "Completed"]
    with pytest.raises(CannotBeAwarded, match="“Enrolled” is not one of the values of “Outcome”"):
        make_award(version, results={key: "Enrolled"})


def _enough(number: int) -> dict:
    """So many skills that the form has room for one more."""
    return {"skills": [{"name": f"Skill {n}", "url": f"https://skills.example/{n}"} for n in range(number)]}
