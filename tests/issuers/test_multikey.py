"""Public keys as text."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuers import multikey

# RFC 8032, test 1, and its Multikey text.
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
TEXT = "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P


def test_a_key_is_written_as_others_write_it():
    assert multikey.encode(PUBLIC) == TEXT


def test_any_key_survives_the_way_there_and_back():
    for _ in range(5):
        public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        assert multikey.decode(multikey.encode(public)) == public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        TEXT[:-1],
        TEXT + "1",
        TEXT + "\n",
        "u" + TEXT[1:],
        TEXT[:-1] + "0",
        "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",  # a P-256 key
        f"{TEXT}:",
        None,
        5,
    ],
)
def test_what_is_no_ed25519_key_is_refused(text):
    with pytest.raises(ValueError) as refused:
        multikey.decode(text)
    assert str(refused.value) == "This is not an Ed25519 public key in Multikey form (z6Mk…)."


def x_of(y: int) -> int:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    root = pow(square, (P + 3) // 8, P)
    return root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P


def eight_times(y: int) -> tuple[int, int]:
    point = (x_of(y), y)
    for _ in range(3):
        x, y = point
        k = D * x * x * y * y % P
        point = (2 * x * y * pow(1 + k, P - 2, P) % P, (y * y + x * x) * pow(1 - k, P - 2, P) % P)
    return point


def test_exactly_the_points_of_small_order_are_listed():
    assert {eight_times(y) for y in multikey._SMALL_ORDER} == {(0, 1)}
    assert len(multikey._SMALL_ORDER) == 5


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", [*sorted(multikey._SMALL_ORDER), P, P + 1])
def test_points_of_small_order_are_refused_however_they_are_written(y, sign):
    with pytest.raises(ValueError, match="small order"):
        multikey.encode((y | sign << 255).to_bytes(32, "little"))


def test_a_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        multikey.encode(PUBLIC[:-1])
