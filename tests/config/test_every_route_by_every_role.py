"""The map of the site: every address, asked for by everybody, on what is theirs and on what is not.

An address that is missing from the table fails the test, and so does one whose answer differs from it. What a
page may do in detail is tested with its view; here stands who gets in at all, and that nobody who does not
reads a name or an address of somebody else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from credentials import bringing, codes, endorsing
from credentials.models import Award
from issuers import api_keys
from issuers.models import Issuer, Member
from portfolios import arranging, claiming
from tests.factories import make_award, make_draft, make_issuer, make_user, make_version, owner_of
from tests.issuers.pictures import picture, upload

pytestmark = pytest.mark.django_db

VISITORS = ("anonymous", "stranger", "earner", "owner", "editor", "awarder", "auditor", "other")
MEMBERS = ("owner", "editor", "awarder", "auditor")
IN = "to sign in"
INVENTED = "00000000-0000-4000-8000-000000000000"

# fmt: off
#           anonymous stranger earner owner editor awarder auditor other
ALL =       (200,     200,     200,   200,  200,   200,    200,    200)
SIGNED_IN = (IN,      200,     200,   200,  200,   200,    200,    200)
READ =      (IN,      404,     404,   200,  200,   200,    200,    404)
DEFINE =    (IN,      404,     404,   200,  200,   403,    403,    404)
AWARD =     (IN,      404,     404,   200,  403,   200,    403,    404)
OWN =       (IN,      404,     404,   200,  403,   403,    403,    404)
NONE_YET_OF_OWNERS = (IN, 404,    404,   404,  403,   403,    403,    404)  # of no domain
NEVER =     (405,     405,     405,   405,  405,   405,    405,    405)
NEVER_IN =  (IN,      405,     405,   405,  405,   405,    405,    405)
HELD =      (404,     404,     200,   200,  200,   200,    200,    404)  # a private credential
DRAFTED =   (404,     404,     404,   200,  200,   200,    200,    404)  # what is not published yet
EARNED =    (IN,      404,     302,   404,  404,   404,    404,    404)  # a form about one's own credential
SHOWN =     (IN,      404,     200,   404,  404,   404,    404,    404)  # a form that lists one's own
HIDDEN =    (404,     404,     404,   404,  404,   404,    404,    404)
STEP =      (302,     302,     302,   302,  302,   302,    302,    302)  # leads to another page
STEP_IN =   (IN,      302,     302,   302,  302,   302,    302,    302)
REFUSED =   (400,     400,     400,   400,  400,   400,    400,    400)  # nothing was sent to be answered
OUT =       (200,     302,     302,   302,  302,   302,    302,    302)  # for who is not signed in
LEAVE =     (302,     200,     200,   200,  200,   200,    200,    200)
NONE_YET =  (IN,      404,     404,   404,  404,   404,    404,    404)  # of no second factor
# fmt: on


def of_programs(codes: tuple) -> tuple:
    """The same, but nobody is led to a page to sign in."""
    return tuple(401 if code == IN else code for code in codes)


ORDERED = tuple(415 if code == 200 else code for code in of_programs(AWARD))  # a form is no order


def leading_on(codes: tuple) -> tuple:
    """The same, but whoever is let in is sent on."""
    return tuple(302 if code == 200 else code for code in codes)


@dataclass
class Route:
    """An address: its name, what stands in it, who gets what by GET and by POST."""

    name: str
    get: tuple
    post: tuple
    arguments: Callable = lambda there: []
    sent: dict = field(default_factory=dict)
    about: str = ""  # which of several, for the reader


def desk(name: str, get: tuple, post: tuple, arguments: Callable = lambda there: [], **more) -> Route:
    return Route(name, get, post, lambda there: [there.issuer, *arguments(there)], **more)


def one(what: str) -> Callable:
    return lambda there: [getattr(there, what)]


def public(name: str, what: str, codes: tuple, *more, about: str = "") -> Route:
    """An address below /issuers/<issuer>/."""
    return Route(name, codes, NEVER, lambda there: [there.issuer, getattr(there, what), *more], about=about)


DESK = [
    Route("dashboard", SIGNED_IN, NEVER_IN),
    Route("issuer_new", SIGNED_IN, SIGNED_IN),
    desk("issuer_edit", OWN, OWN),
    desk("members", READ, OWN),
    desk("member", OWN, OWN, one("member")),
    desk("member_remove", OWN, leading_on(OWN), one("member")),
    desk("keys", READ, NEVER_IN),
    desk("key_new", OWN, OWN),
    desk("key_stolen", OWN, OWN, lambda there: [1]),
    desk("domain", OWN, OWN),
    desk("domain_check", NEVER_IN, NONE_YET_OF_OWNERS),
    desk("domain_give_up", NONE_YET_OF_OWNERS, NONE_YET_OF_OWNERS),
    desk("api_keys", OWN, NEVER_IN),
    desk("api_key_new", OWN, OWN),
    desk("api_key_revoke", OWN, leading_on(OWN), one("api_key")),
    desk("journal", READ, NEVER_IN),
    desk("desk", READ, NEVER_IN),
    desk("achievement_kinds", DEFINE, NEVER_IN),
    desk("achievement_define", DEFINE, DEFINE, lambda there: ["badge"]),
    desk("achievement_desk", READ, NEVER_IN, one("open")),
    desk("achievement_edit", DEFINE, DEFINE, one("draft")),
    desk("achievement_draft", READ, DEFINE, one("draft")),
    desk("achievement_discard", DEFINE, leading_on(DEFINE), one("draft")),
    desk("achievement_renew", NEVER_IN, leading_on(DEFINE), one("open")),
    desk("achievement_retire", DEFINE, leading_on(DEFINE), one("open")),
    desk("batches", READ, NEVER_IN),
    desk("batch", READ, NEVER_IN, one("batch")),
    desk("batch_resume", NEVER_IN, leading_on(AWARD), one("batch")),
    desk("batch_results", READ, NEVER_IN, one("batch")),
    desk("awards", READ, NEVER_IN),
    desk("endorse", leading_on(DEFINE), leading_on(DEFINE), lambda there: [there.issuer, there.open]),
    desk("endorsement_withdraw", DEFINE, leading_on(DEFINE), one("given")),
    desk("awards_revoke", leading_on(AWARD), leading_on(AWARD)),
    desk("award_desk", READ, NEVER_IN, one("award")),
    desk("award_revoke", AWARD, AWARD, one("award")),
    desk("award_erase", OWN, OWN, one("award")),
    desk("roster_check", AWARD, leading_on(AWARD), one("roster")),
    desk("roster_match", AWARD, AWARD, one("roster")),
    desk("roster_refused", AWARD, NEVER_IN, one("roster")),
    desk("roster_order", AWARD, leading_on(AWARD), one("roster"), sent={"count": "1"}),
    desk("roster_add", AWARD, AWARD, one("open")),
    desk("award_one", AWARD, AWARD, one("open")),
]
EARNERS = [
    Route("me", SIGNED_IN, NEVER_IN),
    Route("me_portfolio", SIGNED_IN, SIGNED_IN),
    Route("me_keep", NEVER_IN, STEP_IN),
    Route("me_visibility", NEVER_IN, EARNED, one("award"), sent={"visibility": "public"}),
    Route("me_add", NEVER_IN, EARNED, one("award")),
    Route("me_export", SIGNED_IN, NEVER_IN),
    Route("me_leave", SIGNED_IN, SIGNED_IN),
    Route("me_left", STEP, NEVER),
]
NOT_THEIRS = [  # a form of one's own that names another's credential
    Route("me_keep", NEVER_IN, EARNED, sent={"award": "award"}, about="naming a credential"),
    Route(
        "me_portfolio",
        SIGNED_IN,
        SHOWN,
        sent={"order": "award"},
        about="arranging a credential",
    ),
    Route(
        "me_portfolio",
        SIGNED_IN,
        SHOWN,
        sent={"show": "award"},
        about="showing a credential",
    ),
]
FOR_EVERYBODY = [
    Route("home", ALL, NEVER),
    Route("catalog", ALL, NEVER),
    Route("verify", ALL, ALL),
    Route("verify_results", NEVER, REFUSED, lambda there: ["csv"]),
    Route("verify_receipt", NEVER, REFUSED, lambda there: ["json"]),
    Route("site_did", ALL, NEVER),
    Route("short_address", STEP, NEVER, lambda there: [codes.of(there.award)]),
    Route("short_address", leading_on(HELD), NEVER, lambda there: [codes.of(there.private)], about="private"),
    Route("api_root", ALL, NEVER),
    Route("api_verify", NEVER, REFUSED),
    Route("api_credential", ALL, NEVER, one("award")),
    Route("api_credential", HELD, NEVER, one("private"), about="private"),
    Route("api_achievements", ALL, NEVER),
    Route("api_awards", of_programs(READ), of_programs(NEVER_IN), one("issuer")),
    Route("api_award", of_programs(NEVER_IN), ORDERED, lambda there: [there.issuer, there.open]),
    Route("api_revoke", of_programs(NEVER_IN), ORDERED, lambda there: [there.issuer, there.award]),
    Route("api_issuer", ALL, NEVER, one("issuer")),
    Route("api_schema", ALL, NEVER),
    Route("api_docs", ALL, NEVER),
    Route("theme", NEVER, STEP, sent={"theme": "dark"}),
    Route("healthz", ALL, NEVER),
    Route("readyz", ALL, NEVER),
    Route("issuer", ALL, NEVER, one("issuer")),
    Route("issuer_did", ALL, NEVER, one("issuer")),
    Route("issuer_logo", ALL, NEVER, one("issuer")),
    public("achievement", "open", ALL),
    public("achievement_version", "open", ALL, 1),
    public("achievement_json", "open", ALL, 1),
    public("version_image", "open", ALL, 1),
    public("version_image_png", "open", ALL, 1),
    public("achievement", "draft", DRAFTED, about="draft"),
    public("achievement_version", "draft", DRAFTED, 1, about="draft"),
    public("achievement_json", "draft", DRAFTED, 1, about="draft"),
    public("version_image", "draft", DRAFTED, 1, about="draft"),
    public("version_image_png", "draft", DRAFTED, 1, about="draft"),
    Route("credential", ALL, NEVER, one("award")),
    Route("credential_json", ALL, NEVER, one("award")),
    Route("credential_embed", ALL, NEVER, one("award")),
    Route("credential_embed", HIDDEN, NEVER, one("private"), about="private"),
    Route("seal", ALL, NEVER, one("award")),
    Route("certificate_pdf", STEP, NEVER, one("award")),
    Route("certificate_status", ALL, NEVER, one("award")),
    Route("credential", HELD, NEVER, one("private"), about="private"),
    Route("credential_json", HELD, NEVER, one("private"), about="private"),
    Route("seal", HELD, NEVER, one("private"), about="private"),
    Route("certificate_pdf", leading_on(HELD), NEVER, one("private"), about="private"),
    Route("certificate_status", HELD, NEVER, one("private"), about="private"),
    Route("badge_png", ALL, NEVER, one("award")),
    Route("badge_svg", ALL, NEVER, one("award")),
    Route("credential_jwt", HIDDEN, NEVER, one("award")),
    Route("ob2_assertion", ALL, NEVER, one("award")),
    Route("badge_png", HELD, NEVER, one("private"), about="private"),
    Route("badge_svg", HELD, NEVER, one("private"), about="private"),
    Route("ob2_assertion", HELD, NEVER, one("private"), about="private"),
    Route("ob2_badge", ALL, NEVER, one("open_version")),
    Route("ob2_issuer", ALL, NEVER, one("issuer")),
    Route("endorsement", ALL, NEVER, one("endorsement")),
    Route("status_list", ALL, NEVER, one("status_list")),
    Route("profile", ALL, NEVER, one("handle")),
    Route("profile", HIDDEN, NEVER, one("hidden_handle"), about="private"),
]
DEVELOPMENT_ONLY = [
    Route("styleguide", ALL, NEVER),
    Route("outbox", ALL, NEVER),
    Route("outbox_message", HIDDEN, NEVER, lambda there: ["no-such-message"]),
]
ACCOUNTS = [
    Route("account_login", OUT, OUT),
    Route("account_logout", LEAVE, STEP),
    Route("account_inactive", ALL, NEVER),
    Route("account_signup", OUT, OUT),
    Route("account_reauthenticate", SIGNED_IN, SIGNED_IN),
    Route("account_email", SIGNED_IN, STEP_IN),
    Route("account_email_verification_sent", ALL, NEVER),
    Route("account_change_password", SIGNED_IN, SIGNED_IN),
    Route("account_set_password", STEP_IN, STEP_IN),
    Route("account_reset_password", ALL, ALL),
    Route("account_confirm_login_code", STEP_IN, STEP_IN),
    Route("account_confirm_email", ALL, HIDDEN, lambda there: ["no-such-key"]),
    Route("account_reset_password_from_key_done", ALL, NEVER),
    Route("account_reset_password_done", ALL, NEVER),
    Route("account_reset_password_from_key", ALL, ALL, lambda there: ["1", "no-such-key"]),
    Route("mfa_index", SIGNED_IN, NEVER_IN),
    Route("mfa_authenticate", STEP_IN, STEP_IN),
    Route("mfa_reauthenticate", STEP_IN, STEP_IN),
    Route("mfa_activate_totp", STEP_IN, STEP_IN),
    Route("mfa_deactivate_totp", NONE_YET, NONE_YET),
    Route("mfa_view_recovery_codes", NONE_YET, NEVER_IN),
    Route("mfa_generate_recovery_codes", STEP_IN, STEP_IN),
    Route("mfa_download_recovery_codes", NONE_YET, NONE_YET),
]
BY_WORD = {"achievement_define", "key_stolen"}  # a kind, or a number that counts anew at each issuer
ROUTES = DESK + EARNERS + NOT_THEIRS + FOR_EVERYBODY + DEVELOPMENT_ONLY + ACCOUNTS


def routes_of(resolver, namespace: str = "") -> Iterator[tuple[str, str | None]]:
    """(namespace, name) of every address that the site answers."""
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes_of(pattern, pattern.namespace or namespace)
        else:
            yield namespace, pattern.name


def test_the_table_knows_every_address_of_the_site():
    named = {name for namespace, name in routes_of(get_resolver()) if namespace != "admin"}

    assert {route.name for route in ROUTES} == named


# Who and what there is


def settle(slug: str) -> SimpleNamespace:
    """An issuer with its people, and one of everything that an address can name."""
    people = {role: make_user(f"{role}@{slug}.example") for role in (*MEMBERS, "earner", "hermit", "leaving")}
    issuer = make_issuer(slug, by=people["owner"], name=f"Institute {slug}", logo=upload(picture()))
    for role in MEMBERS[1:]:
        Member.objects.create(issuer=issuer, user=people[role], role=role)
    leaving = Member.objects.create(issuer=issuer, user=people["leaving"], role="auditor")
    pictured = {"image_alt": "A picture"}
    open_one = make_version(issuer, slug="open", image=upload(picture()), **pictured)
    draft = make_draft(
        issuer, slug="drafted", name=f"Unannounced {slug}", image=upload(picture()), **pictured
    )
    award = make_award(open_one, name=f"Linda of {slug}", email=f"earner@{slug}.example")
    private = make_award(
        make_version(issuer, slug="other-one"), name=f"Quirina of {slug}", email=f"earner@{slug}.example"
    )
    claiming.claim_all(people["earner"])
    Award.objects.filter(pk=private.pk).update(visibility=Award.Visibility.PRIVATE)
    roster = bringing.bring(
        open_one,
        data=f"name,email\nRosalind of {slug},rosalind@{slug}.example\n".encode(),
        name="roster.csv",
        by=people["owner"],
    )
    words = {"headline": "", "about": ""}
    arranging.write_profile(
        people["earner"], handle=f"linda-{slug}", name="Linda", audience="public", **words
    )
    arranging.write_profile(
        people["hermit"], handle=f"h-{slug}", name=f"Hermit of {slug}", audience="private", **words
    )
    friend = make_issuer(f"{slug}-friend")
    return SimpleNamespace(
        people=people,
        issuer=issuer.slug,
        member=leaving.pk,
        open=open_one.achievement.slug,
        open_version=open_one.pk,
        draft=draft.achievement.slug,
        award=award.pk,
        private=private.pk,
        batch=award.row.batch_id,
        api_key=api_keys.make(
            issuer, name=f"Program of {slug}", scope="award", ends_at=None, by=people["owner"]
        )[0].pk,
        roster=roster.pk,
        status_list=award.status_list.public_id,
        endorsement=endorsing.endorse(open_one, endorser=friend, comment="Good.", by=owner_of(friend)).pk,
        given=endorsing.endorse(
            make_version(friend, slug="friendly"), endorser=issuer, comment="Good.", by=people["owner"]
        ).pk,
        handle=f"linda-{slug}",
        hidden_handle=f"h-{slug}",
        of_the_earner=[f"Quirina of {slug}", f"earner@{slug}.example"],
        of_the_desk=[f"Unannounced {slug}", f"Rosalind of {slug}", f"rosalind@{slug}.example"]
        + [f"{role}@{slug}.example" for role in (*MEMBERS, "leaving")],
        of_the_hermit=[f"Hermit of {slug}", f"hermit@{slug}.example"],
    )


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Two issuers and a stranger, made once: each test undoes what it does, and this what is left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield settle("northfield"), settle("halyard"), make_user("s@strange.example")
        transaction.set_rollback(True)


@pytest.fixture
def here(world):
    return world[0]


@pytest.fixture
def elsewhere(world):
    return world[1]


@pytest.fixture
def visit(client, world):
    """Sign in as one of VISITORS; gives the words that this visitor may never read."""
    here, elsewhere, stranger = world

    def visit(visitor: str) -> list[str]:
        users = here.people | {"other": elsewhere.people["owner"], "stranger": stranger}
        if visitor != "anonymous":
            client.force_login(users[visitor])
        secret = [*here.of_the_hermit, *elsewhere.of_the_hermit]
        if visitor != "other":
            secret += elsewhere.of_the_desk + elsewhere.of_the_earner
        if visitor not in MEMBERS:
            secret += here.of_the_desk
        if visitor not in (*MEMBERS, "earner"):
            secret += here.of_the_earner
        return secret

    return visit


@pytest.fixture
def ask(client):
    """Ask, and undo what was done: (what came of it, the body)."""

    def ask(method: str, address: str, sent: dict) -> tuple[int | str, str]:
        with transaction.atomic():
            session = client.cookies.copy()
            answer = getattr(client, method)(address, sent)
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        client.cookies = session
        signing_in = answer.status_code == 302 and answer.url.startswith(
            ("/accounts/login/", "/admin/login/")
        )
        return (IN if signing_in else answer.status_code), body.decode(errors="replace")

    return ask


def filled(route: Route, there: SimpleNamespace) -> dict:
    """What the form sends; "award" stands for the id of one."""
    return {name: getattr(there, value, value) for name, value in route.sent.items()}


def answers(ask, routes: list[Route], there, secret: list[str]) -> dict:
    """What came of every address by both methods; and every word that came out though it should not."""
    found = {}
    for route in routes:
        address = reverse(route.name, args=route.arguments(there))
        for method, sent in (("get", {}), ("post", filled(route, there))):
            code, body = ask(method, address, sent)
            leaked = [word for word in secret if word in body]
            found[route.name, route.about, method] = (code, *leaked)
    return found


def expected(routes: list[Route], visitor: str, change: Callable = lambda code: code) -> dict:
    place = VISITORS.index(visitor)
    return {
        (route.name, route.about, method): (change(getattr(route, method)[place]),)
        for route in routes
        for method in ("get", "post")
    }


@pytest.mark.parametrize("visitor", VISITORS)
def test_who_gets_in(ask, visit, here, visitor):
    secret = visit(visitor)

    assert answers(ask, ROUTES, here, secret) == expected(ROUTES, visitor)


@pytest.mark.parametrize("visitor", VISITORS)
def test_what_belongs_to_another_issuer_is_not_found_at_this_ones_desk(ask, visit, here, elsewhere, visitor):
    """Its own slug in the address, and the other's member, achievement, batch, roster or award behind it."""
    secret = visit(visitor)
    issuer = Issuer.objects.get(slug=elsewhere.issuer)
    make_version(issuer, slug="others")
    make_draft(issuer, slug="unseen", name="Unannounced halyard")
    foreign = SimpleNamespace(
        **vars(elsewhere) | {"issuer": here.issuer, "open": "others", "draft": "unseen"}
    )
    named = [route for route in DESK if len(route.arguments(foreign)) > 1 and route.name not in BY_WORD]

    assert answers(ask, named, foreign, secret) == expected(named, visitor, gone)


