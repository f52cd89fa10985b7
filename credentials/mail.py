"""Tell people by e-mail what happened to a credential of theirs."""

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from credentials import documents
from credentials.models import Delivery

SUBJECTS = {
    Delivery.Event.AWARDED: "{issuer} has awarded you “{name}”",
    Delivery.Event.REVOKED: "{issuer} has revoked “{name}”",
}


def send(delivery: Delivery) -> None:
    """Send one message. Raises what the mail backend raises (`OSError`, `SMTPException`)."""
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
    message = EmailMultiAlternatives(one_line, text, to=[delivery.address], reply_to=[award.issuer.email])
    message.attach_alternative(html, "text/html")
    message.send()
