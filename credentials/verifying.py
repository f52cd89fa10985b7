"""Ask the questions a verifier asks: ours from our own shelves, others' through the one door out.

The page of a credential and the file of a stranger go through the same `openbadges.verify.verify`; only where
keys and status lists come from differs.
"""

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from credentials import extracting, fetching, paper
from credentials.models import Award, Endorsement, ErasedAward, StatusList
from credentials.openbadges import controllers, elsewhere, endorsing, jwt, keys, model, reading, verify
from credentials.openbadges import document as standard
from credentials.openbadges.keys import PublicKey
from credentials.openbadges.verify import Outcome, Report, Verdict
from issuers import did, multikey
from issuers.models import Issuer, SigningKey
from issuers.text import day_of, minute_of

MOST_FETCHES = 12  # for one verification: its key, its lists, the keys of those, of endorsements
SLUG = re.compile(r"[a-z0-9-]{1,40}\Z")
LIST_NAME = re.compile(r"[a-z0-9-]{1,36}\Z")
UUID_IN_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
JSON_KINDS = "application/vc+ld+json, application/vc, application/ld+json, application/json"
KEY_KINDS = "application/did+json, application/did+ld+json, application/jwk+json, application/json"
SIGNED_KINDS = f"{JSON_KINDS}, application/vc+jwt, text/plain;q=0.5"
AROUND_ADDRESSES = "<>\"'“”„«»‹›"
CODE_ALONE = (
    "Only the credential behind the QR code was checked, not the paper in the picture: compare the name, the "
    "title and the dates on it with those that stand here."
)


class Shelves:
    """Keys and lists of this site from its database, of others through `fetching`. A `verify.Resolver`."""

    def __init__(self, door: fetching.Door | None = None, *, judged: dict | str | None = None):
        self.door, self.fetches = fetching.for_one_outing(door), 0
        self.judged = judged  # the document or token, to see whether our books know it

    def verification_key(self, verification_method: str, controller: str) -> PublicKey:
        if issuer := own_issuer(controller):
            key = _own_key(issuer, verification_method.removesuffix(did.ES256))
            public = self._public_part(key, issuer)
            return _token_form(key) if verification_method.endswith(did.ES256) else public
        return controllers.key_of(verification_method, controller, self._key_document)

    def issuer_keys(self, controller: str) -> Sequence[PublicKey]:
        if issuer := own_issuer(controller):
            return [self._public_part(key, issuer) for key in issuer.keys.filter(compromised_at=None)]
        return controllers.keys_of(controller, self._key_document)

    def _key_document(self, identifier: str) -> dict:
        """Where a stranger's keys stand: the document of a DID, or what is at an https address."""
        try:
            url = did.url_of(identifier) if identifier.startswith("did:") else identifier
        except ValueError as wrong:
            raise verify.Unreachable(f"This kind of issuer name cannot be looked up: {wrong}") from wrong
        found = self._answer(url, KEY_KINDS)
        if not _at_home(found.url, url):
            raise verify.Unreachable(f"{url} leads to another site, whose key proves nothing about this one.")
        return _parsed(found.body, url)

    def recorded_at(self) -> dt.datetime | None:
        """When our books took in this very document or token; None if they have not."""
        return None

    def _endorsed_at(self, key: SigningKey, issuer: Issuer) -> dt.datetime | None:
        """When our books took in all that this issuer endorsed inside of somebody else's badge."""
        judged = self.judged if isinstance(self.judged, dict) else {}
        if reading.issuer_id(judged) == issuer.did or model.kind_of(judged) is not model.Kind.BADGE:
            return None
        inside = endorsing.embedded(judged)
        kept = {bytes(one.document): one.created_at for one in Endorsement.objects.filter(signing_key=key)}
        found = [kept.get(standard.serialise(one)) for one in inside if reading.issuer_id(one) == issuer.did]
        moments = [moment for moment in found if moment]
        return max(moments) if moments and len(moments) == len(found) else None

    def _public_part(self, key: SigningKey, issuer: Issuer) -> PublicKey:
        """A stolen key still vouches for what we recorded while it was in the right hands (TRUST.md 9)."""
        if key.compromised_at:
            recorded = self._endorsed_at(key, issuer) or self.recorded_at()
            if recorded is None or recorded >= key.compromised_at:
                when = f"recorded only on {minute_of(recorded)}" if recorded else "not recorded"
                raise verify.NotTheirKey(
                    f"{issuer.name} withdrew this key: from {minute_of(key.compromised_at)} on it was in "
                    f"other hands. This credential was {when} here, so whoever stole the key may have made "
                    "it."
                )
        return keys.ed25519(multikey.decode(key.public_multibase))

    def status_list(self, url: str) -> dict | str:
        if url.startswith(settings.PUBLIC_BASE_URL + "/status/"):
            return _own_list(url)
        return self._signed(url)

    def refreshed(self, url: str) -> dict | str:
        return self._signed(url)

    def hosted(self, url: str) -> dict:
        return _parsed(self._answer(url, JSON_KINDS).body, url)

    def _signed(self, url: str) -> dict | str:
        """A credential: a document, or a token as text."""
        body = self._answer(url, SIGNED_KINDS).body
        return body.decode("ascii", "replace") if body.startswith(b"eyJ") else _parsed(body, url)

    def _answer(self, url: str, accept: str) -> fetching.Fetched:
        """What stands at an address of somebody else's; a stranger cannot make us ask at many."""
        self.fetches += 1
        if self.fetches > MOST_FETCHES:
            raise verify.Unreachable(f"It names more than {MOST_FETCHES} other addresses to ask.")
        try:
            return fetching.fetch(url, accept=accept, door=self.door)
        except (fetching.FetchRefused, fetching.FetchFailed) as complaint:
            if getattr(complaint, "status", 0) == 410:
                raise verify.Gone({}) from complaint
            raise verify.Unreachable(f"{url} could not be read: {complaint}") from complaint

    def know_issuer(self, issuer_id: str) -> tuple[Outcome, str]:
        if issuer := own_issuer(issuer_id):
            return _own_identity(issuer)
        if host := _host_of(issuer_id):
            return Outcome.UNKNOWN, f"We do not know this issuer. Whoever runs {host} issued it."
        return Outcome.UNKNOWN, "We do not know this issuer: it is named by nothing but a key."


