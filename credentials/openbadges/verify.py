"""A document in, a Report out: each question that a verifier asks, in the order of STANDARDS.md V-01.

What could not be found out is unknown, never passed. The keys, the lists and the time come from the
caller; nothing is fetched here and no clock is read.
"""

from dataclasses import replace
from datetime import datetime

from . import elsewhere, endorsing, jwt, legacy, model, reading, status, validity
from .document import Malformed
from .report import Answer, Check, Finding, Outcome, Report, Verdict, gravest, unproven, unreadable
from .resolving import Gone, NotTheirKey, Once, Resolver, Unreachable
from .securing import Secured, ask_signature, opened

__all__ = [
    "Answer",
    "Check",
    "Gone",
    "NotTheirKey",
    "Outcome",
    "Report",
    "Resolver",
    "Unreachable",
    "Verdict",
    "unreadable",
    "verify",
    "with_inner",
]

MAX_INNER = 60
_READABLE = Check("readable", Outcome.PASSED, "It can be read.")


def verify(brought: dict | str, resolver: Resolver, *, now: datetime) -> Report:
    """Ask everything about a credential: a document, or a compact token (JWT).

    Whatever it holds, this does not raise.
    """
    once = Once(resolver)
    if legacy.is_one(brought):
        return legacy.verify(brought, once, now=now)
    return _judged(brought, once, now, may_refresh=True)


def _judged(brought: object, resolver: Resolver, now: datetime, *, may_refresh: bool) -> Report:
    try:
        secured = opened(brought)
    except Malformed as error:
        return unreadable(str(error), now=now)
    checks = _ask_whose_word_it_is(secured, resolver)
    if any(item.outcome is not Outcome.PASSED for item in checks):
        return unproven(checks, now)
    if may_refresh and (url := _refresh_address(secured.document)):
        secured, said = _ask_for_newer(secured, url, resolver)
        checks = [*checks, said]
    document = secured.document
    findings = [
        validity.ask(reading.valid_from(document), reading.valid_until(document), now),
        *status.ask(document, resolver, now),
    ]
    inner = _inner_reports(document, resolver, now)
    checks += [finding.check for finding in findings]
    checks.append(Check("issuer_known", *resolver.know_issuer(reading.issuer_id(document))))
    endorsed = endorsing.ask(document, resolver, now)
    checks += [finding.check for finding in endorsed]
    findings += endorsed
    if inner:
        findings.append(_sum_up(inner, len(reading.listed(_held(document)))))
        checks.append(findings[-1].check)
    report = _report(document, checks, findings, inner, now)
    return replace(report, remarks=elsewhere.of_credential(secured, resolver))


def _ask_whose_word_it_is(secured: Secured, resolver: Resolver) -> list[Check]:
    """Readable, known vocabulary, form, signature: up to the first that did not pass."""
    document = secured.document
    checks = [_READABLE, model.ask_contexts(document)]
    if checks[-1].outcome is Outcome.PASSED:
        checks.append(_ask_model(secured))
    if checks[-1].outcome is Outcome.PASSED:
        checks += ask_signature(secured, resolver)
    return checks


def _ask_model(secured: Secured) -> Check:
    fault = jwt.fault_in_claims(secured.token) if secured.token else ""
    if fault:
        return Check("model", Outcome.FAILED, fault)
    return model.ask(secured.document, is_signed=secured.is_signed)


def _report(document: dict, checks: list[Check], findings: list[Finding], inner, now: datetime) -> Report:
    worst = gravest(findings)
    return Report(
        verdict=worst.verdict,
        checks=tuple(checks),
        checked_at=now,
        document=document,
        issuer_id=reading.issuer_id(document),
        issuer_name=reading.issuer_name(document),
        subject_name=reading.subject_name(document),
        title=reading.title(document),
        valid_from=reading.valid_from(document),
        valid_until=reading.valid_until(document),
        reason="" if worst.verdict is Verdict.VALID else worst.check.sentence,
        inner=inner,
    )


# A newer copy (C-26): asked for once, after the proof; without one, the copy that was brought counts


def _refresh_address(document: dict) -> str:
    for service in map(reading.one, reading.listed(document.get("refreshService"))):
        if "1EdTechCredentialRefresh" in reading.types(service):
            return reading.plain(service.get("id"))
    return ""


