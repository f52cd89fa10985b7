"""The whole way of an issuer: an account, an issuer, a degree, a roster, a batch, a certificate, a check."""

import re

from playwright.sync_api import expect

from credentials.models import Award
from tests.issuers.pictures import picture
from tests.journeys.steps import answers, drop, open_mail, sign_in, sign_up, tally

CHECK = re.compile(r"/rosters/[0-9a-f-]{36}/$")
DEGREE = "Bachelor of Science in Hydrology"

REGISTRAR = "registrar@riverside.example"
ROSTER = """\
Student,E-mail,Conferred,Classification,GPA
محمد الأحمد,mohammed@learner.example,2026-06-12,First-class honours,3.91
Søren Østergaard,soren@learner.example,2026-06-12,Upper second-class honours,3.40
,nameless@learner.example,2026-06-12,Pass,2.49
Ada Nwosu,ada at learner.example,2026-06-12,Pass,2.49
Soren Ostergaard,SOREN@learner.example,2026-06-12,Pass,2.49
佐藤 健,ken@learner.example,2026-06-12,Pass,2.49
"""


def found_issuer(page) -> None:
    page.goto("/dashboard/")
    page.get_by_role("main").get_by_role("link", name="Found an issuer").first.click()
    page.get_by_label("Name of the organisation").fill("Riverside University")
    page.get_by_label("Web address").fill("https://riverside.example")
    page.get_by_label("E-mail address for questions").fill("hello@riverside.example")
    page.get_by_label("What it does").fill("A university by a river.")
    drop(page, "Logo", name="logo.png", data=picture(size=(320, 200)), type="image/png")
    page.get_by_role("button", name="Found this issuer").click()
    page.wait_for_url("**/dashboard/riverside-university/")


def define_degree(page) -> None:
    page.get_by_role("link", name="Define a credential").first.click()
    page.get_by_role("link", name="Degree", exact=True).click()
    page.get_by_label("Name", exact=True).first.fill(DEGREE)
    page.get_by_label("Description").fill("Reads rivers, and says what they will do.")
    page.get_by_label("How it is earned").fill("* 180 ECTS\n* a thesis of **12 ECTS**")
    page.get_by_label("credits", exact=False).first.fill("180")
    page.get_by_label("EQF level").select_option("6")
    signatory = page.get_by_role("group", name="Signatory 1")
    signatory.get_by_label("Name").fill("Prof. Dr. Ilse de Boer")
    signatory.get_by_label("Title").fill("Rector")
    page.get_by_role("button", name="Save and look at the draft").click()
    page.wait_for_url("**/draft/")


def publish(page) -> None:
    expect(page.get_by_role("heading", name="Draft of version 1")).to_be_visible()
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("status")).to_contain_text(f"Version 1 of {DEGREE} is published.")


def bring_roster(page) -> None:
    page.get_by_role("link", name="Award to many people").click()
    drop(page, "Roster", name="graduates.csv", data=ROSTER.encode(), type="text/csv")
    page.get_by_role("button", name="Read the roster").click()
    page.wait_for_url("**/match/")


def matched(page) -> dict[str, str]:
    """How each column of the roster is matched."""
    return {
        page.locator(f"label[for={select.get_attribute('id')}]").inner_text(): select.locator(
            "option:checked"
        ).inner_text()
        for select in page.locator("select[name^=column_]").all()
    }


def problems(page) -> dict[str, str]:
    """The sentences of each line that needs somebody."""
    return {
        problem.get_by_role("heading").inner_text(): problem.locator(".problem__said").inner_text().strip()
        for problem in page.locator(".problem").all()
    }


def match_columns(page) -> None:
    """What was guessed is right but for one heading, which the person says themself."""
    assert matched(page) == {
        "Student": "Name",
        "E-mail": "E-mail address",
        "Conferred": "Leave out",
        "Classification": "Result: Classification",
        "GPA": "Result: GPA",
    }
    page.get_by_label("Conferred").select_option("Awarded on")
    page.get_by_role("button", name="Check the rows").click()
    page.wait_for_url(CHECK)


