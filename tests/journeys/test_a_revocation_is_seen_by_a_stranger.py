"""An issuer takes a credential back; whoever looks next is told, and so is every program."""

from playwright.sync_api import expect

from credentials.openbadges import status_list
from tests.factories import make_award, make_version, owner_of
from tests.journeys.steps import answers, sign_in

REASON = "The thesis was withdrawn by its author."


def is_listed(page, document: dict) -> bool:
    """What the public status list says of the credential, read as another program would."""
    status = document["credentialStatus"]
    listed = page.request.get(status["statusListCredential"]).json()
    bits = status_list.decode(listed["credentialSubject"]["encodedList"])
    return status_list.get(bits, int(status["statusListIndex"]))


def revoke(page, award) -> None:
    sign_in(page, owner_of(award.issuer).email)
    page.goto(f"/dashboard/{award.issuer.slug}/awards/")
    page.get_by_role("link", name=award.recipient_name).click()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke 1 credential").click()
    expect(page.get_by_role("alert")).to_contain_text("The reason is empty.")
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Revoke 1 credential").click()
    expect(page.get_by_role("status").first).to_contain_text("It is revoked.")


def test_a_revocation_is_seen_by_a_stranger(page, visitor):
    award = make_award(make_version(name="Hydrology"), name="Amara Nwosu")
    stranger = visitor()
    stranger.goto(award.get_absolute_url())
    expect(stranger.locator(".notice").first).to_contain_text("Valid")
    document = stranger.request.get(award.get_absolute_url().rstrip("/") + ".json").json()
    assert is_listed(stranger, document) is False

    revoke(page, award)
    stranger.reload()

    expect(stranger.locator(".notice").first).to_contain_text("Revoked")
    expect(stranger.locator(".notice").first).to_contain_text(REASON)
    expect(stranger.get_by_role("link", name="Download PDF")).to_have_count(0)
    assert is_listed(stranger, document) is True

    stranger.goto("/verify/")
    stranger.get_by_label("Address or number of the credential").fill(award.url)
    stranger.get_by_role("button", name="Check it").click()

    expect(stranger.locator(".notice").first).to_contain_text(REASON)
    assert answers(stranger) == ["passed", "failed", "passed"]
