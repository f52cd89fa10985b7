import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.rendering.tones import contrast_with_white, tones


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_every_colour_gives_a_text_tone_that_can_be_read_on_white(colour):
    made = tones(colour)

    assert contrast_with_white(made.dark) >= 7
    assert contrast_with_white(made.line) >= 2.9
    assert contrast_with_white(made.panel) < 1.2


def test_black_on_white_is_twenty_one():
    assert round(contrast_with_white("#000000"), 2) == 21


@pytest.mark.parametrize("colour", ["", "green", "#fff", "#12345g", "#123456;}"])
def test_what_is_not_a_colour_is_refused(colour):
    with pytest.raises(ValueError, match="#rrggbb"):
        tones(colour)
