"""The short code of a credential, to be read aloud and typed: XXXX-XXXX-XXXXX.

Twelve letters of Crockford's base 32 for the 60 random bits at the beginning of the id (docs/decisions), and
one that checks them: it notices every single wrong letter and every two that were swapped. The code finds a
credential for checking; it opens nothing that the address would not open.
"""

import uuid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011", "- \u2010\u2011\u2013\t")
LETTERS = 12
_LOW = (1 << 64) - 1  # the second half of an id


def of(identifier: uuid.UUID) -> str:
    """The code of an id of version 4."""
    high = identifier.int >> 64
    bits = (high >> 16) << 12 | high & 0xFFF  # without the four bits of the version, which never change
    digits = [bits >> 5 * place & 31 for place in reversed(range(LETTERS))]
    text = "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def span(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The first and the last id that could have this code, or None if it is no code, or a misspelt one."""
    letters = text.upper().translate(MISREAD)
    if len(letters) != LETTERS + 1 or not set(letters) <= set(ALPHABET):
        return None
    *digits, check = map(ALPHABET.index, letters)
    if _check(digits) != check:
        return None
    bits = sum(digit << 5 * place for place, digit in enumerate(reversed(digits)))
    high = (bits >> 12) << 16 | 4 << 12 | bits & 0xFFF
    return uuid.UUID(int=high << 64), uuid.UUID(int=high << 64 | _LOW)


def _check(digits: list[int]) -> int:
    """The digits as a polynomial over GF(32), at x: each place has a weight of its own."""
    total = 0
    for digit in digits:
        total = _times_x(total ^ digit)
    return total


def _times_x(value: int) -> int:
    """In GF(32), modulo x⁵ + x² + 1."""
    return value << 1 ^ (0b100101 if value & 16 else 0)
