"""Proofs: one, many, and what is never accepted."""

import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from credentials.openbadges import proof, template
from credentials.openbadges.document import Evidence, Result, parse, serialise
from credentials.openbadges.proof import BatchMismatch, DroppedTerms
from tests.credentials.openbadges.samples import (
    AVERAGE,
    CLASS,
    DAY,
    SIGNER,
    Signer,
    full_degree,
    plain_badge,
    sign,
)


def holds(document, key=SIGNER.public_key) -> bool:
    return all(proof.check(document, key, proof=one) for one in document["proof"])


def test_a_proof_is_an_array_of_one_and_says_how_it_was_made():
    document = plain_badge()
    signed = sign(document)
    (made,) = signed.pop("proof")
    value = made.pop("proofValue")
    assert signed == document
    assert made == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-06-01T00:00:00Z",
        "verificationMethod": "did:web:badges.example:issuers:university#key-1",
        "proofPurpose": "assertionMethod",
    }
    assert (value[0], len(proof.base58_decode(value, length=64))) == ("z", 64)


def test_the_hashes_are_those_of_the_recommendation():
    document, told = plain_badge(), []

    class Listening(Signer):
        def sign(self, data):
            told.append(data)
            return super().sign(data)

    (made,) = sign(document, Listening())["proof"]
    options = {key: value for key, value in made.items() if key != "proofValue"}
    options["@context"] = document["@context"]
    assert told == [
        hashlib.sha256(proof.canonicalise(options).encode()).digest()
        + hashlib.sha256(proof.canonicalise(document).encode()).digest()
    ]


@pytest.mark.parametrize("document", [plain_badge(), full_degree()])
def test_another_library_accepts_what_we_sign(document):
    pem = SIGNER.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    credential = OB3LdpVerifier(pubkey_pem=pem).verify(serialise(sign(document)))
    assert credential.id == document["id"]


def test_the_key_that_signed_is_the_only_one_that_fits():
    signed = sign(plain_badge())
    assert holds(signed)
    assert not holds(signed, Signer(seed="somebody else").public_key)


@pytest.mark.parametrize(
    "changes",
    [
        {"created": "2026-06-01T00:00:01Z"},
        {"proofPurpose": "authentication"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"type": "Ed25519Signature2020"},
        {"verificationMethod": "did:web:badges.example:issuers:university#key-2"},
        {"expires": "2099-01-01T00:00:00Z"},
        {"proofValue": "z" + "1" * 64},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": None},
    ],
)
def test_a_changed_proof_does_not_hold(changes):
    signed = sign(plain_badge())
    signed["proof"][0] |= changes
    assert not holds(signed)


def test_a_proof_with_a_word_that_is_not_signed_is_refused():
    signed = sign(plain_badge())
    signed["proof"][0]["comment"] = "checked by hand"
    with pytest.raises(DroppedTerms):
        holds(signed)


def test_a_document_is_signed_once():
    with pytest.raises(ValueError, match="signed already"):
        sign(sign(plain_badge()))


def test_of_large_documents_nothing_is_kept():
    proof._kept_hash.cache_clear()
    usual, large = sign(plain_badge()), sign(plain_badge() | {"description": "x" * 40_000})

    assert holds(usual)
    kept = proof._kept_hash.cache_info().currsize
    assert holds(large)

    assert proof._kept_hash.cache_info().currsize == kept


def test_what_would_not_be_covered_is_not_signed():
    for way in (sign, lambda document: proof.sign_many([document] * 8, SIGNER, created=DAY)):
        with pytest.raises(DroppedTerms):
            way(plain_badge() | {"grade": "A"})


IDENTITY = (1).to_bytes(32, "little")
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


@pytest.mark.parametrize("key", [IDENTITY, IDENTITY[:-1] + b"\x80", bytes(32), ORDER_8, b"short"])
def test_keys_with_which_anybody_could_sign_are_refused(key):
    with pytest.raises(ValueError, match="small order"):
        holds(sign(plain_badge()), key)


def test_a_signer_whose_signatures_do_not_hold_signs_nothing():
    class Broken(Signer):
        def sign(self, data):
            return super().sign(data + b"!")

    for way in (sign, lambda document, signer: proof.sign_many([document], signer, created=DAY)):
        with pytest.raises(BatchMismatch):
            way(plain_badge(), Broken())


# Many at once


def in_both_ways(documents):
    many = proof.sign_many(documents, SIGNER, created=DAY)
    return many, [sign(document) for document in documents]


def of_the_template(documents) -> list[bool]:
    """Which of the documents a template takes."""
    taken = {}
    for shape in template.shapes(documents):
        texts = template.canonicalise_all(shape)
        taken |= {n: text is not None for n, text in zip(shape.numbers, texts, strict=True)}
    return [taken[number] for number in range(len(documents))]


NASTY = [
    'quotes " and \\ and \\" and \\\\',
    "line\r\nand\ttab",
    "é and e\u0301 and ﬁ",
    "😀👩‍🔬🏳️‍🌈",
    "\u202eفاطمة الزهراء\u202c עברית",
    "</script><!-- ]]> &amp;",
    "%s %d %% {0} $1 \\1 \\g<0>",
    '_:b0 _:c14n1 <urn:x> "y"@en .',
    "\u2028\u2029\u00a0\u200b\ufeff",
    "urn:testamur-slot:0:",
    "https://a.example/ name",
    "@type",
]


def test_awards_of_one_version_go_through_one_template():
    documents = [full_degree(number, recipient_name=name) for number, name in enumerate(NASTY)]
    many, single = in_both_ways(documents)
    assert many == single
    assert of_the_template(documents) == [True] * len(documents)