def check_rows(page) -> None:
    """Problems stand there by their line; one is mended on the page, the others are left out."""
    assert tally(page) == {"ready": 3, "needs a choice": 1, "must be fixed": 2, "rows in the roster": 6}
    assert problems(page) == {
        "Line 4": "There is no name. Write the person's name as it shall stand on the certificate.",
        "Line 5": "“ada at learner.example” is not an e-mail address: it has no @.",
        "Line 6": "soren@learner.example is on line 3 too.",
    }
    page.get_by_label("E-mail address of line 5").fill("ada@learner.example")
    page.get_by_role("button", name="Save and check again").click()
    expect(page.get_by_role("status")).to_contain_text("Saved and checked again.")
    assert tally(page) == {
        "ready": 4,
        "need a choice": 0,
        "skipped by you": 1,
        "must be fixed": 1,
        "rows in the roster": 6,
    }


def order(page) -> None:
    """Nothing is awarded before the person has said so, knowing the number."""
    page.get_by_role("link", name="Go on with 4 people").click()
    expect(page.get_by_role("heading", name="Award to 4 people?")).to_be_visible()
    assert Award.objects.count() == 0
    page.get_by_role("button", name="Award 4 credentials").click()
    page.wait_for_url("**/batches/*/")
    expect(page.get_by_text("0 of 4 rows done")).to_be_visible()


def download_certificate(page) -> bytes:
    """The first to ask waits on a page of its own, and is handed the file there."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
        expect(page.get_by_role("heading", name="The certificate is being drawn")).to_be_visible()
    assert download.value.suggested_filename == f"{DEGREE} – محمد الأحمد.pdf"
    return download.value.path().read_bytes()


def verify(page, *, name: str, data: bytes, type: str) -> None:
    page.goto("/verify/")
    drop(page, "Or files", name=name, data=data, type=type)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("heading", name="Report")).to_be_visible()


def test_from_a_roster_to_a_verified_pdf(page, visitor, request):
    sign_up(page, REGISTRAR)
    sign_in(page, REGISTRAR)
    found_issuer(page)
    define_degree(page)
    publish(page)
    bring_roster(page)
    match_columns(page)
    check_rows(page)
    order(page)

    request.getfixturevalue("worker")  # until now nobody works: the page shows that it waits
    expect(page.get_by_text("This batch is finished")).to_be_visible()
    assert tally(page) == {"awarded": 4, "already held": 0, "refused": 0, "waiting": 0}
    page.get_by_role("link", name="See the credentials").click()
    page.get_by_role("link", name="محمد الأحمد").click()
    page.get_by_role("link", name="Open the public page").click()
    page.wait_for_url("**/credentials/*/")

    stranger = visitor()
    open_mail(stranger, "mohammed@learner.example", subject=DEGREE)
    stranger.locator(".outbox__text").get_by_role("link", name="/credentials/").first.click()
    stranger.wait_for_url(page.url)
    expect(stranger.locator(".notice").first).to_contain_text("Valid")
    expect(stranger.get_by_role("heading", name=DEGREE)).to_be_visible()
    document = stranger.request.get(page.url.rstrip("/") + ".json").body()
    verify(stranger, name="certificate.pdf", data=download_certificate(stranger), type="application/pdf")
    assert answers(stranger) == ["passed", "passed", "passed"]
    expect(stranger.locator("#said ~ dl")).to_contain_text("محمد الأحمد")

    verify(
        stranger,
        name="credential.json",
        data=document.replace(b"First-class", b"Worst-class"),
        type="application/json",
    )
    assert answers(stranger)[0] == "failed"
    expect(stranger.locator(".notice").first).to_contain_text("Not valid. Do not rely on it.")
    told = stranger.get_by_role("main").inner_text()
    assert [said for said in (DEGREE, "محمد", "Worst-class", "3.91") if said in told] == []
