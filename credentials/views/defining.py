"""Pages of the issuer's desk where it is said what can be earned."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials import access, defining
from credentials.forms.defining import AchievementForm
from credentials.kinds import KINDS, SCALE_MEANING
from credentials.models import Achievement, AchievementVersion, Award, Batch
from credentials.views.public import what_is_offered
from issuers.access import AWARDERS, EDITORS, OWNERS, issuer_to_define, issuer_to_read

ACHIEVEMENTS_PER_PAGE = 25
AWARDS_PER_PAGE = 25
RECENT = 5


@login_required
@require_safe
def desk(request, issuer):
    """What needs somebody first, then what can be earned, then what was ordered last."""
    issuer = issuer_to_read(request.user, issuer)
    batches = Batch.objects.filter(version__achievement__issuer=issuer).select_related("version__achievement")
    versions = AchievementVersion.objects.filter(achievement__issuer=issuer).select_related("achievement")
    found, wanted = _achievements(issuer, request.GET)
    context = {
        "issuer": issuer,
        **_may(issuer),
        **wanted,
        "page": Paginator(found, ACHIEVEMENTS_PER_PAGE).get_page(request.GET.get("page")),
        "drafts": versions.filter(published_at__isnull=True).order_by("-pk"),
        "stopped": batches.filter(stopped_at__isnull=False, finished_at__isnull=True),
        "to_review": _to_review(versions),
        "batches": batches[:RECENT],
        "kinds": KINDS.values(),
    }
    return render(request, "credentials/defining/desk.html", context)


def _achievements(issuer, asked):
    """The issuer's achievements that match the search, and what was asked for."""
    words, kind = asked.get("q", "").strip(), asked.get("kind", "")
    shown = AchievementVersion.objects.filter(achievement=OuterRef("pk"))
    shown = shown.order_by(
        F("published_at").desc(nulls_last=True), "-number"
    )  # a draft if there is nothing else
    found = issuer.achievements.annotate(shown_name=Subquery(shown.values("name")[:1])).for_rows()
    if words:
        found = found.filter(Q(slug__icontains=words) | Q(shown_name__icontains=words))
    if kind in KINDS:
        found = found.filter(kind=kind)
    return found.order_by("state", "shown_name", "pk"), {"words": words, "kind": kind}


def _to_review(versions):
    """Active achievements whose newest version was to be looked at again by now."""
    due = versions.published().filter(
        review_by__lte=timezone.localdate(), achievement__state=Achievement.State.ACTIVE
    )
    newer = Q(
        achievement__versions__number__gt=F("number"), achievement__versions__published_at__isnull=False
    )
    return due.annotate(newer=Count("achievement__versions", filter=newer)).filter(newer=0)


def _may(issuer) -> dict:
    """What the person's role allows, for the buttons of a page; access.py decides when they are pressed."""
    works = issuer.suspended_at is None
    return {
        "may_define": works and issuer.my_role in EDITORS,
        "may_award": works and issuer.my_role in AWARDERS,
        "may_own": works and issuer.my_role in OWNERS,
    }


@login_required
@require_safe
def achievement_kinds(request, issuer):
    issuer = issuer_to_define(request.user, issuer)
    scales = [
        (meaning, [kind for kind in KINDS.values() if kind.scale == scale])
        for scale, meaning in SCALE_MEANING.items()
    ]
    return render(request, "credentials/defining/kinds.html", {"issuer": issuer, "scales": scales})


@login_required
@require_http_methods(["GET", "POST"])
def achievement_define(request, issuer, kind):
    issuer = issuer_to_define(request.user, issuer)
    if kind not in KINDS:
        raise Http404("There is no such kind of credential.")
    form = AchievementForm(request.POST or None, request.FILES or None, kind=KINDS[kind])
    if request.method == "POST" and form.is_valid():
        try:
            version = defining.draft(issuer, kind=kind, by=request.user, **form.told())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("achievement_draft", issuer.slug, version.achievement.slug)
    return render(
        request, "credentials/defining/form.html", {"issuer": issuer, "form": form, "kind": KINDS[kind]}
    )


