"""Into a picture and out again, and what is wrong with pictures of others."""

import json
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image as Picture

from credentials.openbadges import baking
from credentials.openbadges.baking import Generation, Unbakeable, bake, unbake
from credentials.openbadges.document import serialise
from tests.credentials.openbadges.samples import plain_badge, sign

TEXT = serialise(sign(plain_badge(recipient_name="Añ ]]> <b>&amp;</b> 🎓"))).decode()
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2lnbmF0dXJl"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="urn:x" viewBox="0 0 10 10">\n'
    b'  <title>A &amp; B</title><circle r="5" x:note="1"/>\n</svg>'
)


def png() -> bytes:
    buffer = BytesIO()
    Picture.new("RGB", (8, 8), "#123456").save(buffer, "PNG")
    return buffer.getvalue()


PNG = png()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(*chunks: bytes) -> bytes:
    return PNG[:-12] + b"".join(chunks) + PNG[-12:]


def itxt(text: bytes, keyword=b"openbadgecredential", flags=b"\0\0", rest=b"\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + rest + text)


def keywords(picture: bytes) -> list[bytes]:
    return [data.partition(b"\0")[0] for kind, data in baking._chunks(picture) if kind == b"iTXt"]


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
@pytest.mark.parametrize("text", [TEXT, TOKEN], ids=["json", "jwt"])
@pytest.mark.parametrize("generation", Generation)
def test_what_is_baked_comes_out_again(picture, text, generation):
    assert unbake(bake(picture, text, generation)) == text


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
def test_baking_again_replaces(picture):
    twice = bake(bake(picture, TEXT), TOKEN)
    assert unbake(twice) == TOKEN
    assert twice == bake(picture, TOKEN)


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
def test_a_picture_may_carry_both_generations_and_the_newer_one_is_read(picture):
    both = bake(bake(picture, "https://badges.example/assertions/1", Generation.LEGACY), TEXT)
    assert unbake(both) == TEXT


@pytest.mark.parametrize("picture", [PNG, SVG], ids=["png", "svg"])
def test_a_picture_without_a_credential_carries_none(picture):
    assert unbake(picture) is None


def test_a_baked_png_has_one_plain_chunk_before_its_end_and_still_opens():
    baked = bake(PNG, TEXT)
    assert keywords(baked) == [b"openbadgecredential"]
    assert baked == with_chunks(itxt(TEXT.encode()))
    with Picture.open(BytesIO(baked)) as opened:
        assert (opened.size, opened.text["openbadgecredential"]) == ((8, 8), TEXT)


def test_a_baked_svg_names_its_namespace_above_and_holds_the_json_first_in_cdata():
    baked = bake(SVG, TEXT).decode()
    assert baked.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<svg ")
    head, _, rest = baked.partition(">\n")[2].partition(">")
    assert 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"' in head
    assert rest.startswith("<openbadges:credential><![CDATA[{")
    assert baked.count("<openbadges:credential>") == 1
    assert baked.endswith('<title>A &amp; B</title><circle r="5" x:note="1"/>\n</svg>')


def test_a_token_stands_in_an_attribute_of_the_svg():
    assert f'<openbadges:credential verify="{TOKEN}"/>' in bake(SVG, TOKEN).decode()


def test_what_xml_cannot_hold_is_written_as_an_escape_in_an_svg():
    older = sign(plain_badge() | {"name": "A\ufffe and \uffff"})
    text = serialise(older).decode()

    assert json.loads(unbake(bake(SVG, text))) == older
    assert unbake(bake(PNG, text)) == text


def test_an_address_of_the_older_generation_stands_in_an_attribute():
    url = "https://badges.example/assertions/1"
    baked = bake(SVG, url, Generation.LEGACY).decode()
    assert 'xmlns:openbadges="http://openbadges.org"' in baked
    assert f'<openbadges:assertion verify="{url}"/>' in baked


def test_a_compressed_text_is_read_though_nobody_should_write_one():
    packed = with_chunks(itxt(zlib.compress(TEXT.encode()), flags=b"\1\0"))
    assert unbake(packed) == TEXT


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (with_chunks(itxt(b"{}"), itxt(b"{}")), "The picture carries two credentials"),
        (PNG[:-20] + b"\0" + PNG[-19:], "The picture is damaged"),
        (PNG[:-6], "The picture is damaged"),
        (PNG[:8], "The picture is not put together"),
        (PNG[:40], "The picture is damaged"),
        (PNG[:8] + PNG[33:], "The picture is not put together"),
        (PNG + b"{}", "Something is written behind the end"),
        (with_chunks(itxt(b"\xff{}")), "The credential in the picture is not written in UTF-8"),
        (with_chunks(itxt(b"{}", flags=b"\2\0")), "The credential in the picture is not written as"),
        (with_chunks(itxt(b"{}", flags=b"\1\1")), "The credential in the picture is not written as"),
        (with_chunks(itxt(b"", rest=b"")), "The credential in the picture is not written as"),
        (with_chunks(itxt(b"no zlib", flags=b"\1\0")), "The credential in the picture is damaged"),
        (
            with_chunks(itxt(zlib.compress(TEXT.encode())[:-4], flags=b"\1\0")),
            "The credential in the picture is damaged",
        ),
        (
            with_chunks(itxt(zlib.compress(bytes(64 * 2**20), 9), flags=b"\1\0")),
            "The credential in the picture unpacks to more",
        ),
        (b"<svg", "The SVG picture is damaged"),
        (b"<svg>" * 300, "The SVG picture is damaged"),
        (b"<html/>", "This is not an SVG picture"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "The SVG picture brings a document type along"),
        (
            b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg/>',
            "The SVG picture brings a document type along",
        ),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_a_sentence(picture, sentence):
    with pytest.raises(Unbakeable, match=f"^{sentence}"):
        unbake(picture)


def test_two_credentials_in_an_svg_are_refused():
    baked = bake(SVG, TOKEN).decode()
    element = f'<openbadges:credential verify="{TOKEN}"/>'
    for twice in (
        baked.replace(element, element * 2),
        baked.replace(
            element, f'<openbadges:credential verify="{TOKEN}">{json.dumps({})}</openbadges:credential>'
        ),
    ):
        with pytest.raises(Unbakeable, match=r"^The picture carries two credentials"):
            unbake(twice.encode())


def test_the_namespace_is_compared_to_the_letter():
    other = bake(SVG, TEXT).replace(b"ob/v3p0", b"ob/v3p0/")
    assert unbake(other) is None


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b'<rect onload="alert(1)"/>',
        b"<foreignObject/>",
        b'<a href="javascript:alert(1)"/>',
        b'<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href=" JavaScript:alert(1)"/>',
    ],
)
def test_nothing_that_a_browser_would_run_is_baked(inside):
    with pytest.raises(Unbakeable, match="active content"):
        bake(b'<svg xmlns="http://www.w3.org/2000/svg">' + inside + b"</svg>", TEXT)


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt"])
def test_a_text_chunk_of_another_kind_is_said_to_be_one(kind):
    wrong = chunk(kind, b"openbadgecredential\0{}")
    with pytest.raises(
        Unbakeable, match=rf"does not allow \({kind.decode()} instead of iTXt\), so it is not read"
    ):
        unbake(with_chunks(wrong))
    with pytest.raises(Unbakeable, match=r"^The picture carries two credentials"):
        unbake(with_chunks(itxt(b"{}"), wrong))


def test_an_older_badge_in_another_kind_of_chunk_does_not_hide_the_newer_one():
    assert unbake(with_chunks(chunk(b"tEXt", b"openbadges\0https://a.example"), itxt(TEXT.encode()))) == TEXT
