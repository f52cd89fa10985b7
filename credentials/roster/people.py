"""What can be a person's name and address in a roster, and what to say if it cannot."""

import re
import unicodedata

from credentials.addresses import normalise_email

from .shapes import shown

LONGEST_NAME = 200  # characters

_ZERO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad")  # come along in copying; nobody sees them
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ERRORS_OF_SHEETS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_MARKUP = re.compile(r"<\s*/?\s*[A-Za-z!][^<]*>")
_FAMILY_NAME_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_PLAIN_NAME = re.compile(r"[A-Za-z](?:[A-Za-z .'-]*[A-Za-z.])?")
_NAME_AND_ADDRESS = re.compile(r"[^<>]*<([^<>]+)>")

_USUAL_DOMAINS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmaill.com": "gmail.com",
    "gnail.com": "gmail.com",
    "googlemail.co": "googlemail.com",
    "hotmial.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmil.com": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlok.com": "outlook.com",
    "outloo.com": "outlook.com",
    "outlook.co": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yahoo.co": "yahoo.com",
    "iclud.com": "icloud.com",
    "icloud.co": "icloud.com",
    "web.ed": "web.de",
    "gmx.ed": "gmx.de",
}
_NO_ENDINGS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "ogr": "org",
    "nte": "net",
}


def is_sheet_error(text: str) -> bool:
    """Whether a cell holds what a spreadsheet shows for a formula that failed."""
    return text in _ERRORS_OF_SHEETS


def join_names(given: str, family: str) -> str:
    """The whole name: given name first, except in scripts where the family name leads and no space parts."""
    given, family = given.strip(), family.strip()
    if given and family and all(map(_FAMILY_NAME_FIRST.fullmatch, (given, family))):
        return family + given
    return f"{given} {family}".strip()


def read_name(text: str) -> str:
    """The name, NFC, single spaces. ValueError with a sentence if it cannot stand on a certificate."""
    if len(text) <= LONGEST_NAME and _PLAIN_NAME.fullmatch(text) and "  " not in text:
        return text
    name = unicodedata.normalize("NFC", text.translate(_ZERO_WIDTH)).strip()
    if not name:
        raise ValueError("There is no name. Write the person's name as it shall stand on the certificate.")
    if len(name) > LONGEST_NAME:
        raise ValueError(
            f"The name has {len(name):,} characters ({shown(name, 20)}); "
            f"at most {LONGEST_NAME} fit. Shorten it."
        )
    _refuse_what_is_no_name(name)
    _refuse_strange_characters(name)
    return " ".join(name.split())


def _refuse_what_is_no_name(name: str) -> None:
    if is_sheet_error(name):
        raise ValueError(f"The name is {shown(name)}, an error of the spreadsheet. Mend the formula there.")
    if name[0] in "=+-@":
        raise ValueError(
            f"{shown(name)} looks like a spreadsheet formula: a name does not begin with {name[0]}. "
            "Write the person's name."
        )
    if "@" in name and " " not in name:
        raise ValueError(f"{shown(name)} is an e-mail address where the name belongs.")
    if not any(c.isalpha() for c in name):
        raise ValueError(f"{shown(name)} has no letters. Write the person's name.")


def _refuse_strange_characters(name: str) -> None:
    for character in name:
        category = unicodedata.category(character)
        if character in "\n\r\u2028\u2029":
            raise ValueError(f"The name {shown(name)} runs over more than one line. Write it in one.")
        if category == "Cc":
            raise ValueError(
                f"The name {shown(name)} has a control character (U+{ord(character):04X}). Type it anew."
            )
        if character in _REORDERING:
            raise ValueError(
                f"The name {shown(name)} has a hidden sign that turns the order of letters around "
                f"(U+{ord(character):04X}). Type it anew."
            )
        if character == "\ufffd" or category in ("Co", "Cn", "Cs"):
            raise ValueError(
                f"The name {shown(name)} has a character that was lost or belongs to no alphabet. "
                "Save the file again as CSV (UTF-8), or type the name anew."
            )


def notes_on_name(name: str) -> list[str]:
    """What a person should know about a name that is accepted."""
    notes = []
    if "<" in name and _MARKUP.search(name):
        notes.append(f"{shown(name)} has the shape of markup. It is harmless: it is shown as the text it is.")
    if (meant := _wrongly_decoded(name)) is not None:
        notes.append(f"{shown(name)} looks wrongly saved. Did you mean {shown(meant)}?")
    return notes


def _wrongly_decoded(name: str) -> str | None:
    """UTF-8 that was once read as Windows-1252, the right way round again: "JÃ¶rg" is "Jörg"."""
    if "Ã" not in name and "Â" not in name and "Å" not in name and "Ä" not in name:
        return None
    try:
        return name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def read_email(text: str) -> str:
    """The normalised address in a cell. ValueError with a sentence if there is none."""
    if "<" in text and (match := _NAME_AND_ADDRESS.fullmatch(text.strip())) is not None:
        text = match[1]
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if is_sheet_error(text.strip()):
        raise ValueError(f"The e-mail address is {shown(text)}, an error of the spreadsheet.")
    if text.count("@") > 1:
        raise ValueError(f"{shown(text)} is more than one address. One line is for one person.")
    email = normalise_email(text)
    ending = email.rpartition(".")[2]
    if ending in _NO_ENDINGS:
        meant = email.removesuffix(ending) + _NO_ENDINGS[ending]
        raise ValueError(f"{email} cannot be reached: no domain ends in .{ending}. Did you mean {meant}?")
    return email


def notes_on_email(email: str) -> list[str]:
    """A domain that is one slip away from a very common one."""
    local, _, domain = email.rpartition("@")
    if domain not in _USUAL_DOMAINS:
        return []
    return [f"{email} may be mistyped. Did you mean {local}@{_USUAL_DOMAINS[domain]}?"]