@login_required
@require_http_methods(["GET", "POST"])
def achievement_edit(request, issuer, achievement):
    achievement = access.achievement_to_define(request.user, issuer, achievement)
    version = _draft_of(achievement)
    if version is None:
        messages.info(request, "What is published can never be edited. Make a new version instead.")
        return redirect("achievement_desk", issuer, achievement.slug)
    kind = KINDS[achievement.kind]
    form = AchievementForm(request.POST or None, request.FILES or None, kind=kind, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            version = defining.edit(version, by=request.user, **form.told())
        except ValidationError as error:
            form.add_error(None, error)
        except defining.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("achievement_desk", issuer, achievement.slug)
        else:
            return redirect("achievement_draft", issuer, version.achievement.slug)
    context = {"issuer": achievement.issuer, "form": form, "kind": kind, "version": version}
    return render(request, "credentials/defining/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def achievement_draft(request, issuer, achievement):
    """The draft as its public page will look, and the one button that makes it so for ever."""
    may = access.achievement_to_define if request.method == "POST" else access.achievement_to_read
    achievement = may(request.user, issuer, achievement)
    version = _draft_of(achievement)
    if version is None:
        return redirect("achievement_desk", issuer, achievement.slug)
    problem = ""
    if request.method == "POST" and request.POST.get("sure"):
        try:
            defining.publish(version, by=request.user)
        except ValidationError as error:
            problem = "The draft is not complete: " + " ".join(error.messages)
        except defining.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("achievement_desk", issuer, achievement.slug)
        else:
            messages.success(request, f"Version {version.number} of {version.name} is published.")
            return redirect("achievement_desk", issuer, achievement.slug)
    elif request.method == "POST":
        problem = "Tick the box first: it cannot be undone."
    context = {
        **what_is_offered(version),
        **_may(achievement.issuer),
        "issuer": achievement.issuer,
        "as_published": True,
        "problem": problem,
        "signatories": defining.signatories_of(version),
    }
    return render(request, "credentials/defining/draft.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def achievement_discard(request, issuer, achievement):
    achievement = access.achievement_to_define(request.user, issuer, achievement)
    version = _draft_of(achievement)
    if version is None:
        return redirect("achievement_desk", issuer, achievement.slug)
    if request.method == "POST":
        try:
            defining.discard(version, by=request.user)
        except defining.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The draft of {version.name} is thrown away.")
        return redirect("desk", issuer)
    context = {"issuer": achievement.issuer, "achievement": achievement, "version": version}
    return render(request, "credentials/defining/discard.html", context)


@login_required
@require_POST
def achievement_renew(request, issuer, achievement):
    """Begin the next version, as a draft copied from the current one."""
    achievement = access.achievement_to_define(request.user, issuer, achievement)
    try:
        defining.new_version(achievement, by=request.user)
    except defining.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("achievement_desk", issuer, achievement.slug)
    return redirect("achievement_edit", issuer, achievement.slug)


@login_required
@require_http_methods(["GET", "POST"])
def achievement_retire(request, issuer, achievement):
    """Retire it, or offer it again."""
    achievement = access.achievement_to_define(request.user, issuer, achievement)
    if request.method == "POST":
        turn = defining.offer_again if "again" in request.POST else defining.retire
        try:
            turn(achievement, by=request.user)
        except defining.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("achievement_desk", issuer, achievement.slug)
    current = Award.objects.filter(version__achievement=achievement).current().count()
    context = {"issuer": achievement.issuer, "achievement": achievement, "current": current}
    return render(request, "credentials/defining/retire.html", context)


@login_required
@require_safe
def achievement_desk(request, issuer, achievement):
    achievement = access.achievement_to_read(request.user, issuer, achievement)
    words = request.GET.get("q", "").strip()
    page = Paginator(_awards(achievement, words), AWARDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "issuer": achievement.issuer,
        **_may(achievement.issuer),
        "achievement": achievement,
        "kind": KINDS[achievement.kind],
        "versions": achievement.versions.order_by("-number").annotate(held=Count("awards")),
        "draft": _draft_of(achievement),
        "page": page,
        "words": words,
    }
    return render(request, "credentials/defining/achievement.html", context)


def _awards(achievement, words: str):
    """Its awards, newest first; found by name, address, licence number or id."""
    awards = Award.objects.filter(version__achievement=achievement).for_cards().order_by("-awarded_at", "pk")
    if not words:
        return awards
    if "@" in words:
        return awards.filter(recipient_email__startswith=words.lower())
    try:
        return awards.filter(pk=uuid.UUID(words))
    except ValueError:
        return awards.filter(
            Q(recipient_name__icontains=words)
            | Q(recipient_email__icontains=words)
            | Q(licence_number__icontains=words)
        )


def _draft_of(achievement) -> AchievementVersion | None:
    drafts = achievement.versions.filter(published_at__isnull=True)
    return drafts.select_related("achievement__issuer", "achievement__design", "role__framework").first()
