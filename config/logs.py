"""What may be written to a log: never a secret, never a person's address."""

import re
from collections.abc import MutableMapping

SECRET_NAME = re.compile(r"password|secret|token|cookie|authorization|key|email|address", re.IGNORECASE)
HIDDEN = "[hidden]"
_NAMED = r"(['\"]\w*(?:password|secret|token|cookie|authorization|key)\w*['\"]\s*:\s*)(['\"]).*?\2"
_ADDRESS = r"[^\s@<>\"'/]{1,80}(?:@|%40)[^\s@<>\"'/%]{1,253}\.[^\s@<>\"'/]+"
# What a text may give away, and what stands there instead. None looks at a long text for long.
MASKS = [
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        # links that open an account or a page, searches, passwords of services
        (r"(/(?:confirm-email|reset/key|s)/)[^\s?/]\S*", rf"\1{HIDDEN}"),
        (r"((?:^|\s)/\S*?\?)\S+", rf"\1{HIDDEN}"),
        (r"(\w://)[^\s/@]+@", rf"\1{HIDDEN}@"),
        (_NAMED, rf"\1\2{HIDDEN}\2"),
        (_ADDRESS, HIDDEN),
    )
]


def without_secrets(logger, method_name: str, event: MutableMapping) -> MutableMapping:
    """A structlog processor: values of telling names are hidden, what texts give away is masked."""
    return {name: _masked(name, value) for name, value in event.items()}


def _masked(name: str, value):
    if SECRET_NAME.search(name):
        return HIDDEN
    return _without(value)


def _without(value):
    """A value, however deep, without what it gives away."""
    if isinstance(value, str):
        for pattern, instead in MASKS:
            value = pattern.sub(instead, value)
    elif isinstance(value, dict):
        return {name: _masked(str(name), inner) for name, inner in value.items()}
    elif isinstance(value, list | tuple):
        return [_without(inner) for inner in value]
    return value
