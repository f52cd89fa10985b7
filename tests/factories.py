"""Things for tests, made through the front door: no test meets an award that the site could not make."""

import itertools

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from credentials import awarding, defining
from credentials.addresses import normalise_email
from credentials.awarding import Person
from credentials.kinds import KINDS
from credentials.models import AchievementVersion, Award
from issuers import membership
from issuers.models import Issuer, Member

NEEDED = {
    "role_certification": {
        "role": {"name": "Data steward", "url": "https://northfield.example/roles/steward"}
    },
    "micro_certification": {"assessment": AchievementVersion.Assessment.EXAM},
}
_numbers = itertools.count(1)
PASSWORD = "correct horse battery staple"


def make_user(email: str = "", *, verified: bool = True) -> User:
    email = email or f"person{next(_numbers)}@example.org"
    user = User.objects.create_user(username=email, email=email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def make_issuer(slug: str = "", *, by: User | None = None, **fields) -> Issuer:
    slug = slug or f"issuer-{next(_numbers)}"
    fields = {
        "name": "Northfield Institute",
        "url": "https://northfield.example",
        "email": "hello@northfield.example",
    } | fields
    return membership.found(by=by or make_user(), slug=slug, **fields)


def owner_of(issuer: Issuer) -> User:
    return issuer.members.filter(role="owner").first().user


def make_member(issuer: Issuer, role: str) -> User:
    user = make_user()
    Member.objects.create(issuer=issuer, user=user, role=role)
    return user


def make_draft(
    issuer: Issuer | None = None, *, kind: str = "badge", slug: str = "", **text
) -> AchievementVersion:
    issuer = issuer or make_issuer()
    text = {
        "name": "Clinical Data Stewardship",
        "description": "Keeps hospital records trustworthy enough to act on.",
        "criteria": "A supervised audit, a **written plan** and a defence.",
        "achievement_type": KINDS[kind].achievement_types[0],
        **NEEDED.get(kind, {}),
    } | text
    return defining.draft(
        issuer, kind=kind, slug=slug or f"achievement-{next(_numbers)}", by=owner_of(issuer), **text
    )


def make_version(
    issuer: Issuer | None = None, *, kind: str = "badge", slug: str = "", **text
) -> AchievementVersion:
    draft = make_draft(issuer, kind=kind, slug=slug, **text)
    return defining.publish(draft, by=owner_of(draft.achievement.issuer))


def make_person(**fields) -> Person:
    number = next(_numbers)
    return Person(
        **({"line": number, "name": "Amara Nwosu", "email": f"earner{number}@example.org"} | fields)
    )


def make_award(version: AchievementVersion | None = None, **fields) -> Award:
    """`fields` are those of `awarding.Person`; the address is normalised as a roster's would be."""
    version = version or make_version()
    if "email" in fields:
        fields["email"] = normalise_email(fields["email"])
    return awarding.award(version, make_person(**fields), by=owner_of(version.achievement.issuer))
