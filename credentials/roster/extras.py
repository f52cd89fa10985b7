"""What else a row can bring, from evidence to the identifier of a wallet, each read or refused."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from urllib.parse import urlsplit

from .shapes import ResultRule, shown
from .words import key

LONGEST_ADDRESS = 1_000  # characters of an evidence address
LONGEST_NUMBER = 100  # characters of a licence number
LONGEST_RESULT = 200  # characters of a result
LONGEST_TAG = 60  # characters of a language tag
LONGEST_WORDS = 200  # characters of a role or a term
LONGEST_NARRATIVE = 4_000  # characters
LONGEST_DESCRIPTION = 1_000  # characters of what a piece of evidence is
LONGEST_GENRE = 100  # characters of its kind
LONGEST_DID = 300  # characters

# Texts that are kept as they are typed: what a sentence calls each, and how many characters it may have.
WORDS = {
    "role": ("The role", LONGEST_WORDS),
    "term": ("The term", LONGEST_WORDS),
    "narrative": ("What was done for it", LONGEST_NARRATIVE),
    "evidence_name": ("The evidence’s name", LONGEST_WORDS),
    "evidence_description": ("What the evidence is", LONGEST_DESCRIPTION),
    "evidence_genre": ("The evidence’s kind", LONGEST_GENRE),
    "evidence_audience": ("Whom the evidence was made for", LONGEST_WORDS),
    "evidence_narrative": ("What the evidence shows", LONGEST_NARRATIVE),
}

# Open Badges 3.0, ResultType, and ResultStatusType of those whose type is Status.
COUNTED = frozenset(
    {"GradePointAverage", "Percent", "PredictedScore", "RawScore", "RubricScore", "ScaledScore"}
)
STATUSES = ("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew")

_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")
_CREDITS = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(  # RFC 5646 §2.1 without grandfathered tags and primary tags of over three letters
    r"([a-z]{2,3}(?:-[a-z]{3}){0,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?"
    r"((?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)((?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.IGNORECASE,
)
_TAGS_BY_NAME = {
    "english": "en",
    "englisch": "en",
    "deutsch": "de",
    "german": "de",
    "francais": "fr",
    "french": "fr",
    "espanol": "es",
    "spanish": "es",
    "italiano": "it",
    "italian": "it",
    "portugues": "pt",
    "portuguese": "pt",
    "nederlands": "nl",
    "dutch": "nl",
    "polski": "pl",
    "polish": "pl",
    "svenska": "sv",
    "swedish": "sv",
    "norsk": "no",
    "dansk": "da",
    "suomi": "fi",
    "turkce": "tr",
    "arabic": "ar",
    "chinese": "zh",
    "japanese": "ja",
    "korean": "ko",
    "russian": "ru",
    "ukrainian": "uk",
    "hindi": "hi",
}


def read_evidence(text: str) -> str:
    """An http or https address. ValueError with a sentence if it is none."""
    if len(text) > LONGEST_ADDRESS:
        raise ValueError(f"The evidence address {shown(text, 30)} is over {LONGEST_ADDRESS:,} characters.")
    if any(c.isspace() or not c.isprintable() or c in '<>"\\' for c in text):
        raise ValueError(f"The evidence address {shown(text)} has a character that no address has.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ValueError(f"The evidence address {shown(text)} is not a web address.") from None
    if parts.scheme.lower() not in ("http", "https"):
        hint = f" Write https://{text}" if text.lower().startswith("www.") else ""
        raise ValueError(f"The evidence address {shown(text)} must begin with https:// or http://.{hint}")
    if not host or parts.username is not None or parts.password is not None:
        raise ValueError(f"The evidence address {shown(text)} must name a website, and no user or password.")
    return text


def read_licence_number(text: str) -> str:
    """A number in the issuer's own writing. ValueError with a sentence if it cannot be printed."""
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"The licence number {shown(text, 30)} is longer than {LONGEST_NUMBER} characters.")
    if not text.isprintable():
        raise ValueError(f"The licence number {shown(text)} has a control character or a line break.")
    return text


