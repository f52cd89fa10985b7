"""Every page of the site, in light and dark, wide and narrow: nothing for axe, no breach of the policy.

The pages are those of the URLconf. A new address has to be visited, or be said not to be a page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from credentials.models import Award
from tests.browser import CROSSWISE, EVERYWHERE, looked_at
from tests.factories import PASSWORD
from tests.journeys.everything import make_everything, session_of

NOT_PAGES = {
    "theme": "takes a choice and leads back",
    "healthz": "for machines",
    "readyz": "for machines",
    "issuer_did": "JSON",
    "issuer_logo": "a picture",
    "achievement_json": "JSON",
    "version_image": "a picture",
    "version_image_png": "a picture",
    "credential_json": "JSON",
    "seal": "a picture",
    "certificate_pdf": "a file",
    "badge_png": "a picture",
    "badge_svg": "a picture",
    "credential_jwt": "a token",
    "endorsement": "JSON",
    "ob2_assertion": "JSON",
    "ob2_badge": "JSON",
    "ob2_issuer": "JSON",
    "status_list": "JSON",
    "verify_results": "a file",
    "verify_receipt": "a file",
    "site_did": "JSON",
    "short_address": "leads on to the credential",
    "api_root": "JSON",
    "api_verify": "JSON",
    "api_credential": "JSON",
    "api_achievements": "JSON",
    "api_issuer": "JSON",
    "api_awards": "JSON",
    "api_award": "takes an order of a program",
    "api_revoke": "takes an order of a program",
    "api_schema": "a document for programs",
    "domain_check": "takes an order and leads back",
    "achievement_renew": "takes an order and leads on",
    "batch_resume": "takes an order and leads on",
    "batch_results": "a file",
    "roster_refused": "a file",
    "me_keep": "takes an order and leads on",
    "me_visibility": "takes an order and leads on",
    "me_export": "a file",
    "me_add": "takes an order and leads on",
    "mfa_download_recovery_codes": "a file",
    "account_confirm_login_code": "leads to sign-in: no codes are sent here",
    "account_set_password": "leads on: everybody here has a password",
}


@dataclass(frozen=True)
class Visit:
    """A look at a page: its route, the arguments of its address, and what is done before the look.

    `to` gives the arguments out of what `make_everything` made; `then` acts on the page.
    """

    route: str
    to: Callable = lambda made: {}
    query: Callable = lambda made: ""
    then: Callable = lambda page: None
    status: int = 200
    leads_elsewhere: bool = False
    looks: dict = field(default_factory=lambda: CROSSWISE)


def award(name: str) -> Callable:
    return lambda made: {"pk": getattr(made, name).pk}


def make_an_api_key(page) -> None:
    page.get_by_label("Name").fill("Examination office")
    press("Make it")(page)


def press(name: str) -> Callable:
    """Send a form as it is."""

    def send(page):
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state()

    return send


def open_menu(page) -> None:
    page.set_viewport_size({"width": 375, "height": 900})
    page.locator("summary", has_text="Menu").click()


def open_account_menu(page) -> None:
    page.locator("summary", has_text="Account").click()


def paste_broken(page) -> None:
    page.get_by_label("Address or number of the credential").fill('{"type": "VerifiableCredential"}')
    press("Check it")(page)


def bring_several(page) -> None:
    """Two files at once: a credential, and something else."""
    signed = page.request.get(Award.objects.earliest("awarded_at").get_absolute_url().rstrip("/") + ".json")
    page.get_by_label("Or files").set_input_files(
        [
            {"name": "credential.json", "mimeType": "application/json", "buffer": signed.body()},
            {"name": "a name that goes on and on.json", "mimeType": "application/json", "buffer": b"{}"},
        ]
    )
    press("Check it")(page)


def of_a_friend(made) -> dict:
    """Northfield endorsing what another issuer offers."""
    other = made.stolen.version.achievement
    return {"issuer": "northfield", "whose": other.issuer.slug, "achievement": other.slug}


def bring_a_receipt(page) -> None:
    """Check a credential, and bring back what the page gave along."""
    signed = page.request.get(Award.objects.earliest("awarded_at").get_absolute_url().rstrip("/") + ".json")
    page.get_by_label("Address or number of the credential").fill(signed.text())
    press("Check it")(page)
    receipt = page.locator("input[name=receipt]").input_value()
    files = {"name": "receipt.json", "mimeType": "application/json", "buffer": receipt.encode()}
    page.get_by_label("Or files").set_input_files(files)
    press("Check it")(page)


def of_degree(made) -> dict:
    return {"issuer": "northfield", "achievement": "bsc-informatics"}


def northfield(made) -> dict:
    return {"issuer": "northfield"}


def checking(name: str) -> Callable:
    return lambda made: f"?q={getattr(made, name).url}"


def roster(name: str) -> Callable:
    return lambda made: {"issuer": "northfield", "pk": getattr(made, name).pk}


def batch(state: str) -> Callable:
    return lambda made: {"issuer": "northfield", "pk": made.batches[state].pk}


PUBLIC = [
    Visit("home", looks=EVERYWHERE),
    Visit("home", then=open_menu, looks=EVERYWHERE),
    Visit("catalog"),
    Visit("catalog", query=lambda made: "?q=nothing+at+all&kind=degree"),
    Visit("issuer", to=northfield),
    Visit("issuer", to=lambda made: {"issuer": "stolen"}),
    Visit("achievement", to=of_degree),
    Visit("achievement", to=lambda made: {"issuer": "northfield", "achievement": "retired"}),
    Visit("achievement_version", to=lambda made: of_degree(made) | {"number": 1}),
    Visit("achievement_version", to=lambda made: {"issuer": "kompass", "achievement": "meeting-facilitation",
                                                  "number": 1}),
    Visit("credential", to=award("valid")),
    Visit("credential_embed", to=award("valid")),
    Visit("credential_embed", to=award("revoked")),
    Visit("credential", to=award("expired")),
    Visit("credential", to=award("revoked")),
    Visit("credential", to=award("later")),
    Visit("credential", to=award("stolen")),
    Visit("credential", to=award("private"), status=404),
    Visit("certificate_status", to=award("valid")),
    Visit("certificate_status", to=award("later")),
    Visit("profile", to=lambda made: {"handle": "ada"}),
    Visit("styleguide", looks=EVERYWHERE),
    Visit("outbox"),
    Visit("outbox_message", to=lambda made: {"message": made.letter}),
]  # fmt: skip
VERIFYING = [
    Visit("verify"),
    Visit("verify", query=lambda made: "?q="),
    Visit("verify", query=lambda made: "?q=not+an+address"),
    Visit("verify", query=checking("valid")),
    Visit("verify", query=checking("expired")),
    Visit("verify", query=checking("revoked")),
    Visit("verify", query=checking("stolen")),
    Visit("verify", then=paste_broken),
    Visit("verify", then=bring_several),
    Visit("verify", then=bring_a_receipt),
    Visit("api_docs"),
]
ACCOUNTS = [
    Visit("account_login"),
    Visit("account_login", then=press("Sign in")),
    Visit("account_signup"),
    Visit("account_inactive"),
    Visit("account_email_verification_sent"),
    Visit("account_confirm_email", to=lambda made: {"key": made.confirmation}),
    Visit("account_confirm_email", to=lambda made: {"key": "broken"}),
    Visit("account_reset_password"),
    Visit("account_reset_password_done"),
    Visit("account_reset_password_from_key", to=lambda made: made.reset, leads_elsewhere=True),
    Visit("account_reset_password_from_key", to=lambda made: made.reset | {"key": "broken-key"}),
    Visit("account_reset_password_from_key_done"),
]
EARNER = [
    Visit("me"),
    Visit("me", then=open_menu, looks=EVERYWHERE),
    Visit("me", then=open_account_menu),
    Visit("me", query=lambda made: "?q=nothing+at+all"),
    Visit("me_portfolio"),
    Visit("me_leave"),
    Visit("me_leave", then=press("Close my account")),
    Visit("profile", to=lambda made: {"handle": "ada"}),
    Visit("credential", to=award("private")),
    Visit("account_email"),
    Visit("account_change_password"),
    Visit("account_logout"),
    Visit("account_reauthenticate"),
    Visit("mfa_index"),
]
NEWCOMER = [
    Visit("me"),
    Visit("me_portfolio"),
    Visit("me_portfolio", then=press("Save my portfolio")),
    Visit("dashboard"),
    Visit("issuer_new"),
    Visit("issuer_edit", to=northfield, status=404),
]
CAREFUL = [
    Visit("mfa_reauthenticate"),
    Visit("mfa_index"),
    Visit("mfa_deactivate_totp"),
    Visit("mfa_view_recovery_codes"),
    Visit("mfa_generate_recovery_codes"),
]
ISSUER = [
    Visit("dashboard"),
    Visit("issuer_new", then=press("Found this issuer")),
    Visit("desk", to=northfield),
    Visit("desk", to=northfield, query=lambda made: "?q=nothing+at+all"),
    Visit("issuer_edit", to=northfield),
    Visit("members", to=northfield),
    Visit("member", to=lambda made: {"issuer": "northfield", "pk": made.member.pk}),
    Visit("member_remove", to=lambda made: {"issuer": "northfield", "pk": made.member.pk}),
    Visit("keys", to=northfield),
    Visit("key_new", to=northfield),
    Visit("key_stolen", to=lambda made: {"issuer": "northfield", "number": 1}),
    Visit("key_stolen", to=lambda made: {"issuer": "northfield", "number": 1},
          then=press("Withdraw this key")),
    Visit("api_keys", to=northfield),
    Visit("api_keys", to=lambda made: {"issuer": "undecided"}),
    Visit("api_key_new", to=northfield),
    Visit("api_key_new", to=northfield, then=press("Make it")),
    Visit("api_key_new", to=northfield, then=make_an_api_key),
    Visit("api_key_revoke", to=lambda made: {"issuer": "northfield", "pk": made.api_key.pk}),
    Visit("domain", to=northfield),
    Visit("domain", to=lambda made: {"issuer": "undecided"}),
    Visit("domain_give_up", to=northfield),
    Visit("journal", to=northfield),
    Visit("endorse", to=of_a_friend),
    Visit("endorsement_withdraw", to=lambda made: {"issuer": "northfield", "pk": made.given.pk}),
    Visit("achievement_kinds", to=northfield),
    Visit("achievement_define", to=lambda made: {"issuer": "northfield", "kind": "degree"}),
    Visit("achievement_define", to=lambda made: {"issuer": "northfield", "kind": "role_certification"},
          then=press("Save and look at the draft")),
    Visit("achievement_define", to=lambda made: {"issuer": "northfield", "kind": "micro_certification"}),
    Visit("achievement_define", to=lambda made: {"issuer": "northfield", "kind": "badge"}),
    Visit("achievement_desk", to=of_degree),
    Visit("achievement_edit", to=of_degree),
    Visit("achievement_draft", to=of_degree),
    Visit("achievement_draft", to=of_degree, then=press("Publish version 2")),
    Visit("achievement_discard", to=of_degree),
    Visit("achievement_retire", to=of_degree),
]  # fmt: skip
AWARDER = [
    Visit("roster_add", to=of_degree),
    Visit("roster_add", to=of_degree, then=press("Read the roster")),
    Visit("roster_match", to=roster("with_problems")),
    Visit("roster_check", to=roster("with_problems")),
    Visit("roster_check", to=roster("clean")),
    Visit("roster_order", to=roster("with_problems")),
    Visit("award_one", to=of_degree),
    Visit("award_one", to=of_degree, then=press("Award 1 credential")),
    Visit("batches", to=northfield),
    Visit("batch", to=batch("waiting")),
    Visit("batch", to=batch("running")),
    Visit("batch", to=batch("stopped")),
    Visit("batch", to=batch("held")),
    Visit("awards", to=northfield),
    Visit("awards", to=northfield, query=lambda made: "?q=nobody+at+all"),
    Visit("awards_revoke", to=northfield, query=lambda made: "?all=1"),
    Visit("award_desk", to=lambda made: {"issuer": "northfield", "pk": made.later.pk}),
    Visit("award_revoke", to=lambda made: {"issuer": "northfield", "pk": made.later.pk}),
    Visit("award_revoke", to=lambda made: {"issuer": "northfield", "pk": made.later.pk},
          then=press("Revoke 1 credential")),
    Visit("award_erase", to=lambda made: {"issuer": "northfield", "pk": made.later.pk}),
    Visit("award_erase", to=lambda made: {"issuer": "northfield", "pk": made.later.pk},
          then=press("Erase this person’s data")),
]  # fmt: skip
ELSEWHERE = {"mfa_activate_totp", "mfa_authenticate", "me_left"}  # tests of their own below
# Tours of one group share what was made; who changes something goes last.
TOURS = {
    "strangers": {
        "a stranger": ("", PUBLIC),
        "a verifier": ("", VERIFYING),
        "without an account": ("", ACCOUNTS),
    },
    "earners": {
        "an earner": ("ada", EARNER),
        "a newcomer": ("new", NEWCOMER),
        "careful": ("careful", CAREFUL),
    },
    "issuers": {"an awarder": ("registrar", AWARDER), "an issuer": ("registrar", ISSUER)},
}


def routes(patterns=None) -> Iterator[str]:
    """The name of every address of the site; Django's admin is its own affair."""
    for pattern in patterns or get_resolver().url_patterns:
        if not hasattr(pattern, "url_patterns"):
            yield pattern.name
        elif pattern.namespace != "admin":
            yield from routes(pattern.url_patterns)


