"""One issuer of this site puts its signed word behind what another offers (STANDARDS.md C-22)."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from credentials import documents, restoring, standing
from credentials.models import AchievementVersion, Endorsement, StatusList
from credentials.openbadges import document, proof
from issuers import keys
from issuers.journal import record
from issuers.models import Issuer
from issuers.text import tidy


class CannotEndorse(Exception):
    """The message says why, to the person who wanted to."""


@transaction.atomic
def endorse(version: AchievementVersion, *, endorser: Issuer, comment: str, by: User) -> Endorsement:
    """Sign an endorsement of a published version. Awards made after it carry it; older ones stay as they are.

    Raises `CannotEndorse`.
    """
    Issuer.objects.select_for_update().get(pk=endorser.pk)
    refuse_if_senseless(version, endorser)
    restoring.notice(endorser)
    now = timezone.now().replace(microsecond=0)
    made = Endorsement(endorser=endorser, version=version, comment=tidy(comment), created_at=now)
    try:
        signer = keys.signer_for(endorser)
        (slot,) = standing.take_slots(endorser, 1)
        made.status_list, made.status_index = slot
        made.document = document.serialise(proof.sign(_unsigned(made, slot), signer, created=now))
    except (keys.NoSigningKey, ValueError) as complaint:
        raise CannotEndorse(str(complaint)) from complaint
    made.signing_key_id = signer.key_id
    made.save(force_insert=True)
    record(endorser, by, "endorsed", made, version=settings.PUBLIC_BASE_URL + version.get_absolute_url())
    return made


@transaction.atomic
def withdraw(endorsement: Endorsement, *, by: User) -> Endorsement:
    """Take an endorsement back: the list tells everybody, and what is awarded after it carries it no more.

    One that was signed before endorsements had a place in a list ends here only, for no list can name it.
    Raises `CannotEndorse` if it was taken back before.
    """
    Issuer.objects.select_for_update().get(pk=endorsement.endorser_id)
    found = Endorsement.objects.standing().select_related("endorser", "status_list").filter(pk=endorsement.pk)
    if (stands := found.first()) is None:
        raise CannotEndorse("It was taken back before.")
    stands.withdrawn_at = timezone.now()
    stands.save(update_fields=["withdrawn_at"])
    record(stands.endorser, by, "withdrew endorsement", stands)
    if stands.status_list:
        standing.publish([stands.status_list])
    return stands


def refuse_if_senseless(version: AchievementVersion, endorser: Issuer) -> None:
    """Raises `CannotEndorse` if it would say nothing, or has been said."""
    if version.achievement.issuer == endorser:
        raise CannotEndorse("Nobody endorses what is their own: whoever awards it vouches for it already.")
    if version.published_at is None:
        raise CannotEndorse("It is not published yet.")
    if version.endorsements.standing().filter(endorser=endorser).exists():
        raise CannotEndorse(f"{endorser} has endorsed this version already.")


def _unsigned(made: Endorsement, slot: tuple[StatusList, int]) -> dict:
    version = made.version
    return document.compose_endorsement(
        documents.profile_of(made.endorser),
        url=settings.PUBLIC_BASE_URL + made.get_absolute_url(),
        name=f"Endorsement of {version.name}",
        subject=settings.PUBLIC_BASE_URL + version.get_absolute_url(),
        comment=made.comment,
        valid_from=made.created_at,
        status_list_url=slot[0].url,
        status_index=slot[1],
    )
