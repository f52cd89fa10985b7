"""Bytes into text: by the file's own mark, as UTF-8, or by the likeliest of the older encodings.

A list of names is too little text for statistics of languages. So each word is asked whether one alphabet
could have written it: "Dvoøák" mixes letters that no language mixes; read as Windows-1250 it is "Dvořák".
"""

import codecs
import re
from functools import partial

from charset_normalizer import from_bytes

from . import recognising
from .shapes import RosterRefused

_MARKS = (  # UTF-32 first: its little-endian mark begins with the one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 60_000  # bytes of lines with other than ASCII that the guess looks at
_FOREIGN_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")

# What each encoding is likely to be used for: the letters beyond ASCII of its languages, in lower case.
_ALPHABETS = {
    "cp1252": "àâæçéèêëîïôœùûü áéíóúüñç ãõáâàéêíóôúç àèéìíòóù äöüß åäöæøéüè åäöéšž áéíóúýþæöð ëéèïöüçóáí",
    "cp1250": "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž",
    "cp1254": "çğıöşüâîû",
    "cp1257": "āčēģīķļņōŗšūž ąčęėįšųūž äõöüšž",
    "mac_roman": "àâæçéèêëîïôœùûüÿ áéíóúüñç ãõáâàéêíóôúç àèéìíòóù äöüß åäöæøéüè",
}
# The letters of an encoding's own script; what else it holds speaks against it. Hebrew and Greek lead: their
# letters are a part of the bytes of Cyrillic ones, without its capitals or without its "а".
_SCRIPTS = {
    "cp1255": re.compile(r"[\u05d0-\u05ea\u05f0-\u05f4]+"),
    "cp1253": re.compile(r"[\u0386-\u038f\u0391-\u03af\u03b1-\u03ce]+"),
    "cp1251": re.compile(r"[\u0400-\u04ff]+"),
    "koi8_r": re.compile(r"[\u0400-\u04ff]+"),
    "cp1256": re.compile(r"[\u0600-\u06ff]+"),
    "cp874": re.compile(r"(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e30-\u0e3a\u0e45-\u0e4e]*)+"),
}
_DOUBLE_BYTE = ("cp932", "gb18030", "big5", "cp949", "euc_jp")
_NAMES = {
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp874": "Windows-874 (Thai)",
    "koi8_r": "KOI8-R (Russian)",
    "mac_roman": "Mac Roman (Western European)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "Windows-949 (Korean)",
    "euc_jp": "EUC-JP (Japanese)",
}


def decode(data: bytes, *, name: str) -> tuple[str, str, list[str]]:
    """(text, encoding, notes). Raises RosterRefused for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as(data[len(mark) :], encoding, name), encoding, []
    if (wide := _wide_without_mark(data)) is not None:
        return _as(data, wide, name), wide, []
    if recognising.is_binary(data):
        raise RosterRefused(
            f"{name} is not text but binary data. Save the roster as CSV or as an Excel workbook (.xlsx)."
        )
    try:
        return data.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        encoding = _guess(data)
    note = f"The file does not say how its letters are encoded; it was read as {_NAMES[encoding]}."
    return data.decode(encoding, errors="replace"), encoding, [note]


def _as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count("\n".encode(encoding), 0, error.start) + 1
        raise RosterRefused(
            f"{name} says that it is {encoding.upper()}, but line {line} has bytes that are not. "
            "Save it again as CSV (UTF-8)."
        ) from None


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 that lost its mark: nearly every second byte of Latin text is a NUL, and no other."""
    even, odd = data[:4_096:2], data[1:4_096:2]
    if len(odd) < 4:
        return None
    if odd.count(0) * 10 > len(odd) * 4 and even.count(0) * 50 < len(even):
        return "utf-16-le"
    if even.count(0) * 10 > len(even) * 4 and odd.count(0) * 50 < len(odd):
        return "utf-16-be"
    return None


def _guess(data: bytes) -> str:
    """Windows-1252 unless another reads the words better: one of Latin, of another script, of East Asia."""
    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    words = _FOREIGN_WORD.findall(sample)
    foreign = sum(len(word) - len(word.translate(None, _HIGH)) for word in words)
    if foreign * 2 < sum(map(len, words)):
        return min(_ALPHABETS, key=partial(_oddities, words))
    best = min(_SCRIPTS, key=partial(_oddities, words))
    if _oddities(words, best) * 10 <= len(words):
        return best
    found = from_bytes(sample, cp_isolation=list(_DOUBLE_BYTE), preemptive_behaviour=False).best()
    return found.encoding if found is not None and found.encoding in _DOUBLE_BYTE else "cp1252"


def _oddities(words: list[bytes], encoding: str) -> int:
    """How many words no alphabet of the encoding could have written."""
    if encoding in _SCRIPTS:
        return sum(not _in_script(word.decode(encoding, errors="replace"), encoding) for word in words)
    alphabets = _ALPHABETS[encoding].split()
    return sum(not _in_one_alphabet(word.decode(encoding, errors="replace"), alphabets) for word in words)


def _in_one_alphabet(word: str, alphabets: list[str]) -> bool:
    letters = {c.lower() for c in word.strip(_QUOTES) if not c.isascii() and c not in _QUOTES}
    lowered = any(c.islower() for c in word)
    mixed = lowered and any(c.isupper() and not c.isascii() for c in word[1:])
    return not mixed and any(letters <= set(alphabet) for alphabet in alphabets)


def _in_script(word: str, encoding: str) -> bool:
    bare = word.strip(_QUOTES)
    ordinary_case = bare == bare.upper() or bare[1:] == bare[1:].lower()
    return not bare or (ordinary_case and _SCRIPTS[encoding].fullmatch(bare) is not None)


_HIGH = bytes(range(128, 256))
_QUOTES = "‘’‚“”„«»‹›–—…´·\u00a0"