def test_every_address_is_visited_or_said_not_to_be_a_page():
    tours = [tour for group in TOURS.values() for tour in group.values()]
    visited = {visit.route for _, visits in tours for visit in visits} | ELSEWHERE

    assert sorted(visited | set(NOT_PAGES)) == sorted(set(routes()))
    assert visited & set(NOT_PAGES) == set()


@pytest.fixture
def made(site):
    return make_everything()


def come_as(visitor, site, user):
    """A visitor who is signed in, without the way through the form."""
    page = visitor(reduced_motion="reduce")
    if user:
        page.context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": site}])
    return page


def look(page, visit: Visit, made) -> list[str]:
    """Go there and look; what was found, each with the address."""
    address = reverse(visit.route, kwargs=visit.to(made)) + visit.query(made)
    response = page.goto(address)
    if response.status != visit.status:
        return [f"{address}: answered {response.status}"]
    if not visit.leads_elsewhere and not page.url.endswith(address):
        return [f"{address}: leads to {page.url}"]
    visit.then(page)
    return [f"{address}: {finding}" for finding in looked_at(page, visit.looks)]


@pytest.mark.parametrize("group", TOURS)
def test_pages_are_accessible_to(group, visitor, site, made):
    findings = []
    for who, (name, visits) in TOURS[group].items():
        page = come_as(visitor, site, getattr(made, name) if name else None)
        if who == "careful":
            prove(page)
        findings += [f"{who}: {finding}" for visit in visits for finding in look(page, visit, made)]

    assert findings == []


