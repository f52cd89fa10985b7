"""Only text that can be signed is taken."""

import pytest
from django.core.exceptions import ValidationError

from issuers.text import slug_of, tidy, validate_text


@pytest.mark.parametrize("code", [0, 1, 7, 8, 0x0B, 0x0C, 0x1F, 0x7F, 0x80, 0x9F, 0xD800, 0xFFFE, 0xFFFF])
def test_a_control_character_is_refused_with_its_number_and_its_place(code):
    with pytest.raises(ValidationError) as refusal:
        validate_text(f"before{chr(code)}after")

    assert f"(U+{code:04X}) after “before”" in refusal.value.message % refusal.value.params


def test_tabs_line_ends_and_every_script_are_fine():
    validate_text("Tab\t, lines\n\r\n, Größe, 李小龍, محمد, नमस्ते, 👩🏽‍🔬")


def test_line_ends_become_one_and_letters_composed():
    assert tidy("a\r\nb\rc\nd e\u0301 ") == "a\nb\nc\nd é"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Northfield Institute", "northfield-institute"),
        ("Université de Genève", "universite-de-geneve"),
        ("a_b  c", "a-b-c"),
        ("جامعة", ""),
        ("x", ""),
        ("word " * 20, "word-word-word-word-word-word-word-word"),
    ],
)
def test_an_address_is_made_from_a_name(name, slug):
    assert slug_of(name) == slug
