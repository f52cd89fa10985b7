"""Nothing needs script, and nothing needs a mouse."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from credentials.models import Award
from portfolios import arranging, claiming
from portfolios.models import Audience
from tests.factories import make_award, make_issuer, make_user, make_version, owner_of
from tests.journeys.steps import answers, sign_in, tally

ROSTER = "name,email\nAmara Nwosu,amara@learner.example\nAda Okafor,ada@learner.example\n"
FOCUSED = """() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const look = getComputedStyle(element);
    const ring = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    return {
        name: element.innerText || element.getAttribute("aria-label") || element.name || element.tagName,
        tag: element.tagName.toLowerCase(),
        seen: ring && inside,
    };
}"""


@pytest.fixture
def plain(visitor):
    """A visitor whose browser runs no script."""
    return visitor(java_script_enabled=False)


def test_a_roster_becomes_a_checked_credential_without_script(plain, request):
    version = make_version(slug="hydrology", name="Hydrology")
    issuer = version.achievement.issuer
    sign_in(plain, owner_of(issuer).email)
    plain.goto(f"/dashboard/{issuer.slug}/hydrology/roster/")
    plain.get_by_label("Or paste rows").fill(ROSTER)
    plain.get_by_role("button", name="Read the roster").click()
    plain.get_by_role("button", name="Check the rows").click()
    plain.get_by_role("link", name="Go on with 2 people").click()
    plain.get_by_role("button", name="Award 2 credentials").click()
    expect(plain.get_by_text("0 of 2 rows done")).to_be_visible()

    request.getfixturevalue("worker")
    expect(plain.get_by_text("This batch is finished")).to_be_visible()
    assert tally(plain)["awarded"] == 2
    award = Award.objects.get(recipient_name="Amara Nwosu")
    plain.goto(award.get_absolute_url())
    expect(plain.locator(".notice").first).to_contain_text("Valid")
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Download PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")

    plain.goto("/verify/")
    plain.get_by_label("Address or number of the credential").fill(award.url)
    plain.get_by_role("button", name="Check it").click()
    assert answers(plain) == ["passed", "passed", "passed"]


def test_a_portfolio_is_put_in_order_without_script(plain, visitor):
    user, issuer = make_user("amara@learner.example"), make_issuer()
    for name in ("Hydrology", "Facilitation"):
        make_award(make_version(issuer, name=name), name="Amara Nwosu", email=user.email)
    claiming.claim_all(user)
    words = {"handle": "amara", "name": "Amara Nwosu", "headline": "", "about": ""}
    profile = arranging.write_profile(user, **words, audience=Audience.LINK)
    arranging.arrange(profile, shown=list(Award.objects.order_by("version__name")))
    sign_in(plain, user.email)
    plain.goto("/me/portfolio/")
    titles = plain.locator("ol.outline .award_row__title")
    expect(titles).to_have_text(["Facilitation", "Hydrology"])

    row = plain.get_by_role("listitem").filter(has_text="Facilitation")
    row.get_by_role("button", name="Move down").click()

    expect(titles).to_have_text(["Hydrology", "Facilitation"])
    stranger = visitor()
    stranger.goto("/@amara/")
    expect(stranger.locator(".award_row__title")).to_have_text(["Hydrology", "Facilitation"])


def walk(page, most: int = 60) -> list[dict]:
    """Press Tab until the focus leaves the page; what had it, in order, and whether that was seen."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "body":
            break
        stops.append(stop)
    return stops


def test_a_credential_is_read_and_checked_by_the_keyboard_alone(page):
    version = make_version(slug="hydrology", name="Hydrology")
    award = make_award(version, awarded_on=dt.date(2026, 6, 12))
    page.goto(award.get_absolute_url())

    stops = walk(page)
    assert stops[0]["name"] == "Skip to the content"
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    names = [stop["name"].strip() for stop in stops]
    wanted = ["Check it yourself", "Download PDF", "Copy link", "JSON"]
    assert [name for name in names if name in wanted] == wanted

    page.goto(award.get_absolute_url())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["name"].strip() == "Check it yourself"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    assert answers(page) == ["passed", "passed", "passed"]


def test_the_verify_form_is_used_by_the_keyboard_alone(page):
    award = make_award()
    page.goto("/verify/")
    assert [stop["name"] for stop in walk(page) if not stop["seen"]] == []

    page.goto("/verify/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(str(award.pk))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Report")).to_be_visible()
    assert answers(page) == ["passed", "passed", "passed"]
