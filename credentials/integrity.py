"""Read again everything that was ever signed, published or written down, and say what is not as it was.

Each award goes the way of a verifier: its bytes, their hash, its signature by its key, its place in the list
of the revoked. Nothing is mended here.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Exists, OuterRef

from credentials import standing, verifying
from credentials.models import Award, CompactForm, Endorsement, ErasedAward, JobState, Rendering, StatusList
from credentials.openbadges import document as standard
from credentials.openbadges import jwt, proof, status_list
from credentials.openbadges import keys as public_keys
from issuers import journal, keys, multikey, triggers
from issuers.models import Issuer, SigningKey, SiteKey

CHUNK = 500
APPS = ("issuers", "skills", "credentials", "portfolios")


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was: `what` is app.model:key, or the name of a rule of the database."""

    what: str
    sentence: str


@dataclass(frozen=True)
class Part:
    """What is read again: `look` gives, for each of `total` things, what is wrong with it."""

    name: str
    total: int
    look: Callable[[], Iterator[list[Finding]]]


def parts() -> list[Part]:
    """All that can be read again, the rules of the database first."""
    drawn = Rendering.objects.filter(state=JobState.DONE).exclude(sha256="")
    tables = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    wanted = sorted(triggers.guards())
    return [
        Part("rules of the database", len(tables) + len(wanted), lambda: _rules(tables, wanted)),
        Part("issuers", Issuer.objects.count(), _issuers),
        Part("keys", SigningKey.objects.count() + SiteKey.objects.count(), _keys),
        Part("awards", Award.objects.count(), _awards),
        Part("erased credentials", ErasedAward.objects.count(), _erased),
        Part("tokens", CompactForm.objects.count(), _tokens),
        Part("endorsements", Endorsement.objects.count(), _endorsements),
        Part("status lists", StatusList.objects.count(), _lists),
        Part("files", drawn.count(), lambda: _files(drawn)),
    ]


def _about(row: models.Model, *sentences: str) -> list[Finding]:
    return [Finding(f"{row._meta.label_lower}:{row.pk}", sentence) for sentence in sentences if sentence]


# The rules, the issuers and their keys


def _rules(tables: Iterable[type[models.Model]], guarded: Iterable[str]) -> Iterator[list[Finding]]:
    for model in tables:
        with connection.cursor() as cursor:
            kept = connection.introspection.get_constraints(cursor, model._meta.db_table).keys()
        wanted = {constraint.name for constraint in model._meta.constraints}
        yield [
            Finding(name, f"The database does not keep this rule of {model._meta.db_table} any more.")
            for name in sorted(wanted - kept)
        ]
    there = guards()
    for name in guarded:
        yield [] if name in there else [Finding(name, "The database does not guard this any more.")]