def test_awards_of_one_roster_share_a_template_though_their_dates_differ():
    days = [datetime(2026, 6, day, tzinfo=UTC) for day in range(1, 9)]
    documents = [full_degree(day.day, awarded_at=day, valid_from=day) for day in days]
    many, single = in_both_ways(documents)
    assert many == single
    assert of_the_template(documents) == [True] * len(documents)


TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"), min_size=1, max_size=30
    ).filter(str.strip),
)


@st.composite
def awards(draw):
    number = draw(st.integers(0, 3))
    evidence = [Evidence(narrative=draw(TEXT)) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        evidence.append(Evidence(url=f"https://a.example/{draw(st.integers(0, 9))}/../x", name=draw(TEXT)))
    results = [Result(description_id=AVERAGE.id, value=draw(TEXT))] * draw(st.integers(0, 1))
    results += [Result(description_id=CLASS.id, value=draw(st.sampled_from(["3", "1"])))]
    return full_degree(
        number,
        recipient_name=draw(TEXT),
        licence_number=draw(st.sampled_from(["", "L-1", "2.1"])),
        credits_earned=draw(st.sampled_from([None, 1, 1.5])),
        narrative=draw(st.one_of(st.just(""), TEXT)),
        evidence=tuple(evidence),
        results=tuple(results),
    )


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.lists(awards(), min_size=1, max_size=9))
def test_many_at_once_are_signed_as_if_one_by_one(documents):
    many, single = in_both_ways(documents)
    assert many == single


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(TEXT, min_size=6, max_size=9))
def test_whatever_the_names_the_template_says_what_the_processor_says(names):
    documents = [plain_badge(number, recipient_name=name) for number, name in enumerate(names)]
    (shape,) = template.shapes(documents)
    texts = list(template.canonicalise_all(shape))
    last = len(names) - 1
    assert (texts[0], texts[last]) == (
        proof.canonicalise(documents[0]),
        proof.canonicalise(documents[last]),
    )


def test_no_documents_are_no_work():
    assert proof.sign_many([], SIGNER, created=DAY) == []


def test_documents_of_other_shapes_come_back_in_their_places():
    documents = [full_degree(n) if n % 3 else plain_badge(n) for n in range(20)]
    many, single = in_both_ways(documents)
    assert many == single


def batch(**different):
    """Eight badges of which the sixth, which no sample need meet, is different."""
    return [plain_badge(n, **(different if n == 5 else {})) for n in range(8)]


@pytest.mark.parametrize(
    "documents",
    [
        # two statements become one
        [plain_badge(n) | {"name": f"A {n}", "evidence": []} for n in range(8)],
        # the address of one part is that of another
        [full_degree(n, evidence=(Evidence(url=f"https://a.example/{n % 2}"), Evidence(url="https://a.example/1")))
         for n in range(8)],
        # an address that a processor might rewrite
        [full_degree(n, evidence=(Evidence(url=f"https://a.example/{n}/../x"),)) for n in range(8)],
        # a prefix that the contexts might define
        [plain_badge(n) | {"id": f"cred:{n}"} for n in range(8)],
        # one is true where another is 1
        [plain_badge(n, credits_earned=1 if n % 2 else 1.5) for n in range(8)],
        batch(recipient_name="\u00e9" * 99),
        batch(recipient_email="x@y.example", salt="another salt"),
    ],
)  # fmt: skip
def test_where_a_template_could_err_it_steps_aside(documents):
    many, single = in_both_ways(documents)
    assert many == single


def test_documents_that_differ_in_a_type_go_the_slow_way():
    documents = [plain_badge(n) for n in range(8)]
    for number, document in enumerate(documents):
        document["type"] = [
            "VerifiableCredential",
            f"{'OpenBadge' if number % 2 else 'Achievement'}Credential",
        ]
    many, single = in_both_ways(documents)
    assert many == single
    assert of_the_template(documents) == [False] * 8


def test_equal_tags_count_once():
    documents = [full_degree(n) for n in range(8)]
    for number, document in enumerate(documents):
        document["credentialSubject"]["achievement"]["tag"] = ["a", "a" if number == 5 else str(number)]
    many, single = in_both_ways(documents)
    assert many == single
    assert of_the_template(documents) == [True] * 5 + [False] + [True] * 2


def test_a_difference_between_the_two_ways_stops_the_batch(monkeypatch):
    right = template.Template.fill
    monkeypatch.setattr(
        template.Template, "fill", lambda self, document: right(self, document).replace("Ada", "Eve")
    )
    with pytest.raises(BatchMismatch):
        proof.sign_many([plain_badge(n) for n in range(8)], SIGNER, created=DAY)


# Base58


@pytest.mark.parametrize("data", [bytes(64), b"\0" + b"\xff" * 63, b"\xff" * 64, bytes(range(64))])
def test_base58_survives_the_way_there_and_back(data):
    assert proof.base58_decode(proof.base58(data), length=64) == data


@pytest.mark.parametrize("text", ["", "z", "z0", "zO", "z" + "z" * 99, "z" + "1" * 65, "Q", 5, None])
def test_what_is_no_base58_is_none(text):
    assert proof.base58_decode(text, length=64) is None


def test_a_signature_is_written_in_one_way_only():
    signed = sign(plain_badge())
    signed["proof"][0]["proofValue"] = "z1" + signed["proof"][0]["proofValue"][1:]
    assert not holds(signed)


def test_a_proof_survives_being_stored():
    signed = sign(full_degree(recipient_name=NASTY[1]))
    assert holds(parse(serialise(signed)))


def test_the_moment_of_signing_is_the_callers():
    later = proof.sign(plain_badge(), SIGNER, created=datetime(2027, 1, 1, tzinfo=UTC))
    assert later["proof"][0]["created"] == "2027-01-01T00:00:00Z"
