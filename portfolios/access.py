"""Who may see and arrange what an earner holds: each function returns the object or raises 404.

What is absent, what is private and what is another person's are told apart by nobody.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404

from credentials.models import Award
from portfolios.models import Audience, FormerHandle, Profile


def my_awards(user: User):
    """What a person holds, ready to be shown as rows."""
    return Award.objects.filter(earner=user).for_cards()


def my_award(user: User, pk: UUID) -> Award:
    award = my_awards(user).filter(pk=pk).first()
    if award is None:
        raise Http404("No such credential.")
    return award


def my_awards_named(user: User, ids: Sequence[str]) -> list[Award]:
    """The awards that a form names, in its order, each once. One that is not mine refuses them all."""
    try:
        wanted = list(dict.fromkeys(UUID(text) for text in ids))
    except ValueError:
        raise Http404("No such credential.") from None
    mine = my_awards(user).in_bulk(wanted)
    if len(mine) != len(wanted):
        raise Http404("No such credential.")
    return [mine[pk] for pk in wanted]


def my_profile(user: User) -> Profile | None:
    """None until the person has chosen a handle."""
    return Profile.objects.filter(user=user).first()


def profile_to_see(user: User | AnonymousUser, handle: str) -> Profile:
    """The profile at an address, also at one that its owner has given up since."""
    profile = Profile.objects.filter(handle=handle).select_related("user").first()
    if profile is None:
        former = FormerHandle.objects.filter(handle=handle).select_related("profile__user").first()
        profile = former.profile if former else None
    if profile is None or not profile.user.is_active or not _is_open_to(profile, user):
        raise Http404("No such portfolio.")
    return profile


def _is_open_to(profile: Profile, user: User | AnonymousUser) -> bool:
    return profile.audience != Audience.PRIVATE or profile.user_id == user.pk
