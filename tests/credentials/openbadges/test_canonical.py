"""Safe mode: what a signature would not cover is an error."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from credentials.openbadges import contexts
from credentials.openbadges.canonical import DroppedTerms, TooComplex, canonicalise
from credentials.openbadges.rdfc import escape
from tests.credentials.openbadges.samples import full_degree, plain_badge


def dropped(document) -> str:
    with pytest.raises(DroppedTerms) as refused:
        canonicalise(document)
    return refused.value.what


def texts(node, inside=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, inside)
    elif inside not in ("@context", "type") and isinstance(node, str):
        yield node


@pytest.mark.parametrize("document", [plain_badge(), full_degree()])
def test_each_text_of_a_document_of_ours_is_covered(document):
    statements = canonicalise(document)
    missing = [
        text
        for text in texts(document)
        if f'"{escape(text)}"' not in statements and f"<{text}>" not in statements
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("path", "key"), [((), "grade"), (("credentialSubject",), "grade"), (("issuer",), "colour")]
)
def test_a_property_that_no_vocabulary_defines_is_refused(path, key):
    document = plain_badge()
    node = document
    for step in path:
        node = node[step]
    node[key] = "A"
    assert dropped(document) == f"“{key}”, which no vocabulary defines"


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("type", ["VerifiableCredential", "Trophy"], "“Trophy”, which is not a full address or a known type"),
        (
            "evidence",
            [{"id": "essay.html", "type": ["Evidence"]}],
            "“essay.html”, which is not a full address",
        ),
        ("validUntil", None, "“validUntil” with no value"),
        ("evidence", [[{"type": ["Evidence"]}]], "“evidence” with a list inside a list"),
        ("@included", [], "“@included” is not a plain name"),
        ("https://www.w3.org/2018/credentials#validUntil", "2020", "is not a plain name"),
        ("name", {"@value": "A", "@language": "not a language"}, "a text whose “@language” is not a text"),
        ("name", {"@value": "A", "@direction": "rtl"}, "“@value” is not a plain name"),
        ("name", "half \ud800", "“name” with half a character"),
        ("name", float("nan"), "“name” with a number that is read differently in different places"),
        ("name", 2**60, "“name” with a number that is read differently in different places"),
        ("evidence", "@nothing", "“None”, which is not a full address"),
        ("type", ["VerifiableCredential", "@nothing"], "“@nothing” as an identifier or a type"),
        ("id", "@nothing", "“@nothing” as an identifier or a type"),
        ("id", "_:b0", "“_:b0”, which is not a full address"),
        ("id", "https://a.example/\n", "which is not a full address"),
    ],
)
def test_what_would_silently_vanish_is_refused(key, value, what):
    assert what in dropped(plain_badge() | {key: value})


def test_a_context_inside_the_document_or_an_unknown_one_is_refused():
    for context in ({"grade": "urn:x"}, "https://evil.example/context.json"):
        document = plain_badge()
        document["@context"].append(context)
        with pytest.raises(contexts.UnknownContext):
            canonicalise(document)


def test_a_context_deeper_in_the_document_is_refused():
    document = plain_badge()
    document["issuer"]["@context"] = contexts.V2
    assert dropped(document) == "“@context” is not a plain name"


@pytest.mark.parametrize(
    "evidence",
    [
        [{"type": ["Evidence"]}] * 65,
        [{"type": ["Evidence"], "narrative": str(number)} for number in range(2_100)],
    ],
)
def test_more_parts_than_any_credential_has_are_refused(evidence):
    with pytest.raises(TooComplex):
        canonicalise(plain_badge() | {"evidence": evidence})


def test_a_text_with_its_language_is_covered():
    statements = canonicalise(plain_badge() | {"description": {"@value": "Gut", "@language": "de"}})
    assert '<https://schema.org/description> "Gut"@de .' in statements


def test_threads_do_not_disturb_each_other():
    documents = [full_degree(number) if number % 2 else plain_badge(number) for number in range(24)]
    expected = [canonicalise(document) for document in documents]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(canonicalise, documents)) == expected


def test_an_error_on_the_way_does_not_spoil_the_next_document():
    good = canonicalise(plain_badge())
    for _ in range(3):
        dropped(plain_badge() | {"grade": "A"})
        assert canonicalise(plain_badge()) == good
