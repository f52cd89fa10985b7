"""What an issuer, an achievement and an award can carry beyond the ordinary, each in its right place."""

from dataclasses import replace

import pytest

from credentials.openbadges import proof
from credentials.openbadges.document import (
    IDENTIFIER_TYPES,
    MAX_UNNAMED,
    MOST_ALIGNMENTS,
    UNNAMED_OF_AN_AWARD,
    Alignment,
    Evidence,
    Identifier,
    Level,
    Related,
    Result,
    ResultDescription,
    compose,
    compose_achievement,
    compose_endorsement,
    refuse_crowded,
)
from tests.credentials.openbadges.samples import BADGE, DAY, ISSUER, NOW, SIGNER, facts

MASTERY = ResultDescription(
    id="urn:uuid:a70ddc6a-4c4a-4bd8-8277-cb97c79f40c5",
    name="Mastery",
    result_type="RubricCriterionLevel",
    levels=(Level(id="urn:uuid:1", name="Novice"), Level(id="urn:uuid:2", name="Master")),
    required_level="urn:uuid:1",
)


def endorsement(subject=BADGE.id, comment="We employ whoever holds it."):
    unsigned = compose_endorsement(
        ISSUER,
        url="https://badges.example/endorsements/1",
        name="Endorsement of Teamwork",
        subject=subject,
        comment=comment,
        valid_from=DAY,
        status_list_url="https://badges.example/status/1",
        status_index=94,
    )
    return proof.sign(unsigned, SIGNER, created=NOW)


def test_an_issuer_is_named_in_registers():
    issuer = replace(
        ISSUER, other_identifiers=(Identifier(type="ext:ROR", value="https://ror.org/042nb2s44"),)
    )

    assert compose(issuer, BADGE, facts())["issuer"]["otherIdentifier"] == [
        {
            "type": "IdentifierEntry",
            "identifier": "https://ror.org/042nb2s44",
            "identifierType": "ext:ROR",
        }
    ]


@pytest.mark.parametrize("known", sorted(IDENTIFIER_TYPES))
@pytest.mark.parametrize("typed", ["{}", "ext:{}"])
def test_an_identifier_of_a_type_of_the_standard_is_no_extension(known, typed):
    for name in (known, known.lower(), known.upper()):
        identifier = Identifier(type=typed.format(name), value="12 345")

        (entry,) = compose(replace(ISSUER, other_identifiers=(identifier,)), BADGE, facts())["issuer"][
            "otherIdentifier"
        ]

        assert (entry["identifierType"], entry["identifier"]) == (known, "12 345")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("EN", "en"),
        ("pt_br", "pt-BR"),
        ("PT-BR", "pt-BR"),
        ("zh-hant", "zh-Hant"),
        ("ZH_HANT_tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SR_latn", "sr-Latn"),
    ],
)
def test_a_language_is_written_in_its_usual_case(typed, written):
    achievement = compose(ISSUER, replace(BADGE, language=typed), facts())["credentialSubject"]["achievement"]

    assert achievement["inLanguage"] == written


def test_a_rubric_has_levels_and_a_result_achieves_one_of_them():
    result = Result(description_id=MASTERY.id, achieved_level="urn:uuid:2")

    subject = compose(ISSUER, replace(BADGE, result_descriptions=(MASTERY,)), facts(results=(result,)))[
        "credentialSubject"
    ]

    assert subject["result"] == [
        {"type": ["Result"], "resultDescription": MASTERY.id, "achievedLevel": "urn:uuid:2"}
    ]
    (described,) = subject["achievement"]["resultDescription"]
    assert described["requiredLevel"] == "urn:uuid:1"
    assert described["rubricCriterionLevel"] == [
        {"id": "urn:uuid:1", "type": ["RubricCriterionLevel"], "name": "Novice"},
        {"id": "urn:uuid:2", "type": ["RubricCriterionLevel"], "name": "Master"},
    ]


def test_a_level_of_a_rubric_says_all_that_open_badges_has_for_it_and_it_is_proven():
    master = Level(
        id="urn:uuid:2",
        name="Master",
        level="3",
        points="9-12",
        description="Teaches others.",
        alignments=(Alignment(name="Master", url="https://case.example/levels/3"),),
    )
    rubric = replace(MASTERY, levels=(*MASTERY.levels[:1], master))

    unsigned = compose(ISSUER, replace(BADGE, result_descriptions=(rubric,)), facts())

    (described,) = unsigned["credentialSubject"]["achievement"]["resultDescription"]
    assert described["rubricCriterionLevel"] == [
        {"id": "urn:uuid:1", "type": ["RubricCriterionLevel"], "name": "Novice"},
        {
            "id": "urn:uuid:2",
            "type": ["RubricCriterionLevel"],
            "name": "Master",
            "level": "3",
            "points": "9-12",
            "description": "Teaches others.",
            "alignment": [
                {
                    "type": ["Alignment"],
                    "targetName": "Master",
                    "targetUrl": "https://case.example/levels/3",
                }
            ],
        },
    ]
    (document,) = proof.sign_many([unsigned], SIGNER, created=NOW)  # refuses what no vocabulary knows
    assert document["credentialSubject"] == unsigned["credentialSubject"]


def test_a_level_that_the_rubric_does_not_have_is_refused():
    result = Result(description_id=MASTERY.id, achieved_level="urn:uuid:3")

    with pytest.raises(ValueError, match=r"“Mastery” has no such level\."):
        compose(ISSUER, replace(BADGE, result_descriptions=(MASTERY,)), facts(results=(result,)))


