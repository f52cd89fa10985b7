"""A double click orders one batch and makes one award, with script and without."""

import pytest
from playwright.sync_api import expect

from credentials import bringing
from credentials.models import Award, Batch
from tests.factories import make_version, owner_of
from tests.journeys.steps import sign_in

ROSTER = b"name,email\nAmara Nwosu,amara@learner.example\nAda Okafor,ada@learner.example\n"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def awarder(request, visitor):
    return visitor(java_script_enabled=request.param)


def test_a_double_click_on_the_last_question_orders_one_batch(awarder):
    version = make_version()
    owner, issuer = owner_of(version.achievement.issuer), version.achievement.issuer
    brought = bringing.bring(version, data=ROSTER, name="roster.csv", by=owner)
    sign_in(awarder, owner.email)
    awarder.goto(f"/dashboard/{issuer.slug}/rosters/{brought.pk}/award/")

    awarder.get_by_role("button", name="Award 2 credentials").dblclick()

    expect(awarder.get_by_text("0 of 2 rows done")).to_be_visible()
    assert list(Batch.objects.values_list("total", flat=True)) == [2]


def test_a_double_click_on_award_makes_one_award(awarder):
    version = make_version(slug="hydrology")
    issuer = version.achievement.issuer
    sign_in(awarder, owner_of(issuer).email)
    awarder.goto(f"/dashboard/{issuer.slug}/hydrology/award/")
    awarder.get_by_label("Name", exact=True).fill("Amara Nwosu")
    awarder.get_by_label("E-mail address").fill("amara@learner.example")

    awarder.get_by_role("button", name="Award 1 credential").dblclick()

    # Either the award, or, from a second click that came later, that the address holds it already.
    expect(awarder.get_by_role("main")).to_contain_text("amara@learner.example")
    assert list(Award.objects.values_list("recipient_name", flat=True)) == ["Amara Nwosu"]
