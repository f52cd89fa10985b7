"""Open Badges 2.0, hosted and signed: an assertion in, a Report out (STANDARDS.md §5).

A hosted badge is true because its issuer's site says so at its own address; a signed one because the key is
one that the issuer's profile names. The recipient is a hash, which nobody but the earner can try.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from . import contexts, jwt, reading, validity
from .document import Malformed
from .keys import PublicKey, UnusableKey, from_jwk, from_pem
from .reading import listed, one, plain, types
from .report import Check, Finding, Outcome, Report, Verdict, gravest, unproven
from .resolving import Gone, NotTheirKey, Resolver, Unreachable

_HOSTED, _SIGNED = {"hosted", "HostedBadge"}, {"signed", "SignedBadge"}
_START = [
    Check("readable", Outcome.PASSED, "It can be read."),
    Check("contexts", Outcome.PASSED, "It is written in a vocabulary that is known here."),
]
_MODEL = Check("model", Outcome.PASSED, "It has the form of an Open Badges 2.0 assertion.")


@dataclass(frozen=True)
class _Badge:
    """An assertion with what it refers to, all as the issuer publishes it."""

    assertion: dict
    badge: dict
    issuer: dict

    def as_document(self) -> dict:
        return self.assertion | {"badge": self.badge | {"issuer": self.issuer}}


class _Stopped(Exception):
    """A check that did not pass, so that no further one makes sense."""

    def __init__(self, name: str, outcome: Outcome, sentence: str, detail: str = ""):
        super().__init__(sentence)
        self.check = Check(name, outcome, sentence, detail)


def is_one(brought: object) -> bool:
    """Whether this is an assertion of Open Badges 2.0, plain or in a token."""
    if isinstance(brought, str):
        try:
            brought = jwt.take_apart(brought).claims
        except Malformed:
            return False
    if not isinstance(brought, dict) or "Assertion" not in types(brought):
        return False
    return any(isinstance(url, str) and url in contexts.OB2_ANY for url in listed(brought.get("@context")))


def verify(brought: dict | str, resolver: Resolver, *, now: datetime) -> Report:
    """The Report on an assertion. Whatever it holds, this does not raise."""
    checks = list(_START)
    try:
        if isinstance(brought, str):
            found, said = _signed(jwt.take_apart(brought), resolver)
        else:
            found, said = _hosted(brought, resolver)
        checks += [_MODEL, *said]
        findings = [
            validity.ask(*_dates(found.assertion), now),
            _ask_status(found, resolver, isinstance(brought, str)),
        ]
    except _Stopped as stopped:
        return unproven([*checks, stopped.check], now)
    except Gone as gone:
        return _taken_back(gone.document, checks, now)
    checks += [finding.check for finding in findings]
    checks.append(Check("issuer_known", *resolver.know_issuer(plain(found.issuer.get("id")))))
    return _report(found, checks, findings, now)


def translated(document: dict) -> dict:
    """An assertion, as a Report holds it, in the words of Open Badges 3.0, to be shown; any other document
    as it is."""
    if not is_one(document):
        return document
    badge = one(document.get("badge"))
    achievement = {"name": badge.get("name"), "description": badge.get("description")}
    criteria = badge.get("criteria")
    achievement["criteria"] = {"id": criteria} if isinstance(criteria, str) else criteria
    achievement |= {"alignment": badge.get("alignment"), "tag": badge.get("tags")}
    evidence = [{"id": item} if isinstance(item, str) else item for item in listed(document.get("evidence"))]
    return {
        "id": document.get("id"),
        "issuer": badge.get("issuer"),
        "credentialSubject": {"achievement": achievement | {"id": badge.get("id")}},
        "evidence": evidence,
        "validFrom": document.get("issuedOn"),
        "validUntil": document.get("expires"),
    }


def _report(found: _Badge, checks: list[Check], findings: list[Finding], now: datetime) -> Report:
    worst = gravest(findings)
    return Report(
        verdict=worst.verdict,
        checks=tuple(checks),
        checked_at=now,
        document=found.as_document(),
        issuer_id=plain(found.issuer.get("id")),
        issuer_name=plain(found.issuer.get("name")),
        title=plain(found.badge.get("name")),
        valid_from=reading.moment(found.assertion.get("issuedOn")),
        valid_until=reading.moment(found.assertion.get("expires")),
        reason="" if worst.verdict is Verdict.VALID else worst.check.sentence,
    )


def _taken_back(document: dict, checks: list[Check], now: datetime) -> Report:
    """O-06: the address answers 410. That it is revoked is certain, what it said is not."""
    unsaid = "Its issuer does not publish it any more, so whether it was changed cannot be found out."
    sentence = _revoked_because(document.get("revocationReason"))
    all_checks = (
        *checks,
        _MODEL,
        Check("signature", Outcome.UNKNOWN, unsaid),
        Check("status", Outcome.FAILED, sentence),
    )
    return Report(Verdict.REVOKED, all_checks, now, None, reason=sentence)


# Is it its issuer's word?


def _hosted(brought: dict, resolver: Resolver) -> tuple[_Badge, list[Check]]:
    """Raises _Stopped, Gone."""
    if _kinds_of_verification(brought) & _SIGNED:
        sentence = "Its signature was not brought along: bring the image or the text that holds it."
        raise _Stopped("signature", Outcome.UNKNOWN, sentence)
    url = _required_address(brought.get("id"))
    assertion = _get(url, "Assertion", resolver)
    _require_unchanged(brought, assertion)
    found = _with_issuer(assertion, resolver)
    if _site(url) != _site(plain(found.issuer.get("id"))):
        found = replace(found, issuer=_get(_required_address(found.issuer.get("id")), "", resolver))
    _require_scope(url, found.issuer)
    return found, [
        Check("signature", Outcome.PASSED, "Its issuer publishes it just so.", detail=url),
        Check("issuer_key", Outcome.PASSED, "It stands on its issuer's own site.", detail=_site(url)),
    ]


def _signed(token: jwt.Token, resolver: Resolver) -> tuple[_Badge, list[Check]]:
    """Raises _Stopped."""
    if jwt.kind_of_key(token.header) is None or {"crit", "b64", "jku", "x5u"} & token.header.keys():
        sentence = "It is not signed in a way that proves anything."
        raise _Stopped("signature", Outcome.FAILED, sentence)
    assertion = token.claims
    if not _kinds_of_verification(assertion) & _SIGNED:
        raise _Stopped("model", Outcome.FAILED, "It is signed, but says that it is not.")
    found = _with_issuer(assertion, resolver)
    creator = plain(one(assertion.get("verification")).get("creator"))
    key = _key_of_issuer(creator, found.issuer, resolver)
    fits = jwt.kind_of_key(token.header) is key.kind
    if not fits or not key.verifies(token.signature, token.signing_input):
        sentence = "It was changed after it was signed, or it was never signed by this issuer."
        raise _Stopped("signature", Outcome.FAILED, sentence)
    return found, [
        Check("signature", Outcome.PASSED, "Nothing was changed since it was signed."),
        Check("issuer_key", Outcome.PASSED, "It was signed with a key of its issuer.", detail=creator),
    ]


def _with_issuer(assertion: dict, resolver: Resolver) -> _Badge:
    badge = _part(assertion.get("badge"), "BadgeClass", resolver)
    issuer = _part(badge.get("issuer"), "", resolver)
    if not plain(badge.get("name")):
        raise _Stopped("model", Outcome.FAILED, "The achievement has no name.")
    if reading.moment(assertion.get("issuedOn")) is None:
        raise _Stopped("model", Outcome.FAILED, "It does not say when it was issued.")
    if "expires" in assertion and reading.moment(assertion["expires"]) is None:
        raise _Stopped("model", Outcome.FAILED, "One of its dates cannot be read.")
    if not one(assertion.get("recipient")):
        raise _Stopped("model", Outcome.FAILED, "It does not say who earned it.")
    return _Badge(assertion, badge, issuer)


def _part(reference: object, kind: str, resolver: Resolver) -> dict:
    """What an assertion refers to: by its address, or written inside."""
    if isinstance(reference, dict):
        return reference
    return _get(_required_address(reference), kind, resolver)


def _get(url: str, kind: str, resolver: Resolver) -> dict:
    try:
        found = resolver.hosted(url)
    except Gone as gone:
        if kind == "Assertion":
            raise
        sentence = "What it refers to is no longer published by its issuer."
        raise _Stopped("signature", Outcome.UNKNOWN, sentence, url) from gone
    except Unreachable as error:
        sentence = "Its issuer's site could not be asked, so whether it was changed is unknown."
        raise _Stopped("signature", Outcome.UNKNOWN, sentence, f"{url} {error}") from error
    if found.get("id") != url or (kind and kind not in types(found)):
        sentence = "What stands at its address is something else."
        raise _Stopped("signature", Outcome.FAILED, sentence, url)
    return found


def _required_address(value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        raise _Stopped("model", Outcome.FAILED, "It does not name an address where its issuer publishes it.")
    return value


def _require_unchanged(brought: dict, published: dict) -> None:
    """The published copy decides; whoever brings another one shall hear that it is another one."""
    for name in ("recipient", "badge", "issuedOn", "expires", "evidence", "narrative"):
        if name in brought and _comparable(brought[name]) != _comparable(published.get(name)):
            sentence = "It differs from what its issuer publishes at its address."
            raise _Stopped("signature", Outcome.FAILED, sentence, name)


def _comparable(value: object) -> object:
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return value["id"]
    return reading.moment(value) or value


def _require_scope(url: str, issuer: dict) -> None:
    """O-05: an assertion begins as its issuer allows; by default, on its own site. Of another site's badges
    only the profile at the issuer's own address decides: one inside of the badge could allow anything."""
    issuer_id, policy = plain(issuer.get("id")), one(issuer.get("verification"))
    starts = [text for text in listed(policy.get("startsWith")) if isinstance(text, str)]
    origins = [text for text in listed(policy.get("allowedOrigins")) if isinstance(text, str)]
    named = {origin.rpartition("//")[2] for origin in origins} or {_site(issuer_id)}
    if starts and not any(url.startswith(start) and _site(start) == _site(url) for start in starts):
        raise _Stopped("issuer_key", Outcome.FAILED, "It stands where its issuer publishes no badges.", url)
    if not starts and (not _site(issuer_id) or _site(url) not in named):
        sentence = "It stands on another site than its issuer's, so anybody could have put it there."
        raise _Stopped("issuer_key", Outcome.FAILED, sentence, f"{url} {issuer_id}")


