"""What a stranger sees of a portfolio: its awards in order, and the skills that they prove."""

from dataclasses import dataclass, field

from django.db.models import Prefetch

from credentials.models import Award, Standing, VersionSkill
from portfolios.models import Profile


@dataclass
class ProvenSkill:
    name: str
    awards: list[Award] = field(default_factory=list)


def arranged(profile: Profile) -> list[Award]:
    """Everything that was put on the front page, in order, as its owner sees it."""
    awards = Award.objects.filter(
        blocks__page__profile=profile, blocks__page__slug="", earner=profile.user_id
    )
    return list(awards.for_cards().order_by("blocks__position"))


def on_display(profile: Profile) -> list[Award]:
    """What others see of it, with its skills prefetched: see `why_left_out`."""
    awards = (
        Award.objects.filter(blocks__page__profile=profile, blocks__page__slug="", earner=profile.user_id)
        .for_cards()
        .standing()
        .exclude(visibility=Award.Visibility.PRIVATE)
        .prefetch_related(Prefetch("version__versionskill_set", VersionSkill.objects.select_related("skill")))
    )
    return list(awards.order_by("blocks__position"))


def why_left_out(award: Award) -> str:
    """Why others do not see an award on a portfolio although it was put there; "" if they see it.

    A revoked or suspended credential still answers at its own address with what became of it. A portfolio
    is what somebody puts forward, so there it is left out, and its owner is told.
    """
    if award.revoked_at and award.standing == Standing.SUPERSEDED:
        return "It was replaced by a newer one. Others do not see it here: show the newer one instead."
    if award.revoked_at:
        return "Its issuer revoked it. Others do not see it here; its own page says that it was revoked."
    if award.suspended_at:
        return "Its issuer suspended it. Others do not see it here until the suspension ends."
    if award.key_withdrawn:
        return "Its key was withdrawn. Others do not see it here: ask its issuer for a new one."
    if award.visibility == Award.Visibility.PRIVATE:
        return "Only you and its issuer may see it. Others do not see it here until you let them."
    return ""


def skills_proven(awards: list[Award]) -> list[ProvenSkill]:
    """The skills behind the awards that are valid today, the best proven first. `awards` from on_display."""
    skills: dict[int, ProvenSkill] = {}
    for award in awards:
        if award.standing == Standing.VALID:
            for link in award.version.versionskill_set.all():
                skills.setdefault(link.skill_id, ProvenSkill(link.called)).awards.append(award)
    return sorted(skills.values(), key=lambda proven: (-len(proven.awards), proven.name))
