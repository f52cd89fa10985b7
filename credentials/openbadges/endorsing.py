"""Endorsements inside a credential: each is a credential of its own, with its own issuer and signature.

STANDARDS.md C-22, V-01. As in a learner record, a false one spoils what carries it, one that is not proven
leaves it unknown, and one that ended is said and no more: its endorser could else take back what another
issued.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from . import model, status, validity
from .document import Malformed
from .reading import (
    achievement_of,
    issuer_id,
    issuer_name,
    listed,
    one,
    plain,
    subject_of,
    valid_from,
    valid_until,
)
from .report import Check, Finding, Outcome, Verdict, gravest
from .resolving import Resolver
from .securing import Secured, ask_signature, opened

MAX_ENDORSEMENTS = 10
_MADE_WRONGLY = "An endorsement in it is not rightly made."


def ask(document: dict, resolver: Resolver, now: datetime) -> list[Finding]:
    """A Finding for each endorsement of the credential, its achievement and its issuer."""
    found = list(_endorsements(document))
    findings = [_ask_one(item, document, resolver, now) for item in found[:MAX_ENDORSEMENTS]]
    if len(found) > MAX_ENDORSEMENTS:
        findings.append(
            _unknown(f"It carries {len(found)} endorsements; only the first {MAX_ENDORSEMENTS} were checked.")
        )
    return findings


def embedded(document: dict) -> list[dict]:
    """The endorsements inside of a document, those in the compact form taken apart."""
    found: list[dict] = []
    for item in _endorsements(document):
        try:
            found.append(opened(item).document)
        except Malformed:
            continue
    return found


def _endorsements(document: dict) -> Iterator[object]:
    for place in (document, achievement_of(document), one(document.get("issuer"))):
        yield from listed(place.get("endorsement"))
        yield from listed(place.get("endorsementJwt"))


def _ask_one(brought: object, around: dict, resolver: Resolver, now: datetime) -> Finding:
    try:
        secured = opened(brought)
    except Malformed as error:
        return _failed(_MADE_WRONGLY, Verdict.INVALID, str(error))
    document = secured.document
    known = model.ask_contexts(document)
    if known.outcome is Outcome.UNKNOWN:
        return _unknown("An endorsement in it uses a vocabulary that is not known here.", known.detail)
    fault = model.fault_in_credential(document, is_signed=secured.is_signed)
    if fault or model.kind_of(document) is not model.Kind.ENDORSEMENT:
        return _failed(_MADE_WRONGLY, Verdict.INVALID, fault)
    if not_proven := _whose_word(secured, resolver):
        return not_proven
    who = issuer_name(document) or issuer_id(document)
    if plain(subject_of(document).get("id")) not in _what_it_may_endorse(around):
        return _failed(f"An endorsement by {who} in it is about something else.", Verdict.VALID)
    return _standing(who, document, resolver, now)


def _whose_word(secured: Secured, resolver: Resolver) -> Finding | None:
    """What is to be said unless its issuer signed it."""
    for item in ask_signature(secured, resolver):
        if item.outcome is Outcome.UNKNOWN:
            return _unknown(
                "Whether an endorsement in it is by whom it names could not be found out.", item.sentence
            )
        if item.outcome is Outcome.FAILED and item.name == "issuer_key":
            sentence = "An endorsement in it is not proven to come from whom it names."
            return _failed(sentence, Verdict.UNKNOWN, item.sentence)
        if item.outcome is Outcome.FAILED:
            sentence = "An endorsement in it was changed after it was signed, or is not by whom it names."
            return _failed(sentence, Verdict.INVALID, item.sentence)
    return None


def _standing(who: str, document: dict, resolver: Resolver, now: datetime) -> Finding:
    findings: Sequence[Finding] = [
        validity.ask(valid_from(document), valid_until(document), now),
        *status.ask(document, resolver, now),
    ]
    worst = gravest(findings)
    if worst.verdict is Verdict.VALID:
        check = Check("endorsement", Outcome.PASSED, f"It is endorsed by {who}.", detail=issuer_id(document))
        return Finding(check, Verdict.VALID)
    if worst.verdict is Verdict.UNKNOWN:
        sentence = f"Whether the endorsement by {who} in it still holds could not be found out."
        return _unknown(sentence, worst.check.sentence)
    sentence = f"An endorsement by {who} in it does not hold today: {worst.check.sentence}"
    return _failed(sentence, Verdict.VALID)


def _failed(sentence: str, verdict: Verdict, detail: str = "") -> Finding:
    return Finding(Check("endorsement", Outcome.FAILED, sentence, detail=detail), verdict)


def _unknown(sentence: str, detail: str = "") -> Finding:
    return Finding(Check("endorsement", Outcome.UNKNOWN, sentence, detail=detail), Verdict.UNKNOWN)


def _what_it_may_endorse(document: dict) -> set[str]:
    parts = (document, achievement_of(document), subject_of(document))
    return {issuer_id(document), *(plain(part.get("id")) for part in parts)} - {""}