class ReadWith(Shelves):
    """For the document or token of an award that was read with its key, list and issuer (`for_page`): nothing
    is asked for again."""

    def __init__(self, award: Award, judged: dict | str, door: fetching.Door | None = None):
        super().__init__(door, judged=judged)
        self.award, self.issuer, self.did = award, award.issuer, award.issuer.did

    def verification_key(self, verification_method: str, controller: str) -> PublicKey:
        key = self.award.signing_key
        theirs = key.issuer_id == self.issuer.pk and controller == self.did
        if theirs and verification_method == f"{self.did}#{key.fragment}":
            return self._public_part(key, self.issuer)
        return super().verification_key(verification_method, controller)

    def recorded_at(self) -> dt.datetime | None:
        return self.award.recorded_at

    def status_list(self, url: str) -> dict | str:
        found = self.award.status_list
        if url == found.url and found.document:
            return standard.parse(bytes(found.document))
        return super().status_list(url)

    def know_issuer(self, issuer_id: str) -> tuple[Outcome, str]:
        return _own_identity(self.issuer) if issuer_id == self.did else super().know_issuer(issuer_id)


def verify_award(award: Award) -> Report:
    """The live Report of one of our own: no network, the database only."""
    document = standard.parse(bytes(award.document))
    report = verify.verify(document, ReadWith(award, document), now=timezone.now())
    return _as_we_know(award, report)


def verify_document(brought: dict | str, *, door: fetching.Door | None = None) -> Report:
    """The Report of any document or token. On one of ours we also say what the issuer told us besides its
    list.

    `door` is how we go out for a stranger's key and list; without it, as the settings say.
    """
    if award := _award_with(brought):
        report = verify.verify(brought, ReadWith(award, brought, door), now=timezone.now())
        return _as_we_know(award, report)
    report = verify.verify(brought, Shelves(door, judged=brought), now=timezone.now())
    if report.inner:
        return verify.with_inner(report, tuple(map(_as_our_books_say, report.inner)))
    return _as_our_books_say(report)


def _as_our_books_say(report: Report) -> Report:
    if award := _own_award(report):
        return _as_we_know(award, report)
    if erased := _erased_award(report):
        return report.with_standing(
            Verdict.REVOKED,
            f"It was withdrawn on {day_of(erased.erased_at)}, and what this site held of it and of its "
            "holder was erased. It does not count any more.",
        )
    return report


def _erased_award(report: Report) -> ErasedAward | None:
    """What is left of the award whose document this was, if its signature held and it was one of ours."""
    identifier = report.document.get("id") if report.document else None
    found = UUID_IN_TEXT.search(identifier) if isinstance(identifier, str) else None
    kept = ErasedAward.objects.select_related("status_list__issuer").defer("status_list__document")
    erased = kept.filter(pk=uuid.UUID(found[0])).first() if found else None
    ours = erased and (erased.url, erased.status_list.issuer.did) == (identifier, report.issuer_id)
    return erased if ours else None


