"""The demo: what a visitor finds there, and that loading it again changes nothing."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from config.demonstration import loading
from credentials import verifying
from credentials.kinds import KINDS
from credentials.models import Achievement, Award
from credentials.openbadges.verify import Verdict
from issuers.models import Issuer, Member

pytestmark = pytest.mark.django_db
PARTS = [
    'href="https://northfield.example/theses/2024/clocks-that-disagree"',
    "<bdi>Bachelor’s thesis</bdi> · made for <bdi>Two examiners, and the public at the defence</bdi>",
    "<bdi>Notes on three meetings</bdi>",
    "24 minutes: a token leaks",
    "Hands out secrets that expire, and can say who has which.",
    '<strong class="levels__word small">reached</strong>',
    "BSC-INF-2024",
    "Distributed systems",
    "secrets, keys and tokens",
]
ACCOUNTS = ["auditor", "ada", "registrar", "certs", "badges"]


@pytest.fixture
def _demo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", stdout=StringIO())


@pytest.mark.usefixtures("_demo")
def test_the_demo_is_what_the_tour_promises_and_stays_as_it_is(client):
    standings = Counter(award.standing for award in Award.objects.for_cards())
    kinds = Counter(Achievement.objects.in_catalog().values_list("kind", flat=True))
    before = Award.objects.count()

    again = loading.load()

    assert (again, Award.objects.count()) == (0, before)
    assert Issuer.objects.count() == 3
    assert {kind for kind, number in kinds.items() if number >= 2} == set(KINDS)
    assert 55 <= before <= 70
    assert {"valid", "expired", "revoked"} <= set(standings)
    assert set(Member.objects.filter(user__email="auditor@demo.example").values_list("role", flat=True)) == {
        "auditor"
    }
    assert [client.login(email=f"{name}@demo.example", password="demo") for name in ACCOUNTS] == [True] * 5
    assert client.get("/@ada/").status_code == 200
    verdicts = {verifying.verify_award(award).verdict for award in Award.objects.for_page()}
    assert verdicts <= {
        Verdict.VALID,
        Verdict.EXPIRED,
        Verdict.REVOKED,
        Verdict.NOT_YET_VALID,
        Verdict.SUSPENDED,
    }


@pytest.mark.usefixtures("_demo")
def test_the_demo_shows_what_a_credential_can_say_on_pages_that_anybody_finds(client):
    """Evidence of each sort, the levels of a rubric, tags, a code and a specialisation."""
    shown = "".join(
        client.get(award.get_absolute_url(), headers={"accept": "text/html"}).content.decode()
        for award in Award.objects.filter(recipient_email=loading.ADA.email)
    )

    assert [part in shown for part in PARTS] == [True] * len(PARTS)
