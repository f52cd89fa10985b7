"""The theme is the visitor's choice, known before the page is drawn; private pages are kept by no cache."""

import re

import pytest
from django.core import mail as mailbox
from django.test import Client, RequestFactory

from config import look
from tests.factories import make_user


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_a_chosen_theme_is_kept_and_given_to_templates(theme):
    answer = Client().post("/theme/", {"theme": theme, "next": "/verify/"})

    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (302, "/verify/", theme)
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = theme
    assert look.site(request)["theme"] == theme


def test_a_theme_that_there_is_not_is_refused():
    assert Client().post("/theme/", {"theme": "neon"}).status_code == 400


def test_a_cookie_with_something_else_is_no_theme():
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'

    assert look.site(request)["theme"] == "system"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choosing_a_theme_never_leads_to_another_site(elsewhere):
    assert Client().post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


@pytest.mark.django_db
def test_what_a_signed_in_person_sees_is_not_kept_by_caches(django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_user("ada", "ada@demo.example", "demo"))

    assert client.get("/accounts/email/")["Cache-Control"] in {
        "private, no-store",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    }


@pytest.mark.django_db
def test_every_page_carries_the_content_policy():
    policy = Client().get("/accounts/login/")["Content-Security-Policy"]

    assert {part.strip() for part in policy.split(";")} == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    }


@pytest.mark.django_db
def test_mail_leads_to_the_sites_own_address_whatever_port_was_asked(settings):
    settings.DEVELOPMENT, settings.ALLOWED_HOSTS = False, ["badges.example"]
    user = make_user()

    for host in ("badges.example:9999", "badges.example"):
        Client(headers={"host": host}).post("/accounts/password/reset/", {"email": user.email})

    assert [re.findall(r"://([^/]+)", mail.body) for mail in mailbox.outbox] == [["badges.example"]] * 2


@pytest.mark.django_db
def test_another_host_is_refused(settings):
    settings.DEVELOPMENT, settings.ALLOWED_HOSTS = False, ["badges.example"]

    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400


@pytest.mark.django_db
def test_the_health_is_told_under_any_address(settings):
    settings.DEVELOPMENT, settings.ALLOWED_HOSTS = False, ["badges.example"]

    assert Client(headers={"host": "10.0.0.7:8000"}).get("/healthz").content == b"ok"
