"""Who may do what at an issuer's desk: each function returns the issuer or raises 404 or 403.

Somebody who is no member learns nothing: the desk of an issuer that is not theirs is not found. A member
whose role is too small is told so.
"""

import ipaddress

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from issuers import limits
from issuers.limits import Limit
from issuers.models import ApiKey, Issuer, Member, Role

READERS = frozenset({Role.OWNER, Role.EDITOR, Role.AWARDER, Role.AUDITOR})
EDITORS = frozenset({Role.OWNER, Role.EDITOR})
AWARDERS = frozenset({Role.OWNER, Role.AWARDER})
OWNERS = frozenset({Role.OWNER})


def role_at(user: User | AnonymousUser, issuer: Issuer) -> str | None:
    """The person's role at the issuer, or None."""
    if not user.is_authenticated:
        return None
    return Member.objects.filter(issuer=issuer, user=user).values_list("role", flat=True).first()


def issuer_to_read(user, slug: str) -> Issuer:
    return _issuer(user, slug, READERS)


def issuer_to_define(user, slug: str) -> Issuer:
    return _issuer(user, slug, EDITORS)


def issuer_to_award(user, slug: str) -> Issuer:
    return _issuer(user, slug, AWARDERS)


def issuer_to_own(user, slug: str) -> Issuer:
    return _issuer(user, slug, OWNERS)


def issuer_for_programs(request, slug: str, scope: ApiKey.Scope) -> Issuer:
    """The issuer for whom a program, or a member who is signed in, may do what `scope` says.

    An API key is of one issuer and does what its scope allows, never more than its maker may do.
    """
    key = request.auth
    if key is not None and key.issuer.slug != slug:
        raise Http404("No such issuer.")
    if key is not None and scope == ApiKey.Scope.AWARD and key.scope != ApiKey.Scope.AWARD:
        raise PermissionDenied("This API key reads what was awarded; it neither awards nor revokes.")
    may = issuer_to_award if scope == ApiKey.Scope.AWARD else issuer_to_read
    return may(request.user, slug)


def asker_in_api(request) -> str:
    """Whose `Idempotency-Key` it is: the API key's, or the account's."""
    return f"API key {request.auth.pk}" if request.auth else f"account {request.user.pk}"


def api_key_to_own(user, slug: str, pk: int) -> ApiKey:
    key = ApiKey.objects.select_related("issuer").filter(issuer=issuer_to_own(user, slug), pk=pk).first()
    if key is None:
        raise Http404("No such API key.")
    return key


def ask_again_who(request) -> None:
    """Go on only if the person proved minutes ago who they are; else allauth asks, then comes back here."""
    _recently_proven(request)


@reauthentication_required
def _recently_proven(request) -> None:
    pass


def public_issuer(slug: str) -> Issuer:
    """An issuer's public page is for everybody, also when it is suspended (the page says so)."""
    try:
        return Issuer.objects.get(slug=slug)
    except Issuer.DoesNotExist:
        raise Http404("No such issuer.") from None


def keep_within(limit: Limit, request, *, issuer: Issuer | None = None) -> None:
    """Count what somebody asks for, and what is asked for in the name of an issuer.

    Raises `limits.TooOften`, which the site answers with 429.
    """
    if not settings.LIMITS_COUNT:
        return
    waits = [limits.count(limit, asker(request))]
    if issuer is not None:
        waits.append(limits.count(limit.of_issuer, f"issuer {issuer.pk}"))
    if wait := max(waits):
        raise limits.TooOften(wait)


def asker(request) -> str:
    """Who is counted: the account, or the network (an IPv4 address, the /64 of an IPv6 one)."""
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    return f"network {ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)}"


def _issuer(user, slug: str, roles: frozenset[str]) -> Issuer:
    member = Member.objects.select_related("issuer").filter(issuer__slug=slug, user_id=user.pk).first()
    if member is None:
        raise Http404("No such issuer.")
    if member.role not in roles:
        raise PermissionDenied(
            f"You are {member.get_role_display().split(':')[0].lower()} of {member.issuer}. "
            f"This needs one of: {', '.join(sorted(roles))}. Ask an owner."
        )
    if member.issuer.suspended_at and roles != READERS:
        raise PermissionDenied(f"{member.issuer} is suspended: its desk can be read, nothing can be changed.")
    member.issuer.my_role = member.role
    return member.issuer
