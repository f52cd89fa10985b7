"""Whoever runs the site can read portfolios and close one, and nothing else."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from credentials.models import Award
from portfolios import arranging
from tests.factories import make_award, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile():
    award, ada = make_award(), make_user()
    Award.objects.filter(pk=award.pk).update(earner=ada)
    profile = arranging.write_profile(ada, handle="ada", name="Ada", headline="", about="", audience="public")
    arranging.arrange(profile, shown=[award])
    return profile


@pytest.fixture
def keeper(client):
    client.force_login(User.objects.create_superuser("keeper"))
    return client


@pytest.mark.parametrize("model", ["profile", "block"])
def test_the_lists_are_read(keeper, profile, model):
    assert keeper.get(reverse(f"admin:portfolios_{model}_changelist")).status_code == 200
    assert keeper.get(reverse(f"admin:portfolios_{model}_add")).status_code == 403


def test_a_portfolio_is_closed_and_its_words_stay_its_owners(keeper, client, profile):
    address = reverse("admin:portfolios_profile_change", args=[profile.pk])
    inlines = {
        f"{prefix}-{what}": 0
        for prefix in ("pages", "former_handles")
        for what in ("TOTAL_FORMS", "INITIAL_FORMS")
    }

    keeper.post(address, {"audience": "private", "name": "Eve", "handle": "eve", **inlines})

    profile.refresh_from_db()
    assert (profile.audience, profile.name, profile.handle) == ("private", "Ada", "ada")
    assert keeper.post(reverse("admin:portfolios_profile_delete", args=[profile.pk])).status_code == 403
