"""Mail of a development site is kept and shown."""

import re

import pytest
from django.core import mail
from django.test import Client

from config import outbox


@pytest.fixture
def kept(settings, tmp_path):
    settings.EMAIL_BACKEND = "config.outbox.OutboxBackend"
    settings.OUTBOX_FOLDER = tmp_path / "outbox"


def send(subject: str, text: str = "Hello") -> None:
    mail.send_mail(subject, text, "site@badges.example", ["ada@demo.example"])


def test_nothing_was_sent_yet(kept):
    assert outbox.sent() == []
    assert Client().get("/outbox/").status_code == 200


def test_the_newest_message_is_first(kept):
    send("First")
    send("Second")

    assert [message["subject"] for message in outbox.sent()] == ["Second", "First"]


def test_a_message_keeps_what_was_sent(kept):
    message = mail.EmailMultiAlternatives("Hello", "Plain", "site@badges.example", ["ada@demo.example"])
    message.attach_alternative("<p>Rich</p>", "text/html")
    message.attach("list.csv", b"a,b", "text/csv")
    message.send()

    sent = outbox.sent()[0]

    assert {name: sent[name] for name in ("from", "to", "text", "html", "attachments")} == {
        "from": "site@badges.example",
        "to": ["ada@demo.example"],
        "text": "Plain",
        "html": "<p>Rich</p>",
        "attachments": ["list.csv"],
    }


def test_links_in_a_message_can_be_followed_and_nothing_else_is_html(kept):
    send("Confirm", "Follow https://badges.example/accounts/confirm/abc/ <b>now</b>")
    link = re.search(r'href="(/outbox/[^"]+/)"', Client().get("/outbox/").content.decode())[1]

    page = Client().get(link).content.decode()

    assert 'href="https://badges.example/accounts/confirm/abc/"' in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


@pytest.mark.parametrize("name", ["absent", "..-..-settings", "20260101-000000-000000-abcdef"])
def test_a_message_that_is_not_there_is_not_found(kept, name):
    assert Client().get(f"/outbox/{name}/").status_code == 404
