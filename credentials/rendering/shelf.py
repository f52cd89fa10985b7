"""The shelf of files drawn from awards: a cache. Each is drawn once, kept, and may be thrown away.

A file stands under the hash of everything that went into it; when the design or the logo changes, the key
changes with it, and a stale file is never served.
"""

import datetime as dt
import hashlib
import json

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from credentials import queue
from credentials.models import Award, JobState, Rendering
from credentials.openbadges import document
from credentials.rendering import certificate

LAYOUT = 1  # raise it when the look of certificates changes
LEASE = dt.timedelta(seconds=90)
STATEMENTS = {
    "degree": "has been awarded the degree of",
    "role_certification": "is certified as",
    "micro_certification": "has earned the micro-certification",
    "badge": "has earned the badge",
}


def ask(award: Award, kind: str = Rendering.Kind.CERTIFICATE) -> Rendering:
    """The rendering as it should look now; a new one is waiting to be drawn. Asking twice is harmless."""
    rendering, _ = Rendering.objects.get_or_create(award=award, kind=kind, key=key_of(award))
    if rendering.state == JobState.DONE and not _is_there(rendering):
        rendering.state, rendering.attempts = JobState.WAITING, 0  # somebody cleared the shelf
        rendering.save(update_fields=["state", "attempts"])
    return rendering


def _is_there(rendering: Rendering) -> bool:
    return bool(rendering.file.name) and rendering.file.storage.exists(rendering.file.name)


def key_of(award: Award) -> str:
    """SHA-256 of what goes into the certificate besides the code: document, design and logo."""
    design, issuer = award.version.achievement.design, award.issuer
    looks = [design.statement, design.signatories] if design else []
    parts = [LAYOUT, award.document_sha256, looks, issuer.logo.name, issuer.colour]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def draw(pk: int) -> None:
    """Draw one waiting rendering. Safe to call twice and at once: only who gets the lease draws."""
    if not _lease(pk):
        return
    rendering = Rendering.objects.select_related("award__version__achievement__issuer").get(pk=pk)
    if rendering.attempts > queue.MOST_ATTEMPTS:  # it killed its worker each time
        queue.put_back(rendering, "Drawing it was broken off again and again.")
        return
    try:
        drawn = certificate.render(face_of(rendering.award), document=bytes(rendering.award.document))
    except certificate.RenderingUnavailable as reason:
        queue.wait(rendering, str(reason))
    except (certificate.RenderingRefused, OSError) as reason:
        queue.put_back(rendering, str(reason))
    else:
        _put_on_shelf(rendering, drawn)


def face_of(award: Award) -> certificate.CertificateFace:
    """What the certificate shows: only what the signed document says, and the issuer's design."""
    signed = document.parse(bytes(award.document))
    design = award.version.achievement.design
    return certificate.CertificateFace(
        credential_id=award.pk,
        kind=award.version.achievement.kind,
        title=signed["name"],
        recipient_name=award.recipient_name,
        issuer_name=signed["issuer"]["name"],
        issuer_logo=_bytes_of(award.issuer.logo),
        issuer_colour=award.issuer.colour,
        statement=(design and design.statement) or STATEMENTS[award.version.achievement.kind],
        description=award.version.description,
        results=tuple((result.name, result.value) for result in award.results.all()),
        awarded_on=award.awarded_at.date(),
        valid_until=award.valid_until.date() if award.valid_until else None,
        licence_number=award.licence_number,
        signatories=_signatories(design),
        url=award.url,
        short_url=award.url.partition("://")[2],
        language=award.language,
    )


def _signatories(design) -> tuple[certificate.Signatory, ...]:
    people = design.signatories if design else []
    return tuple(
        certificate.Signatory(name=one["name"], title=one.get("title", ""), signature=None) for one in people
    )


def _bytes_of(file) -> bytes | None:
    if not file:
        return None
    with file.open("rb") as opened:
        return opened.read()


def _lease(pk: int) -> bool:
    now = timezone.now()
    free = Rendering.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now), pk=pk)
    return bool(
        free.filter(state=JobState.WAITING).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    )


@transaction.atomic
def _put_on_shelf(rendering: Rendering, drawn: bytes) -> None:
    """Keep the file and say so, unless somebody else was faster while we drew."""
    current = Rendering.objects.select_for_update().get(pk=rendering.pk)
    if current.state == JobState.DONE:
        return
    current.file.save(f"{rendering.award_id}-{rendering.key[:12]}.pdf", ContentFile(drawn), save=False)
    queue.finish(current, file=current.file.name)
