"""Load the demo through the front door: found, define, publish, order, award, revoke, claim, arrange."""

import datetime as dt
import itertools

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.demonstration.content import ORGANISATIONS, PEOPLE, Earned, Offer, Organisation
from config.demonstration.emblems import emblem
from credentials import awarding, defining, standing
from credentials.awarding import Person
from credentials.models import AchievementVersion, Award
from issuers import membership
from issuers.models import Issuer, Role
from portfolios import arranging, claiming
from portfolios.models import Audience

PASSWORD = "demo"  # noqa: S105 (the demo's, printed by `up`, for development only)
ADA = Person(line=2, name="Ada Nwosu", email="ada@demo.example")
AUDITOR = "auditor@demo.example"


def load() -> int:
    """Load what of the demo is not there yet; returns how many issuers were made."""
    auditor, ada = account(AUDITOR), account(ADA.email)
    people = itertools.cycle(PEOPLE)
    made = 0
    for organisation in ORGANISATIONS:
        if not Issuer.objects.filter(slug=organisation.slug).exists():
            make(organisation, auditor, people)
            made += 1
    if made:
        arrange_portfolio(ada)
    return made


def account(email: str) -> User:
    """A person who can sign in with the demo's password, the address verified."""
    user, is_new = User.objects.get_or_create(username=email, defaults={"email": email})
    if is_new:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@transaction.atomic
def make(organisation: Organisation, auditor: User, people) -> None:
    owner = account(organisation.owner)
    issuer = membership.found(by=owner, slug=organisation.slug, **organisation.profile)
    logo = emblem(organisation.letter, colour=organisation.profile["colour"], shape=organisation.shape)
    issuer.logo.save(f"{issuer.slug}.png", logo)
    membership.invite(issuer, auditor, role=Role.AUDITOR, by=owner)
    for offer in organisation.offers:
        versions = define(issuer, offer, owner)
        for number, earned in enumerate(offer.earned, start=1):
            award(versions[earned.version - 1], earned, people, owner, f"{offer.slug}-{number}.csv")


def define(issuer: Issuer, offer: Offer, owner: User) -> list[AchievementVersion]:
    first, *later = offer.versions
    draft = defining.draft(issuer, kind=offer.kind, slug=offer.slug, by=owner, **first)
    versions = [defining.publish(draft, by=owner)]
    for text in later:
        next_one = defining.new_version(versions[0].achievement, by=owner)
        versions.append(defining.publish(defining.edit(next_one, by=owner, **text), by=owner))
    return versions


def award(version: AchievementVersion, earned: Earned, people, owner: User, roster_name: str) -> None:
    today = timezone.now().date()
    ends = None if earned.ends_in is None else today + dt.timedelta(days=earned.ends_in)
    results = [_by_id(version, result) for result in earned.results] or [{}]
    evidence = earned.evidence or ([],)
    named = [ADA] if earned.ada else [_person(next(people)) for _ in range(earned.count)]
    batch = awarding.order(
        version,
        people=[
            Person(
                line=line,
                name=person.name,
                email=person.email,
                awarded_on=today - dt.timedelta(days=earned.days),
                valid_until=ends,
                results=results[line % len(results)],
                evidence=evidence[line % len(evidence)],
            )
            for line, person in enumerate(named, start=2)
        ],
        roster_name=roster_name,
        by=owner,
    )
    awarding.award_batch(batch.pk)
    if earned.revoked:
        for one in Award.objects.filter(row__batch=batch):
            standing.revoke(one, reason=earned.revoked, by=owner)


def arrange_portfolio(ada: User) -> None:
    """One public portfolio; the newest badge stays out of it, so that something is new at /me/."""
    claiming.claim_all(ada)
    profile = arranging.write_profile(
        ada,
        handle="ada",
        name=ADA.name,
        headline="Platform engineer. I make systems that other people can sleep beside.",
        about="I studied informatics, run platforms for a living, and teach what I learn.",
        audience=Audience.PUBLIC,
    )
    mine = list(Award.objects.for_cards().filter(earner=ada).order_by("awarded_at"))
    arranging.arrange(profile, shown=mine[:-1])
    Award.objects.filter(pk__in=[one.pk for one in mine[:-1]]).update(
        visibility=Award.Visibility.PUBLIC, seen_at=timezone.now()
    )


def _person(name: str) -> Person:
    number = PEOPLE.index(name) + 1
    return Person(line=0, name=name, email=f"earner{number}@demo.example")


def _by_id(version: AchievementVersion, result: dict[str, str]) -> dict[str, str]:
    ids = {described["name"]: described["id"] for described in version.result_descriptions}
    return {ids[name]: value for name, value in result.items()}