def _site(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower()


def _key_of_issuer(creator: str, issuer: dict, resolver: Resolver) -> PublicKey:
    """The key that the issuer's own profile names. Raises _Stopped."""
    written_out = {
        plain(key.get("id")): key for key in listed(issuer.get("publicKey")) if isinstance(key, dict)
    }
    names = {key for key in listed(issuer.get("publicKey")) if isinstance(key, str)} | set(written_out)
    issuer_id = plain(issuer.get("id"))
    try:
        if not creator or creator not in names or not _is_published_by_itself(issuer, issuer_id, resolver):
            raise NotTheirKey("The issuer does not publish the key that signed this.")
        key = written_out.get(creator) or resolver.hosted(creator)
        if key.get("owner", issuer_id) != issuer_id or key.get("id", creator) != creator:
            raise NotTheirKey("The key that signed this belongs to somebody else.")
        return from_pem(key["publicKeyPem"]) if "publicKeyPem" in key else from_jwk(key.get("publicKeyJwk"))
    except (NotTheirKey, UnusableKey) as error:
        raise _Stopped("issuer_key", Outcome.FAILED, str(error), creator) from error
    except Unreachable as error:
        sentence = "The issuer's key could not be fetched, so whether it was changed is unknown."
        raise _Stopped("signature", Outcome.UNKNOWN, sentence, f"{creator} {error}") from error


def _is_published_by_itself(issuer: dict, issuer_id: str, resolver: Resolver) -> bool:
    """A profile that was brought inside of the badge could name any key: the one at its address counts."""
    published = resolver.hosted(_required_address(issuer_id))
    return published.get("id") == issuer_id and published.get("publicKey") == issuer.get("publicKey")


def _kinds_of_verification(assertion: dict) -> set[str]:
    stated = one(assertion.get("verification")) or one(assertion.get("verify"))
    return {kind for kind in types(stated) if isinstance(kind, str)}


# Does it hold today?


def _dates(assertion: dict) -> tuple[datetime | None, datetime | None]:
    return reading.moment(assertion.get("issuedOn")), reading.moment(assertion.get("expires"))


def _ask_status(found: _Badge, resolver: Resolver, is_signed: bool) -> Finding:
    if found.assertion.get("revoked"):
        return _revoked(found.assertion.get("revocationReason"), plain(found.assertion.get("id")))
    address = found.issuer.get("revocationList")
    if not is_signed or address is None:
        sentence = (
            "It has not been revoked." if not is_signed else "Its issuer keeps no list of revoked badges."
        )
        return Finding(Check("status", Outcome.PASSED, sentence), Verdict.VALID)
    try:
        listing = address if isinstance(address, dict) else resolver.hosted(plain(address))
    except Unreachable as error:
        return _status_unknown("the issuer's list could not be fetched.", str(error))
    if not isinstance(listing.get("revokedAssertions"), list) or _foreign(listing, found.issuer):
        return _status_unknown("what stands at the list's address is not its issuer's list.", plain(address))
    names = {
        found.assertion.get(name) for name in ("id", "uid") if isinstance(found.assertion.get(name), str)
    }
    for entry in _revoked_entries(listing):
        if names & {entry.get("id"), entry.get("uid")} - {None}:
            return _revoked(entry.get("revocationReason"), plain(address))
    return Finding(Check("status", Outcome.PASSED, "It has not been revoked.", plain(address)), Verdict.VALID)


def _foreign(listing: dict, issuer: dict) -> bool:
    owner = listing.get("issuer")
    return owner is not None and (plain(one(owner).get("id")) or plain(owner)) != plain(issuer.get("id"))


def _revoked_entries(listing: dict) -> Iterator[dict]:
    for entry in listing["revokedAssertions"]:
        if isinstance(entry, str):
            yield {"id": entry}
        elif isinstance(entry, dict):
            yield {name: value for name, value in entry.items() if isinstance(value, str)}


def _revoked(reason: object, detail: str) -> Finding:
    return Finding(Check("status", Outcome.FAILED, _revoked_because(reason), detail), Verdict.REVOKED)


def _revoked_because(reason: object) -> str:
    text = plain(reason).strip()[:300]
    return f"Its issuer has revoked it. The reason given: {text}" if text else "Its issuer has revoked it."


def _status_unknown(why: str, detail: str) -> Finding:
    sentence = f"Whether it was revoked could not be found out: {why}"
    return Finding(Check("status", Outcome.UNKNOWN, sentence, detail=detail), Verdict.UNKNOWN)
