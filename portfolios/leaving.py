"""Take everything with you, and leave: the account goes; what was earned stays or goes as its earner says."""

import json
import uuid
import zipfile
from dataclasses import dataclass
from typing import IO

from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from credentials import erasing
from credentials.erasing import Whose
from credentials.models import Award
from issuers import membership
from issuers.membership import LastOwner
from issuers.models import Issuer, Member, Role
from portfolios.claiming import addresses_of, claim_all, keys_of, written
from portfolios.handles import fingerprint
from portfolios.models import FormerHandle, Profile, RetiredHandle

README = """\
What is in here
- credentials/: each credential as it was signed (Open Badges 3.0). It can be checked anywhere, also without
  this site; where it has a compact form, that stands beside it (.jwt).
- credentials.json: what you chose about each of them here.
- profile.json: your profile and your pages, if you made some.
- addresses.json: the e-mail addresses of your account.
"""


@dataclass(frozen=True)
class Left:
    """What was done: how many credentials stay without an owner, how many were erased."""

    kept: int = 0
    erased: int = 0


# Take everything with you


def export(user: User, file: IO[bytes]) -> None:
    """Write a ZIP with all that is a person's own."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("README.txt", README)
        box.writestr("credentials.json", _json(_put_credentials(box, user)))
        box.writestr("profile.json", _json(_profile_of(user)))
        box.writestr("addresses.json", _json(_addresses_of(user)))


def _put_credentials(box: zipfile.ZipFile, user: User) -> list[dict]:
    """Write the signed ones one by one, and give what is known of them besides."""
    awards = Award.objects.filter(earner=user).select_related("version__achievement__issuer", "compact_form")
    told = []
    for award in awards.defer("version__criteria").iterator(100):
        box.writestr(f"credentials/{award.pk}.json", bytes(award.document))
        if hasattr(award, "compact_form"):
            box.writestr(f"credentials/{award.pk}.jwt", award.compact_form.token)
        told.append(_told_of(award))
    return told


def _told_of(award: Award) -> dict:
    return {
        "file": f"credentials/{award.pk}.json",
        "address": award.url,
        "name": award.name,
        "issuer": award.issuer.name,
        "awarded_to": award.recipient_email,
        "awarded_at": award.awarded_at.isoformat(),
        "claimed_at": award.claimed_at and award.claimed_at.isoformat(),
        "visibility": award.visibility,
        "acceptance": award.acceptance,
        "revoked_at": award.revoked_at and award.revoked_at.isoformat(),
    }


def _profile_of(user: User) -> dict | None:
    profile = Profile.objects.filter(user=user).prefetch_related("former_handles", "pages__blocks").first()
    if profile is None:
        return None
    words = ("handle", "name", "headline", "about", "audience")
    return {name: getattr(profile, name) for name in words} | {
        "former_handles": [former.handle for former in profile.former_handles.all()],
        "pages": [
            {
                "slug": page.slug,
                "title": page.title,
                "intro": page.intro,
                "blocks": [
                    {"kind": block.kind, "credential": block.award_id, "text": block.text}
                    for block in page.blocks.all()
                ],
            }
            for page in profile.pages.all()
        ],
    }


def _addresses_of(user: User) -> list[dict]:
    return list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary"))


def _json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


# Leave


def why_not(user: User) -> str:
    """What keeps a person here, as a sentence that says what to do first; "" if nothing does."""
    theirs = Issuer.objects.filter(members__user=user, members__role=Role.OWNER)
    owners = Member.objects.filter(role=Role.OWNER, issuer__in=theirs).exclude(user=user)
    alone = theirs.exclude(pk__in=owners.values("issuer")).values_list("name", flat=True)
    if not alone:
        return ""
    return (
        f"{user.email} is the last owner of {' and of '.join(alone)}: nobody could look after what was "
        "awarded. Make somebody else an owner first, at the desk under Members."
    )


def leave(user: User, *, erase: bool = False) -> Left:
    """Close an account for good. Raises `LastOwner`; then nothing is changed.

    What was awarded stays checkable for whoever has its address, or with `erase` is erased everywhere. The
    second of two clicks finds nobody.
    """
    sessions = [one.pk for one in Session.objects.iterator() if _is_of(one, user)]
    with transaction.atomic():
        if not _lock(user):
            return Left()
        if reason := why_not(user):
            raise LastOwner(reason)
        claim_all(user)
        left = _erase(user) if erase else _let_go(user)
        for member in user.memberships.select_related("issuer"):
            membership.remove(member, by=None)
        _close_portfolio(user)
        Session.objects.filter(pk__in=sessions).delete()
        _close_account(user)
    return left


def whose(user: User) -> Whose:
    """Everything that is this person's: their proven addresses, and those of what they hold that are no
    other account's by now."""
    held = set(Award.objects.filter(earner=user).values_list("recipient_email", flat=True).order_by())
    others = EmailAddress.objects.filter(verified=True).exclude(user=user)
    taken = keys_of(others.filter(email__in=written(held)).values_list("email", flat=True))
    return Whose(addresses=frozenset(keys_of(addresses_of(user)) | (held - taken)), account=user.pk)


