"""Found an issuer, bring people in, change what they may do."""

from django.contrib.auth.models import User
from django.db import transaction

from issuers import api_keys, keys
from issuers.journal import record
from issuers.models import Issuer, Member, Role


class LastOwner(Exception):
    """An issuer keeps at least one owner. The message is for people."""


@transaction.atomic
def found(*, by: User, **fields) -> Issuer:
    """Make an issuer with its first owner and its first signing key."""
    issuer = Issuer.objects.create(**fields)
    record(issuer, by, "founded", issuer)
    _record_member(by, "joined", Member.objects.create(issuer=issuer, user=by, role=Role.OWNER))
    record(issuer, by, "made key", keys.make_key(issuer))
    return issuer


@transaction.atomic
def invite(issuer: Issuer, user: User, *, role: Role, by: User) -> Member:
    """Make somebody who has an account a member. Somebody who is one already keeps one membership."""
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    member = Member.objects.filter(issuer=issuer, user=user).first()
    if member:
        return change_role(member, role=role, by=by)
    member = Member.objects.create(issuer=issuer, user=user, role=role)
    _record_member(by, "joined", member)
    return member


@transaction.atomic
def change_role(member: Member, *, role: Role, by: User) -> Member:
    """Give a member another role. Raises `LastOwner`."""
    _keep_an_owner(member, leaving=role != Role.OWNER)
    member.role = role
    member.save(update_fields=["role"])
    _record_member(by, "changed role", member)
    return member


@transaction.atomic
def remove(member: Member, *, by: User | None) -> None:
    """End a membership, and with it the API keys that the person made.

    What they did stays in the journal. Raises `LastOwner`.
    """
    _keep_an_owner(member, leaving=True)
    for key in member.issuer.api_keys.filter(made_by=member.user_id):
        api_keys.revoke(key, by=by)
    record(member.issuer, by, "left", member, label=_label(member))
    member.delete()


def _record_member(by: User, verb: str, member: Member) -> None:
    record(member.issuer, by, verb, member, label=_label(member), role=member.role)


def _label(member: Member) -> str:
    """By the number of the account: who closes it later is named in no journal."""
    return f"account {member.user_id} ({member.role})"


def _keep_an_owner(member: Member, *, leaving: bool) -> None:
    Issuer.objects.select_for_update().get(pk=member.issuer_id)
    others = Member.objects.filter(issuer=member.issuer_id, role=Role.OWNER).exclude(pk=member.pk)
    if leaving and not others.exists():
        raise LastOwner(
            f"{member.user} is the last owner of {member.issuer}. Make somebody else an owner first."
        )
