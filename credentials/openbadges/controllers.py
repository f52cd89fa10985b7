"""Which keys an issuer vouches for: out of its DID document, its https document, or its name itself.

STANDARDS.md §2.2, K-05, K-06. An issuer's document must list a key for assertions; a key that only claims
to belong to the issuer proves nothing. `LookUp` is asked for the document of a DID or an https address.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from . import keys
from .keys import PublicKey, UnusableKey
from .reading import listed
from .resolving import NotTheirKey, Unreachable

LookUp = Callable[[str], dict]

_NOT_PUBLISHED = "The issuer does not publish the key that signed this."
_MAX_METHODS = 50


def key_of(method: str, controller: str, look_up: LookUp) -> PublicKey:
    """The key that a signature names, if it is the issuer's. Raises NotTheirKey, Unreachable."""
    try:
        if controller.startswith(("did:key:", "did:jwk:")):
            return _key_in_name(method, controller)
        return _key_in_documents(method, controller, look_up)
    except UnusableKey as error:
        raise NotTheirKey(str(error)) from error


def keys_of(controller: str, look_up: LookUp) -> tuple[PublicKey, ...]:
    """All keys that the issuer vouches for and that we can use. Raises NotTheirKey, Unreachable."""
    if controller.startswith(("did:key:", "did:jwk:")):
        return (key_of(controller, controller, look_up),)
    document = _document_of(controller, look_up)
    return tuple(key for method in _allowed(document) if (key := _usable(method)))


def _key_in_name(method: str, controller: str) -> PublicKey:
    """did:key and did:jwk carry their only key in themselves."""
    own = controller.removeprefix("did:key:") if controller.startswith("did:key:") else "0"
    if method not in (controller, f"{controller}#{own}"):
        raise NotTheirKey("The signature names a key that does not belong to its issuer.")
    return keys.from_multibase(own) if own != "0" else keys.from_did_jwk(controller)


def _key_in_documents(method: str, controller: str, look_up: LookUp) -> PublicKey:
    document = _document_of(controller, look_up)
    for entry in _allowed(document):
        if _absolute(entry.get("id"), controller) == method:
            return keys.from_method(entry)
    if not method.startswith("https://") or method.startswith(f"{controller}#"):
        raise NotTheirKey(_NOT_PUBLISHED)
    return _key_at_its_own_address(method, controller, document, look_up)


def _key_at_its_own_address(method: str, controller: str, document: dict, look_up: LookUp) -> PublicKey:
    """A key that is a document of its own: a verification method, or one bare JWK."""
    found = look_up(method)
    if "kty" in found:
        return _bare_key(found, method, controller, document)
    if found.get("id") != method or found.get("controller") != controller or found.get("revoked"):
        raise NotTheirKey("The key that signed this belongs to somebody else.")
    if method not in _assertion_names(document, controller) and not _is_silent_neighbour(
        document, method, controller
    ):
        raise NotTheirKey(_NOT_PUBLISHED)
    return keys.from_method(found)


def _bare_key(jwk: dict, method: str, controller: str, document: dict) -> PublicKey:
    """A JWK names no owner: the issuer's document must hold the same key, or say nothing about keys and
    stand on the same site."""
    key = keys.from_jwk(jwk)
    if any(_usable(entry) == key for entry in _allowed(document)):
        return key
    if _is_silent_neighbour(document, method, controller):
        return key
    raise NotTheirKey(_NOT_PUBLISHED)


def _is_silent_neighbour(document: dict, method: str, controller: str) -> bool:
    """Issuers of Open Badges named by https often publish a profile without keys, and the keys beside it."""
    if not controller.startswith("https://") or "assertionMethod" in document:
        return False
    return urlsplit(method)[:2] == urlsplit(controller)[:2]


def _document_of(controller: str, look_up: LookUp) -> dict:
    if not controller.startswith(("did:web:", "https://")):
        raise Unreachable("This kind of issuer name cannot be looked up.")
    document = look_up(controller)
    if document.get("id") != controller:
        raise NotTheirKey("The issuer's key document belongs to somebody else.")
    return document


def _allowed(document: dict) -> list[dict]:
    """The methods that are listed for assertions: written there, or referred to."""
    controller = document["id"]
    asserting = listed(document.get("assertionMethod"))[:_MAX_METHODS]
    written = [entry for entry in asserting if isinstance(entry, dict)]
    names = _assertion_names(document, controller)
    referred = [
        entry
        for entry in listed(document.get("verificationMethod"))[:_MAX_METHODS]
        if isinstance(entry, dict) and _absolute(entry.get("id"), controller) in names
    ]
    return [
        entry
        for entry in written + referred
        if entry.get("controller", controller) == controller and not entry.get("revoked")
    ]


def _assertion_names(document: dict, controller: str) -> set[str]:
    asserting = listed(document.get("assertionMethod"))[:_MAX_METHODS]
    return {_absolute(entry, controller) for entry in asserting if isinstance(entry, str)}


def _absolute(name: object, controller: str) -> str:
    """The full name of a method; "#key-1" is short for one of the controller."""
    if not isinstance(name, str):
        return ""
    return controller + name if name.startswith("#") else name


def _usable(method: dict) -> PublicKey | None:
    try:
        return keys.from_method(method)
    except UnusableKey:
        return None
