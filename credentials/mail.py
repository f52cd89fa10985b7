"""Tell people by e-mail what happened to a credential of theirs.

A message that its server refuses is the message's trouble: it fails, or comes again later. A server that is
away is nobody's fault: everything waits until it is back.
"""

import datetime as dt
from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from credentials import documents, queue
from credentials.models import Delivery

MESSAGES_A_RUN = 50
LEASE = dt.timedelta(minutes=15)  # longer than a run whose every message nearly times out
COMES_AGAIN = dt.timedelta(minutes=2)  # 2, 4, 8, 16 minutes: a server that greylists takes it by then
BROKEN_OFF = "Sending it was broken off again and again."
SUBJECTS: dict[str, str] = {
    Delivery.Event.AWARDED: "{issuer} has awarded you “{name}”",
    Delivery.Event.REVOKED: "{issuer} has revoked “{name}”",
}
REFUSALS = (SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPSenderRefused, ValueError)


def send_next(limit: int = MESSAGES_A_RUN) -> int:
    """Send the next messages of the outbox over one connection; returns how many were taken up."""
    outbox = queue.waiting(Delivery.objects.order_by("attempts", "pk"))
    keys = queue.claim(outbox, limit=limit, lease=LEASE)
    if keys:
        _send_claimed(keys)
    return len(keys)


def _send_claimed(keys: list[int]) -> None:
    cards = Delivery.objects.select_related("award__version__achievement__issuer").defer("award__document")
    waiting = list(cards.filter(pk__in=keys).order_by("pk"))
    try:
        with get_connection() as connection:
            while waiting:
                _deliver(waiting.pop(0), connection)
    except OSError as trouble:
        for delivery in waiting:
            queue.wait(delivery, f"The mail server is away: {trouble}")
        waiting = []
    finally:
        queue.give_back(Delivery.objects.filter(pk__in=[delivery.pk for delivery in waiting]))


def _deliver(delivery: Delivery, connection) -> None:
    """Send one message and write down how it went. Raises OSError when the server went away meanwhile."""
    if delivery.attempts > queue.MOST_ATTEMPTS:  # it ended its worker each time
        queue.fail(delivery, BROKEN_OFF)
        return
    try:
        send(delivery, connection)
    except REFUSALS as refused:
        code, said = _answer(refused)
        sentence = f"The mail server did not take it: {said}"
        if code >= 500:
            queue.fail(delivery, sentence)
        else:
            queue.put_back(delivery, sentence, first=COMES_AGAIN)
    except OSError as trouble:
        queue.put_back(delivery, f"The mail server broke off: {trouble}", first=COMES_AGAIN)
        raise
    else:
        queue.finish(delivery)


def _answer(refused: Exception) -> tuple[int, str]:
    """(code of the server or 0, what it said) of a refusal."""
    said: bytes | str
    if isinstance(refused, SMTPRecipientsRefused):
        code, said = next(iter(refused.recipients.values()))
    elif isinstance(refused, SMTPResponseException):
        code, said = refused.smtp_code, refused.smtp_error
    else:
        return 0, str(refused)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return code, f"{code} {text}"


def send(delivery: Delivery, connection) -> None:
    """Send one message over an open connection. Raises what the mail backend raises."""
    award = delivery.award
    subject = SUBJECTS[delivery.event].format(issuer=award.issuer.name, name=award.name)
    context = {
        "award": award,
        "delivery": delivery,
        "subject": subject,
        "sign_up": documents.absolute("account_signup"),
    }
    text, html = (
        render_to_string(f"credentials/mail/{delivery.event}.{ending}", context) for ending in ("txt", "html")
    )
    one_line = " ".join(subject.split())
    message = EmailMultiAlternatives(
        one_line, text, to=[delivery.address], reply_to=[award.issuer.email], connection=connection
    )
    message.attach_alternative(html, "text/html")
    message.send()
