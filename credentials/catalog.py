"""What a visitor can find: search and facets over the achievements that are offered, and their numbers."""

from dataclasses import dataclass, field

from django.db.models import Count, Max, OuterRef, Q, Subquery

from credentials import kinds
from credentials.models import Achievement, AchievementQuerySet, AchievementVersion, Award
from issuers.models import Issuer

MAX_WORDS = 8
KINDS_OF_SCALE = {
    scale: tuple(kind.slug for kind in kinds.KINDS.values() if kind.scale == scale)
    for scale in (kinds.MACRO, kinds.MICRO)
}


@dataclass(frozen=True)
class Choice:
    """One value of a facet, with how many achievements it would leave."""

    value: str
    label: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a visitor asked for. Values that nobody offers find nothing; they are not errors."""

    words: str = ""
    kind: str = ""
    scale: str = ""
    issuer: str = ""

    @property
    def narrowed(self) -> bool:
        return any((self.words, self.kind, self.scale, self.issuer))


@dataclass(frozen=True)
class Facets:
    kinds: list[Choice] = field(default_factory=list)
    scales: list[Choice] = field(default_factory=list)
    issuers: list[Choice] = field(default_factory=list)


def offered() -> AchievementQuerySet:
    """Each achievement that is offered, with the number of its newest published version."""
    newest = AchievementVersion.objects.published().filter(achievement=OuterRef("pk")).order_by("-number")
    return (
        Achievement.objects.in_catalog()
        .annotate(
            newest_version=Subquery(newest.values("pk")[:1]), newest_name=Subquery(newest.values("name")[:1])
        )
        .filter(newest_version__isnull=False)
    )


def search(wanted: Wanted) -> AchievementQuerySet:
    """What is offered and matches every word and facet, by name."""
    found = with_words(offered(), wanted.words)
    for narrow in (_of_kind, _of_scale, _of_issuer):
        found = narrow(found, wanted)
    return found.order_by("newest_name", "pk").for_rows()


def with_words(found: AchievementQuerySet, words: str) -> AchievementQuerySet:
    """Each word stands in the newest version's name, description, skills, or in the issuer's name."""
    for word in words.split()[:MAX_WORDS]:
        matching = AchievementVersion.objects.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(product__icontains=word)
            | Q(skills__label__icontains=word)
            | Q(versionskill__name__icontains=word)
            | Q(role__label__icontains=word)
            | Q(role_name__icontains=word)
        )
        found = found.filter(Q(newest_version__in=matching.values("pk")) | Q(issuer__name__icontains=word))
    return found


def facets(wanted: Wanted) -> Facets:
    """For each facet its values, counted among what the words and the other facets leave."""
    found = with_words(offered(), wanted.words)
    by_kind = _counted(_of_issuer(_of_scale(found, wanted), wanted), "kind")
    by_scale = _counted(_of_issuer(_of_kind(found, wanted), wanted), "kind")
    return Facets(
        kinds=[
            Choice(kind.slug, kind.plural, by_kind.get(kind.slug, 0), kind.slug == wanted.kind)
            for kind in kinds.KINDS.values()
        ],
        scales=[
            Choice(
                scale,
                f"{scale.title()}-credentials",
                sum(by_scale.get(k, 0) for k in of),
                scale == wanted.scale,
            )
            for scale, of in KINDS_OF_SCALE.items()
        ],
        issuers=_issuers(_of_scale(_of_kind(found, wanted), wanted), wanted.issuer),
    )


def recently_published(limit: int) -> AchievementQuerySet:
    """The achievements whose newest version is the newest, for the home page."""
    newest = Max("versions__published_at")
    return offered().annotate(last_published=newest).order_by("-last_published", "pk").for_rows()[:limit]


def held_by(achievement: Achievement) -> int:
    """How many people hold any version of it today, counted by address; revoked and expired ones are not."""
    awards = Award.objects.current().filter(version__achievement=achievement)
    return awards.aggregate(people=Count("recipient_email", distinct=True))["people"]


def _of_kind(found, wanted: Wanted):
    return found.filter(kind=wanted.kind) if wanted.kind else found


def _of_scale(found, wanted: Wanted):
    return found.filter(kind__in=KINDS_OF_SCALE.get(wanted.scale, ())) if wanted.scale else found


def _of_issuer(found, wanted: Wanted):
    return found.filter(issuer__slug=wanted.issuer) if wanted.issuer else found


def _counted(found, column: str) -> dict:
    return dict(found.order_by().values_list(column).annotate(count=Count("pk")))


def _issuers(found, chosen: str) -> list[Choice]:
    counts = _counted(found, "issuer")
    named = Issuer.objects.filter(Q(pk__in=counts) | Q(slug=chosen)).values_list("pk", "slug", "name")
    choices = [Choice(slug, name, counts.get(pk, 0), slug == chosen) for pk, slug, name in named]
    return sorted(choices, key=lambda choice: (-choice.count, choice.label))
