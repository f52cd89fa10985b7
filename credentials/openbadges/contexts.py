"""The JSON-LD contexts that we know, out of installed packages, and never the network.

`openbadgeslib` carries the contexts of 1EdTech, PyLD those of the W3C. A test pins each by hash.
"""

import json
from functools import cache

from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.contexts import bundled_contexts
from pyld.documentloader.frozen import BUNDLED_CONTEXTS

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OB3_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

# The unversioned context.json is left out: openbadgeslib answers it with 3.0.3, its publisher with an
# older text, and a signature over the one says nothing about the other.
_FROM_OPENBADGESLIB = (
    V2,
    OB3,
    OB3_EXTENSIONS,
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://w3id.org/security/data-integrity/v2",
    "https://w3id.org/security/multikey/v1",
)
_FROM_PYLD = (V1, "https://w3id.org/security/suites/ed25519-2020/v1")

KNOWN = frozenset((*_FROM_OPENBADGESLIB, *_FROM_PYLD, CLR))
OB3_ANY = frozenset(
    url for url in KNOWN if url.startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-")
)
OB2 = "https://w3id.org/openbadges/v2"
OB2_ANY = frozenset((OB2, "http://w3id.org/openbadges/v2"))  # names only: what they say is never read


class UnknownContext(ValueError):
    """A document names a context that we do not have, so nothing in it can be understood."""

    def __init__(self, url: str):
        super().__init__(f"It uses a vocabulary that is not known here: {url}")
        self.url = url


@cache
def document(url: str) -> dict:
    """The context document of a known address; it must not be changed. Raises UnknownContext."""
    if url in _FROM_OPENBADGESLIB:
        return bundled_contexts()[url]
    if url in _FROM_PYLD:
        return json.loads(BUNDLED_CONTEXTS[url].read_text(encoding="utf-8"))
    if url == CLR:
        return bundled_clr_contexts()[CLR]
    raise UnknownContext(url)


def load(url: str, options: dict | None = None) -> dict:
    """PyLD's document loader. "static" lets PyLD keep the term definitions between calls."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": document(url),
        "tag": "static",
    }