def _lock(user: User) -> bool:
    """The person, and every issuer that is written to, in the order in which everybody locks issuers.

    False if the account is gone meanwhile.
    """
    known = {issuer.pk for issuer in erasing.issuers_that_know(whose(user))}
    wanted = known | set(user.memberships.values_list("issuer", flat=True))
    list(Issuer.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))
    return bool(User.objects.select_for_update().filter(pk=user.pk))


def _is_of(session: Session, user: User) -> bool:
    """Also one in which somebody began to sign in with their address, and gave no second factor yet."""
    kept = session.get_decoded()
    begun = kept.get("account_login") or {}
    return kept.get("_auth_user_id") == str(user.pk) or begun.get("user_pk") == user_pk_to_url_str(user)


def _erase(user: User) -> Left:
    found = erasing.erase_everywhere(whose(user), by=None)
    return Left(erased=sum(one.awards for one in found.values()))


def _let_go(user: User) -> Left:
    """What everybody could find is now found by those who have its address; what was private stays so."""
    mine = Award.objects.filter(earner=user)
    mine.filter(visibility=Award.Visibility.PUBLIC).update(visibility=Award.Visibility.LINK)
    return Left(kept=mine.update(earner=None, claimed_at=None, seen_at=None))


def _close_portfolio(user: User) -> None:
    """Old links must not lead to somebody else: what the handles looked like is kept, as a fingerprint."""
    handles = {
        *Profile.objects.filter(user=user).values_list("handle", flat=True),
        *FormerHandle.objects.filter(profile__user=user).values_list("handle", flat=True),
    }
    RetiredHandle.objects.bulk_create(
        [RetiredHandle(look_sha256=fingerprint(handle)) for handle in handles], ignore_conflicts=True
    )
    Profile.objects.filter(user=user).delete()


def _close_account(user: User) -> None:
    """Delete the account; where a journal or an order has to keep it, leave nothing in it."""
    _forget_in_admin(User.objects.filter(pk=user.pk))
    for theirs in (EmailAddress.objects.filter(user=user), Authenticator.objects.filter(user=user)):
        _forget_in_admin(theirs)
        theirs.delete()
    try:
        with transaction.atomic():
            User.objects.get(pk=user.pk).delete()
    except ProtectedError:
        _make_nobody(user)


def _forget_in_admin(rows: QuerySet) -> None:
    """What the admin wrote down about these rows says who they were."""
    about = ContentType.objects.get_for_model(rows.model)
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    LogEntry.objects.filter(content_type=about, object_id__in=keys).delete()


def _make_nobody(user: User) -> None:
    user.groups.clear()
    user.user_permissions.clear()
    user.username = f"left-{uuid.uuid4().hex}"
    user.first_name = user.last_name = user.email = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
