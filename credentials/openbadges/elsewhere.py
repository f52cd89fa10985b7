"""What other programs may refuse though it is judged here: legal and tolerated forms, said as remarks.

A remark stands beside the verdict and never changes it (docs/decisions/0012). Who refuses them is named in
STANDARDS.md §2.1, §2.2, B-03, B-04, C-01, C-06, C-10, C-16, C-24, C-27, K-04, K-07, S-02 and S-11. Nothing
here raises.
"""

import re
from collections.abc import Iterable, Iterator

from . import baking, contexts, legacy, model, suites
from .baking import Generation
from .document import Malformed
from .reading import achievement_of, listed, nodes, one, plain, subject_of
from .resolving import Resolver, Unreachable
from .securing import Secured, opened

REFUSED = "Other programs may refuse it, because "
ANOTHER = (
    "The picture carries a second credential, of another standard, which was not judged. Bring that one by "
    "itself."
)
_IN_TOKENS = {"RS256", "ES256"}
_LISTED = ("proof", "evidence", "endorsement", "credentialSchema", "termsOfUse", "identifier", "result",
           "alignment", "resultDescription", "rubricCriterionLevel", "otherIdentifier", "related",
           "verifiableCredential", "association")  # fmt: skip
_LISTED_TEXTS = ("tag", "allowedValue")
_LISTED_TYPES = {"Achievement", "AchievementSubject", "Address", "Alignment", "Association", "ClrSubject",
                 "EndorsementSubject", "Evidence", "Profile", "Related", "Result", "ResultDescription",
                 "RubricCriterionLevel"}  # fmt: skip
_ENTITY = re.compile(r"&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")


def of_credential(secured: Secured, resolver: Resolver) -> tuple[str, ...]:
    """Remarks on a credential that is proven. Lists are asked for again, which a `Once` answers by itself."""
    document, token = secured.document, secured.token
    reasons = [*_of_model(document), *_of_form(document), *_of_key(document)]
    reasons += _of_token(token.header) if token else _of_proofs(document)
    reasons += _of_lists(document, resolver)
    return _remarks(reasons)


def of_picture(picture: bytes, document: dict) -> tuple[str, ...]:
    """Remarks on the picture that carried this document; none if it is no picture."""
    try:
        baked = baking.look_into(picture)
    except baking.Unbakeable:
        return ()
    if baked is None:
        return ()
    reasons = list(baked.oddities)
    if baked.generation is not _generation_of(document):
        reasons.append("it is stored in the picture under the name of another standard")
    return (*_remarks(reasons), *([ANOTHER] if baked.others else []))


def _remarks(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{REFUSED}{reason}." for reason in reasons)


def _generation_of(document: dict) -> Generation:
    if legacy.is_one(document):
        return Generation.LEGACY
    return Generation.RECORD if model.kind_of(document) is model.Kind.RECORD else Generation.BADGE


def _of_model(document: dict) -> Iterator[str]:
    named = listed(document.get("@context"))
    if named[:1] == [contexts.V1]:
        yield "it is written in the older data model (VCDM 1.1)"
    if model.kind_of(document) is model.Kind.BADGE and contexts.OB3_ANY.isdisjoint(map(plain, named[1:2])):
        yield "its vocabularies do not stand in the order that the standard asks for"
    if isinstance(document.get("issuer"), str):
        yield "it names its issuer by an identifier alone, without a profile"
    if len(listed(document.get("credentialStatus"))) > 1:
        yield "it names more than one list of revoked credentials"
    described = {plain(item.get("id")): item for item in _described(document)}
    for result in map(one, listed(subject_of(document).get("result"))):
        values = listed(described.get(plain(result.get("resultDescription")), {}).get("allowedValue"))
        if values and "value" in result and result["value"] not in values:
            yield "one of its results has a value that its achievement does not list"
            break


def _described(document: dict) -> list[dict]:
    return [one(item) for item in listed(achievement_of(document).get("resultDescription"))]


def _of_form(document: dict) -> Iterator[str]:
    single = [name for node in nodes(document) for name in _single(node)]
    if single:
        names = ", ".join(dict.fromkeys(single))
        yield f"it has single values where the standard’s schema asks for lists ({names})"
    if isinstance(document.get("credentialSubject"), list):
        yield "it has a list where the standard’s schema asks for one thing (credentialSubject)"
    if any(isinstance(node.get("image"), str) for node in nodes(document)):
        yield "its pictures are written as bare addresses"


def _single(node: dict) -> Iterator[str]:
    yield from (name for name in _LISTED if isinstance(node.get(name), dict))
    yield from (name for name in _LISTED_TEXTS if isinstance(node.get(name), str))
    kind = node.get("type")
    if isinstance(kind, str) and kind in _LISTED_TYPES:
        yield f"type of {kind}"


def _of_key(document: dict) -> Iterator[str]:
    methods = [plain(one(proof).get("verificationMethod")) for proof in listed(document.get("proof"))]
    if any(method.startswith("https://") and "#" in method for method in methods):
        yield "its key is one of several in a document at an https address"


def _of_proofs(document: dict) -> Iterator[str]:
    names = [suites.suite_of(one(proof)) for proof in listed(document.get("proof"))]
    common = {suites.RDFC, suites.ED25519_2020}
    if common.isdisjoint(names):
        yield f"it is signed in a way that few programs check ({', '.join(names)})"
    elif names[0] not in common:
        yield f"its first signature is of a kind that few programs check ({names[0]})"


def _of_token(header: dict) -> Iterator[str]:
    if header["alg"] not in _IN_TOKENS:
        yield f"it is signed in a way that few programs check ({header['alg']})"
    if "cty" in header or str(header.get("typ", "JWT")).upper() != "JWT":
        yield "its token is written by the rules of another standard (VC-JOSE-COSE)"


def _of_lists(document: dict, resolver: Resolver) -> Iterator[str]:
    for entry in map(one, listed(document.get("credentialStatus"))):
        try:
            found = opened(resolver.status_list(plain(entry.get("statusListCredential"))))
        except (Unreachable, Malformed):
            continue
        if len(listed(one(found.document.get("credentialSubject")).get("statusPurpose"))) > 1:
            yield "its issuer’s list serves more than one purpose"
        if found.token:
            yield "its issuer’s list is signed as a token"
        if any(_ENTITY.search(text) for node in nodes(found.document) for text in map(plain, node.values())):
            yield "its issuer’s list holds signs that some programs change before they check it (&…;)"
