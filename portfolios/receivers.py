"""An e-mail address was shown to be somebody's: claim what was awarded to it.

These are signals of allauth. A removed address is not listened for: what was claimed stays claimed.
"""

from allauth.account.signals import email_added, email_confirmed, user_signed_up
from django.dispatch import receiver

from portfolios import claiming


@receiver(email_confirmed)
def claim_for_confirmed_address(email_address, **kwargs):
    claiming.claim(email_address.user, email_address.email)


@receiver(user_signed_up)
@receiver(email_added)
def claim_for_addresses_that_came_verified(user, **kwargs):
    """Usually there is none yet; an address may come verified, by an invitation or another sign-in."""
    claiming.claim_all(user)
