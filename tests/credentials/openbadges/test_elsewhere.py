"""What others may refuse though we judge it is said beside the verdict, and never changes it."""

import copy
import zlib

import pytest

from credentials.openbadges import contexts, elsewhere, jwt, verify
from credentials.openbadges.baking import Generation, bake
from credentials.openbadges.document import serialise
from tests.credentials.openbadges.samples import (
    DAY,
    LIST_URL,
    NOW,
    SIGNER,
    UNIVERSITY,
    Resolver,
    full_degree,
    plain_badge,
    sign,
    signed_list,
)
from tests.credentials.openbadges.test_baking import PNG, SVG, TEXT, itxt, with_chunks
from tests.credentials.openbadges.test_jwt import held_badge
from tests.credentials.openbadges.test_jwt import token as token_of

SECOND = "https://badges.example/status/2"


def remarks(brought, **world) -> list[str]:
    """The reasons, without the words before them, of something that is valid all the same."""
    report = verify.verify(brought, Resolver(**world), now=NOW)
    assert report.verdict == "valid", report.reason
    return [remark.removeprefix(elsewhere.REFUSED).rstrip(".") for remark in report.remarks]


def changed(document: dict, **changes) -> dict:
    return sign(document | changes)


def after_signing(change) -> dict:
    document = copy.deepcopy(sign(full_degree()))
    change(document)
    return document


def test_of_what_we_make_there_is_nothing_to_say():
    assert [remarks(sign(plain_badge())), remarks(sign(full_degree()))] == [[], []]


def test_a_name_alone_in_the_place_of_an_issuer():
    assert remarks(changed(plain_badge(), issuer=UNIVERSITY)) == [
        "it names its issuer by an identifier alone, without a profile"
    ]


def test_two_lists():
    other = {
        "id": f"{SECOND}#4",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "4",
        "statusListCredential": SECOND,
    }
    made = plain_badge()
    lists = {LIST_URL: signed_list(), SECOND: signed_list(url=SECOND, purpose="suspension")}
    found = remarks(changed(made, credentialStatus=[made["credentialStatus"], other]), lists=lists)
    assert found == ["it names more than one list of revoked credentials"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda one: one.update(proof=one["proof"][0]), "proof"),
        (
            lambda one: one["credentialSubject"].update(type="AchievementSubject"),
            "type of AchievementSubject",
        ),
        (
            lambda one: one["credentialSubject"]["achievement"]["alignment"][0].update(type="Alignment"),
            "type of Alignment",
        ),
        (lambda one: one["issuer"].update(type="Profile"), "type of Profile"),
    ],
)
def test_single_values_where_the_schema_asks_for_lists(change, where):
    assert remarks(after_signing(change)) == [
        f"it has single values where the standard’s schema asks for lists ({where})"
    ]


def test_a_list_where_the_schema_asks_for_one_thing():
    made = after_signing(lambda one: one.update(credentialSubject=[one["credentialSubject"]]))
    assert remarks(made) == [
        "it has a list where the standard’s schema asks for one thing (credentialSubject)"
    ]


def test_a_picture_that_is_named_by_its_address_alone():
    made = plain_badge() | {"image": "https://badges.example/a.png"}
    assert remarks(sign(made)) == ["its pictures are written as bare addresses"]


def test_vocabularies_in_another_order():
    made = plain_badge()
    made["@context"] = [contexts.V2, contexts.OB3_EXTENSIONS, contexts.OB3]
    assert remarks(sign(made)) == ["its vocabularies do not stand in the order that the standard asks for"]


def test_a_value_that_the_achievement_does_not_list():
    made = full_degree()
    made["credentialSubject"]["result"][0]["value"] = "very good"
    assert remarks(sign(made)) == ["one of its results has a value that its achievement does not list"]


def test_an_index_of_several_keys_at_an_address():
    here = "https://badges.example/issuers/7"
    method = f"{here}#key-1"
    made = plain_badge()
    del made["credentialStatus"]
    made["issuer"] = made["issuer"] | {"id": here}
    signer = type(SIGNER)(method)
    assert remarks(sign(made, signer), keys={here: {method: SIGNER.public_key}}) == [
        "its key is one of several in a document at an https address"
    ]


def test_lists_that_others_cannot_read():
    two = signed_list()
    two = {name: value for name, value in two.items() if name != "proof"}
    two["credentialSubject"] |= {"statusPurpose": ["revocation", "suspension"]}
    two["name"] = "Status of R&amp;D"
    assert remarks(sign(plain_badge()), lists={LIST_URL: sign(two)}) == [
        "its issuer’s list serves more than one purpose",
        "its issuer’s list holds signs that some programs change before they check it (&…;)",
    ]


def token(**header) -> str:
    claims = jwt.take_apart(jwt.compose(held_badge(), SIGNER)).claims
    return token_of(claims, **header)


def test_tokens_of_another_kind():
    assert remarks(token()) == ["it is signed in a way that few programs check (EdDSA)"]
    assert remarks(token(typ="vc+jwt")) == [
        "it is signed in a way that few programs check (EdDSA)",
        "its token is written by the rules of another standard (VC-JOSE-COSE)",
    ]


# Pictures


def said(picture: bytes, document=None) -> list[str]:
    document = document or sign(plain_badge())
    return [
        one.removeprefix(elsewhere.REFUSED).rstrip(".") for one in elsewhere.of_picture(picture, document)
    ]


def test_of_a_picture_that_is_baked_well_there_is_nothing_to_say():
    assert [said(bake(picture, TEXT)) for picture in (PNG, SVG)] == [[], []]


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (
            with_chunks(itxt(zlib.compress(TEXT.encode()), flags=b"\1\0")),
            "it is stored compressed in the picture",
        ),
        (
            with_chunks(itxt(TEXT.encode(), rest=b"en\0title\0")),
            "it is stored in the picture with a language or a title",
        ),
        (
            bake(PNG, TEXT, Generation.LEGACY),
            "it is stored in the picture under the name of another standard",
        ),
        (
            bake(SVG, TEXT, Generation.LEGACY),
            "it is stored in the picture under the name of another standard",
        ),
        (
            bake(SVG, '{"a":1}').replace(b"<![CDATA[", b"").replace(b"]]>", b""),
            "it is stored in the picture without the marks around it (CDATA)",
        ),
        (
            bake(SVG, "eyJ.a.b").replace(b"<openbadges:", b"<desc/><openbadges:", 1),
            "it does not stand first in the picture",
        ),
    ],
    ids=["compressed", "titled", "keyword", "element", "no CDATA", "not first"],
)
def test_a_picture_that_is_not_baked_as_it_should_be(picture, reason):
    assert said(picture) == [reason]


def test_a_picture_with_two_generations_says_that_one_was_not_judged():
    both = bake(bake(PNG, "https://badges.example/assertions/1", Generation.LEGACY), TEXT)
    assert said(both) == [elsewhere.ANOTHER.rstrip(".")]


def test_what_is_no_picture_has_nothing_to_say():
    assert elsewhere.of_picture(serialise(plain_badge(valid_from=DAY)), {}) == ()
