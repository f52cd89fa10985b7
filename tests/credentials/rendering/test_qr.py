import io
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from credentials.rendering import qr

ADDRESS = "https://badges.example/credentials/0f8fad5b-d9cb-469f-a165-70867728950e/"


def picture(rows: list[list[bool]], scale: int = 4) -> Image.Image:
    side = len(rows) + 2 * qr.QUIET
    image = Image.new("L", (side, side), 255)
    for x, y, length in qr.runs(rows):
        image.paste(0, (x + qr.QUIET, y + qr.QUIET, x + qr.QUIET + length, y + qr.QUIET + 1))
    return image.resize((side * scale, side * scale), Image.Resampling.NEAREST)


@pytest.mark.parametrize("text", [ADDRESS, "A", "https://hochschule.example/ü/" + "x" * 300])
def test_a_code_reads_as_the_text_it_was_made_of(text):
    found = zxingcpp.read_barcodes(picture(qr.matrix(text)))

    assert [code.text for code in found] == [text]
    assert found[0].ec_level == "M"


def test_the_runs_are_exactly_the_dark_modules():
    rows = qr.matrix(ADDRESS)
    dark = {(x + step, y) for x, y, length in qr.runs(rows) for step in range(length)}

    assert dark == {(x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell}


def test_the_svg_is_one_path_on_white_with_the_quiet_zone():
    root = ElementTree.parse(io.StringIO(qr.svg(ADDRESS))).getroot()
    side = len(qr.matrix(ADDRESS)) + 2 * 4

    assert root.get("viewBox") == f"0 0 {side} {side}"
    assert [element.tag.rpartition("}")[2] for element in root] == ["path", "path"]
    assert root[0].get("fill") == "#fff"


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_no_text_and_too_much_text_are_refused(text):
    with pytest.raises(ValueError, match="1 to 1,000 bytes"):
        qr.matrix(text)
