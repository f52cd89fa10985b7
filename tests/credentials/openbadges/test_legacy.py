"""Open Badges 2.0: what we compose for old consumers, and what we say of others'."""

import copy
import json
from dataclasses import replace

import pytest

from credentials.openbadges import hosting, legacy, verify
from credentials.openbadges.document import Alignment, Evidence, Image, compose
from tests.credentials.openbadges.samples import BADGE, DAY, DEGREE, ISSUER, NOW, Resolver, facts
from tests.credentials.openbadges.test_verify import JUNK, places

SITE = "https://badges.example"
AT = hosting.Addresses(
    assertion=f"{SITE}/assertions/1",
    badge=f"{SITE}/badges/1",
    issuer=f"{SITE}/issuers/1",
    image=f"{SITE}/1.png",
)


def trio(**changes) -> list[dict]:
    return [
        hosting.compose_assertion(facts(**changes), AT),
        hosting.compose_badge(BADGE, AT),
        hosting.compose_issuer(ISSUER, AT),
    ]


def look(brought, *documents, **more) -> verify.Report:
    pages = {document["id"]: document for document in documents}
    return verify.verify(brought, Resolver(hosted=pages, **more), now=NOW)


def test_the_three_documents_refer_to_each_other():
    assertion, badge, issuer = trio(evidence=(Evidence(url="https://a.example/1", narrative="A talk."),))
    assert assertion == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": AT.assertion,
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": "salt-00000000",
            "identity": "sha256$247d1bf22ad6bfe65c406cbbb54d856ef11c4f6d603358e08b15b5ca6f994d87",
        },
        "badge": AT.badge,
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-06-01T00:00:00Z",
        "image": AT.image,
        "evidence": [{"id": "https://a.example/1", "narrative": "A talk."}],
    }
    assert (badge["issuer"], badge["criteria"]) == (AT.issuer, {"narrative": "Nominated by **peers**."})
    assert (issuer["email"], issuer["url"]) == ("registrar@university.example", "https://university.example")


def test_addresses_are_written_as_in_the_newer_standard():
    typed, written = (
        "https://exämple.org/a b/ü?q=é#ö",
        "https://xn--exmple-cua.org/a%20b/%C3%BC?q=%C3%A9#%C3%B6",
    )
    picture, skill = Image(url=typed), Alignment(name="Skill", url=typed)
    evidence = (Evidence(url=typed),)
    achievement = replace(BADGE, criteria_url=typed, image=picture, alignments=(skill,))

    assertion = hosting.compose_assertion(facts(evidence=evidence, image=picture), AT)
    badge = hosting.compose_badge(achievement, AT)
    issuer = hosting.compose_issuer(replace(ISSUER, url=typed, image=picture), AT)

    assert (assertion["evidence"], assertion["image"]) == ([{"id": written}], written)
    assert (badge["criteria"]["id"], badge["image"]) == (written, written)
    assert [one["targetUrl"] for one in badge["alignment"]] == [written]
    assert (issuer["url"], issuer["image"]) == (written, written)
    newer = compose(ISSUER, achievement, facts(evidence=evidence, image=picture))
    assert (newer["evidence"][0]["id"], newer["image"]["id"]) == (written, written)


def test_alignments_and_tags_come_out_in_their_places():
    badge = hosting.compose_badge(DEGREE, AT)
    assert badge["tags"] == ["statistics", "data"]
    assert badge["alignment"][1] == {
        "targetName": "Data analysis",
        "targetUrl": "https://registry.example/resources/ce-98cb027b",
        "targetFramework": "Credential Registry",
        "targetCode": "ce-98cb027b",
    }


def test_documents_on_two_sites_and_an_issuer_without_an_address_are_refused():
    with pytest.raises(ValueError, match="stand on one site"):
        hosting.Addresses(assertion=AT.assertion, badge="https://b.example/1", issuer=AT.issuer, image="")
    with pytest.raises(ValueError, match="asks for an e-mail address"):
        hosting.compose_issuer(type(ISSUER)(id=ISSUER.id, name="A"), AT)


def test_what_we_compose_is_valid_where_it_is_published():
    documents = trio()
    report = look(documents[0], *documents)
    assert (report.verdict, report.title, report.issuer_name, report.valid_from) == (
        "valid",
        "Teamwork",
        "Example University",
        DAY,
    )
    assert report.unchanged.sentence == "Its issuer publishes it just so."


