"""The web fonts are small, whole where our pages need them, and made once."""

import pytest
from fontTools.ttLib import TTFont

from config import fonts


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    return folder, fonts.prepare(folder)


def test_each_face_that_the_style_sheet_asks_for_is_made(prepared, settings):
    folder, made = prepared
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()

    assert [path.parent for path in made] == [folder / "fonts"] * 3
    assert [path.name for path in made if f'url("../fonts/{path.name}")' in css] == [
        "manrope-as-typed.woff2",
        "source-serif-400.woff2",
        "source-serif-600.woff2",
    ]


def test_no_face_weighs_more_than_a_picture(prepared):
    sizes = {path.name: path.stat().st_size for path in prepared[1]}

    assert {name: size for name, size in sizes.items() if not 33_000 <= size <= 60_000} == {}


def test_the_faces_can_write_the_languages_of_europe(prepared):
    words = "Þóra Guðmundsdóttir, Łukasz Žižka, Đặng Thị Ánh, Кириллица, “quoted” – 1 234,50 €"
    missing = {}
    for path in prepared[1]:
        with TTFont(path) as font:
            missing[path.name] = {sign for sign in words if ord(sign) not in font.getBestCmap()}

    assert {name: signs for name, signs in missing.items() if signs} == {}


def test_the_interface_keeps_its_weights_from_regular_to_bold(prepared):
    with TTFont(prepared[1][0]) as font:
        axis = font["fvar"].axes[0]

        assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 700)


def test_the_interface_shows_each_character_as_it_was_typed(prepared):
    with TTFont(prepared[1][0]) as font:
        features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
        joined = {glyph for glyph in font.getGlyphOrder() if glyph.endswith(".liga")}

    assert features & {"liga", "calt", "clig", "dlig"} == set()
    assert joined == set()  # "--" was a dash, "(c)" a copyright sign


def test_what_is_there_is_left_alone(prepared):
    folder, made = prepared
    before = [path.stat().st_mtime_ns for path in made]

    assert fonts.prepare(folder) == []
    assert [path.stat().st_mtime_ns for path in made] == before


def test_a_missing_face_is_made_again_and_nothing_half_done_stays(prepared):
    folder, made = prepared
    made[1].unlink()

    assert fonts.prepare(folder) == [made[1]]
    assert sorted(path.name for path in (folder / "fonts").iterdir()) == sorted(path.name for path in made)