def read_language(text: str) -> str:
    """A BCP 47 tag in its usual case (pt-BR, zh-Hant-TW). ValueError with a sentence if it is none."""
    match = _TAG.fullmatch(text.replace("_", "-")) if len(text) <= LONGEST_TAG else None
    if match is None:
        meant = _TAGS_BY_NAME.get(key(text[:LONGEST_TAG]))
        hint = f"Write {meant}." if meant else "Write a tag like en, de or pt-BR."
        raise ValueError(f"{shown(text)} is not a language tag. {hint}")
    language, script, region, variants, rest = match.groups()
    tag = (
        language.lower() + (f"-{script.title()}" if script else "") + (f"-{region.upper()}" if region else "")
    )
    return tag + variants.lower() + rest.lower()


def read_credits(text: str) -> str:
    """A number with a point before its decimals. ValueError with a sentence if it is none."""
    if not _CREDITS.fullmatch(text):
        raise ValueError(
            f"The credits earned, {shown(text)}, are not a number from 0 to 9999.99, like 3 or 2.5."
        )
    return text.replace(",", ".")


def read_words(text: str, field: str) -> str:
    """One of `WORDS`, as it was typed. ValueError with a sentence if it cannot be signed."""
    what, longest = WORDS[field]
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > longest:
        raise ValueError(f"{what}: {shown(text, 30)} is longer than {longest:,} characters. Shorten it.")
    if unseen := _UNSEEN.search(text):
        number = f"U+{ord(unseen[0]):04X}"
        raise ValueError(f"{what}: {shown(text, 30)} has a control character ({number}). Type it anew.")
    return text


def read_did(text: str) -> str:
    """The identifier of somebody's wallet. ValueError with a sentence if it is none."""
    if len(text) > LONGEST_DID or not _DID.fullmatch(text):
        raise ValueError(f"{shown(text)} is no identifier of a wallet. It looks like did:key:z6Mk…")
    return text


def read_result(text: str, rule: ResultRule, *, label: str) -> str:
    """The value as the document will carry it (a string). ValueError if the rule forbids it."""
    if len(text) > LONGEST_RESULT or not text.isprintable():
        raise ValueError(f"{label}: {shown(text, 30)} is too long or has a line break.")
    if rule.allowed_values:
        return _one_of(text, rule.allowed_values, label)
    if rule.result_type == "Status":
        return _one_of(text, STATUSES, label)
    if rule.result_type in COUNTED or rule.value_min or rule.value_max:
        return _counted(text, rule, label)
    return text


def _one_of(text: str, allowed, label: str) -> str:
    by_key = {key(value): value for value in allowed}
    exact = [value for value in allowed if value == text]
    if exact or key(text) in by_key:
        return exact[0] if exact else by_key[key(text)]
    if (number := _number(text)) is not None:
        same = [value for value in allowed if _number(value) == number]
        if same:
            return same[0]
    close = get_close_matches(key(text), by_key, n=1, cutoff=0.75)
    hint = f" Did you mean {shown(by_key[close[0]])}?" if close else ""
    return _refuse(f"{label}: {shown(text)} is not one of {', '.join(allowed)}.{hint}")


def _counted(text: str, rule: ResultRule, label: str) -> str:
    percent = rule.result_type == "Percent"
    bare = text.removesuffix("%").strip() if percent else text
    number = _number(bare)
    if number is None:
        return _refuse(f"{label}: {shown(text)} is not a number.")
    least = _number(rule.value_min or ("0" if percent else ""))
    most = _number(rule.value_max or ("100" if percent else ""))
    if least is not None and number < least:
        return _refuse(f"{label}: {text} is below the least value, {least}.")
    if most is not None and number > most:
        return _refuse(f"{label}: {text} is above the greatest value, {most}.")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare


def _number(text: str) -> Decimal | None:
    """A finite number with a point or a comma before its decimals."""
    if not re.fullmatch(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?", text, re.ASCII):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing to refuse
        return None


def _refuse(sentence: str) -> str:
    raise ValueError(sentence)