def guards() -> set[str]:
    """The triggers that there are."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def _issuers() -> Iterator[list[Finding]]:
    active = dict(SigningKey.objects.active().values_list("issuer").annotate(Count("pk")).order_by())
    for issuer in Issuer.objects.order_by("pk").iterator(CHUNK):
        number = active.get(issuer.pk, 0)
        said = "" if number == 1 else f"{issuer.name} has {number} active keys instead of one."
        yield _about(issuer, said) + _journal(issuer)


def _journal(issuer: Issuer) -> list[Finding]:
    broken = journal.first_broken(issuer)
    if broken is None:
        return []
    return _about(
        broken,
        f"The journal of {issuer.name} was changed: its chain breaks at entry {broken.number}, or the one "
        "before it is gone.",
    )


def _keys() -> Iterator[list[Finding]]:
    for key in SigningKey.objects.select_related("issuer").order_by("pk").iterator(CHUNK):
        yield _about(key, keys.fault_of(key))
    for of_the_site in SiteKey.objects.order_by("pk"):
        yield _about(of_the_site, keys.fault_of(of_the_site))


# Awards


def _awards() -> Iterator[list[Finding]]:
    twice = _indexes_used_twice()
    ordered = (
        Award.objects.select_related("version__achievement__issuer", "signing_key", "status_list")
        .defer("status_list__document", "signing_key__wrapped_private")
        .order_by("signing_key", "version", "pk")
        .iterator(CHUNK)
    )
    for _, awards in groupby(ordered, lambda award: award.signing_key_id):
        for chunk in _chunks(awards):
            yield from _read_again(chunk, twice)


def _chunks(awards: Iterable[Award]) -> Iterator[list[Award]]:
    chunk: list[Award] = []
    for award in awards:
        chunk.append(award)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _indexes_used_twice() -> set[tuple[int, int]]:
    used = Award.objects.values_list("status_list", "status_index").annotate(times=Count("pk")).order_by()
    return set(used.filter(times__gt=1).values_list("status_list", "status_index"))


def _read_again(chunk: list[Award], twice: set[tuple[int, int]]) -> Iterator[list[Finding]]:
    """What is wrong with each award of a chunk, which one key signed."""
    documents = [_parsed(award) for award in chunk]
    read = [found if isinstance(found, dict) else {} for found in documents]
    # A withdrawn key too: whether it still counts is another question than whether the bytes are its own.
    held = proof.check_many(read, multikey.decode(chunk[0].signing_key.public_multibase))
    for award, found, holds in zip(chunk, documents, held, strict=True):
        said = [_fault_in_bytes(award), _fault_in_slot(award, twice)]
        if isinstance(found, dict):
            said += [*_faults_in_text(award, found), "" if holds else _fault_in_signature(award)]
        else:
            said.append(found)
        yield _about(award, *said)


def _parsed(signed: Award | Endorsement) -> dict | str:
    """The document, or a sentence."""
    try:
        return standard.parse(bytes(signed.document))
    except standard.Malformed as malformed:
        return f"Its document cannot be read: {malformed}"


def _fault_in_bytes(award: Award) -> str:
    same = hashlib.sha256(bytes(award.document)).hexdigest() == award.document_sha256
    return "" if same else "Its document is not the one whose SHA-256 was recorded."


def _fault_in_slot(award: Award, twice: set[tuple[int, int]]) -> str:
    place = f"index {award.status_index} of status list {award.status_list_id}"
    if (award.status_list_id, award.status_index) in twice:
        return f"It shares {place} with another credential: revoking one revokes both."
    if award.status_index >= award.status_list.length:
        return f"Its {place} lies beyond the end of the list."
    if award.status_list.issuer_id != award.issuer.pk or award.signing_key.issuer_id != award.issuer.pk:
        return "Its key or its status list is another issuer's."
    return ""


def _fault_in_signature(award: Award) -> str:
    """Why the signature does not hold, as a verifier says it; "" if it holds after all, one of several."""
    report = verifying.verify_award(award)
    if report.is_proven:
        return ""
    return f"Its signature does not hold: {report.reason}"


def _faults_in_text(award: Award, found: dict) -> Iterator[str]:
    """Where what was signed and what our rows say are not the same."""
    if found.get("id") != award.url:
        yield f"Its document says that it is {found.get('id')}."
    if _place_in(found) != (award.status_list.url, str(award.status_index)):
        yield "Its document names another place in a status list than the one that we keep for it."
    if (_moment(found.get("validFrom")), _moment(found.get("validUntil"))) != _days_of(award):
        yield "Its document and its row say different things about when it is valid."


def _place_in(found: dict) -> tuple[object, str]:
    """Address of the status list and index that a document names."""
    entry = found.get("credentialStatus")
    entry = entry if isinstance(entry, dict) else {}
    return entry.get("statusListCredential"), str(entry.get("statusListIndex"))


def _days_of(award: Award) -> tuple[dt.datetime, dt.datetime | None]:
    """From when to when it is valid; documents say no more than seconds."""
    until = award.valid_until and award.valid_until.replace(microsecond=0)
    return award.valid_from.replace(microsecond=0), until


def _moment(text: object) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _erased() -> Iterator[list[Finding]]:
    """What was erased stays away, and keeps its place to itself. That its bit is set is asked of its list."""
    again = Award.objects.filter(pk=OuterRef("pk"))
    shared = Award.objects.filter(status_list=OuterRef("status_list"), status_index=OuterRef("status_index"))
    erased = ErasedAward.objects.annotate(is_back=Exists(again), is_shared=Exists(shared))
    for one in erased.select_related("status_list").defer("status_list__document").iterator(CHUNK):
        yield _about(
            one,
            "It was erased, and the credential is here again." if one.is_back else "",
            f"Its index {one.status_index} of {one.status_list} was given to another credential."
            if one.is_shared and not one.is_back
            else "",
        )


# What else was signed


def _tokens() -> Iterator[list[Finding]]:
    forms = CompactForm.objects.select_related("award__signing_key__token_key").order_by("pk")
    for form in forms.iterator(CHUNK):
        yield _about(form, _fault_in_token(form))


def _fault_in_token(form: CompactForm) -> str:
    try:
        token, signed = jwt.take_apart(form.token), standard.parse(bytes(form.award.document))
    except standard.Malformed as malformed:
        return f"It cannot be read: {malformed}"
    key = form.award.signing_key
    if not hasattr(key, "token_key") or not public_keys.from_jwk(key.token_key.jwk).verifies(
        token.signature, token.signing_input
    ):
        return "Its signature does not hold."
    same = token.document == {name: value for name, value in signed.items() if name != "proof"}
    return "" if same else "It says something else than the credential whose compact form it is."


def _endorsements() -> Iterator[list[Finding]]:
    given = Endorsement.objects.select_related(
        "signing_key", "status_list", "version__achievement__issuer"
    ).defer("signing_key__wrapped_private", "status_list__document")
    for endorsement in given.order_by("pk").iterator(CHUNK):
        yield _about(endorsement, *_faults_in_endorsement(endorsement))


def _faults_in_endorsement(endorsement: Endorsement) -> Iterator[str]:
    found = _parsed(endorsement)
    if isinstance(found, str):
        yield found
        return
    subject = found.get("credentialSubject")
    places = (found.get("id"), subject.get("id") if isinstance(subject, dict) else None)
    urls = (endorsement.get_absolute_url(), endorsement.version.get_absolute_url())
    if places != tuple(settings.PUBLIC_BASE_URL + url for url in urls):
        yield "Its document says that it is another one, or about something else."
    elif not proof.check_many([found], multikey.decode(endorsement.signing_key.public_multibase))[0]:
        yield "Its signature does not hold."
    status, index = endorsement.status_list, endorsement.status_index
    if status is None or index is None:
        return
    if _place_in(found) != (status.url, str(index)):
        yield "Its document names another place in a status list than the one that we keep for it."
    if status.awards.filter(status_index=index).exists() or status.erased.filter(status_index=index).exists():
        yield f"It shares index {index} of {status} with a credential."


# Status lists and files


def _lists() -> Iterator[list[Finding]]:
    for pk in list(StatusList.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():  # nobody revokes between our look at the list and at the rows
            status = StatusList.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=pk)
            revoked = standing.revoked_in(status)
        yield _about(status, _fault_in_list(status, revoked))


def _fault_in_list(status: StatusList, revoked: set[int]) -> str:
    if not status.document:
        return "It was never published."
    try:
        found = standard.parse(bytes(status.document))
        subject = found.get("credentialSubject")
        bits = status_list.decode(str(subject.get("encodedList")) if isinstance(subject, dict) else "")
    except ValueError as unreadable:
        return f"It cannot be read: {unreadable}"
    if (found.get("id"), found.get("issuer")) != (status.url, status.issuer.did):
        return "It is published as another list, or as another issuer's."
    if not _is_signed(found, status.issuer):
        return "Its signature does not hold, or is by a key that its issuer withdrew."
    said = {index for index in range(len(bits) * 8) if bits[index // 8] and status_list.get(bits, index)}
    if wrong := sorted(said ^ revoked):
        return f"The list and our rows differ about who is revoked: {len(wrong)} times, first at {wrong[0]}."
    return ""


def _is_signed(found: dict, issuer: Issuer) -> bool:
    """Whether a key signed it that still vouches for lists: retired ones do, withdrawn ones do not."""
    proofs = found.get("proof")
    one = proofs[0] if isinstance(proofs, list) and len(proofs) == 1 else None
    trusted = {f"{issuer.did}#{key.fragment}": key for key in issuer.keys.filter(compromised_at__isnull=True)}
    key = trusted.get(one.get("verificationMethod", "")) if isinstance(one, dict) else None
    return key is not None and proof.check_many([found], multikey.decode(key.public_multibase))[0]


def _files(drawn: models.QuerySet[Rendering]) -> Iterator[list[Finding]]:
    for rendering in drawn.order_by("pk").iterator(CHUNK):
        yield _about(rendering, _fault_in_file(rendering))


def _fault_in_file(rendering: Rendering) -> str:
    """A file that is gone is drawn again when somebody asks; one that was changed would be handed out."""
    try:
        with rendering.file.open("rb") as file:
            same = hashlib.sha256(file.read()).hexdigest() == rendering.sha256
    except FileNotFoundError:
        return ""
    except OSError as trouble:
        return f"Its file {rendering.file.name} cannot be read: {trouble.strerror or trouble}."
    return "" if same else f"Its file {rendering.file.name} was changed; delete it, and it is drawn again."