def prove(page) -> None:
    """Say the password once more, as is asked before the ways of signing in are changed."""
    page.goto("/accounts/reauthenticate/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state()


def test_having_left_is_accessible(visitor, site, made):
    page = come_as(visitor, site, made.new)
    page.goto(reverse("me_leave"))
    page.get_by_label("Close my account").check()
    press("Close my account")(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Your account is closed").wait_for()

    assert looked_at(page) == []


def test_two_factor_sign_in_is_accessible(visitor, site, made):
    newcomer = come_as(visitor, site, made.new)
    prove(newcomer)
    careful = visitor(reduced_motion="reduce")
    careful.goto("/accounts/login/")
    careful.get_by_label("Email").fill(made.careful.email)
    careful.get_by_label("Password", exact=True).fill(PASSWORD)
    careful.get_by_role("main").get_by_role("button", name="Sign in").click()
    careful.wait_for_url("**/accounts/2fa/authenticate/")

    assert look(newcomer, Visit("mfa_activate_totp"), made) + looked_at(careful) == []


REFUSALS = sorted(path.name for path in (settings.BASE_DIR / "templates").glob("[45]*.html"))


def test_pages_of_refusal_are_accessible(page, site):
    """As the server would send them; not all of them can be had by asking."""
    page.emulate_media(reduced_motion="reduce")
    policy = page.request.get("/").headers["content-security-policy"]
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    findings = []
    for name in REFUSALS:
        body = render_to_string(name, {"minutes": 2}, RequestFactory().get("/"))
        page.route(f"**/{name}", partial(answer, body=body, headers=headers))
        page.goto(f"/{name}")
        findings += [f"{name}: {finding}" for finding in looked_at(page)]

    assert len(REFUSALS) >= 6
    assert findings == []


def answer(route, *, body: str, headers: dict[str, str]) -> None:
    route.fulfill(body=body, headers=headers)