def test_other_versions_are_related_by_their_address():
    other = Related(id="https://badges.example/issuers/university/teamwork/v0/", version="0")

    achievement = compose(ISSUER, replace(BADGE, related=(other,)), facts())["credentialSubject"][
        "achievement"
    ]

    assert achievement["related"] == [{"id": other.id, "type": ["Related"], "version": "0"}]


def test_a_holder_with_an_identifier_of_their_own_is_the_subject():
    did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

    subject = compose(ISSUER, BADGE, facts(subject_id=did))["credentialSubject"]

    assert (subject["id"], len(subject["identifier"])) == (did, 2)


def test_an_endorsement_is_embedded_unchanged_and_both_signatures_hold():
    endorsed = replace(BADGE, endorsements=(endorsement(),))

    signed = [proof.sign(compose(ISSUER, endorsed, facts()), SIGNER, created=NOW)]
    signed += proof.sign_many([compose(ISSUER, endorsed, facts(n)) for n in range(8)], SIGNER, created=NOW)

    for one in signed:
        (inside,) = one["credentialSubject"]["achievement"]["endorsement"]
        assert inside == endorsement()
        assert proof.check(inside, SIGNER.public_key, proof=inside["proof"][0])
        assert proof.check(one, SIGNER.public_key, proof=one["proof"][0])


def test_an_endorsement_says_something():
    with pytest.raises(ValueError, match=r"An endorsement says something: write it\."):
        endorsement(comment=" ")


def with_skills(number: int, **achievement):
    return replace(
        BADGE,
        alignments=tuple(
            Alignment(name=f"Skill {n}", url=f"https://skills.example/{n}") for n in range(number)
        ),
        **achievement,
    )


MOST_EVIDENCE = tuple(Evidence(name=f"Report {n}") for n in range(10))


def alignments_of(document: dict) -> list[dict]:
    return document["credentialSubject"]["achievement"]["alignment"]


def test_many_skills_leave_room_for_the_most_evidence_and_the_signature_holds():
    most = with_skills(MOST_ALIGNMENTS, endorsements=(endorsement(),))
    refuse_crowded(most, ISSUER)

    document = compose(ISSUER, most, facts(evidence=MOST_EVIDENCE))

    (first, *_, last) = alignments_of(document)
    assert first == {
        "type": ["Alignment"],
        "targetName": "Skill 0",
        "targetUrl": "https://skills.example/0",
        "id": f"{BADGE.id}#alignment-1",
    }
    assert last["id"] == f"{BADGE.id}#alignment-{MOST_ALIGNMENTS}"
    assert compose_achievement(most, ISSUER)["alignment"] == alignments_of(document)
    signed = proof.sign(document, SIGNER, created=NOW)
    assert proof.check(signed, SIGNER.public_key, proof=signed["proof"][0])


def test_only_where_there_would_be_no_room_skills_have_an_id():
    ordinary = next(n for n in range(MOST_ALIGNMENTS, 0, -1) if not named(n))

    assert ordinary == MAX_UNNAMED - UNNAMED_OF_AN_AWARD - 1  # the criteria
    compose(ISSUER, with_skills(ordinary), facts(evidence=MOST_EVIDENCE))


def named(number: int) -> bool:
    return any("id" in one for one in alignments_of(compose(ISSUER, with_skills(number), facts())))


def test_more_skills_than_a_page_shows_are_refused_before_anybody_is_awarded():
    with pytest.raises(ValueError) as refused:
        refuse_crowded(with_skills(MOST_ALIGNMENTS + 1), ISSUER)

    assert str(refused.value) == (
        "It has 101 skills, with its role and its level; a credential has room for 100. Leave some out."
    )


def test_more_results_than_there_is_room_for_are_refused_before_anybody_is_awarded():
    described = tuple(replace(MASTERY, id=f"urn:uuid:{n}", name=f"Result {n}") for n in range(47))
    refuse_crowded(replace(BADGE, result_descriptions=described[:46]), ISSUER)

    with pytest.raises(ValueError) as refused:
        refuse_crowded(replace(BADGE, result_descriptions=described), ISSUER)

    assert str(refused.value) == (
        "It has 47 results, and with what registers call its issuer it is 48 parts; a credential has room "
        "for 47. Leave some out."
    )


def test_endorsements_that_came_later_never_keep_it_from_being_awarded():
    described = tuple(replace(MASTERY, id=f"urn:uuid:{n}", name=f"Result {n}") for n in range(43))
    results = tuple(Result(description_id=one.id, achieved_level="urn:uuid:2") for one in described)
    endorsed = replace(
        BADGE,
        result_descriptions=described,
        endorsements=tuple(endorsement(comment=f"The word of number {n}.") for n in range(5)),
    )

    document = compose(ISSUER, endorsed, facts(results=results, evidence=MOST_EVIDENCE))

    found = document["credentialSubject"]["achievement"]["endorsement"]
    assert found == list(endorsed.endorsements[: len(found)])
    assert 0 < len(found) < 5


def test_evidence_counts_as_a_part_if_it_has_no_address():
    written = tuple(Evidence(name=f"Report {n}", narrative="What was done") for n in range(MAX_UNNAMED))
    linked = tuple(Evidence(url=f"https://e.example/{n}") for n in range(MAX_UNNAMED))

    with pytest.raises(ValueError, match="a credential can carry 60"):
        compose(ISSUER, BADGE, facts(evidence=written))
    assert len(compose(ISSUER, BADGE, facts(evidence=linked))["evidence"]) == MAX_UNNAMED
