"""The site's own key: with it the site signs what it says itself, such as the receipt of a check."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from issuers import multikey
from issuers.keys import wrapping
from issuers.keys.signing import KeySigner, next_number, opened
from issuers.models import SiteKey


def site_signer() -> KeySigner:
    """Open the site's newest key; the first one is made when it is first needed. Raises `NoSigningKey`."""
    return opened(SiteKey.objects.last() or _make_first())


@transaction.atomic
def _make_first() -> SiteKey:
    """Two that make it at once get the same: number 1, unless a backup came back (`next_number`)."""
    private = Ed25519PrivateKey.generate()
    public = multikey.encode(private.public_key().public_bytes_raw())
    made = SiteKey(
        number=next_number(None),
        public_multibase=public,
        wrapped_private=wrapping.wrap(private.private_bytes_raw(), public),
        wrapped_by=wrapping.fingerprint(settings.TESTAMUR_MASTER_KEY),
        active_from=timezone.now(),
    )
    SiteKey.objects.bulk_create([made], ignore_conflicts=True)
    return SiteKey.objects.latest("number")
