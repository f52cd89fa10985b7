"""What may be written to a log: never a secret, never a person's address."""

import re
from collections.abc import MutableMapping

SECRET_NAME = re.compile(r"password|secret|token|cookie|authorization|key|email|address", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
HIDDEN = "[hidden]"


def without_secrets(logger, method_name: str, event: MutableMapping) -> MutableMapping:
    """A structlog processor: values of telling names are hidden, addresses inside texts are masked."""
    return {name: _masked(name, value) for name, value in event.items()}


def _masked(name: str, value):
    if SECRET_NAME.search(name):
        return HIDDEN
    return ADDRESS.sub(HIDDEN, value) if isinstance(value, str) else value
