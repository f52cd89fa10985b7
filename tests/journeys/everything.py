"""A site where every page has something to show: the demo, and whatever the demo is too tidy to have."""

import datetime as dt
from types import SimpleNamespace

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.test import Client
from django.utils import timezone

from config import outbox
from config.demonstration import loading
from credentials import awarding, bringing, defining, endorsing
from credentials.awarding import Person
from credentials.models import Achievement, Award, JobState, Rendering
from credentials.rendering import shelf
from issuers import api_keys, domains
from issuers.models import SigningKey
from tests.factories import make_award, make_issuer, make_person, make_user, make_version

ROSTER = """\
name,email,awarded_on,Classification
محمد الأحمد,mohammed@learner.example,2026-06-12,First-class honours
Søren Østergaard with a name that goes on and on,soren@learner.example,2026-06-12,Pass
,nameless@learner.example,2026-06-12,Pass
Ada Nwosu,ada at learner.example,the twelfth of June,Pass
Soren Ostergaard,SOREN@learner.example,2026-06-12,Pass
""".encode()


def make_everything() -> SimpleNamespace:
    """The demo and more; by name what the pages are about."""
    loading.load()
    registrar = User.objects.get(email="registrar@demo.example")
    ada = User.objects.get(email=loading.ADA.email)
    EmailAddress.objects.create(user=ada, email="ada@unconfirmed.example", verified=False)
    degree = Achievement.objects.get(slug="bsc-informatics").current
    return SimpleNamespace(
        registrar=registrar,
        ada=ada,
        degree=degree,
        new=make_user("new@learner.example"),
        careful=make_careful_user(),
        **credentials(degree),
        **desk(degree, registrar),
        **mail(ada),
    )


def credentials(degree) -> dict:
    """A credential in every standing, private, and of a key that was stolen."""
    awards = {award.standing: award for award in Award.objects.for_cards()}
    private = Award.objects.filter(earner__email=loading.ADA.email).latest("awarded_at")
    Award.objects.filter(pk=private.pk).update(visibility=Award.Visibility.PRIVATE)
    today = timezone.now().date()
    later = make_award(degree, name="Somebody Later", awarded_on=today + dt.timedelta(days=30))
    stolen = make_award(make_version(make_issuer("stolen")))
    SigningKey.objects.filter(issuer=stolen.issuer).update(compromised_at=timezone.now())
    failed = shelf.ask(later)
    Rendering.objects.filter(pk=failed.pk).update(state=JobState.FAILED, detail="No font has these letters.")
    return {
        "valid": awards["valid"], "expired": awards["expired"], "revoked": awards["revoked"],
        "later": later, "private": private, "stolen": stolen,
    }  # fmt: skip


def desk(degree, registrar) -> dict:
    """Drafts, rosters at each step, and batches in each state."""
    issuer = degree.achievement.issuer
    defining.new_version(degree.achievement, by=registrar)
    with_problems = bringing.bring(degree, data=ROSTER, name="graduates.csv", by=registrar)
    clean = bringing.bring(degree, data=b"\n".join(ROSTER.split(b"\n")[:3]), name="two.csv", by=registrar)
    retired = make_version(issuer, slug="retired", name="An old badge")
    defining.retire(retired.achievement, by=registrar)
    batches = {state: batch(degree, registrar, state) for state in ("waiting", "running", "stopped", "held")}
    domains.claim(issuer, "northfield.example", by=registrar)
    friendly = make_version(make_issuer("friendly"), name="A friend’s badge")
    given = endorsing.endorse(friendly, endorser=issuer, comment="We employ whoever holds it.", by=registrar)
    make_issuer("undecided", by=registrar)
    api_key, _ = api_keys.make(issuer, name="Learning platform", scope="award", ends_at=None, by=registrar)
    member = issuer.members.exclude(user=registrar).get()
    return {"with_problems": with_problems, "clean": clean, "retired": retired, "batches": batches,
            "member": member, "northfield": issuer, "given": given, "api_key": api_key}  # fmt: skip


def batch(version, by: User, state: str):
    person = make_person(name="Who is awarded twice")
    people = [person, Person(line=person.line + 1, name="The same", email=person.email)]
    ordered = awarding.order(version, people=people, roster_name=f"{state}.csv", by=by)
    if state == "running":
        awarding.award_batch(ordered.pk, stop_after=1)
    elif state == "stopped":
        awarding.stop(ordered, "Line 3 broke off 5 times. Resume to try again.")
    elif state == "held":
        awarding.award_batch(ordered.pk)
    return ordered


def mail(ada: User) -> dict:
    """A letter, and the links that letters bring: to confirm an address, to choose a new password."""
    send_mail("A letter", "It says https://badges.example/a/long/address/", None, [ada.email])
    unconfirmed = EmailAddress.objects.get(email="ada@unconfirmed.example")
    return {
        "letter": outbox.sent()[0]["id"],
        "confirmation": EmailConfirmationHMAC(unconfirmed).key,
        "reset": {"uidb36": user_pk_to_url_str(ada), "key": default_token_generator.make_token(ada)},
    }


def make_careful_user() -> User:
    """Somebody with two-factor sign-in and codes to recover it."""
    user = make_user("careful@learner.example")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return user


def session_of(user: User) -> str:
    """The session cookie of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
