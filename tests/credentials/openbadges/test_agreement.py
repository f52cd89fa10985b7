"""An independent library comes to our verdict: on 200 credentials as we make them, and on 200 tampered ones.

The library reads the wall clock, so what is generated holds from 2024 to 2099. It looks at no status list.
"""

import copy
import random
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from credentials.openbadges import verify
from credentials.openbadges.document import Alignment, Evidence, Result, compose
from tests.credentials.openbadges.samples import (
    AVERAGE,
    BADGE,
    CLASS,
    DEGREE,
    ISSUER,
    NOW,
    SIGNER,
    STANDING,
    Resolver,
    facts,
    sign,
)

START = datetime(2024, 1, 1, tzinfo=UTC)
# Whatever a person can type, and what has broken others: quotes, marks of code, accents, right to left.
TEXTS = st.one_of(
    st.sampled_from(
        [
            "Quotes \" and ' and \\",
            "</script><b>&amp;</b>",
            "]]>",
            "line\nbreak\r\n\ttab",
            "e\u0301 é",
            "محمد",
            "漢字",
            "🎓👩🏽‍🔬",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40),
).filter(lambda text: text.strip() != "")
MAYBE = st.one_of(st.just(""), TEXTS)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 5, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@st.composite
def credentials(draw) -> dict:
    """A credential as our forms could make it, signed."""
    degree = draw(st.booleans())
    achievement = copy.copy(DEGREE if degree else BADGE)
    changes = {"name": draw(TEXTS), "criteria": draw(TEXTS), "tags": tuple(draw(st.lists(TEXTS, max_size=2)))}
    if draw(st.booleans()):
        changes["alignments"] = (Alignment(name=draw(TEXTS), url="https://skills.example/ünïcode?q=1"),)
    achievement = type(achievement)(**(vars(achievement) | changes))
    results = (
        Result(description_id=CLASS.id, value=draw(st.sampled_from(CLASS.allowed_values))),
        Result(description_id=AVERAGE.id, value=str(draw(st.integers(0, 100)))),
        Result(description_id=STANDING.id, status=draw(st.sampled_from(["Completed", "InProgress"]))),
    )
    number = draw(st.integers(0, 50_000))
    award = facts(
        number,
        recipient_name=draw(TEXTS),
        name=draw(TEXTS),
        description=draw(MAYBE),
        narrative=draw(MAYBE),
        valid_from=START,
        awarded_at=draw(MOMENTS),
        valid_until=draw(st.sampled_from([None, datetime(2099, 12, 31, tzinfo=UTC)])),
        evidence=tuple(
            Evidence(name=text, narrative=draw(MAYBE)) for text in draw(st.lists(TEXTS, max_size=2))
        ),
        results=results if degree else (),
        credits_earned=draw(st.sampled_from([None, 5, 2.5])),
        licence_number=draw(MAYBE),
    )
    return sign(compose(ISSUER, achievement, award))


def ours(document: dict) -> bool:
    return verify.verify(document, Resolver(), now=NOW).verdict is verify.Verdict.VALID


@pytest.fixture(scope="module")
def library():
    """The key is handed over, so that it asks nobody."""
    verifier = OB3LdpVerifier(pem(), issuer_did=None)

    def theirs(document: dict) -> bool:
        try:
            verifier.verify(copy.deepcopy(document))
        except LibOpenBadgesException:
            return False
        return True

    return theirs


def pem() -> bytes:
    return SIGNER.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


HUNDREDS = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@HUNDREDS
@given(document=credentials(), number=st.integers(0, 2**32))
def test_both_find_a_credential_good_and_bad_once_it_was_tampered_with(library, document, number):
    tampered = tamper(document, random.Random(number))

    assert (ours(document), library(document)) == (True, True)
    assert (ours(tampered), library(tampered)) == (False, False)


def tamper(document: dict, chance: random.Random) -> dict:
    """One text, number or date of the credential changed, left out, or put in; never in the proof alone."""
    changed = copy.deepcopy(document)
    unsecured = {name: value for name, value in changed.items() if name not in ("@context", "proof")}
    node, key = chance.choice(list(values(unsecured)))
    owner = changed if node is unsecured else node
    kind = chance.choice(["change", "leave out", "put in"])
    if kind == "change":
        owner[key] = other(owner[key], chance)
    elif kind == "leave out" and isinstance(owner, dict):
        del owner[key]
    else:
        changed["credentialSubject"]["achievement"]["fieldOfStudy"] = "Everything"
    return changed


def values(node: object):
    """Each place of a text, a number or a truth value: the object or list, and the key or index."""
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in parts:
        if isinstance(value, dict | list):
            yield from values(value)
        else:
            yield node, key


def other(value, chance: random.Random):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    place = chance.randrange(len(value))
    return value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]
