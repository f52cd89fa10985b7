import unicodedata
import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.rendering import faces
from credentials.rendering.faces import CertificateFace, RenderingRefused, prepare

ID = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
FACE = CertificateFace(
    credential_id=ID,
    kind="degree",
    title="Bachelor of Science",
    recipient_name="Ada Lovelace",
    issuer_name="Northfield University",
    awarded_on=date(2026, 6, 12),
    url=f"https://badges.example/credentials/{ID}/",
    short_url=f"badges.example/credentials/{ID}",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada", "ltr"),
        ("باران", "rtl"),
        ("יצחק", "rtl"),
        ("(3) محمد Ada", "rtl"),
        ("12 Ada محمد", "ltr"),
        ("123", "ltr"),
    ],
)
def test_direction_follows_the_first_letter_that_has_one(text, expected):
    assert faces.direction(text) == expected


def test_a_longer_name_never_gets_larger_letters():
    steps = [prepare(replace(FACE, recipient_name="Ada " * n + "L")).recipient.step for n in range(1, 49)]

    assert steps == sorted(steps)
    assert steps[0] == 0
    assert (
        prepare(replace(FACE, recipient_name="W" * 200)).recipient.step == len(faces.NAME_STEPS["macro"]) - 1
    )


@pytest.mark.parametrize("name", ["W" * 200, "蔡" * 200, "Ada Lovelace " * 15])
@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_two_hundred_letters_fit_the_last_step(kind, name):
    size, lines, room = faces.NAME_STEPS[faces.LAYOUTS[kind]][-1]

    assert faces.width("Ada Lovelace " * 15) * size < room * lines
    assert prepare(replace(FACE, kind=kind, recipient_name=name)).recipient.text == name.strip()


@pytest.mark.parametrize("field", ["recipient_name", "title", "issuer_name"])
def test_what_must_be_printed_whole_is_refused_when_too_long_or_empty(field):
    with pytest.raises(RenderingRefused, match="longer than 200 letters"):
        prepare(replace(FACE, **{field: "x" * 201}))
    with pytest.raises(RenderingRefused, match="is empty"):
        prepare(replace(FACE, **{field: " \u200b\n"}))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "", "https://", "https://a/" + "x" * 500]
)
def test_only_a_web_address_is_linked(url):
    with pytest.raises(RenderingRefused, match="not a web address"):
        prepare(replace(FACE, url=url))


def test_an_unknown_kind_and_a_bad_colour_are_refused():
    with pytest.raises(RenderingRefused, match="no certificate for the kind 'diploma'"):
        prepare(replace(FACE, kind="diploma"))
    with pytest.raises(RenderingRefused, match="written as #rrggbb"):
        prepare(replace(FACE, issuer_colour="red;}"))


@given(st.text(max_size=300))
def test_cleaned_text_has_no_controls_and_no_overrides_of_direction(text):
    cleaned = faces.cleaned(text)

    assert not {"\u202e", "\u2066", "\x00", "\n"} & set(cleaned)
    assert all(unicodedata.category(letter) != "Cc" for letter in cleaned)
    assert faces.cleaned(cleaned) == cleaned


def test_long_prose_is_cut_at_a_word_and_shows_it():
    assert faces.shortened("one two three", 9) == "one two…"
    assert faces.shortened("one two", 9) == "one two"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "12 June 2026"), ("de", "12. Juni 2026"), ("fr", "12 juin 2026"), ("xx", "12 June 2026")],
)
def test_dates_are_written_out_in_the_language_of_the_certificate(language, expected):
    sheet = prepare(replace(FACE, language=language))

    assert sheet.facts == (("Awarded", expected),)


def test_facts_are_those_there_are():
    sheet = prepare(replace(FACE, valid_until=date(2028, 2, 29), licence_number="A-17"))

    assert sheet.facts == (
        ("Awarded", "12 June 2026"),
        ("Valid until", "29 February 2028"),
        ("Licence number", "A-17"),
    )


@pytest.mark.parametrize(
    ("language", "expected"), [("ar", "rtl"), ("he", "rtl"), ("en", "ltr"), ("de-ch", "ltr")]
)
def test_the_page_reads_in_the_direction_of_its_language(language, expected):
    assert prepare(replace(FACE, language=language)).dir == expected
