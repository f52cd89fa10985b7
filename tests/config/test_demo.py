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
