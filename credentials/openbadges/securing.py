"""Something signed, in either form: what it says, and the question whether its issuer signed it.

A document with proofs in it, or a compact token around one. Badges, lists, endorsements and the credentials
of a learner record all come through here.
"""

from dataclasses import dataclass

from . import contexts, jwt, suites
from .canonical import DroppedTerms, TooComplex
from .document import Malformed
from .keys import PublicKey
from .reading import issuer_id, listed, plain
from .report import Check, Outcome
from .resolving import NotTheirKey, Resolver, Unreachable

MAX_PROOFS = 4
UNCHANGED = "Nothing was changed since it was signed."


@dataclass(frozen=True)
class Secured:
    """`document` is what it says; with a token, that is what the token holds."""

    document: dict
    token: jwt.Token | None = None

    @property
    def is_signed(self) -> bool:
        return self.token is not None or listed(self.document.get("proof")) != []


def opened(brought: object) -> Secured:
    """What was brought, taken apart. Raises Malformed."""
    if isinstance(brought, dict):
        return Secured(brought)
    if isinstance(brought, str):
        token = jwt.take_apart(brought)
        return Secured(token.document, token)
    raise Malformed("It is JSON, but not a credential.")


def ask_signature(secured: Secured, resolver: Resolver) -> list[Check]:
    """Every signature that it carries must hold, with a key of the issuer."""
    if secured.token is None:
        return _ask_proofs(secured.document, resolver)
    checks = jwt.ask_signature(secured.token, resolver)
    if _all_passed(checks) and listed(secured.document.get("proof")):
        return _ask_proofs(secured.document, resolver)
    return checks


def _all_passed(checks: list[Check]) -> bool:
    return all(item.outcome is Outcome.PASSED for item in checks)


def _ask_proofs(document: dict, resolver: Resolver) -> list[Check]:
    """Each proof of a suite that we know, the strongest first."""
    proofs = [proof for proof in listed(document.get("proof")) if isinstance(proof, dict)]
    known = [
        proof for proof in proofs if suites.suite_of(proof) in suites.KNOWN and "previousProof" not in proof
    ]
    if not known:
        names = sorted({suites.suite_of(proof) for proof in proofs})
        sentence = "It is signed in a way that we cannot check yet."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=", ".join(names))]
    if len(known) > MAX_PROOFS:
        return [Check("signature", Outcome.UNKNOWN, "It carries more signatures than we look at.")]
    known.sort(key=lambda proof: suites.KNOWN.index(suites.suite_of(proof)))
    asked = [_ask_proof(document, proof, resolver) for proof in known]
    return next((checks for checks in asked if not _all_passed(checks)), asked[0])


def _ask_proof(document: dict, proof: dict, resolver: Resolver) -> list[Check]:
    method = proof.get("verificationMethod")
    method = method.get("id") if isinstance(method, dict) else method
    try:
        key = _key_of_issuer(method, issuer_id(document), resolver)
        holds = suites.check(document, key, proof=proof)
    except Unreachable as error:
        sentence = "The issuer's key could not be fetched, so whether it was changed is unknown."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=str(error))]
    except NotTheirKey as error:
        return [Check("issuer_key", Outcome.FAILED, str(error), detail=plain(method))]
    except contexts.UnknownContext as error:
        sentence = "It cannot be verified: it uses a vocabulary that is not known here."
        return [Check("contexts", Outcome.UNKNOWN, sentence, detail=error.url)]
    except DroppedTerms as error:
        sentence = "It holds something that its signature does not cover; it may have been added later."
        return [Check("signature", Outcome.FAILED, sentence, detail=error.what)]
    except TooComplex as error:
        sentence = "It is too intricate to be checked, unlike any genuine credential."
        return [Check("signature", Outcome.UNKNOWN, sentence, detail=str(error))]
    if not holds:
        sentence = "It was changed after it was signed, or it was never signed by this issuer."
        return [Check("signature", Outcome.FAILED, sentence)]
    return [
        Check("signature", Outcome.PASSED, UNCHANGED),
        Check("issuer_key", Outcome.PASSED, "It was signed with a key of its issuer.", detail=plain(method)),
    ]


def _key_of_issuer(method: object, issuer_id: str, resolver: Resolver) -> PublicKey:
    """Raises Unreachable, NotTheirKey."""
    if not isinstance(method, str) or not method:
        raise NotTheirKey("It does not say which key signed it.")
    if method.startswith("did:") and method.partition("#")[0] != issuer_id:
        raise NotTheirKey("It was signed with somebody else's key, not with its issuer's.")
    return resolver.verification_key(method, issuer_id)
