"""Status lists: the order of bits, the encoding, and what is refused."""

import base64
import gzip

import pytest

from credentials.openbadges import status_list


def packed(data: bytes) -> bytes:
    """GZIP without the time of day, which would be in the names of tests."""
    return gzip.compress(data, mtime=0)


def encoded(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_place_0_is_the_left_most_bit_of_the_first_byte():
    assert status_list.from_indexes([0, 9, 15], 16) == bytes([0b1000_0000, 0b0100_0001])


def test_the_bits_that_were_asked_for_are_set_and_no_others():
    bits = status_list.from_indexes([3, 131_071])
    assert [n for n in range(status_list.LENGTH) if status_list.get(bits, n)] == [3, 131_071]


def test_a_list_survives_the_way_there_and_back():
    bits = status_list.from_indexes(range(0, 131_072, 977))
    assert status_list.decode(status_list.encode(bits)) == bits


def test_the_encoding_is_the_one_that_others_read():
    text = status_list.encode(status_list.from_indexes([]))
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    assert (text[0], packed[:2], gzip.decompress(packed)) == ("u", b"\x1f\x8b", bytes(16 * 1024))
    assert "=" not in text


def test_the_same_list_is_always_the_same_text():
    bits = status_list.from_indexes([5])
    assert status_list.encode(bits) == status_list.encode(bits)


@pytest.mark.parametrize("index", [-1, 131_072])
def test_a_place_outside_of_the_list_is_refused(index):
    bits = status_list.from_indexes([])
    with pytest.raises(ValueError, match=f"Place {index} is outside of the status list"):
        status_list.get(bits, index)
    with pytest.raises(ValueError, match="outside of the status list"):
        status_list.from_indexes([index])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            encoded(packed(bytes(2 * 1024 * 1024 + 1))),
            "The status list is larger than any that we read.",
        ),
        (encoded(packed(bytes(99))[:-4]), "The status list is damaged."),
        (encoded(packed(bytes(99)) + b"more"), "The status list is damaged."),
        (encoded(b"not packed"), "The status list is damaged."),
        ("u***", "The status list is damaged."),
        ("uü", "The status list is damaged."),
        ("H4sI", "The status list is not written in the encoding that the standard asks for."),
        (None, "The status list is not written in the encoding that the standard asks for."),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError) as refused:
        status_list.decode(text)
    assert str(refused.value) == sentence


def test_the_largest_list_that_is_read_is_two_mebibytes():
    assert len(status_list.decode(encoded(packed(bytes(2 * 1024 * 1024))))) == 2 * 1024 * 1024
