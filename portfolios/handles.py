"""Handles: the names in `/@handle/`. Nobody gets one that reads like another's, or like the site's own."""

import hashlib
import re
import unicodedata

from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace

RESERVED = frozenset(
    """
    about account accounts admin administrator api auditor catalog credential credentials dashboard demo help
    issuer issuers login logout me new null official portfolio profile registrar roles root security settings
    signup staff static status support system team testamur undefined verify webmaster
    """.split()  # noqa: SIM905 (a list of forty words reads better as words)
)

# What the eye takes for the same, in the order in which it is replaced.
_LOOKALIKES = (("-", ""), ("rn", "m"), ("0", "o"), ("1", "l"), ("i", "l"))


def look(handle: str) -> str:
    """What a handle looks like at a glance; two handles with the same look are never both given out."""
    for written, seen in _LOOKALIKES:
        handle = handle.replace(written, seen)
    return handle


def fingerprint(handle: str) -> str:
    """SHA-256 of what a handle looks like, as 64 hex digits: what is kept of one whose owner left."""
    return hashlib.sha256(look(handle).encode()).hexdigest()


def look_in_database(field: str):
    """`look` as an expression, so that a constraint can hold it."""
    expression: Combinable = F(field)
    for written, seen in _LOOKALIKES:
        expression = Replace(expression, Value(written), Value(seen))
    return expression


_RESERVED_LOOKS = frozenset(map(look, RESERVED))


def is_reserved(handle: str) -> bool:
    return look(handle) in _RESERVED_LOOKS


def handle_from(name: str) -> str:
    """A handle that a person of this name may like: "" when too little of it can be written in a–z."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    handle = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:36].strip("-")
    return handle if len(handle) >= 3 else ""
