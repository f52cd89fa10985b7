"""Data Integrity proofs of others: the suites eddsa-rdfc-2022, eddsa-jcs-2022 and Ed25519Signature2020.

STANDARDS.md §2.1. The first and the last sign canonical statements, the second canonical JSON (RFC 8785).
"""

import hashlib

import rfc8785

from . import proof as rdfc
from .canonical import DroppedTerms
from .keys import Kind, PublicKey
from .proof import base58_decode
from .reading import listed

RDFC, JCS, ED25519_2020 = "eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020"
KNOWN = (RDFC, ED25519_2020, JCS)  # in this order they are judged


def suite_of(proof: dict) -> str:
    """The name of the suite, for a proof of a kind that names none its type, "" for rubbish."""
    kind, suite = proof.get("type"), proof.get("cryptosuite")
    name = suite if kind == "DataIntegrityProof" else kind
    return name if isinstance(name, str) else ""


def check(document: dict, key: PublicKey, *, proof: dict) -> bool:
    """Whether this proof of the document was made with the key.

    Raises DroppedTerms, TooComplex and UnknownContext if the document cannot be judged.
    """
    if key.kind is not Kind.ED25519 or proof.get("proofPurpose") != "assertionMethod":
        return False
    match suite_of(proof):
        case "eddsa-rdfc-2022":
            return rdfc.check(document, key.material, proof=proof)
        case "Ed25519Signature2020":
            return _check_2020(document, key, proof)
        case "eddsa-jcs-2022":
            return _check_jcs(document, key, proof)
    return False


def _check_2020(document: dict, key: PublicKey, proof: dict) -> bool:
    """The older suite: the same statements, under another name."""
    options = {name: value for name, value in proof.items() if name not in ("proofValue", "jws")}
    options["@context"] = document.get("@context")
    texts = rdfc.canonicalise(options), rdfc.canonicalise(_unsecured(document))
    return _holds(proof, key, *(text.encode() for text in texts))


def _check_jcs(document: dict, key: PublicKey, proof: dict) -> bool:
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = _unsecured(document)
    if "@context" in options:
        named, whole = listed(options["@context"]), listed(document.get("@context"))
        if whole[: len(named)] != named:
            return False
        unsecured["@context"] = options["@context"]
    try:
        return _holds(proof, key, rfc8785.dumps(options), rfc8785.dumps(unsecured))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise DroppedTerms(str(error)) from error


def _unsecured(document: dict) -> dict:
    return {name: value for name, value in document.items() if name != "proof"}


def _holds(proof: dict, key: PublicKey, options: bytes, document: bytes) -> bool:
    signature = base58_decode(proof.get("proofValue"), length=64)
    if signature is None:
        return False
    return key.verifies(signature, hashlib.sha256(options).digest() + hashlib.sha256(document).digest())
