"""The earner's pages: what I hold, what I show, and what others see of it."""

from dataclasses import asdict
from tempfile import TemporaryFile

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.models import ENDS_SOON, Award
from issuers.access import ask_again_who
from issuers.membership import LastOwner
from portfolios import access, arranging, claiming, leaving, showing
from portfolios.forms import Arrangement, LeaveForm, ProfileForm, VisibilityForm
from portfolios.handles import handle_from
from portfolios.models import Block

PER_PAGE = 20
MOST_NEW = 10  # so many are unfolded with their next steps; the rest is in the list
MOST_OFFERED = 100  # not yet shown credentials that the portfolio's form lists


@login_required
@require_GET
def me(request):
    # An award may have come since the address was verified, and nobody below this floor can tell us.
    claiming.claim_all(request.user)
    mine = access.my_awards(request.user)
    new = list(mine.filter(seen_at__isnull=True)[:MOST_NEW])
    held = _found(mine.exclude(pk__in=[award.pk for award in new]), request.GET.get("q", "").strip())
    page = Paginator(held, PER_PAGE).get_page(request.GET.get("page"))
    profile = access.my_profile(request.user)
    _prepare_rows([*new, *page], profile)
    soon = timezone.now() + ENDS_SOON
    context = {
        "profile": profile,
        "new": new,
        "new_count": mine.filter(seen_at__isnull=True).count() if len(new) == MOST_NEW else len(new),
        "page": page,
        "query": request.GET.get("q", "").strip(),
        "ending": list(mine.current().filter(valid_until__lte=soon).order_by("valid_until")[:MOST_NEW]),
        "addresses": EmailAddress.objects.filter(user=request.user).order_by("-primary", "email"),
    }
    return render(request, "portfolios/me.html", context)


def _found(awards, query: str):
    """Those whose name or issuer has the words."""
    for word in query.split()[:8]:
        awards = awards.filter(
            Q(version__name__icontains=word) | Q(version__achievement__issuer__name__icontains=word)
        )
    return awards


def _prepare_rows(awards, profile):
    """Give each award of the page its form and whether it is on the portfolio, in one query."""
    on_portfolio = set()
    if profile:
        blocks = Block.objects.filter(page__profile=profile, page__slug="", award__in=awards)
        on_portfolio = set(blocks.values_list("award_id", flat=True))
    for award in awards:
        award.visibility_form = VisibilityForm(award=award)
        award.is_on_portfolio = award.pk in on_portfolio
        award.left_out = showing.why_left_out(award)


@login_required
@require_POST
def keep(request):
    """No longer new: the credentials that the form names, or all."""
    if request.POST.get("all"):
        awards = list(access.my_awards(request.user).filter(seen_at__isnull=True))
    else:
        awards = access.my_awards_named(request.user, request.POST.getlist("award"))
    if kept := arranging.keep(awards):
        messages.success(request, f"Kept {kept} credential{pluralize(kept)}.")
    return redirect("me")


@login_required
@require_POST
def set_visibility(request, pk):
    award = access.my_award(request.user, pk)
    form = VisibilityForm(request.POST, award=award)
    if form.is_valid():
        arranging.show_to(award, form.cleaned_data["visibility"])
        messages.success(request, f"{award.name}. Seen by: {award.get_visibility_display()}.")
    else:
        messages.error(request, f"{award.name}: choose who can see it from the list.")
    return redirect(_back(request, award))


@login_required
@require_POST
def add_to_portfolio(request, pk):
    award = access.my_award(request.user, pk)
    arranging.keep([award])
    profile = access.my_profile(request.user)
    if profile is None:
        return redirect(reverse("me_portfolio") + f"?add={award.pk}")
    try:
        arranging.add(profile, award)
    except arranging.TooMany as reason:
        messages.error(request, str(reason))
    else:
        messages.success(
            request, f"{award.name} stands on your portfolio. {showing.why_left_out(award)}".strip()
        )
    return redirect(_back(request, award))


def _back(request, award: Award) -> str:
    """Where the form was, at the row of the credential; the address comes from a form and is checked."""
    asked = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return (asked if here else reverse("me")) + f"#credential-{award.pk}"