def test_a_revoked_one_is_revoked_though_nothing_else_is_known():
    assertion, *others = trio()
    gone = {assertion["id"]: hosting.compose_revoked(assertion["id"], "By mistake.")}
    report = look(assertion, *others, gone=gone)
    assert (report.verdict, report.reason, report.document) == (
        "revoked",
        "Its issuer has revoked it. The reason given: By mistake.",
        None,
    )
    assert report.unchanged.outcome is verify.Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ({}, "invalid"),
        ({"startsWith": f"{SITE}/assertions/"}, "valid"),
        ({"startsWith": "https://badges.examp"}, "invalid"),
        ({"startsWith": [f"{SITE}/other/"]}, "invalid"),
        ({"allowedOrigins": ["badges.example"]}, "valid"),
        ({"allowedOrigins": ["other.example"]}, "invalid"),
    ],
)
def test_an_issuer_may_say_where_its_badges_stand(policy, verdict):
    assertion, badge, issuer = trio()
    issuer = issuer | {"id": "https://university.example/badges", "verification": policy}
    badge = badge | {"issuer": issuer["id"]}
    assert look(assertion, assertion, badge, issuer).verdict == verdict


def test_a_badge_and_its_issuer_may_be_written_inside():
    assertion, badge, issuer = trio()
    inside = assertion | {"badge": badge | {"issuer": issuer}}
    assert look(assertion, inside).verdict == "valid"
    assert look(inside, *trio()).verdict == "valid"


def test_nobody_allows_themselves_to_speak_for_an_issuer_by_writing_its_profile_inside():
    """The profile at the issuer's own address says where its badges stand, not the one in the badge."""
    assertion, badge, issuer = trio()
    named = issuer | {"id": "https://famous.example/issuer", "name": "Famous University"}
    for allowed in ({"startsWith": f"{SITE}/"}, {"allowedOrigins": "badges.example"}):
        inside = assertion | {"badge": badge | {"issuer": named | {"verification": allowed}}}
        asked_in_vain, refused = look(inside, inside), look(inside, inside, named)
        allowed_by_it = look(inside, inside, named | {"verification": allowed})
        assert (asked_in_vain.verdict, refused.verdict, allowed_by_it.verdict) == (
            "unknown",
            "invalid",
            "valid",
        )
        assert (asked_in_vain.issuer_name, refused.issuer_name) == ("", "")


def test_the_badges_of_the_first_generation_are_unknown():
    first = {
        "uid": "1",
        "verify": {"type": "hosted", "url": SITE},
        "@context": "https://w3id.org/openbadges/v1",
    }
    report = look(first | {"type": "Assertion"})
    assert (report.verdict, report.checks[-1].name) == ("unknown", "contexts")


@pytest.mark.parametrize("which", [0, 1, 2])
def test_nothing_in_a_hosted_document_makes_the_verifier_fail(which):
    for number, (*way, key) in enumerate(places(trio()[which])):
        documents = copy.deepcopy(trio())
        node = documents[which]
        for step in way:
            node = node[step]
        for junk in (JUNK[number % len(JUNK)], JUNK[(number + 5) % len(JUNK)]):
            node[key] = junk
            pages = {AT.assertion: documents[0], AT.badge: documents[1], AT.issuer: documents[2]}
            report = verify.verify(documents[0], Resolver(hosted=pages), now=NOW)
            assert json.dumps(report.as_dict())


def test_only_assertions_of_the_second_generation_are_taken_for_one():
    assert [legacy.is_one(document) for document in trio()] == [True, False, False]
    assert [legacy.is_one(text) for text in ("", "a.b.c", {}, None, {"type": "Assertion"})] == [False] * 5


def test_an_assertion_can_be_told_in_the_words_of_the_third_generation():
    documents = trio(evidence=(Evidence(narrative="A talk."),))
    documents[1]["tags"] = ["people"]
    told = legacy.translated(look(documents[0], *documents).document)
    assert (told["issuer"]["name"], told["validFrom"]) == ("Example University", "2026-06-01T00:00:00Z")
    assert told["credentialSubject"]["achievement"] == {
        "id": AT.badge,
        "name": "Teamwork",
        "description": "Works well with others.",
        "criteria": {"narrative": "Nominated by **peers**."},
        "alignment": None,
        "tag": ["people"],
    }
    assert told["evidence"] == [{"narrative": "A talk."}]
    assert legacy.translated({"id": "x"}) == {"id": "x"}
