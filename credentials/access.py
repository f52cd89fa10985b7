"""Who may see and do what with credentials: each function returns the object or raises 404 or 403."""

from django.db.models import F
from django.http import Http404

from credentials.models import Achievement, AchievementVersion, Award, Batch, Endorsement, Roster
from issuers import access
from issuers.models import Issuer

# Absent, private and erased are told apart by nobody (TRUST.md 12).
NONE_HERE = "There is no credential at this address. It may be mistyped, private or withdrawn."


def award_to_see(user, pk) -> Award:
    """An award's public page. A private one is there for its earner and its issuer's members only."""
    award = Award.objects.for_page().filter(pk=pk).first()
    if award is None:
        raise Http404(NONE_HERE)
    if award.visibility == Award.Visibility.PRIVATE and not _is_theirs(user, award):
        raise Http404(NONE_HERE)
    return award


def version_to_see(user, issuer: str, achievement: str, number: int | None = None) -> AchievementVersion:
    """A published version, the newest without a number. Drafts are there for the issuer's members only."""
    versions = AchievementVersion.objects.select_related("achievement__issuer", "role").filter(
        achievement__issuer__slug=issuer, achievement__slug=achievement
    )
    if number is not None:
        versions = versions.filter(number=number)
    version = versions.order_by(F("published_at").desc(nulls_last=True), "-number").first()
    if version is None or not (version.published_at or access.role_at(user, version.achievement.issuer)):
        raise Http404("No such achievement.")
    return version


def award_to_read(user, issuer: str, pk) -> Award:
    """An award at its issuer's desk."""
    return _award(access.issuer_to_read(user, issuer), pk)


def award_to_manage(user, issuer: str, pk) -> Award:
    return _award(access.issuer_to_award(user, issuer), pk)


def award_to_erase(user, issuer: str, pk) -> Award:
    return _award(access.issuer_to_own(user, issuer), pk)


def achievement_to_read(user, issuer: str, achievement: str) -> Achievement:
    return _achievement(access.issuer_to_read(user, issuer), achievement)


def achievement_to_define(user, issuer: str, achievement: str) -> Achievement:
    return _achievement(access.issuer_to_define(user, issuer), achievement)


def version_to_award(user, issuer: str, achievement: str) -> AchievementVersion:
    """The newest published version of an active achievement."""
    found = _achievement(access.issuer_to_award(user, issuer), achievement)
    if found.current is None or found.state != Achievement.State.ACTIVE:
        raise Http404("Only a published credential that is not retired can be awarded.")
    return found.current


def batch_to_read(user, issuer: str, pk: int) -> Batch:
    return _batch(access.issuer_to_read(user, issuer), pk)


def batch_to_run(user, issuer: str, pk: int) -> Batch:
    return _batch(access.issuer_to_award(user, issuer), pk)


def roster_to_check(user, issuer: str, pk) -> Roster:
    """A roster that is not ordered yet, for every awarder of the issuer."""
    found = access.issuer_to_award(user, issuer)
    roster = Roster.objects.select_related("version__achievement__issuer", "batch").filter(
        pk=pk, version__achievement__issuer=found
    )
    return _one(roster, "No such roster.")


def may_endorse(user, version: AchievementVersion) -> list[Issuer]:
    """The issuers for which this person could endorse what another issuer offers."""
    if not user.is_authenticated or version.published_at is None:
        return []
    theirs = Issuer.objects.filter(
        members__user=user, members__role__in=access.EDITORS, suspended_at__isnull=True
    )
    return list(
        theirs.exclude(pk=version.achievement.issuer_id).exclude(
            endorsements_given__in=version.endorsements.standing()
        )[:5]
    )


def endorsement_to_withdraw(user, issuer: str, pk) -> Endorsement:
    """A standing endorsement, for whoever may give one in the endorser's name."""
    found = access.issuer_to_define(user, issuer)
    given = Endorsement.objects.standing().select_related("version__achievement__issuer", "endorser")
    return _one(given.filter(pk=pk, endorser=found), "No such endorsement.")


def may_withdraw(user, version: AchievementVersion) -> set[int]:
    """The keys of the issuers in whose name this person could take an endorsement of this version back."""
    if not user.is_authenticated:
        return set()
    given = version.endorsements.standing().filter(
        endorser__members__user=user, endorser__members__role__in=access.EDITORS
    )
    return set(given.values_list("endorser", flat=True))


def _is_theirs(user, award: Award) -> bool:
    return user.is_authenticated and (
        award.earner_id == user.pk or access.role_at(user, award.issuer) is not None
    )


def _award(issuer: Issuer, pk) -> Award:
    return _one(
        Award.objects.for_cards().filter(pk=pk, version__achievement__issuer=issuer), "No such credential."
    )


def _achievement(issuer: Issuer, slug: str) -> Achievement:
    return _one(issuer.achievements.select_related("design").filter(slug=slug), "No such achievement.")


def _batch(issuer: Issuer, pk: int) -> Batch:
    batches = Batch.objects.select_related("version__achievement__issuer", "ordered_by")
    return _one(batches.filter(pk=pk, version__achievement__issuer=issuer), "No such batch.")


def _one(queryset, otherwise: str):
    found = queryset.first()
    if found is None:
        raise Http404(otherwise)
    return found
