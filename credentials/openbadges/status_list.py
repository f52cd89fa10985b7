"""Bitstring Status List: bits in, text out, and back (STANDARDS.md §3, TRUST.md 4).

Bit 0 is the left-most bit of the first byte. `openbadgeslib` encodes but does not offer its reader
alone, and both directions are a few lines, so they stand together here.
"""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable

LENGTH = 131_072
MAX_BYTES = 2 * 1024 * 1024


def encode(bits: bytes) -> str:
    """Bits as `encodedList`: "u", then base64url without padding of GZIP. The same bits, the same text."""
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode(encoded: str) -> bytes:
    """The bits of an `encodedList`. Raises ValueError with a sentence."""
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise ValueError("The status list is not written in the encoding that the standard asks for.")
    try:
        packed = base64.b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True)
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        bits = inflater.decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError("The status list is damaged.") from error
    if len(bits) > MAX_BYTES:
        raise ValueError("The status list is larger than any that we read.")
    if not inflater.eof or inflater.unused_data:
        raise ValueError("The status list is damaged.")
    return bits


def get(bits: bytes, index: int) -> bool:
    """Whether a bit is set. Raises ValueError if the list is too short."""
    _require_inside(bits, index)
    return bool(bits[index // 8] & (0x80 >> index % 8))


def from_indexes(indexes: Iterable[int], length: int = LENGTH) -> bytes:
    """A list of `length` bits with these set. Raises ValueError for one outside."""
    bits = bytearray(length // 8)
    for index in indexes:
        _require_inside(bits, index)
        bits[index // 8] |= 0x80 >> index % 8
    return bytes(bits)


def _require_inside(bits, index: int) -> None:
    if not 0 <= index < len(bits) * 8:
        raise ValueError(f"Place {index} is outside of the status list, which has {len(bits) * 8}.")
