"""One mailbox, one key: which spellings of an address are the same, and which are refused with what words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.addresses import normalise_email


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada@Example.ORG\t", "ada@example.org"),
        ("\u200bada@example.org\ufeff", "ada@example.org"),
        ("\u00a0ada@example.org\u00a0", "ada@example.org"),
        ("ada+badges@example.org", "ada+badges@example.org"),
        ("o'connor_x.y-z@uni.example", "o'connor_x.y-z@uni.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@ｅxample.org", "ada@example.org"),
        ("ada@example。org", "ada@example.org"),
        ("rené@example.org", "rené@example.org"),
        ("rene\u0301@example.org", "ren\u00e9@example.org"),
        ("RENÉ@example.org", "renÉ@example.org"),
        ("ма́ша@example.org", "ма́ша@example.org"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_has_one_key(text, key):
    assert normalise_email(text) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ross@example.org", "roß@example.org"),
        ("mike@example.org", "m\u0131ke@example.org"),
        ("a@example.org", "\u0430@example.org"),
        ("ann.b@example.org", "annb@example.org"),
        ("ann+x@example.org", "ann@example.org"),
        ("ﬁn@example.org", "fin@example.org"),
        ("a@strasse.example", "a@straße.example"),
    ],
)
def test_addresses_that_only_look_alike_have_different_keys(one, other):
    assert normalise_email(one) != normalise_email(other)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no e-mail address."),
        (" \t ", "There is no e-mail address."),
        ("not-an-email", "not-an-email is not an e-mail address: it has no @."),
        ("@example.org", "@example.org is not complete: nothing stands before the @."),
        ("ada@", "ada@ is not complete: nothing stands after the @."),
        ("ola@fjord", "ola@fjord is not complete: after the @ a domain like example.org belongs."),
        ("ada@example.org.", "ada@example.org. ends with a dot; leave it out."),
        ("ada@.org", "ada@.org is not an e-mail address: “.org” is not a domain."),
        ("ada@exa..mple.org", "ada@exa..mple.org is not an e-mail address: “exa..mple.org” is not a domain."),
        ("ada@exa_mple.org", "ada@exa_mple.org is not an e-mail address: “exa_mple.org” is not a domain."),
        ("ada@-a.org", "ada@-a.org is not an e-mail address: “-a.org” is not a domain."),
        ("ada@example.o", "ada@example.o is not an e-mail address: “example.o” is not a domain."),
        ("ada@127.0.0.1", "ada@127.0.0.1 is not an e-mail address: “127.0.0.1” is not a domain."),
        ("ada@[127.0.0.1]", "ada@[127.0.0.1] names a computer by number; write the name of its domain."),
        ("ada@exam ple.org", "“ada@exam ple.org” is not an e-mail address: “exam ple.org” is not a domain."),
        ("a da@example.org", "“a da@example.org” has a space before the @."),
        ("a@b@example.org", "a@b@example.org has more than one @."),
        ("a,b@example.org", "a,b@example.org has “,” before the @."),
        ("a\u200bb@example.org", "“a\ufffdb@example.org” has an invisible character before the @."),
        ("a\u202eb@example.org", "“a\ufffdb@example.org” has an invisible character before the @."),
        ("a\0b@example.org", "“a\ufffdb@example.org” has an invisible character before the @."),
        ("a😀@example.org", "a😀@example.org has “😀” before the @."),
        (".ada@example.org", ".ada@example.org has a dot too many before the @."),
        ("ada.@example.org", "ada.@example.org has a dot too many before the @."),
        ("a..da@example.org", "a..da@example.org has a dot too many before the @."),
        ('"ada"@example.org', '"ada"@example.org has quotation marks before the @; write it without them.'),
        (
            "mi\u212ae@example.org",
            "mi\u212ae@example.org has a kelvin sign where a plain character belongs; type it anew.",
        ),
        (
            "ada@\u212aelvin.example",
            "ada@\u212aelvin.example has a kelvin sign where a plain character belongs; type it anew.",
        ),
        (
            "a" * 65 + "@example.org",
            f"{'a' * 57}… has more than 64 characters before the @, which no mail system takes.",
        ),
        (
            "a@" + ".".join(["b" * 60] * 5),
            f"a@{'b' * 55}… is longer than an e-mail address can be (254).",
        ),
    ],
)
def test_what_is_no_address_is_told_in_a_sentence(text, sentence):
    with pytest.raises(ValueError) as refused:
        normalise_email(text)

    assert str(refused.value) == sentence


@given(st.text(max_size=80) | st.from_regex(r"[a-zA-Zé.+\"]{1,9}@[a-zA-Zü.\-]{1,12}", fullmatch=True))
def test_a_key_is_its_own_key_and_everything_else_is_a_sentence(text):
    key, sentence = key_or_sentence(text)

    assert bool(key) != sentence.endswith(".")
    if key:
        assert normalise_email(key) == key
        assert key.rpartition("@")[2].isascii()
        assert not any("A" <= c <= "Z" for c in key)


def key_or_sentence(text):
    try:
        return normalise_email(text), ""
    except ValueError as refused:
        return "", str(refused)
