"""Pictures are read with limits and drawn anew."""

import io

import pytest
from PIL import Image, ImageFile

from issuers.images import UnreadableImage, reencode
from tests.issuers.pictures import HOSTILE, picture


def opened(file) -> Image.Image:
    return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_the_three_formats_become_png(format):
    image = opened(reencode(io.BytesIO(picture(format, size=(40, 30)))))

    assert (image.format, image.size) == ("PNG", (40, 30))


def test_a_large_picture_is_scaled_down_and_keeps_its_shape():
    image = opened(reencode(io.BytesIO(picture(size=(3000, 1500))), max_edge=600))

    assert image.size == (600, 300)


def test_what_came_with_the_picture_is_gone():
    exif = Image.Exif()
    exif[0x9286] = "51.5, -0.12"
    image = opened(reencode(io.BytesIO(picture("JPEG", exif=exif))))

    assert (dict(image.getexif()), image.info) == ({}, {})


def test_a_picture_on_its_side_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image = opened(reencode(io.BytesIO(picture("JPEG", size=(40, 30), exif=exif))))

    assert image.size == (30, 40)


def test_what_was_see_through_stays_so():
    image = opened(reencode(io.BytesIO(picture(mode="RGBA", colour=(1, 2, 3, 0)))))

    assert (image.mode, image.getpixel((0, 0))[3]) == ("RGBA", 0)


def in_16_bits(*tones: int, **how) -> io.BytesIO:
    grey = Image.new("I;16", (len(tones), 1))
    for place, tone in enumerate(tones):
        grey.putpixel((place, 0), tone)
    out = io.BytesIO()
    grey.save(out, "PNG", **how)
    return out


def test_greys_of_16_bits_keep_their_tones():
    image = opened(reencode(in_16_bits(0, 0x4000, 0x8000, 0xFFFF)))

    assert [image.getpixel((place, 0)) for place in range(4)] == [(tone,) * 3 for tone in (0, 64, 128, 255)]


def test_greys_of_16_bits_stay_see_through_where_they_were():
    image = opened(reencode(in_16_bits(0x1234, 0xFFFF, transparency=0xFFFF)))

    assert [image.getpixel((place, 0))[3] for place in range(2)] == [255, 0]


def test_the_same_picture_gets_the_same_name():
    first, second = (reencode(io.BytesIO(picture())).name for _ in range(2))

    assert first == second


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_picture_is_refused_with_a_sentence(hostile):
    with pytest.raises(UnreadableImage) as refusal:
        reencode(io.BytesIO(HOSTILE[hostile]))

    assert str(refusal.value).endswith(".")


def test_half_a_picture_is_refused_also_where_certificates_are_drawn(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it

    with pytest.raises(UnreadableImage):
        reencode(io.BytesIO(HOSTILE["half a PNG"]))