def gone(code: int | str) -> int | str:
    return 404 if code in (200, 302) else code


@pytest.mark.parametrize("visitor", [visitor for visitor in VISITORS if visitor != "other"])
def test_what_is_not_there_looks_like_what_one_may_not_see(ask, visit, here, elsewhere, visitor):
    """Whoever asks for another's private credential gets, letter by letter, what an invented number gets."""
    visit(visitor)
    for name in ("credential", "credential_json", "seal", "certificate_pdf", "certificate_status"):
        asked = [ask("get", reverse(name, args=[pk]), {}) for pk in (elsewhere.private, INVENTED)]
        theirs, nobodys = ((code, without_numbers(body, elsewhere.private)) for code, body in asked)
        assert theirs == nobodys


def without_numbers(body: str, pk) -> str:
    """The page without what differs from look to look: the number that was asked for, the form's token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body.replace(str(pk), INVENTED))


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_private_credential_is_not_looked_up_by_its_number(ask, visit, here, visitor):
    visit(visitor)

    _, body = ask("get", reverse("verify"), {"q": str(here.private)})

    assert ("Quirina" in body, "There is no credential" in body) == (False, True)


OF_ADMIN = {"view_on_site": ["1", "1"], "app_list": ["issuers"], "password_change": []}


def address_in_admin(name: str) -> str:
    of_one_thing = name.endswith(("_change", "_history", "_delete"))
    return reverse(f"admin:{name}", args=OF_ADMIN.get(name, ["1"] if of_one_thing else []))


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_room_of_whoever_runs_the_site_is_shut(ask, visit, visitor):
    secret = visit(visitor)
    names = {name for namespace, name in routes_of(get_resolver()) if namespace == "admin" and name}
    found = {}
    for name in names:
        code, body = ask("get", address_in_admin(name), {})
        found[name] = (code, *(word for word in secret if word in body))

    refused = {"login": (IN if visitor == "anonymous" else 403,), "logout": (302,)}
    assert found == dict.fromkeys(names, (IN,)) | refused
    assert len(names) > 50
