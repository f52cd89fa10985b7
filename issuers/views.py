"""Pages of an issuer: those of its desk that are about the issuer itself, and its public page."""

import hashlib
import re
from copy import copy

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from issuers import access, api_keys, describing, limits, membership
from issuers.forms import SLUG_TAKEN, AddMemberForm, ApiKeyForm, FoundForm, NewKeyForm, RoleForm, SettingsForm
from issuers.keys import TooManyKeys, document_of, rotate
from issuers.models import Issuer, Member

ENTRIES_PER_PAGE = 50
HOUR = 3600
MEMBER = f"{Member._meta.label_lower}:"  # so begins what an entry about a member is about
ABOUT_A_MEMBER = Q(what__startswith=MEMBER)
ACCOUNT = re.compile(r"\Aaccount (\d+)\b")  # as issuers.membership writes it


# The desk


@login_required
@require_safe
def dashboard(request):
    mine = request.user.memberships.select_related("issuer").order_by("issuer__name")
    return render(request, "issuers/dashboard.html", {"memberships": mine})


@login_required
@require_http_methods(["GET", "POST"])
def issuer_new(request):
    form = FoundForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        access.keep_within(limits.ISSUERS, request)
        try:
            issuer = membership.found(by=request.user, **form.told())
        except IntegrityError:  # somebody took the address in the last moment, or pressed twice
            form.add_error("slug", SLUG_TAKEN)
        else:
            messages.success(request, f"{issuer} is founded, and its first signing key is made.")
            return redirect("desk", issuer.slug)
    return render(request, "issuers/new.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def issuer_edit(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    form = SettingsForm(request.POST or None, request.FILES or None, instance=copy(issuer))
    if request.method == "POST" and form.is_valid():
        try:
            describing.describe(issuer, by=request.user, **form.told())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The settings are saved. What is signed already keeps the old words.")
            return redirect("issuer_edit", issuer.slug)
    return render(request, "issuers/settings.html", {"issuer": issuer, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def members(request, issuer):
    may = access.issuer_to_own if request.method == "POST" else access.issuer_to_read
    issuer = may(request.user, issuer)
    form = AddMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = membership.invite(issuer, form.user, role=form.cleaned_data["role"], by=request.user)
        messages.success(request, f"{member.user.email} is now {member.role} of {issuer}.")
        return redirect("members", issuer.slug)
    people = issuer.members.select_related("user").order_by("user__email", "pk")
    return render(request, "issuers/members.html", {"issuer": issuer, "form": form, "people": people})


@login_required
@require_http_methods(["GET", "POST"])
def member(request, issuer, pk):
    issuer = access.issuer_to_own(request.user, issuer)
    person = get_object_or_404(issuer.members.select_related("user", "issuer"), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": person.role})
    if request.method == "POST" and form.is_valid():
        try:
            membership.change_role(person, role=form.cleaned_data["role"], by=request.user)
        except membership.LastOwner as refusal:
            form.add_error("role", str(refusal))
        else:
            return redirect(*_after(request, person))
    return render(request, "issuers/member.html", {"issuer": issuer, "person": person, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def member_remove(request, issuer, pk):
    issuer = access.issuer_to_own(request.user, issuer)
    person = get_object_or_404(issuer.members.select_related("user", "issuer"), pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            membership.remove(person, by=request.user)
        except membership.LastOwner as last:
            refusal = str(last)
        else:
            return redirect(*_after(request, person))
    context = {"issuer": issuer, "person": person, "refusal": refusal}
    return render(request, "issuers/member_remove.html", context)


def _after(request, person) -> tuple:
    """Back to the members; whoever changed their own membership may not be allowed there any more."""
    return ("dashboard",) if person.user == request.user else ("members", person.issuer.slug)


@login_required
@require_safe
def keys(request, issuer):
    issuer = access.issuer_to_read(request.user, issuer)
    signed = issuer.keys.annotate(signed=Count("awards")).order_by("-number")
    return render(request, "issuers/keys.html", {"issuer": issuer, "keys": signed})


@login_required
@require_http_methods(["GET", "POST"])
def key_new(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    active = issuer.keys.active().annotate(signed=Count("awards")).first()
    form = NewKeyForm(request.POST or None, initial={"after": active.fragment if active else "none"})
    if request.method == "POST" and form.is_valid():
        access.ask_again_who(request)
        if form.cleaned_data["after"] != form["after"].initial:
            messages.info(request, "A new key was made already.")
            return redirect("keys", issuer.slug)
        try:
            made = rotate(issuer, by=request.user)
        except TooManyKeys as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.fragment} is made and signs from now on.")
            return redirect("keys", issuer.slug)
    return render(request, "issuers/key_new.html", {"issuer": issuer, "active": active, "form": form})


@login_required
@require_safe
def api_key_list(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    made = issuer.api_keys.select_related("made_by").order_by("revoked_at", "-made_at")
    return render(request, "issuers/api_keys.html", {"issuer": issuer, "keys": made})


@login_required
@require_http_methods(["GET", "POST"])
def api_key_new(request, issuer):
    """The text of the key is in the answer to the form, once; no page shows it again."""
    issuer = access.issuer_to_own(request.user, issuer)
    form = ApiKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access.ask_again_who(request)
        try:
            key, whole = api_keys.make(issuer, by=request.user, **form.told())
        except api_keys.CannotMake as refusal:
            form.add_error("name", str(refusal))
        else:
            context = {"issuer": issuer, "key": key, "whole": whole, "base": settings.PUBLIC_BASE_URL}
            return render(request, "issuers/api_key_made.html", context)
    return render(request, "issuers/api_key_new.html", {"issuer": issuer, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def api_key_revoke(request, issuer, pk):
    key = access.api_key_to_own(request.user, issuer, pk)
    if request.method == "POST":
        api_keys.revoke(key, by=request.user)
        messages.success(
            request, f"“{key.name}” is revoked. Programs that use it are turned away from now on."
        )
        return redirect("api_keys", key.issuer.slug)
    context = {"issuer": access.issuer_to_own(request.user, issuer), "key": key}
    return render(request, "issuers/api_key_revoke.html", context)


@login_required
@require_safe
def journal(request, issuer):
    issuer = access.issuer_to_read(request.user, issuer)
    words = request.GET.get("q", "").strip()
    entries = issuer.journal.select_related("actor").order_by("-number")
    if words:
        entries = entries.filter(
            Q(label__icontains=words)
            | Q(verb__icontains=words)
            | Q(actor__email__icontains=words)
            | _about_members(issuer, words)
        )
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    _name_members(page)
    return render(request, "issuers/journal.html", {"issuer": issuer, "page": page, "words": words})


def _about_members(issuer: Issuer, words: str) -> Q:
    """The entries about members whose address has the words; kept are the numbers of their accounts."""
    labels = issuer.journal.filter(ABOUT_A_MEMBER).order_by().values_list("label", flat=True).distinct()
    accounts = {label: int(found[1]) for label in labels if (found := ACCOUNT.match(label))}
    asked = User.objects.filter(pk__in=set(accounts.values()), email__icontains=words)
    theirs = set(asked.values_list("pk", flat=True))
    return ABOUT_A_MEMBER & Q(label__in=[label for label, pk in accounts.items() if pk in theirs])


def _name_members(entries) -> None:
    """Say by their address who the entries are about, for as long as the account is there.

    Only where an entry is about a member: whatever else is named like an account says no address.
    """
    members = [entry for entry in entries if entry.what.startswith(MEMBER)]
    about = [(entry, int(found[1])) for entry in members if (found := ACCOUNT.match(entry.label))]
    emails = dict(User.objects.filter(pk__in=[pk for _, pk in about]).values_list("pk", "email"))
    for entry, pk in about:
        entry.label = entry.label.replace(f"account {pk}", emails.get(pk) or f"account {pk}", 1)


# In public


@require_safe
def issuer(request, issuer):
    issuer = access.public_issuer(issuer)
    return render(request, "issuers/issuer.html", {"issuer": issuer})


@require_safe
def issuer_did(request, issuer):
    body = document_of(access.public_issuer(issuer))
    return _for_everyone(request, body, "application/json", max_age=5 * 60)


@require_safe
def issuer_logo(request, issuer):
    """The logo at an address that may be signed into credentials; it may change, so it is asked for again."""
    logo = access.public_issuer(issuer).logo
    if not logo:
        raise Http404("This issuer has no logo.")
    with logo.open("rb") as file:
        return _for_everyone(request, file.read(), "image/png", max_age=HOUR)


def _for_everyone(request, body: bytes, content_type: str, *, max_age: int):
    """A document for every program of the world: no cookie, any origin, asked for again by its ETag."""
    response = HttpResponse(body, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={max_age}"
    response["X-Content-Type-Options"] = "nosniff"
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
