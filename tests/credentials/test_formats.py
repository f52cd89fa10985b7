"""Other forms of a credential: pictures, a token, Open Badges 2.0. Each carries what was signed."""

import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from credentials import standing, verifying
from credentials.models import Award
from credentials.openbadges import baking, jwt
from credentials.openbadges.verify import Verdict
from issuers import multikey
from tests.factories import make_award, make_version, owner_of
from tests.issuers.pictures import picture, upload

pytestmark = pytest.mark.django_db
WALLET = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def get(client, name: str, *args):
    return client.get(reverse(name, args=args))


@pytest.mark.parametrize("name", ["badge_png", "badge_svg"])
def test_a_picture_carries_the_very_document(client, name):
    award = make_award(name="A ]]> <b> “Name” 李 &amp;")

    response = get(client, name, award.pk)

    assert baking.unbake(response.content) == bytes(award.document).decode()
    assert verifying.verify_anything(response.content, "badge").verdict == Verdict.VALID
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("image", "said"), [(False, "The same as SVG"), (True, "Our emblem that carries it (SVG)")]
)
def test_the_page_calls_the_svg_the_same_only_where_both_show_the_emblem(client, image, said):
    drawn = {"image": upload(picture()), "image_alt": "A picture"} if image else {}
    award = make_award(make_version(**drawn))

    page = client.get(award.get_absolute_url(), headers={"Accept": "text/html"}).content.decode()

    assert f">{said}</a>" in page


def test_the_drawn_picture_is_the_seal_and_the_same_each_time(client):
    award = make_award()

    first, second = (get(client, "badge_png", award.pk).content for _ in range(2))

    assert first == second
    with Image.open(io.BytesIO(first)) as drawn:
        assert (drawn.size, drawn.format) == ((600, 600), "PNG")
        assert len(drawn.getcolors()) > 10
    assert len(first) < 400_000


def test_an_uploaded_picture_is_the_one_that_is_baked(client):
    version = make_version(image=upload(picture()), image_alt="A picture")
    award = make_award(version)

    carried = get(client, "badge_png", award.pk).content

    with version.image.open("rb") as stored, Image.open(io.BytesIO(carried)) as baked:
        assert baked.size == Image.open(stored).size


def test_who_has_a_wallet_gets_a_token_of_the_same_credential(client):
    award = make_award(subject_id=WALLET)

    response = get(client, "credential_jwt", award.pk)

    header, payload = (jwt._decoded(part) for part in response.content.decode().split(".")[:2])
    claims, signed = json.loads(payload), json.loads(bytes(award.document))
    assert json.loads(header) == {
        "alg": "ES256",
        "kid": f"{award.signing_key.verification_method}-es256",
        "typ": "JWT",
    }
    assert (claims["sub"], claims["iss"], claims["jti"]) == (WALLET, award.issuer.did, award.url)
    del signed["proof"]
    assert {name: claims[name] for name in signed} == signed
    assert response["Content-Type"].startswith("text/plain")
    assert verifying.verify_anything(response.content, "credential.jwt").verdict == Verdict.VALID


def test_the_key_of_tokens_is_published_once_it_is_used_and_goes_with_its_key(client):
    award = make_award(subject_id=WALLET)
    make_award(award.version, subject_id=WALLET)
    did = get(client, "issuer_did", award.issuer.slug).json()
    award.issuer.keys.update(compromised_at=timezone.now())
    afterwards = get(client, "issuer_did", award.issuer.slug).json()

    name = f"{award.signing_key.verification_method}-es256"
    (method,) = (one for one in did["verificationMethod"] if one["id"] == name)
    assert (method["type"], sorted(method["publicKeyJwk"])) == (
        "JsonWebKey",
        ["alg", "crv", "kty", "use", "x", "y"],
    )
    assert (name in did["assertionMethod"], afterwards["assertionMethod"]) == (True, [])


def test_a_token_of_one_issuer_is_not_signed_by_the_key_of_another(client):
    award, other = make_award(subject_id=WALLET), make_award(subject_id=WALLET)
    jwks = [one.issuer.keys.get().token_key.jwk["x"] for one in (award, other)]

    assert len(set(jwks)) == 2


def test_who_has_none_is_told_why_there_is_no_token(client):
    award = make_award()

    response = get(client, "credential_jwt", award.pk)

    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert response.content.decode() == (
        "This credential has no compact form (JWT): for that its holder needs an identifier of their own, "
        "which comes with a wallet, on the day it is awarded. Its JSON is signed too.\n"
    )
    assert (
        "It has no compact form (JWT)"
        in client.get(award.get_absolute_url(), headers={"Accept": "text/html"}).content.decode()
    )


def test_old_consumers_find_three_documents_that_refer_to_each_other(client):
    award = make_award(email="ada@example.org", evidence_url="https://evidence.example/1")

    assertion = get(client, "ob2_assertion", award.pk).json()
    badge = client.get(assertion["badge"].removeprefix("https://badges.example")).json()
    issuer = client.get(badge["issuer"].removeprefix("https://badges.example")).json()

    signed = json.loads(bytes(award.document))["credentialSubject"]["identifier"][0]
    assert assertion["recipient"] == {
        "type": "email",
        "hashed": True,
        "salt": signed["salt"],
        "identity": signed["identityHash"],
    }
    assert (assertion["type"], badge["type"], issuer["type"]) == ("Assertion", "BadgeClass", "Issuer")
    assert badge["name"] == award.name
    assert [assertion["id"], assertion["evidence"][0]["id"]] == [
        f"https://badges.example/ob2/assertions/{award.pk}",
        "https://evidence.example/1",
    ]


def test_a_revoked_assertion_is_gone_and_says_why(client):
    award = make_award()
    standing.revoke(award, reason="The exam was copied.", by=owner_of(award.issuer))

    response = get(client, "ob2_assertion", award.pk)

    assert (response.status_code, response.json()["revoked"]) == (410, True)
    assert response.json()["revocationReason"] == "The exam was copied."


def test_nothing_is_signed_when_someone_looks_at_another_format(client, settings):
    award = make_award(subject_id=WALLET)
    settings.TESTAMUR_MASTER_KEY = "0" * 64
    before = Award.objects.get(pk=award.pk).document

    for name in ("badge_png", "badge_svg", "credential_jwt", "ob2_assertion"):
        assert get(client, name, award.pk).status_code == 200

    assert Award.objects.get(pk=award.pk).document == before
    assert multikey.decode(award.signing_key.public_multibase)
