import gzip
import hashlib
import math
import uuid
from xml.etree import ElementTree

import pytest

from credentials.rendering import seal

ONE = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
SVG = "{http://www.w3.org/2000/svg}"
# a drawing that changes would make strangers of all printed seals
KNOWN = "d28881da70abbd94373e75d08bc0c955f7c7e7d906983c113a20b9b7241674af"


def test_the_seal_of_an_identifier_never_changes():
    drawn = seal.svg(ONE, kind="degree")

    assert drawn == seal.svg(str(ONE), kind="degree")
    assert hashlib.sha256(drawn.encode()).hexdigest() == KNOWN


def test_ten_thousand_identifiers_have_ten_thousand_rings_of_dots():
    identifiers = [uuid.uuid4() for _ in range(10_000)]

    assert len({tuple(seal.beads(identifier, 400)) for identifier in identifiers}) == 10_000


def test_one_changed_letter_of_the_identifier_changes_the_drawing():
    other = uuid.UUID(str(ONE)[:-1] + "f")

    assert seal.svg(ONE, kind="badge") != seal.svg(other, kind="badge")


@pytest.mark.parametrize("kind", seal.KINDS)
def test_a_seal_is_a_small_svg_without_script_style_or_links_elsewhere(kind):
    for _ in range(40):
        drawn = seal.svg(uuid.uuid4(), kind=kind)
        root = ElementTree.fromstring(drawn)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        attributes = {name for element in root.iter() for name in element.attrib}

        assert tags <= {"svg", "defs", "g", "path", "use", "circle", "polygon"}
        assert not attributes & {"style", "class"}
        assert all(use.get("href").startswith("#s") for use in root.iter(f"{SVG}use"))
        assert len(drawn) <= 30_000
        assert len(gzip.compress(drawn.encode())) <= 10_000


@pytest.mark.parametrize("kind", seal.KINDS)
def test_nothing_is_drawn_outside_of_the_square(kind):
    for _ in range(40):
        for shape in seal.shapes(uuid.uuid4(), kind):
            if isinstance(shape, seal.Strand):
                assert max(math.hypot(x, y) for _, _, x, y in shape.segments) <= seal.HALF


@pytest.mark.parametrize(
    ("kind", "rings", "outlines"),
    [("degree", 2, 0), ("role_certification", 0, 2), ("micro_certification", 1, 0), ("badge", 1, 0)],
)
def test_the_frame_says_the_kind(kind, rings, outlines):
    shapes = seal.shapes(ONE, kind)

    assert sum(isinstance(shape, seal.Ring) for shape in shapes) == rings
    assert sum(isinstance(shape, seal.Outline) for shape in shapes) == outlines


def test_a_line_closes_where_it_began():
    for shape in seal.shapes(ONE, "degree"):
        if isinstance(shape, seal.Strand):
            assert shape.segments[-1][2:] == shape.start
            assert len(shape.segments) == seal.STEPS


@pytest.mark.parametrize(
    "bad", [{"kind": "diploma"}, {"kind": "badge", "hue": "red"}, {"kind": "badge", "hue": '#fff"/>'}]
)
def test_an_unknown_kind_or_colour_is_refused(bad):
    with pytest.raises(ValueError, match=r"drawn for one of|written as #rrggbb"):
        seal.svg(ONE, **bad)
