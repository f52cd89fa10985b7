"""Words made comparable: without case, accents and punctuation."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Compatible forms joined, case and accents gone: "Prüfung" and "PRUFUNG" become one."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c))


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """Only the letters and digits of the folded text: "E-mail address" becomes "emailaddress"."""
    return "".join(c for c in fold(text) if c.isalnum() or unicodedata.category(c) in ("Mc", "Mn"))


def words(text: str) -> frozenset[str]:
    """The folded words of a text."""
    return frozenset("".join(c if c.isalnum() else " " for c in fold(text)).split())
