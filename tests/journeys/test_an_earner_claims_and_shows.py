"""The way of an earner: an awarded address, a portfolio in an order of one's own, and who sees it."""

from playwright.sync_api import expect

from tests.factories import PASSWORD, make_award, make_issuer, make_version
from tests.journeys.steps import confirm, sign_in, sign_up

HOME, WORK = "amara@home.example", "amara@work.example"
NAMES = ["Hydrology", "Facilitation", "First Aid"]


def award(names, email: str) -> None:
    issuer = make_issuer()
    for name in names:
        make_award(make_version(issuer, name=name), name="Amara Nwosu", email=email)


def titles(page, region: str = "") -> list[str]:
    return page.locator(f"main {region} .award_row__title").all_inner_texts()


def shown(page):
    """The titles of what the editor shows, in its order."""
    return page.locator("ol.outline .award_row__title")


def up(page, name: str):
    return page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="Move up")


def say_who(page) -> None:
    """Before an account gets another address, the password is asked for once more."""
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def save(page) -> None:
    page.get_by_role("button", name="Save my portfolio").last.click()
    expect(page.get_by_role("status")).to_contain_text("Your portfolio is saved.")


def make_portfolio(page) -> None:
    """What is on the newest credential is proposed; the person says the rest and ticks what to show."""
    page.get_by_role("link", name="Make a portfolio").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amara Nwosu")
    expect(page.get_by_label("Handle")).to_have_value("amara-nwosu")
    page.get_by_label("Handle").fill("amara")
    page.get_by_label("Headline").fill("I read rivers.")
    page.get_by_label("Anyone who has the address").check()
    for name in NAMES:
        page.get_by_label(f"Show: {name}").check()
    save(page)


def test_an_awarded_address_claims_and_a_portfolio_shows(page, visitor):
    award(NAMES, HOME)
    sign_up(page, HOME)
    sign_in(page, HOME)

    expect(page.get_by_text("3 credentials came since you last looked.")).to_be_visible()
    assert sorted(titles(page, ".holding--new")) == sorted(NAMES)
    make_portfolio(page)
    before = shown(page).all_inner_texts()
    last = before[-1]
    for place in (1, 0):
        up(page, last).click()
        expect(shown(page).nth(place)).to_have_text(last)
    expect(up(page, last)).to_be_disabled()
    page.get_by_label(f"Show: {before[0]}").uncheck()
    save(page)

    stranger = visitor()
    stranger.goto("/@amara/")
    expect(stranger.get_by_role("heading", name="Amara Nwosu")).to_be_visible()
    expect(stranger.get_by_text("I read rivers.")).to_be_visible()
    assert titles(stranger) == [last, before[1]]
    stranger.get_by_role("link", name=last).first.click()
    stranger.wait_for_url("**/credentials/*/")
    expect(stranger.locator(".notice").first).to_contain_text("Valid")


def test_a_private_portfolio_is_not_found_by_a_stranger(page, visitor):
    award(NAMES, HOME)
    sign_up(page, HOME)
    sign_in(page, HOME)
    make_portfolio(page)
    stranger = visitor()
    assert stranger.goto("/@amara/").status == 200

    page.get_by_label("Nobody but me").check()
    save(page)

    assert stranger.goto("/@amara/").status == 404
    page.get_by_role("link", name="See it as others do").click()
    expect(page.get_by_text("Only you see this page")).to_be_visible()
    assert len(titles(page)) == 3


def test_a_second_address_brings_what_was_awarded_to_it(page):
    award(["Hydrology"], HOME)
    award(["Facilitation"], WORK)
    sign_up(page, HOME)
    sign_in(page, HOME)
    assert titles(page) == ["Hydrology"]

    page.get_by_role("link", name="Add or verify addresses").click()
    page.get_by_label("Email", exact=False).last.fill(WORK)
    page.get_by_role("button", name="Send a confirmation link").click()
    say_who(page)
    expect(page.get_by_text("Not confirmed yet")).to_be_visible()
    page.goto("/me/")
    assert titles(page) == ["Hydrology"]
    confirm(page, WORK)
    page.goto("/me/")

    assert sorted(titles(page)) == ["Facilitation", "Hydrology"]