@login_required
@require_http_methods(["GET", "POST"])
def portfolio(request):
    """Every button of the form saves: Save, and each Move, which then comes back to the moved row."""
    form = ProfileForm(request.POST or None, user=request.user, initial=_suggestion(request.user))
    arrangement = Arrangement(request.POST, user=request.user) if request.method == "POST" else None
    if form.is_valid() and _save(request.user, form, arrangement):
        if arrangement.moved:
            return redirect(f"{reverse('me_portfolio')}#credential-{arrangement.moved.pk}")
        messages.success(request, "Your portfolio is saved.")
        return redirect("me_portfolio")
    profile = access.my_profile(request.user)
    shown, offered, more = _outline(request, profile, arrangement)
    context = {"form": form, "profile": profile, "shown": shown, "offered": offered, "more": more}
    return render(request, "portfolios/portfolio.html", context)


def _save(user, form: ProfileForm, arrangement: Arrangement) -> bool:
    """Save the words and the order, or say in the form why not."""
    try:
        with transaction.atomic():
            profile = arranging.write_profile(user, **form.cleaned_data)
            arranging.arrange(profile, shown=arrangement.shown, hidden=arrangement.hidden)
    except arranging.HandleTaken as reason:
        form.add_error("handle", str(reason))
    except arranging.TooMany as reason:
        form.add_error(None, str(reason))
    return form.is_valid()


def _suggestion(user) -> dict:
    """What a first portfolio begins with: the name on the newest credential, and a handle made of it.

    Nothing for somebody who has one: a form's initial values go before what is saved.
    """
    if access.my_profile(user):
        return {}
    newest = Award.objects.filter(earner=user).values_list("recipient_name", flat=True).first()
    name = user.get_full_name() or newest or ""
    handle = handle_from(name)
    return {"name": name, "handle": arranging.free_handle(handle, user) if handle else ""}


def _outline(request, profile, arrangement) -> tuple[list[Award], list[Award], int]:
    """The credentials of the form: shown, in order; not shown, newest first; how many more there are."""
    if arrangement:
        shown = arrangement.shown
    else:
        shown = showing.arranged(profile) if profile else []
        wished = access.my_awards_named(request.user, request.GET.getlist("add"))
        shown += [award for award in wished if award not in shown]
    others = access.my_awards(request.user).exclude(pk__in=[award.pk for award in shown])
    offered = list(others[:MOST_OFFERED])
    for award in shown + offered:
        award.left_out = showing.why_left_out(award)
    more = others.count() - MOST_OFFERED if len(offered) == MOST_OFFERED else 0
    return shown, offered, more


@login_required
@require_GET
def export(request):
    """Everything that is one's own, in one file that is made now and kept by nobody."""
    claiming.claim_all(request.user)
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    leaving.export(request.user, file)
    file.seek(0)
    name = f"{slugify(settings.SITE_NAME)}-{timezone.now():%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def leave(request):
    """Take everything with you, and close the account. Who leaves has just proven who they are."""
    claiming.claim_all(request.user)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ask_again_who(request)
        try:
            done = leaving.leave(request.user, erase=form.cleaned_data["credentials"] == LeaveForm.ERASE)
        except LastOwner as reason:
            form.add_error(None, str(reason))
        else:
            logout(request)
            request.session["left"] = asdict(done)  # for the next page alone
            return redirect("me_left")
    mine = access.my_awards(request.user)
    context = {
        "form": form,
        "count": mine.count(),
        "private": mine.filter(visibility=Award.Visibility.PRIVATE).count(),
        "profile": access.my_profile(request.user),
        "alone": leaving.why_not(request.user),
    }
    return render(request, "portfolios/leave.html", context)


@require_GET
def left(request):
    """What happened, once, for whoever has just left."""
    done = request.session.pop("left", None)
    if done is None:
        return redirect("home")
    return render(request, "portfolios/left.html", {"done": done})


@require_GET
def profile(request, handle):
    profile = access.profile_to_see(request.user, handle)
    if profile.handle != handle:
        return redirect(profile, permanent=False)
    awards = showing.on_display(profile)
    context = {
        "profile": profile,
        "awards": awards,
        "skills": showing.skills_proven(awards),
        "is_mine": profile.user_id == request.user.pk,
    }
    return render(request, "portfolios/profile.html", context)