def _own_award(report: Report) -> Award | None:
    """The award whose document this is, if its signature held and it is one of ours."""
    award = _award_of(report.document) if report.document else None
    return award if award and award.issuer.did == report.issuer_id else None


def _award_of(document: dict) -> Award | None:
    """The award that a document says it is. Whether it says so rightly is another question."""
    identifier = document.get("id")
    found = UUID_IN_TEXT.search(identifier) if isinstance(identifier, str) else None
    award = Award.objects.for_page().filter(pk=uuid.UUID(found[0])).first() if found else None
    return award if award and award.url == identifier else None


def _award_with(judged: dict | str) -> Award | None:
    """The award that has this very document, or this very token."""
    if isinstance(judged, dict):
        award = _award_of(judged)
        return award if award and standard.parse(bytes(award.document)) == judged else None
    try:
        award = _award_of(jwt.take_apart(judged).document)
    except standard.Malformed:
        return None
    kept = getattr(award, "compact_form", None)
    return award if kept and kept.token == judged.strip() else None


def _as_we_know(award: Award, report: Report) -> Report:
    """Why and when it was revoked, that it is suspended, why its key counts: no list and no key says that."""
    report = _with_the_story_of_its_key(award, report)
    if award.revoked_at:
        did_what = "replaced it by another one" if hasattr(award, "replaced_by") else "revoked it"
        reason = f" The reason given: {award.revocation_reason}" if award.revocation_reason else ""
        return report.with_standing(
            Verdict.REVOKED, f"Its issuer {did_what} on {day_of(award.revoked_at)}.{reason}"
        )
    if award.suspended_at:
        return report.with_standing(
            Verdict.SUSPENDED,
            f"Its issuer suspended it on {day_of(award.suspended_at)}: for now it does not count.",
        )
    return report


def _with_the_story_of_its_key(award: Award, report: Report) -> Report:
    """Why a stolen key is believed here, where our books knew the credential before."""
    key = award.signing_key
    if not key.compromised_at:
        return report
    story = verify.Check(
        "issuer_key",
        Outcome.PASSED,
        f"{award.issuer.name} withdrew the key that signed it: from {minute_of(key.compromised_at)} on it "
        f"was in other hands. This site recorded the credential before, on {minute_of(award.recorded_at)}, "
        "so it counts.",
        detail=f"{award.issuer.did}#{key.fragment}",
    )
    checks = (story if replace(one, sentence=story.sentence) == story else one for one in report.checks)
    return replace(report, checks=tuple(checks))


def verify_anything(data: bytes, name: str, *, door: fetching.Door | None = None) -> Report:
    """A file as somebody dropped it: JSON, JWT, PDF, a picture of a badge, or a photo of its QR code."""
    try:
        found = extracting.document_in(data, name=name)
    except extracting.TookTooLong as complaint:
        return _unreachable(str(complaint))
    except extracting.Unreadable as complaint:
        return _unreadable(str(complaint))
    if found.brought is None:
        report = verify_address(found.address, door=door)
    else:
        report = _with_its_cover(verify_document(found.brought, door=door), data)
    if found.carrier == "qr" and report.document:
        return replace(report, remarks=(*report.remarks, CODE_ALONE))
    return report


def _with_its_cover(report: Report, data: bytes) -> Report:
    """What is to be said about the picture or the paper around a credential besides."""
    if report.document and (data.startswith(extracting.PNG) or extracting.looks_like_svg(data)):
        remarks = elsewhere.of_picture(data, report.document)
        return replace(report, remarks=(*report.remarks, *remarks))
    return paper.compared(report, data)


def whole_address(text: str) -> str:
    """What somebody pasted, without the brackets or quotes that a letter sets around an address.

    An address without its scheme gets it, else a foreign one would pass for ours; scheme and host, which mean
    the same in any case, are written small.
    """
    text = text.strip().strip(AROUND_ADDRESSES).strip()
    if "://" in text:
        scheme, _, rest = text.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.lower()}{slash}{path}"
    host, slash, path = text.partition("/")
    if not slash or "." not in host:
        return text
    scheme, _, ours = settings.PUBLIC_BASE_URL.partition("://")
    return f"{scheme if host.lower() == ours else 'https'}://{host.lower()}{slash}{path}"


