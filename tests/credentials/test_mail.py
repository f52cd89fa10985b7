"""What people are told by mail, and what becomes of a message that a server does not take."""

import datetime as dt
import email
import email.policy
import socketserver
import threading

import pytest
from django.core import mail as sent
from django.utils import timezone

from credentials import mail, standing
from credentials.models import Delivery
from issuers.models import Issuer
from tests import services
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db


class Session(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    def handle(self):
        if self.server.hangs_at == "greeting":
            return self.hang()
        self.say("220 here")
        for line in self.rfile:
            word = line[:4].decode().upper().strip()
            if word == "QUIT":
                return self.say("221 bye")
            if word == "DATA":
                if not self.take():
                    return None
            elif word == "RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                self.say(self.server.answers.get(address, "250 fine"))
            else:
                self.say("250 fine")
        return None

    def take(self) -> bool:
        self.say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        if self.server.hangs_at == "text":
            self.hang()
        if self.server.cuts or self.server.hangs_at:
            return False
        self.server.taken.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self.say("250 taken")
        return True

    def hang(self) -> None:
        """Say nothing until the other side has gone."""
        self.rfile.read()

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.answers: dict[str, str] = {}
        self.taken: list = []
        self.cuts, self.hangs_at = False, ""

    def addresses(self) -> list[str]:
        return sorted(message["To"] for message in self.taken)


@pytest.fixture
def mail_settings(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2
    return settings


@pytest.fixture
def server(mail_settings):
    with MailServer() as server:
        mail_settings.EMAIL_PORT = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("address", "state"))


def award_three():
    version = make_version()
    return [make_award(version, email=f"{name}@example.org") for name in ("ada", "grace", "alan")]


def test_the_mail_of_an_award_says_what_it_is_and_leads_to_its_page():
    award = make_award(name="Ada Lovelace", email="ada@example.org")

    mail.send_next()

    (message,) = sent.outbox
    assert message.subject == "Northfield Institute has awarded you “Clinical Data Stewardship”"
    assert (message.to, message.reply_to) == (["ada@example.org"], ["hello@northfield.example"])
    assert message.body == (
        "Dear Ada Lovelace,\n\n"
        "Northfield Institute has awarded you “Clinical Data Stewardship”.\n\n"
        f"See it, download the certificate, and let anybody check it:\n{award.url}\n\n"
        "It is yours: sign up with this address (ada@example.org) and it is in your account, where you "
        "decide who sees what:\nhttps://badges.example/accounts/signup/\n\n"
        "Nothing happens if you do nothing: the credential stays at its address, and only people who know "
        "the address find it.\n\n"
        "Questions about it go to Northfield Institute: hello@northfield.example\n"
    )
    (html,) = message.alternatives
    assert f'href="{award.url}"' in html.content
    assert 'href="https://badges.example/accounts/signup/"' in html.content


def test_the_mail_of_a_revocation_says_why():
    award = make_award(email="ada@example.org")
    mail.send_next()
    standing.revoke(award, reason="The audit was copied & pasted.", by=owner_of(award.issuer))

    mail.send_next()

    message = sent.outbox[-1]
    day = f"{award.awarded_at.day} {award.awarded_at:%B %Y}"
    assert message.subject == "Northfield Institute has revoked “Clinical Data Stewardship”"
    assert f"awarded on {day}.\n\nThe reason given: The audit was copied & pasted.\n" in message.body
    assert "The audit was copied &amp; pasted." in message.alternatives[0].content
    assert award.url in message.body


def test_a_line_break_in_a_name_stays_out_of_the_header(server):
    award = make_award(make_version(make_issuer()), email="ada@example.org")
    Issuer.objects.filter(pk=award.issuer.pk).update(name="Northfield\r\nBcc: eve@example.org")

    mail.send_next()

    (message,) = server.taken
    assert message["Subject"].strip() == (
        "Northfield Bcc: eve@example.org has awarded you “Clinical Data Stewardship”"
    )
    assert (message["Bcc"], message["To"]) == (None, "ada@example.org")


def test_what_people_wrote_is_text_in_the_mail():
    make_award(name="<b>Ada</b> & Co")

    mail.send_next()

    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in sent.outbox[0].alternatives[0].content
    assert sent.outbox[0].body.startswith("Dear <b>Ada</b> & Co,")


def test_a_message_that_was_taken_is_done_and_never_sent_again(server):
    make_award(email="ada@example.org")

    taken_up = [mail.send_next(), mail.send_next()]

    delivery = Delivery.objects.get()
    assert (taken_up, server.addresses()) == ([1, 0], ["ada@example.org"])
    assert (delivery.state, delivery.lease_until, delivery.done_at is None) == ("done", None, False)


def test_an_address_that_does_not_exist_fails_at_once_and_the_others_are_sent(server):
    award_three()
    server.answers["grace@example.org"] = "550 No such user here"

    mail.send_next()

    assert server.addresses() == ["ada@example.org", "alan@example.org"]
    refused = Delivery.objects.get(address="grace@example.org")
    assert (refused.state, refused.detail) == (
        "failed", "The mail server did not take it: 550 No such user here",
    )  # fmt: skip
    assert mail.send_next() == 0


def test_a_server_that_wants_us_to_come_again_is_asked_again_later(server, time_machine):
    make_award(email="ada@example.org")
    server.answers["ada@example.org"] = "450 Come again later"
    pauses = []
    while mail.send_next():
        delivery = Delivery.objects.get()
        if delivery.state == "waiting":
            pauses.append(round((delivery.not_before - timezone.now()).total_seconds() / 60))
            time_machine.move_to(delivery.not_before + dt.timedelta(seconds=1), tick=False)

    assert pauses == [2, 4, 8, 16]
    assert (delivery.state, delivery.detail) == (
        "failed", "The mail server did not take it: 450 Come again later",
    )  # fmt: skip


def test_while_no_server_is_there_everything_waits_and_nothing_is_given_up(mail_settings, time_machine):
    award_three()
    mail_settings.EMAIL_PORT = services.free_port()
    for _ in range(7):
        assert mail.send_next() == 3
        assert mail.send_next() == 0
        time_machine.move_to(timezone.now() + dt.timedelta(seconds=61), tick=False)

    assert set(states().values()) == {"waiting"}
    assert set(Delivery.objects.values_list("detail", "attempts")) == {
        ("The mail server is away: [Errno 111] Connection refused", 0)
    }


def test_a_server_that_hangs_up_after_the_text_loses_no_message(server, time_machine):
    award_three()
    server.cuts = True
    mail.send_next()
    after_the_cut = states()
    server.cuts = False
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=3), tick=False)

    mail.send_next()

    assert set(after_the_cut.values()) == {"waiting"}
    assert set(states().values()) == {"done"}
    assert server.addresses() == ["ada@example.org", "alan@example.org", "grace@example.org"]


@pytest.mark.parametrize("place", ["greeting", "text"])
def test_a_server_that_hangs_holds_no_award_up_and_loses_no_message(server, settings, time_machine, place):
    settings.EMAIL_TIMEOUT = 0.2
    server.hangs_at = place

    awards = award_three()
    taken_up = mail.send_next()
    while_it_hung = states()
    server.hangs_at = ""
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=3), tick=False)
    mail.send_next()

    assert (len(awards), taken_up, set(while_it_hung.values())) == (3, 3, {"waiting"})
    assert set(states().values()) == {"done"}
    assert server.addresses() == ["ada@example.org", "alan@example.org", "grace@example.org"]


def test_a_message_that_ended_its_worker_each_time_is_given_up():
    make_award()
    Delivery.objects.update(attempts=5)

    mail.send_next()

    assert list(Delivery.objects.values_list("state", "detail")) == [
        ("failed", "Sending it was broken off again and again.")
    ]
    assert sent.outbox == []


def test_new_messages_go_before_those_that_were_refused_before(server):
    award_three()
    Delivery.objects.filter(address="ada@example.org").update(attempts=1)

    mail.send_next(limit=2)

    assert server.addresses() == ["alan@example.org", "grace@example.org"]
