"""One key for one mailbox: how an e-mail address is written down before it is stored or compared."""

import re
import unicodedata
from functools import lru_cache

import idna

LONGEST_ADDRESS = 254  # octets, RFC 5321 §4.5.3.1.3 less the angle brackets
LONGEST_LOCAL_PART = 64  # octets, RFC 5321 §4.5.3.1.1

_INVISIBLE = "\u200b\u2060\ufeff"  # zero-width characters that come along when an address is copied
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ASCII_ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+/=?^_`{|}~-.")
_LETTERS_AND_MARKS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})


def normalise_email(text: str) -> str:
    """The key of an address: NFC, stripped, domain as lower-case IDNA ASCII, ASCII letters before @ lowered.

    Two addresses are the same mailbox for us exactly if their keys are equal (compare with =, never without
    regard to case). Raises ValueError with a sentence that names the address and what is wrong with it.
    """
    address = text.strip().strip(_INVISIBLE).strip()
    if not address:
        raise ValueError("There is no e-mail address.")
    if len(address.encode(errors="replace")) > LONGEST_ADDRESS:
        raise ValueError(f"{_shown(address)} is longer than an e-mail address can be ({LONGEST_ADDRESS}).")
    _refuse_disguises(address)
    local, at, domain = unicodedata.normalize("NFC", address).rpartition("@")
    if not at:
        raise ValueError(f"{_shown(address)} is not an e-mail address: it has no @.")
    key = f"{_local_part(local, address)}@{_domain(domain, address)}"
    if len(key.encode()) > LONGEST_ADDRESS:
        raise ValueError(f"{_shown(address)} is longer than an e-mail address can be ({LONGEST_ADDRESS}).")
    return key


def _refuse_disguises(address: str) -> None:
    """NFC turns a few characters into ASCII (the Kelvin sign into K): that would open another's mailbox."""
    if address.isascii():
        return
    for character in address:
        if not character.isascii() and unicodedata.normalize("NFC", character).isascii():
            name = unicodedata.name(character, "an unusual character").lower()
            raise ValueError(f"{_shown(address)} has a {name} where a plain character belongs; type it anew.")


def _local_part(local: str, address: str) -> str:
    if not local:
        raise ValueError(f"{_shown(address)} is not complete: nothing stands before the @.")
    if local.startswith('"'):
        raise ValueError(f"{_shown(address)} has quotation marks before the @; write it without them.")
    if len(local.encode()) > LONGEST_LOCAL_PART:
        raise ValueError(
            f"{_shown(address)} has more than {LONGEST_LOCAL_PART} characters before the @, "
            "which no mail system takes."
        )
    if not _ATEXT.fullmatch(local):
        _check_unusual_local_part(local, address)
    # Only ASCII letters are lowered: what else counts as "the same letter" is for the mailbox's own server.
    return "".join(c.lower() if c.isascii() else c for c in local)


def _check_unusual_local_part(local: str, address: str) -> None:
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError(f"{_shown(address)} has a dot too many before the @.")
    for character in local:
        if character in _ASCII_ATOM or (
            not character.isascii() and unicodedata.category(character) in _LETTERS_AND_MARKS
        ):
            continue
        what = "a space" if character.isspace() else f"“{character}”" if character.isprintable() else ""
        if character == "@":
            raise ValueError(f"{_shown(address)} has more than one @.")
        raise ValueError(f"{_shown(address)} has {what or 'an invisible character'} before the @.")


def _domain(domain: str, address: str) -> str:
    if not domain:
        raise ValueError(f"{_shown(address)} is not complete: nothing stands after the @.")
    if domain.startswith("["):
        raise ValueError(f"{_shown(address)} names a computer by number; write the name of its domain.")
    if domain.endswith("."):
        raise ValueError(f"{_shown(address)} ends with a dot; leave it out.")
    if "." not in domain.translate({0x3002: ".", 0xFF0E: ".", 0xFF61: "."}):
        raise ValueError(f"{_shown(address)} is not complete: after the @ a domain like example.org belongs.")
    key = _idna(domain)
    if key is None:
        raise ValueError(f"{_shown(address)} is not an e-mail address: “{_cut(domain)}” is not a domain.")
    return key


@lru_cache(maxsize=4096)
def _idna(domain: str) -> str | None:
    """The domain as lower-case ASCII (IDNA 2008, mapped by UTS 46), or None if it is no domain at all."""
    try:
        key = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        return None
    last = key.rpartition(".")[2]
    return None if last.isdigit() or len(last) < 2 else key


def _shown(address: str) -> str:
    return f"“{_cut(address)}”" if not address.isprintable() or " " in address else _cut(address)


def _cut(text: str) -> str:
    clean = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return clean if len(clean) <= 60 else clean[:57] + "…"
