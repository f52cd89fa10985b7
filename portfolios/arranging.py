"""What an earner shows, to whom, and in which order."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from credentials.models import Award
from portfolios.handles import fingerprint, is_reserved, look, look_in_database
from portfolios.models import Block, FormerHandle, Page, Profile, RetiredHandle

MOST_SHOWN = 200  # on one page; a form that names them all stays well under Django's limit of fields


class HandleTaken(ValueError):
    """Somebody else has the handle or one that looks like it, or the site keeps it for itself."""


class TooMany(ValueError):
    """More credentials than one page shows."""


def why_not(handle: str, user: User) -> str:
    """What keeps a person from a handle, as a sentence; "" if nothing does."""
    if is_reserved(handle):
        return "This handle is kept for the site itself; choose another."
    same_look = {"look": look(handle)}
    taken = Profile.objects.alias(look=look_in_database("handle")).filter(**same_look).exclude(user=user)
    given_up = FormerHandle.objects.alias(look=look_in_database("handle")).filter(**same_look)
    retired = RetiredHandle.objects.filter(look_sha256=fingerprint(handle))
    if taken.exists() or given_up.exclude(profile__user=user).exists() or retired.exists():
        return "This handle is taken, or looks like one that is; choose another."
    return ""


def free_handle(wished: str, user: User) -> str:
    """The wish, or the wish with the first number that makes it free."""
    candidates = [wished, *(f"{wished}-{number}" for number in range(2, 100))]
    return next((handle for handle in candidates if not why_not(handle, user)), "")


@transaction.atomic
def write_profile(user: User, *, handle: str, name: str, headline: str, about: str, audience: str) -> Profile:
    """Make or change a person's profile. Raises HandleTaken; then nothing is changed."""
    # The person's row is the lock: a double click on the very first save finds no profile to lock.
    User.objects.select_for_update().get(pk=user.pk)
    profile = Profile.objects.filter(user=user).first() or Profile(user=user)
    if reason := why_not(handle, user):
        raise HandleTaken(reason)
    if profile.pk and profile.handle != handle:
        FormerHandle.objects.get_or_create(handle=profile.handle, defaults={"profile": profile})
    FormerHandle.objects.filter(profile__user=user, handle=handle).delete()
    profile.handle, profile.name, profile.headline = handle, name, headline
    profile.about, profile.audience = about, audience
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError:  # somebody else took it since we looked
        raise HandleTaken("This handle was taken a moment ago; choose another.") from None
    return profile


def front_page(profile: Profile) -> Page:
    """The page that stands at the profile's own address."""
    return Page.objects.get_or_create(profile=profile, slug="")[0]


@transaction.atomic
def arrange(profile: Profile, *, shown: Sequence[Award], hidden: Sequence[Award] = ()) -> None:
    """Show these awards in this order, and not those. What is named in neither stays, after them.

    So a form that was opened before the newest credential was added does not take it away again.
    Raises TooMany.
    """
    page = _locked_front_page(profile)
    blocks = {block.award_id: block for block in page.blocks.filter(kind=Block.Kind.AWARD)}
    gone = {award.pk for award in hidden} - {award.pk for award in shown}
    named = [award.pk for award in shown]
    order = named + [pk for pk in blocks if pk not in gone and pk not in set(named)]
    if len(order) > MOST_SHOWN:
        raise TooMany(f"A portfolio shows at most {MOST_SHOWN} credentials; these are {len(order)}.")
    page.blocks.filter(kind=Block.Kind.AWARD, award__in=gone).delete()
    places = {pk: position for position, pk in enumerate(order)}
    moved = [block for pk, block in blocks.items() if pk in places and block.position != places[pk]]
    for block in moved:
        block.position = places[block.award_id]
    Block.objects.bulk_update(moved, ["position"])
    Block.objects.bulk_create(
        Block(page=page, kind=Block.Kind.AWARD, award_id=pk, position=places[pk])
        for pk in named
        if pk not in blocks
    )


@transaction.atomic
def add(profile: Profile, award: Award) -> None:
    """Show an award too, at the end; adding it twice adds it once. Raises TooMany."""
    page = _locked_front_page(profile)
    if page.blocks.filter(award=award).exists():
        return
    if page.blocks.filter(kind=Block.Kind.AWARD).count() >= MOST_SHOWN:
        raise TooMany(f"A portfolio shows at most {MOST_SHOWN} credentials. Take one off it first.")
    last = page.blocks.aggregate(last=Max("position"))["last"]
    page.blocks.create(kind=Block.Kind.AWARD, award=award, position=0 if last is None else last + 1)


def _locked_front_page(profile: Profile) -> Page:
    """Two windows that save at once wait here for each other; the later one stands."""
    return Page.objects.select_for_update().get(pk=front_page(profile).pk)


def moved(awards: Sequence[Award], award: Award, *, by: int) -> list[Award]:
    """The same awards with one of them `by` places further down (up if negative), stopping at the ends."""
    order = list(awards)
    place = order.index(award)
    order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
    return order


def show_to(award: Award, visibility: str) -> None:
    """Choose who can see an award's own page; a decision about an award also accepts it."""
    award.visibility = visibility
    award.save(update_fields=["visibility"])
    keep([award])


def keep(awards: Sequence[Award]) -> int:
    """The earner has looked at these and has them: no longer new, and accepted. How many were new."""
    new = Award.objects.filter(pk__in=[award.pk for award in awards], seen_at__isnull=True)
    return new.update(seen_at=timezone.now(), acceptance=Award.Acceptance.ACCEPTED)