def _ask_for_newer(secured: Secured, url: str, resolver: Resolver) -> tuple[Secured, Check]:
    try:
        newer = opened(resolver.refreshed(url))
    except (Unreachable, Malformed) as error:
        sentence = (
            "Whether there is a newer copy could not be found out; the copy that was brought is judged."
        )
        return secured, Check("refresh", Outcome.UNKNOWN, sentence, detail=f"{url} {error}")
    if newer.document == secured.document:
        return secured, Check("refresh", Outcome.PASSED, "It is the newest copy.", detail=url)
    checks = _ask_whose_word_it_is(newer, resolver)
    if not _replaces(newer.document, secured.document) or any(
        item.outcome is not Outcome.PASSED for item in checks
    ):
        sentence = "What its issuer offers as a newer copy is none; the copy that was brought is judged."
        return secured, Check("refresh", Outcome.UNKNOWN, sentence, detail=f"{url} {checks[-1].sentence}")
    sentence = "Its issuer has a newer copy, which is judged here instead of the one that was brought."
    return newer, Check("refresh", Outcome.PASSED, sentence, detail=url)


def _replaces(newer: dict, older: dict) -> bool:
    """A-09: the same credential of the same issuer, not from an earlier day."""
    same = newer.get("id") == older.get("id") and reading.issuer_id(newer) == reading.issuer_id(older)
    start, before = reading.valid_from(newer), reading.valid_from(older)
    return same and start is not None and before is not None and start >= before


# The credentials inside a learner record (CLR 2.0)


def _held(document: dict) -> object:
    if model.kind_of(document) is not model.Kind.RECORD:
        return None
    return reading.subject_of(document).get("verifiableCredential")


def _inner_reports(document: dict, resolver: Resolver, now: datetime) -> tuple[Report, ...]:
    """Each judged by itself. A record inside a record is not opened."""
    held = reading.listed(_held(document))[:MAX_INNER]
    return tuple(
        _refused_record(now)
        if isinstance(item, dict) and model.kind_of(item) is model.Kind.RECORD
        else _judged(item, resolver, now, may_refresh=False)
        for item in held
    )


def _refused_record(now: datetime) -> Report:
    sentence = "It is a record inside of a record, which we do not open."
    return unproven([Check("model", Outcome.UNKNOWN, sentence)], now)


def with_inner(report: Report, inner: tuple[Report, ...]) -> Report:
    """The same Report where more is known about the credentials inside of it: their standing, no more."""
    summed = _sum_up(inner, len(reading.listed(_held(report.document or {})))).check
    checks = tuple(summed if check.name == summed.name else check for check in report.checks)
    return replace(report, checks=checks, inner=inner)


_HELD_WORDS = {
    Verdict.INVALID: "not valid",
    Verdict.REVOKED: "revoked",
    Verdict.SUSPENDED: "suspended",
    Verdict.EXPIRED: "expired",
    Verdict.NOT_YET_VALID: "not yet valid",
    Verdict.UNKNOWN: "not checked wholly",
}


def _sum_up(inner: tuple[Report, ...], number: int) -> Finding:
    """What they mean for the record: a false one spoils it, an expired one only stands in it."""
    counted = {verdict: sum(report.verdict is verdict for report in inner) for verdict in _HELD_WORDS}
    told = [f"{count} {_HELD_WORDS[verdict]}" for verdict, count in counted.items() if count]
    if number > len(inner):
        told.append(f"{number - len(inner)} not looked at")
    if not told:
        sentence = (
            "The credential in it is valid." if number == 1 else f"All {number} credentials in it are valid."
        )
        return Finding(Check("inner", Outcome.PASSED, sentence), Verdict.VALID)
    sentence = f"Of the {number} credentials in it, {' and '.join(told)}."
    if number == 1:
        sentence = f"The credential in it is {told[0].removeprefix('1 ')}."
    if counted[Verdict.INVALID]:
        return Finding(Check("inner", Outcome.FAILED, sentence), Verdict.INVALID)
    if counted[Verdict.UNKNOWN] or number > len(inner):
        return Finding(Check("inner", Outcome.UNKNOWN, sentence), Verdict.UNKNOWN)
    return Finding(Check("inner", Outcome.FAILED, sentence), Verdict.VALID)
