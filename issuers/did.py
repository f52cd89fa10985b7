"""did:web: the identifier of an issuer, and the document that says which keys are theirs.

STANDARDS.md §2.2, D-01 to D-08.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
MAX_BYTES = 8192
ES256 = "-es256"
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+\Z")


@dataclass(frozen=True)
class PublishedKey:
    """A key as it is published. `active` is False once it is compromised: nothing it signed counts."""

    fragment: str
    multibase: str
    active: bool
    token_jwk: dict | None = None  # of the form that signs tokens


def did_web(base_url: str, *path: str) -> str:
    """The identifier of what stands at a path of a site: ("https://a.example", "issuers", "uni").

    A port is kept as %3A, as the method asks. Raises ValueError.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError(f"“{base_url}” is not the address of a site.")
    host = parts.hostname if parts.port is None else f"{parts.hostname}%3A{parts.port}"
    segments = [*filter(None, parts.path.split("/")), *path]
    return ":".join(["did:web:" + host, *(quote(segment, safe="") for segment in segments)])


def document(did: str, keys: Sequence[PublishedKey]) -> dict:
    """The DID document. Retired keys stay, compromised ones lose their say (K-09).

    The token form of a compromised one goes altogether: whoever reads a token takes the key that it names,
    and does not ask what for.
    """
    tokens = [key for key in keys if key.token_jwk and key.active]
    return {
        "@context": CONTEXT,
        "id": did,
        "verificationMethod": [
            {
                "id": f"{did}#{key.fragment}",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.multibase,
            }
            for key in keys
        ]
        + [
            {
                "id": f"{did}#{key.fragment}{ES256}",
                "type": "JsonWebKey",
                "controller": did,
                "publicKeyJwk": key.token_jwk,
            }
            for key in tokens
        ],
        "assertionMethod": [f"{did}#{key.fragment}" for key in keys if key.active]
        + [f"{did}#{key.fragment}{ES256}" for key in tokens],
    }


def url_of(did: str) -> str:
    """Where a did:web says that its document is: always https. Raises ValueError."""
    identifier = did.partition("#")[0]
    if not identifier.startswith("did:web:"):
        raise ValueError(f"“{did}” is not an identifier of the kind did:web.")
    host, *path = identifier.removeprefix("did:web:").split(":")
    segments = [_segment(segment, did) for segment in path] or [".well-known"]
    return f"https://{_host(host, did)}/{'/'.join(segments)}/did.json"


def _host(text: str, did: str) -> str:
    name, colon, port = unquote(text).partition(":")
    valid_port = not colon or (port.isascii() and port.isdigit() and 0 < int(port) < 65536)
    if not _HOST.match(name.lower()) or not valid_port:
        raise ValueError(f"“{did}” does not name a site.")
    return name.lower() + colon + port


def _segment(text: str, did: str) -> str:
    segment = unquote(text)
    if not _SEGMENT.match(segment) or segment in (".", ".."):
        raise ValueError(f"“{did}” has a part that cannot be an address.")
    return segment
