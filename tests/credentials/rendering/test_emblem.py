"""The drawn picture of an achievement."""

import io
import uuid
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from credentials.icons import ICONS
from credentials.kinds import KINDS
from credentials.models import AchievementVersion
from credentials.rendering import badge, emblem, seal
from credentials.rendering.tones import contrast_with_white, tones

ONE = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
PLUM, YELLOW = "#7a2e6d", "#ffe600"
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "xmlns", "viewBox", "fill", "stroke", "stroke-linejoin", "stroke-linecap", "stroke-width", "transform",
    "id", "d", "href", "points", "r", "rx", "ry", "cx", "cy", "x", "y", "x1", "x2", "y1", "y2", "width",
    "height",
}  # fmt: skip


def drawn(**changed):
    return emblem.svg(ONE, **({"kind": "badge", "colour": PLUM, "icon": "leaf"} | changed))


def test_the_same_is_drawn_the_same_and_every_difference_is_seen():
    assert drawn() == drawn()
    others = [
        {},
        {"icon": "rocket"},
        {"icon": ""},
        {"colour": "#1d3f72"},
        *({"kind": kind} for kind in KINDS),
    ]

    assert len({drawn(**other) for other in others}) == len(others) - 1  # a badge it was at first


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("icon", ["", *ICONS])
def test_an_emblem_is_a_small_svg_of_lines_and_presentation_attributes_alone(icon, kind):
    text = drawn(icon=icon, kind=kind)
    root = ElementTree.fromstring(text)

    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "defs", "g", "path", "use", "circle", "polygon", "polyline", "line", "rect", "ellipse",
    }  # fmt: skip
    assert {name for element in root.iter() for name in element.attrib} <= ALLOWED
    assert "currentColor" not in text
    assert len(text) <= 30_000


@pytest.mark.parametrize("icon", ICONS)
def test_the_words_of_a_symbol_fit_a_sentence_and_its_name_the_column(icon):
    assert ICONS[icon][0].islower()
    assert len(icon) <= AchievementVersion._meta.get_field("icon").max_length


@pytest.mark.parametrize("kind", KINDS)
def test_the_frame_is_that_of_the_seal_of_the_kind(kind):
    _, frame = seal.frame(kind)

    assert emblem.shapes(ONE, kind, "leaf")[-len(frame) :] == seal.shapes(ONE, kind)[-len(frame) :] == frame


def test_without_a_symbol_it_is_the_seal_in_the_tone_of_the_issuer():
    assert drawn(icon="", kind="degree") == seal.svg(ONE, kind="degree", hue=tones(PLUM).dark)


@pytest.mark.parametrize("colour", [PLUM, YELLOW, "#ffffff", "#000000", "#00ff00"])
def test_a_colour_that_cannot_be_seen_on_white_is_drawn_darker(colour):
    stroke = ElementTree.fromstring(drawn(colour=colour)).get("stroke")

    assert contrast_with_white(stroke) >= 7


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"icon": "skull"}, "no symbol 'skull'"),
        ({"kind": "medal"}, "'medal'"),
        ({"colour": "red"}, "#rrggbb"),
    ],
)
def test_what_cannot_be_drawn_is_refused(bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        drawn(**bad)


@pytest.mark.parametrize("icon", ICONS)
def test_the_lines_of_a_symbol_stay_inside_the_ring_of_dots(icon):
    points = [point for line in emblem.lines(icon) for point in line]

    assert points
    assert max(x * x + y * y for x, y in points) ** 0.5 <= 12 * 2**0.5 - emblem.ICON_WIDTH


def test_the_picture_of_dots_shows_the_symbol_in_the_same_place_as_the_drawing():
    """The database is two ellipses: ink on their rims, paper between them."""
    picture = opened("database")
    unit = emblem.size("badge") * badge.SIDE / (2 * seal.HALF)
    middle = badge.SIDE // 2

    assert picture.getpixel((middle, round(middle - 10 * unit))) < 128  # the top of the upper ellipse
    assert picture.getpixel((middle, round(middle - 4 * unit))) < 128  # and its foot
    assert picture.getpixel((middle, round(middle - 7 * unit))) > 250


def test_two_symbols_make_two_pictures_of_dots_that_differ_in_the_middle_alone():
    difference = ImageChops.difference(opened("leaf"), opened("rocket")).point(lambda tone: 255 * (tone > 40))
    reach = (emblem.HOLE - 0.05) * seal.frame("badge")[0] * badge.SIDE / (2 * seal.HALF)
    middle = badge.SIDE / 2

    left, top, right, bottom = difference.getbbox()
    assert middle - reach < min(left, top)
    assert max(right, bottom) < middle + reach


def opened(icon: str) -> Image.Image:
    return Image.open(io.BytesIO(badge.png(ONE, kind="badge", colour=PLUM, icon=icon))).convert("L")
