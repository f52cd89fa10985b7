"""What `manage.py check --deploy` says of this site's own settings, besides what Django says."""

import base64
import datetime as dt
import hmac

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Warn
from django.utils import timezone

from issuers import keys
from issuers.text import day_of

SOON = dt.timedelta(days=30)


@register(Tags.security, deploy=True)
def master_key(app_configs, **kwargs) -> list[CheckMessage]:
    """The master key is given by whoever runs the site, and is nothing else at the same time (TRUST.md 9)."""
    found: list[CheckMessage] = []
    if not settings.MASTER_KEY_WAS_GIVEN:
        found.append(
            Warn(
                "The master key is missing: this site made one for itself and keeps it beside its database.",
                hint="Set TESTAMUR_MASTER_KEY or TESTAMUR_MASTER_KEY_FILE (openssl rand -base64 32).",
                id="testamur.W001",
            )
        )
    if _is_secret_key(settings.TESTAMUR_MASTER_KEY):
        found.append(
            Warn(
                "The master key is the SECRET_KEY: who learns one learns every issuer's signing key.",
                hint="Make another master key and run manage.py rewrap_keys.",
                id="testamur.W002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def public_base_url(app_configs, **kwargs) -> list[CheckMessage]:
    """Verifiers ask for a did:web over https alone, and the address is signed into everything (D-08)."""
    if settings.PUBLIC_BASE_URL.startswith("https://"):
        return []
    return [
        Warn(
            f"PUBLIC_BASE_URL is {settings.PUBLIC_BASE_URL}: nobody can check what is issued for it.",
            hint="Set it to the https address of the site before the first credential is awarded.",
            id="testamur.W003",
        )
    ]


@register(Tags.security, deploy=True)
def signature_of_papers(app_configs, **kwargs) -> list[CheckMessage]:
    """If PDFs are to be signed, the operator's certificate can do it, and for some time yet."""
    if not keys.signs_paper():
        return []
    try:
        keys.paper_signer()
    except keys.CannotSignPaper as reason:
        return [Warn(str(reason), hint="Until then certificates wait to be drawn.", id="testamur.W004")]
    ends = keys.paper_certificates()[0].not_valid_after_utc
    if ends - timezone.now() > SOON:
        return []
    return [
        Warn(
            f"The certificate that signs PDFs ends on {day_of(ends)}. From then on none is drawn.",
            hint="Bring a new one; files are then signed anew when they are next asked for.",
            id="testamur.W005",
        )
    ]


def _is_secret_key(master_key: bytes) -> bool:
    secret = settings.SECRET_KEY.encode()
    forms = (master_key, base64.b64encode(master_key), base64.urlsafe_b64encode(master_key))
    return any(hmac.compare_digest(form, secret) for form in forms)
