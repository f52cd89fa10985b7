"""What the deployment check says of the master key and of the site's address."""

import base64

import pytest
from django.core.checks import run_checks

from tests import authority


def said() -> list[str]:
    return sorted(
        message.id
        for message in run_checks(include_deployment_checks=True)
        if message.id.startswith("testamur.")
    )


@pytest.fixture(autouse=True)
def given(settings):
    settings.MASTER_KEY_WAS_GIVEN = True


def test_a_given_master_key_and_an_https_address_are_fine():
    assert said() == []


def test_a_master_key_that_the_site_made_itself_is_missing(settings):
    settings.MASTER_KEY_WAS_GIVEN = False

    assert said() == ["testamur.W001"]


@pytest.mark.parametrize(
    "form", [bytes.decode, lambda key: base64.b64encode(key).decode()], ids=["raw", "base64"]
)
def test_the_master_key_is_not_the_secret_key_in_any_form(settings, form):
    settings.TESTAMUR_MASTER_KEY = b"0123456789abcdefghijklmnopqrstu!"
    settings.SECRET_KEY = form(settings.TESTAMUR_MASTER_KEY)

    assert said() == ["testamur.W002"]


def test_an_address_without_https_is_warned_of(settings):
    settings.PUBLIC_BASE_URL = "http://badges.example"

    assert said() == ["testamur.W003"]


def test_a_certificate_that_signs_papers_for_long_is_fine(settings, tmp_path):
    authority.made_in(tmp_path).are_set_in(settings)

    assert said() == []


@pytest.mark.parametrize(("days", "warned_of"), [(-0.5, "testamur.W004"), (20, "testamur.W005")])
def test_a_certificate_that_ended_or_soon_ends_is_warned_of(settings, tmp_path, days, warned_of):
    authority.made_in(tmp_path, ends_in_days=days).are_set_in(settings)

    assert said() == [warned_of]
