"""Endorsements inside a credential: each is a credential of its own, with its own issuer and signature.

STANDARDS.md C-22. A broken one says nothing about the badge that carries it, but it is said.
"""

from collections.abc import Iterator
from datetime import datetime

from . import model, status
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
from .report import Check, Outcome
from .resolving import Resolver
from .securing import ask_signature, opened

MAX_ENDORSEMENTS = 10


def ask(document: dict, resolver: Resolver, now: datetime) -> list[Check]:
    """A Check for each endorsement of the credential, its achievement and its issuer."""
    found = list(_endorsements(document))
    checks = [_ask_one(item, document, resolver, now) for item in found[:MAX_ENDORSEMENTS]]
    if len(found) > MAX_ENDORSEMENTS:
        sentence = f"It carries {len(found)} endorsements; only the first {MAX_ENDORSEMENTS} were checked."
        checks.append(Check("endorsement", Outcome.UNKNOWN, sentence))
    return checks


def _endorsements(document: dict) -> Iterator[object]:
    for place in (document, achievement_of(document), one(document.get("issuer"))):
        yield from listed(place.get("endorsement"))
        yield from listed(place.get("endorsementJwt"))


def _ask_one(brought: object, around: dict, resolver: Resolver, now: datetime) -> Check:
    try:
        secured = opened(brought)
    except Malformed as error:
        return _failed("An endorsement in it is not rightly made.", str(error))
    document = secured.document
    known = model.ask_contexts(document)
    if known.outcome is Outcome.UNKNOWN:
        sentence = "An endorsement in it uses a vocabulary that is not known here."
        return Check("endorsement", Outcome.UNKNOWN, sentence, detail=known.detail)
    fault = model.fault_in_credential(document, is_signed=secured.is_signed)
    if fault or model.kind_of(document) is not model.Kind.ENDORSEMENT:
        return _failed("An endorsement in it is not rightly made.", fault)
    for item in ask_signature(secured, resolver):
        if item.outcome is not Outcome.PASSED:
            sentence = "An endorsement in it is not proven to come from whom it names."
            return Check("endorsement", item.outcome, sentence, detail=item.sentence)
    who = issuer_name(document) or issuer_id(document)
    if plain(subject_of(document).get("id")) not in _what_it_may_endorse(around):
        return _failed(f"An endorsement by {who} in it is about something else.", "")
    start, end = valid_from(document), valid_until(document)
    if (start and now < start) or (end and now > end):
        return _failed(f"An endorsement by {who} in it does not hold today.", "")
    if doubt := _doubt_in_standing(document, who, resolver, now):
        return doubt
    return Check("endorsement", Outcome.PASSED, f"It is endorsed by {who}.", detail=issuer_id(document))


def _doubt_in_standing(document: dict, who: str, resolver: Resolver, now: datetime) -> Check | None:
    """What the endorser's list says of it, if it names one and the list says anything but that it stands."""
    for found in status.ask(document, resolver, now):
        if found.check.outcome is Outcome.FAILED:
            return _failed(f"{who} has taken back its endorsement.", found.check.detail)
        if found.check.outcome is Outcome.UNKNOWN:
            sentence = f"Whether the endorsement by {who} still stands could not be found out."
            return Check("endorsement", Outcome.UNKNOWN, sentence, detail=found.check.detail)
    return None


def _failed(sentence: str, detail: str) -> Check:
    return Check("endorsement", Outcome.FAILED, sentence, detail=detail)


def _what_it_may_endorse(document: dict) -> set[str]:
    parts = (document, achievement_of(document), subject_of(document))
    return {issuer_id(document), *(plain(part.get("id")) for part in parts)} - {""}