def verify_address(text: str, *, door: fetching.Door | None = None) -> Report:
    """An address or id as somebody pasted it: ours is looked up, any other https address is fetched."""
    text = whole_address(text)
    found = UUID_IN_TEXT.search(text)
    if "://" not in text or text.startswith(settings.PUBLIC_BASE_URL + "/"):
        visible = Award.objects.for_page().exclude(visibility=Award.Visibility.PRIVATE)
        award = visible.filter(pk=uuid.UUID(found[0])).first() if found else None
        if award is None:
            return _unreadable(
                "There is no credential at this address or with this id here. It may be mistyped, private or "
                "withdrawn."
            )
        return verify_award(award)
    door = fetching.for_one_outing(door)
    try:
        fetched = fetching.fetch(text, accept=SIGNED_KINDS, door=door)
        held = extracting.document_in(fetched.body, name=fetched.url)
    except (fetching.FetchRefused, fetching.FetchFailed) as complaint:
        return _unreachable(f"The address could not be read: {complaint}")
    except extracting.TookTooLong as complaint:
        return _unreachable(str(complaint))
    except extracting.Unreadable as complaint:
        return _unreadable(str(complaint))
    if held.brought is None:
        return _unreadable("At this address is a picture with another address in it. Bring that one.")
    return _with_its_cover(verify_document(held.brought, door=door), fetched.body)


def _unreadable(sentence: str) -> Report:
    return verify.unreadable(sentence, now=timezone.now())


def _unreachable(sentence: str) -> Report:
    """Nothing was read, so nothing is known; that does not make it false."""
    check = verify.Check("readable", Outcome.UNKNOWN, sentence)
    return Report(Verdict.UNKNOWN, (check,), timezone.now(), None, reason=sentence)


def own_issuer(issuer_id: str) -> Issuer | None:
    prefix = did.did_web(settings.PUBLIC_BASE_URL, "issuers", "")
    slug = issuer_id.removeprefix(prefix)
    if slug == issuer_id or not SLUG.match(slug):  # PostgreSQL refuses to look for a NUL
        return None
    return Issuer.objects.filter(slug=slug).first()


def _own_key(issuer: Issuer, verification_method: str) -> SigningKey:
    fragment = verification_method.removeprefix(f"{issuer.did}#key-")
    found = (
        SigningKey.objects.filter(issuer=issuer, number=int(fragment)).first()
        if _is_number(fragment)
        else None
    )
    if found is None:
        raise verify.NotTheirKey(f"{issuer.name} has no such key.")
    return found


def _token_form(key: SigningKey) -> PublicKey:
    if not hasattr(key, "token_key"):
        raise verify.NotTheirKey(f"{key.issuer.name} has no such key.")
    return keys.from_jwk(key.token_key.jwk)


def _is_number(text: str) -> bool:
    """A number that the database can hold; a stranger's may have any length."""
    return text.isascii() and text.isdecimal() and len(text) < 10


def _own_list(url: str) -> dict:
    name = url.rpartition("/")[2]
    found = StatusList.objects.filter(public_id=name).first() if LIST_NAME.match(name) else None
    if found is None or found.document is None:
        raise verify.Unreachable("This site has no such status list.")
    return standard.parse(bytes(found.document))


def _own_identity(issuer: Issuer) -> tuple[Outcome, str]:
    if issuer.suspended_at:
        return Outcome.FAILED, f"{issuer.name} was suspended on this site on {issuer.suspended_at:%d %B %Y}."
    if issuer.verified_domain:
        return (
            Outcome.PASSED,
            f"{issuer.name} is an issuer of this site and has proven that it owns {issuer.verified_domain}.",
        )
    if issuer.lost_domain and issuer.domain_lost_at:
        return (
            Outcome.PASSED,
            f"{issuer.name} is an issuer of this site. It had proven that it owns {issuer.lost_domain}, but "
            f"the proof was gone on {day_of(issuer.domain_lost_at)}.",
        )
    return Outcome.PASSED, f"{issuer.name} is an issuer of this site. It has not proven a domain of its own."


def _at_home(answered: str, asked: str) -> bool:
    """Whether an answer came from the site that was asked, or from one that is part of it."""
    there, here = (urlsplit(url).hostname or "" for url in (answered, asked))
    return there == here or there.endswith(f".{here}") or here.endswith(f".{there}")


def _host_of(issuer_id: str) -> str:
    """The site that an issuer is named by; "" if it is named by something else."""
    try:
        url = did.url_of(issuer_id) if issuer_id.startswith("did:web:") else issuer_id
        return urlsplit(url).netloc if url.startswith("https://") else ""
    except ValueError:
        return ""


def _parsed(body: bytes, url: str) -> dict:
    try:
        return standard.parse(body)
    except standard.Malformed as complaint:
        raise verify.Unreachable(f"{url} is not what it should be: {complaint}") from complaint
