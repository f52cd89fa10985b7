"""A file in any form ends in the same Report: what was baked, photographed or written compactly."""

from io import BytesIO
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from credentials import verifying
from credentials.openbadges import jwt
from credentials.openbadges.baking import Generation, bake
from issuers import multikey
from tests.credentials.openbadges.samples import Signer, plain_badge
from tests.factories import make_award

pytestmark = pytest.mark.django_db

VECTORS = Path(__file__).parents[1] / "vectors"


def drawn(picture) -> bytes:
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_baked_picture_of_ours_is_valid():
    award = make_award()
    baked = bake(drawn(Image.new("RGB", (64, 64))), bytes(award.document).decode())

    report = verifying.verify_anything(baked, "badge.png")

    assert (report.verdict, report.issuer_known.outcome) == ("valid", "passed")


def test_a_baked_picture_under_the_name_of_another_standard_is_valid_and_said_to_be_odd():
    text = bytes(make_award().document).decode()

    report = verifying.verify_anything(
        bake(drawn(Image.new("RGB", (9, 9))), text, Generation.LEGACY), "a.png"
    )

    assert (report.verdict, len(report.remarks)) == ("valid", 1)
    assert report.remarks[0].endswith("it is stored in the picture under the name of another standard.")


def test_a_photo_of_our_code_leads_to_our_credential():
    award = make_award()

    report = verifying.verify_anything(drawn(qrcode.make(award.url).get_image()), "photo.png")

    assert (report.verdict, report.document["id"]) == ("valid", award.url)
    assert report.remarks == (
        "Only the credential behind the QR code was checked, not the paper in the picture: compare the name, "
        "the title and the dates on it with those that stand here.",
    )


def test_a_photo_of_our_code_is_read_where_the_site_is_tried_with_http(settings):
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    award = make_award()
    assert award.url.startswith("http://127.0.0.1:8000/")

    report = verifying.verify_anything(drawn(qrcode.make(award.url).get_image()), "photo.png")

    assert (report.verdict, report.document["id"]) == ("valid", award.url)


def test_a_token_of_a_stranger_who_is_named_by_a_key_is_valid_and_unknown_here():
    signer = Signer(seed="stranger with a wallet")
    name = "did:key:" + multikey.encode(signer.public_key)
    signer.verification_method = f"{name}#{name.removeprefix('did:key:')}"
    badge = plain_badge() | {"issuer": {"id": name, "type": ["Profile"], "name": "Somebody"}}
    badge["credentialSubject"]["id"] = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    del badge["credentialStatus"]

    report = verifying.verify_anything(jwt.compose(badge, signer).encode(), "badge.jwt")

    assert (report.verdict, report.issuer_known.outcome, report.title) == ("valid", "unknown", "Teamwork")


@pytest.mark.parametrize("name", ["open-badges-2-hosted.json", "rs256.jwt", "record.json", "jcs.json"])
def test_what_needs_others_is_unknown_where_nobody_answers(name):
    report = verifying.verify_anything((VECTORS / name).read_bytes(), name)

    assert report.verdict == "unknown"
