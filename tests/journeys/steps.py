"""Steps that several journeys take: sign up, confirm an address by its mail, sign in, drop a file."""

import base64
import time

from tests.factories import PASSWORD


def sign_up(page, email: str) -> None:
    """Make an account and confirm its address by the link in the mail; not signed in yet."""
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Make an account").click()
    page.wait_for_url("**/accounts/confirm-email/")
    confirm(page, email)


def confirm(page, email: str) -> None:
    """Open the newest mail to this address, follow its link and say yes."""
    open_mail(page, email)
    page.locator(".outbox__text").get_by_role("link", name="/confirm-email/").click()
    page.get_by_role("button", name="Yes, confirm it").click()


def open_mail(page, email: str, subject: str = "") -> None:
    """Show the newest mail to this address whose subject has these words, once it has come."""
    page.goto("/outbox/")
    mails = page.get_by_role("main").get_by_role("listitem").filter(has_text=email).filter(has_text=subject)
    patience = time.monotonic() + 30
    while not mails.count() and time.monotonic() < patience:
        page.reload()
    mails.get_by_role("link").first.click()
    page.wait_for_url("**/outbox/*/")


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me/")


def drop(page, label: str, *, name: str, data: bytes, type: str) -> None:
    """Let a file fall on the well around the file field with this label, as a mouse would."""
    well = page.locator("[data-drop]").filter(has=page.get_by_label(label))
    well.locator(".field__dropwords").wait_for()  # the page's script has come
    file = page.evaluate_handle(
        """([name, data, type]) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], name, {type}));
            return carried;
        }""",
        [name, base64.b64encode(data).decode(), type],
    )
    well.dispatch_event("drop", {"dataTransfer": file})


def tally(page) -> dict[str, int]:
    """The numbers of the page's tally by their words."""
    words = page.locator(".tally dt").all_inner_texts()
    numbers = page.locator(".tally dd").all_inner_texts()
    return {word: int(number) for word, number in zip(words, numbers, strict=True)}


def answers(page) -> list[str]:
    """The three answers of the Report on the page: passed, failed or unknown."""
    found = page.locator(".report__answer")
    return [answer.get_attribute("data-outcome") for answer in found.all()]
