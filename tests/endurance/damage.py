"""Good files made bad: shortened, bytes changed, lengths changed, also where checksums still hold."""

import io
import random
import re
import struct
import zipfile
import zlib

PNG, ZIP = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"
NUMBERS = (b"0", b"-1", b"255", b"65536", b"2147483647", b"4294967296", b"9" * 30)
WORDS = (b"\x00" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\xff\xff", b"\x80\x00\x00\x00")


def damaged(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """(how, bytes): the same chance makes the same damage."""
    ways = [shortened, bytes_changed, numbers_changed, lengths_changed, piece_twice, piece_missing]
    if data.startswith(PNG):
        ways += 2 * [inside_a_chunk]
    if data.startswith(ZIP):
        ways += 4 * [inside_a_member]
    way = chance.choice(ways)
    return way.__name__.replace("_", " "), way(data, chance)


def shortened(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def bytes_changed(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
    return bytes(changed)


def numbers_changed(data: bytes, chance: random.Random) -> bytes:
    """Numbers that are written as digits: lengths and offsets of a PDF, values of a JSON, cells."""
    found = list(re.finditer(rb"(?<![\w.])\d{1,10}(?![\w.])", data))
    if not found:
        return bytes_changed(data, chance)
    one = chance.choice(found)
    return data[: one.start()] + chance.choice(NUMBERS) + data[one.end() :]


def lengths_changed(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(max(1, len(data) - 4))
    return data[:place] + chance.choice(WORDS) + data[place + 4 :]


def piece_twice(data: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(data, chance)
    return data[:end] + data[begin:]


def piece_missing(data: bytes, chance: random.Random) -> bytes:
    begin, end = _piece(data, chance)
    return data[:begin] + data[end:]


def _piece(data: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(data))
    return begin, begin + chance.randrange(1, 2 + len(data) // 4)


def inside_a_chunk(data: bytes, chance: random.Random) -> bytes:
    """One chunk of a PNG damaged, its length and checksum right again: so the reader goes on."""
    chunks, place = [], len(PNG)
    while place + 12 <= len(data):
        length = struct.unpack(">I", data[place : place + 4])[0]
        chunks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    number = chance.choice([number for number, (_, body) in enumerate(chunks) if body])
    kind, body = chunks[number]
    chunks[number] = kind, chance.choice((bytes_changed, lengths_changed, piece_twice))(body, chance)
    return PNG + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def inside_a_member(data: bytes, chance: random.Random) -> bytes:
    """One file of an archive damaged, then packed as it has to be."""
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        members = {name: box.read(name) for name in box.namelist()}
    name = chance.choice(sorted(name for name, body in members.items() if body))
    members[name] = chance.choice((shortened, bytes_changed, numbers_changed, piece_twice, piece_missing))(
        members[name], chance
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        for member, body in members.items():
            box.writestr(member, body)
    return packed.getvalue()
