"""The shelf of files drawn from awards: a cache. Each is drawn once, kept, and may be thrown away.

A file stands under the hash of everything that went into it; when the design or the logo changes, the key
changes with it, and a stale file is never served.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Collection

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from credentials import queue
from credentials.kinds import KINDS
from credentials.models import Award, JobState, Rendering
from credentials.openbadges import document
from credentials.rendering import certificate, pades
from issuers import keys
from issuers.models import Issuer

LAYOUT = 5  # raise it when the look of certificates changes
LEASE = dt.timedelta(seconds=90)
DRAWN_FROM = ("award__version__achievement__issuer", "award__version__achievement__design")


def ask(award: Award, kind: str = Rendering.Kind.CERTIFICATE) -> Rendering:
    """The rendering as it should look now; a new one is waiting to be drawn. Asking twice is harmless.

    Raises `Award.DoesNotExist` if the award was erased a moment ago.
    """
    try:
        rendering, _ = Rendering.objects.get_or_create(award=award, kind=kind, key=key_of(award))
    except IntegrityError as gone:
        raise Award.DoesNotExist from gone
    if rendering.state == JobState.DONE and not _is_there(rendering):
        rendering.state, rendering.attempts = JobState.WAITING, 0  # somebody cleared the shelf
        rendering.save(update_fields=["state", "attempts"])
    return rendering


def clear(awards: Collection[uuid.UUID]) -> None:
    """Take every file of these awards off the shelf, also one that no row names any more."""
    storage, folder = default_storage, str(Rendering.file.field.upload_to)
    if not awards or not storage.exists(folder):
        return
    begins = tuple(f"{pk}-" for pk in awards)
    for name in storage.listdir(folder)[1]:
        if name.startswith(begins):
            storage.delete(folder + name)


def _is_there(rendering: Rendering) -> bool:
    name = rendering.file.name
    return bool(name and rendering.file.storage.exists(name))


def key_of(award: Award) -> str:
    """SHA-256 of what goes into the certificate besides the code: document, design, logo and signer."""
    design, issuer = award.version.achievement.design, award.issuer
    looks = [design.statement, design.signatories] if design else []
    parts = [LAYOUT, award.document_sha256, looks, issuer.logo.name, issuer.colour]
    if signed_by := keys.paper_fingerprint():
        parts.append(signed_by)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def draw(pk: int) -> None:
    """Draw one waiting rendering. Safe to call twice and at once: only who gets the lease draws."""
    if not queue.claim(queue.waiting(Rendering.objects.filter(pk=pk)), limit=1, lease=LEASE):
        return
    rendering = Rendering.objects.select_related(*DRAWN_FROM).filter(pk=pk).first()
    if rendering is None:  # its award was erased in this moment
        return
    if rendering.attempts > queue.MOST_ATTEMPTS:  # whatever drew it ended each time
        queue.put_off(rendering, "Drawing it was broken off again and again. It is tried again later.")
    try:
        _put_on_shelf(rendering, _drawn(rendering.award))
    except (certificate.RenderingUnavailable, keys.CannotSignPaper) as reason:
        queue.wait(rendering, str(reason))
    except certificate.RenderingRefused as reason:
        queue.put_back(rendering, str(reason))
    except OSError as reason:
        queue.put_back(rendering, f"The file could not be kept: {reason.strerror or reason}.")


def _drawn(award: Award) -> bytes:
    """The file; signed too if the operator has a certificate, and then never without."""
    signer = keys.paper_signer() if keys.signs_paper() else None
    drawn = certificate.render(face_of(award), document=bytes(award.document))
    return pades.sign(drawn, signer) if signer else drawn


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
        issuer_logo=_logo_of(award.issuer),
        issuer_colour=award.issuer.colour,
        statement=(design and design.statement) or KINDS[award.version.kind].statement,
        description=award.version.description,
        results=tuple((result.name, result.value) for result in award.results.all()),
        awarded_on=award.awarded_at.date(),
        valid_until=award.valid_until.date() if award.valid_until else None,
        licence_number=award.licence_number,
        signatories=_signatories(design),
        url=award.url,
        short_url=f"{settings.PUBLIC_BASE_URL.partition('://')[2]}/c/{award.code}",
        language=award.language,
    )


def _signatories(design) -> tuple[certificate.Signatory, ...]:
    people = design.signatories if design else []
    return tuple(
        certificate.Signatory(name=one["name"], title=one.get("title", ""), signature=None) for one in people
    )


def _logo_of(issuer: Issuer) -> bytes | None:
    if not issuer.logo:
        return None
    try:
        with issuer.logo.open("rb") as opened:
            return opened.read()
    except OSError as reason:
        raise certificate.RenderingRefused(
            "The issuer's logo cannot be read. Its owner can upload it again in the settings."
        ) from reason


@transaction.atomic
def _put_on_shelf(rendering: Rendering, drawn: bytes) -> None:
    """Keep the file and say so, unless somebody else was faster, or the design was changed, while we drew."""
    kept = Rendering.objects.select_for_update(of=("self",)).select_related(*DRAWN_FROM)
    current = kept.filter(pk=rendering.pk).first()
    if current is None or current.state == JobState.DONE:  # None: erased while we drew
        return
    if current.key != key_of(current.award):
        current.delete()  # whoever asks gets one with the new key
        return
    current.file.save(f"{rendering.award_id}-{rendering.key[:12]}.pdf", ContentFile(drawn), save=False)
    queue.finish(current, file=current.file.name, sha256=hashlib.sha256(drawn).hexdigest())
