"""Taking awards into an account: whoever has shown that an address is theirs gets what was awarded to it.

Claiming says whose an award is, once and for good: an address that is removed later, or that changes hands,
takes nothing with it. It does not accept the award; that happens when the earner first does something with
it (`portfolios.arranging.keep`).
"""

from collections.abc import Iterable

import idna
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.utils import timezone

from credentials.addresses import normalise_email
from credentials.models import Award


def claim(user: User, email: str) -> int:
    """Claim what was awarded to `email`, if the user has verified it; how many awards were new to them."""
    keys = keys_of([email]) & keys_of(addresses_of(user))
    return _take(user, keys)


def claim_all(user: User) -> int:
    """Claim what was awarded to any verified address of the user; how many awards were new to them.

    Safe and cheap to call on every visit: it reads, and writes only when there is something to claim.
    """
    return _take(user, keys_of(addresses_of(user)))


def addresses_of(user: User) -> Iterable[str]:
    """Those that they have verified."""
    return EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)


def keys_of(addresses: Iterable[str]) -> set[str]:
    """The addresses as awards write them (TRUST.md 8); one that has no key can have no awards."""
    keys = set()
    for address in addresses:
        try:
            keys.add(normalise_email(address))
        except ValueError:
            continue
    return keys


def written(keys: Iterable[str]) -> set[str]:
    """How accounts may have written these addresses: as their keys, or with the domain in its own letters."""
    found = set()
    for key in keys:
        local, _, domain = key.rpartition("@")
        found |= {key, f"{local}@{_in_its_own_letters(domain)}"}
    return found


def _in_its_own_letters(domain: str) -> str:
    try:
        return idna.decode(domain)
    except idna.IDNAError:
        return domain


def _take(user: User, keys: set[str]) -> int:
    """The condition is in the UPDATE itself: of two accounts that claim at once, one gets each award."""
    waiting = Award.objects.filter(recipient_email__in=keys, earner__isnull=True)
    if not keys or not waiting.exists():
        return 0
    return waiting.update(earner=user, claimed_at=timezone.now())
