"""The browser tells on a bad page, and is silent about a good one."""

import pytest

from tests.browser import Watch, assert_accessible


@pytest.fixture
def elsewhere(browser):
    """A page that is not the site's, and everything that its watch saw."""
    context = browser.new_context()
    watch = Watch(context)
    yield context.new_page(), watch
    context.close()


def show(page, body: str, policy: str = "default-src 'none'") -> None:
    """Answer one address with this body under this policy, without any network."""
    html = f"<!doctype html><html lang='en'><head><title>A page</title></head><body>{body}</body></html>"
    headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
    page.route("**/*", lambda route: route.fulfill(status=200, body=html, headers=headers))
    page.goto("http://127.0.0.1:9/")


def test_an_inline_style_is_told(elsewhere):
    page, watch = elsewhere

    show(page, "<p style='color: red'>Red</p>")
    page.wait_for_function("document.readyState === 'complete'")

    assert any(problem.startswith("style-src-attr inline") for problem in watch.problems())


def test_an_error_of_a_script_is_told(elsewhere):
    page, watch = elsewhere

    show(page, "<script>absent()</script>", policy="script-src 'unsafe-inline'")

    assert [problem for problem in watch.problems() if "absent is not defined" in problem] != []


def test_a_plain_page_is_left_alone(elsewhere):
    page, watch = elsewhere

    show(page, "<main><h1>Plain</h1></main>")

    assert watch.problems() == []
    assert_accessible(page)


def test_a_picture_without_words_is_not_accessible(elsewhere):
    page, _ = elsewhere
    show(page, "<main><h1>A picture</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></main>")

    with pytest.raises(AssertionError, match="light, 375 px: image-alt"):
        assert_accessible(page)


def test_grey_words_in_the_dark_are_not_accessible(elsewhere):
    page, _ = elsewhere
    style = "<style>@media (prefers-color-scheme: dark) {body {background: #000; color: #444}}</style>"
    show(page, f"{style}<main><h1>A page</h1></main>", policy="style-src 'unsafe-inline'")

    with pytest.raises(AssertionError, match="dark, 375 px: color-contrast") as told:
        assert_accessible(page)
    assert "light" not in str(told.value)


def test_a_page_that_moves_sideways_on_a_phone_is_not_accessible(elsewhere):
    page, _ = elsewhere
    style = "<style>p {width: 500px} body {margin: 0}</style>"
    show(page, f"{style}<main><h1>A page</h1><p>Broad</p></main>", policy="style-src 'unsafe-inline'")

    with pytest.raises(AssertionError, match="375 px: it is 500 px broad"):
        assert_accessible(page)


def test_the_sign_in_page_is_accessible_in_every_theme(page):
    for theme in ("Automatic", "Light", "Dark"):
        page.goto("/accounts/login/")
        page.get_by_role("button", name=theme, exact=True).click()
        page.wait_for_url("**/accounts/login/")
        assert_accessible(page)

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_mail_of_the_site_is_read_in_the_outbox(page):
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("new@learner.example")
    page.get_by_label("Password", exact=True).fill("a long and winding sentence")
    page.get_by_role("main").get_by_role("button", name="Make an account").click()
    page.wait_for_url("**/accounts/confirm-email/")

    page.goto("/outbox/")
    assert_accessible(page)
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    page.locator(".outbox__text a").first.click()

    page.wait_for_url("**/accounts/confirm-email/*/")
    assert page.get_by_role("main").get_by_role("button").count() == 1
