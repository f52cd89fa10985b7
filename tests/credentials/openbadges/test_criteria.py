"""Below the criteria stands what was typed as plain text, and it is shown as it was typed."""

import html

import pytest
from django.utils.html import strip_tags

from config.components import markdown
from credentials.openbadges.criteria import plain, with_particulars

TYPED = [
    "# no heading",
    "- no list\n+ nor this\n* nor that",
    "1. no\n2) list",
    "2026. was a year",
    "no underline\n===\n---",
    "> no quotation",
    "```\nno code\n```",
    "    no code either",
    "*no* _emphasis_, ~~nothing struck~~, `no code`",
    "[no link](https://example.org) ![no picture](x) <https://example.org>",
    "C:\\new\\table \\* \\",
    "AT&T &amp; &#x27; &copy;",
    "<script>alert(1)</script> <b>",
    "a | b\n--- | ---\n1 | 2",
    ":-- \n: a",
    "one\n\n  \n\ntwo\tthree",
    "محمد, שלום *(abc)*",
    "***",
    "",
]


def shown(text: str) -> str:
    return " ".join(html.unescape(strip_tags(markdown(text).replace("<br", " <br"))).split())


@pytest.mark.parametrize("typed", TYPED)
def test_a_text_is_shown_as_it_was_typed_wherever_it_stands(typed):
    assert shown(plain(typed)) == " ".join(typed.split())
    below = with_particulars("A **list**:\n\n- one", [("Renewal", typed), ("Level", "2")])
    said = f" Renewal: {' '.join(typed.split())}" if typed else ""
    assert shown(below) == f"A list: one{said} Level: 2"


def test_lines_and_paragraphs_end_where_they_ended():
    assert markdown(plain("one\ntwo\n\nthree")).count("<p>") == 2
    assert "one<br>" in markdown(plain("one\ntwo\n\nthree"))


def test_criteria_without_particulars_are_as_they_were_typed():
    assert with_particulars("- *one*", [("Renewal", " ")]) == "- *one*"


def test_particulars_are_criteria_enough_where_those_are_elsewhere():
    assert with_particulars("", [("Workload", "2 hours")]) == "**Workload:** 2 hours"
