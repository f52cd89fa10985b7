"""Pages and files for everybody: the catalogue, achievements, credentials, certificates and status lists."""

import hashlib
from pathlib import PurePath

from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.html import escape
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from credentials import access, baked, catalog, contents, documents, kinds, queue, tasks, verifying
from credentials.forms.verification import VerifyForm
from credentials.models import AchievementVersion, Award, JobState, Standing, StatusList
from credentials.openbadges import document as standard
from credentials.openbadges.verify import Outcome, Verdict
from credentials.rendering import seal, shelf
from issuers.models import Issuer

VC_JSON = "application/vc+ld+json"
JSON_KINDS = (VC_JSON, "application/ld+json", "application/json", "application/vc")
HTML = "text/html"
IMMUTABLE = "public, max-age=31536000, immutable"
STATUS_LIST_SECONDS = 300  # the list's own ttl is 900
EMBLEM_SECONDS = 3600
PAGE_SECONDS = 300  # how old the time of the check on a page that did not change may be
EMBED_SECONDS = 60
FRAME = '<iframe src="{url}embed/" title="{title}" width="420" height="190" style="border:0"></iframe>'
A_PAGE = 20
NEWEST = 6


@require_safe
def home(request):
    newest = list(catalog.recently_published(NEWEST))
    has_issuer = bool(newest) or Issuer.objects.exists()
    return render(
        request, "home.html", {"achievements": newest, "has_issuer": has_issuer, "form": VerifyForm()}
    )


@require_safe
def catalog_page(request):
    wanted = catalog.Wanted(
        words=_asked_for(request, "q"),
        kind=_asked_for(request, "kind"),
        scale=_asked_for(request, "scale"),
        issuer=_asked_for(request, "issuer"),
    )
    page = Paginator(catalog.search(wanted), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "page": page,
        "facets": catalog.facets(wanted),
        "kinds": kinds.KINDS.values(),
    }
    return render(request, "credentials/public/catalog.html", context)


def _asked_for(request, name: str) -> str:
    """What the address asks for; PostgreSQL refuses to look for a NUL."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:200]


@require_safe
def achievement(request, issuer, achievement):
    """The newest published version; the desk's own people also see what is still a draft."""
    return _achievement_page(request, access.version_to_see(request.user, issuer, achievement))


@require_safe
def achievement_version(request, issuer, achievement, number):
    return _achievement_page(request, access.version_to_see(request.user, issuer, achievement, number))


@require_safe
def achievement_json(request, issuer, achievement, number):
    return _achievement_document(access.version_to_see(request.user, issuer, achievement, number))


@vary_on_headers("Accept")
def _achievement_page(request, version):
    if request.get_preferred_type([HTML, "application/ld+json", "application/json"]) not in (HTML, None):
        return _achievement_document(version)
    context = what_is_offered(version) | {
        "may_endorse": access.may_endorse(request.user, version),
        "may_withdraw": access.may_withdraw(request.user, version),
    }
    return render(request, "credentials/public/achievement.html", context)


def what_is_offered(version: AchievementVersion) -> dict:
    """What the page of an achievement shows; the desk shows a draft with the same."""
    return {
        "version": version,
        "achievement": version.achievement,
        "issuer": version.achievement.issuer,
        "newest": version.achievement.current,
        "kind": kinds.KINDS[version.kind],
        "scale_meaning": kinds.SCALE_MEANING[version.scale],
        "picture_shows": documents.caption_of(version),
        "skills": version.versionskill_set.select_related("skill__framework"),
        "rubrics": [described for described in version.result_descriptions if described.get("levels")],
        "held_by": catalog.held_by(version.achievement),
        "validity": validity(version.validity_days),
        "retired": version.achievement.state == version.achievement.State.RETIRED,
        "endorsements": version.endorsements.standing().select_related("endorser").defer("document"),
    }


def validity(days: int) -> str:
    """Days as people say it: "2 years", "90 days"; empty for no end."""
    if days and days % 365 == 0:
        return ngettext("%(n)d year", "%(n)d years", days // 365) % {"n": days // 365}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else ""


def _achievement_document(version: AchievementVersion) -> HttpResponse:
    found = standard.compose_achievement(
        documents.achievement_text(version), documents.profile_of(version.achievement.issuer)
    )
    return _open_to_programs(HttpResponse(standard.serialise(found), content_type="application/ld+json"))


@require_safe
def version_image(request, issuer, achievement, number):
    """The emblem of a version, what stands for it where nobody uploaded a picture.

    Not kept for ever: its issuer may choose another colour, and a draft another symbol.
    """
    version = access.version_to_see(request.user, issuer, achievement, number)
    kept = f"public, max-age={EMBLEM_SECONDS}" if version.published_at else "private, no-store"
    return _picture(baked.drawn(version), "image/svg+xml", kept)


@require_safe
def version_image_png(request, issuer, achievement, number):
    version = access.version_to_see(request.user, issuer, achievement, number)
    if not version.image:
        raise Http404("This version has no picture of its own.")
    with version.image.open("rb") as stored:
        kept = IMMUTABLE if version.published_at else "private, no-store"
        return _picture(stored.read(), "image/png", kept)


def _picture(data, content_type: str, cache_control: str) -> HttpResponse:
    headers = {"Cache-Control": cache_control, "X-Content-Type-Options": "nosniff"}
    return _open_to_programs(HttpResponse(data, content_type=content_type, headers=headers))


@require_safe
@vary_on_headers("Accept")
def credential(request, pk):
    """The page of a credential, or its document for whoever asks for JSON (STANDARDS.md B-02)."""
    award = access.award_to_see(request.user, pk)
    wanted = request.get_preferred_type([*JSON_KINDS, HTML])
    if wanted in JSON_KINDS:
        return _document(request, award, wanted)
    etag = _page_etag(request, award)
    response = get_conditional_response(request, etag=etag) or _credential_page(request, award)
    if etag:
        response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return _not_for_search(response, award)


@require_safe
def credential_json(request, pk):
    return _document(request, access.award_to_see(request.user, pk), VC_JSON)


def _credential_page(request, award: Award) -> HttpResponse:
    report = verifying.verify_award(award)
    said = what_is_said(award, report)
    context = {
        "award": award,
        "issuer": award.issuer,
        "report": report,
        "said": said,
        "contents": contents.of(standard.parse(bytes(award.document))) if said != Verdict.INVALID else None,
        "kind": kinds.KINDS[award.version.kind],
        "scale_meaning": kinds.SCALE_MEANING[award.version.scale],
        "mine": request.user.is_authenticated and award.earner_id == request.user.pk,
        "successor": getattr(award, "replaced_by", None),
        "public": award.visibility == Award.Visibility.PUBLIC,
        "frame": _frame_of(award),
    }
    return render(request, "credentials/public/credential.html", context)


def _frame_of(award: Award) -> str:
    """What somebody puts into a page of their own; the title is what a screen reader calls the frame."""
    return FRAME.format(url=award.url, title=escape(gettext("A credential")))


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # it knows no view with arguments
def embed(request, pk):
    """A card for other people's pages, the only page that they may frame (TRUST.md 13).

    The same for everybody: it asks for no session and sets no cookie. A private credential has none.
    """
    award = access.award_to_see(AnonymousUser(), pk)
    report = verifying.verify_award(award)
    said = what_is_said(award, report)
    context = {
        "award": award,
        "said": said,
        "contents": contents.of(standard.parse(bytes(award.document))) if said != Verdict.INVALID else None,
    }
    response = HttpResponse(render_to_string("credentials/public/embed.html", context))
    response["Cache-Control"] = f"public, max-age={EMBED_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    return response


def what_is_said(award: Award, report) -> str:
    """The one word at the top of the page: the Report's, or ours where we know of something worse."""
    if report.verdict == Verdict.INVALID or award.standing == Standing.VALID:
        if report.verdict == Verdict.VALID and report.issuer_known.outcome == Outcome.FAILED:
            return Verdict.UNKNOWN
        return report.verdict
    return award.standing


def _page_etag(request, award: Award) -> str | None:
    """Everything that can change on a visitor's page; None for somebody who is signed in."""
    if request.user.is_authenticated:
        return None
    issuer, key = award.issuer, award.signing_key
    facts = [
        award.pk, award.standing, award.visibility, award.revocation_reason, award.status_list.published_at,
        key.compromised_at, issuer.name, issuer.verified_domain, issuer.lost_domain, issuer.suspended_at,
        issuer.logo.name, getattr(award, "replaced_by", None), request.COOKIES.get("theme"), get_language(),
        request.get_preferred_type([HTML]), int(timezone.now().timestamp()) // PAGE_SECONDS,
    ]  # fmt: skip
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


def _document(request, award: Award, content_type: str) -> HttpResponse:
    """The signed bytes, as they are stored (TRUST.md 10)."""
    response = _stored(request, bytes(award.document), content_type, etag=f'"{award.document_sha256}"')
    private = award.visibility == Award.Visibility.PRIVATE
    response["Cache-Control"] = "private, no-store" if private else "no-cache"
    response["Content-Disposition"] = f'inline; filename="credential-{award.pk}.json"'
    return _not_for_search(response, award)


def _stored(request, data: bytes, content_type: str, *, etag: str) -> HttpResponse:
    whole = HttpResponse(data, content_type=content_type, headers={"ETag": etag})
    return _open_to_programs(get_conditional_response(request, etag=etag, response=whole))


def _open_to_programs(response):
    """Wallets and verifiers in somebody's browser may read it: it is public and depends on no cookie."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _not_for_search(response, award: Award):
    if award.visibility != Award.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def seal_image(request, pk):
    """Drawn from the id and the kind, which never change."""
    award = access.award_to_see(request.user, pk)
    private = award.visibility == Award.Visibility.PRIVATE
    drawn = seal.svg(award.pk, kind=award.version.kind)
    return _picture(drawn, "image/svg+xml", "private, no-cache" if private else IMMUTABLE)


@require_safe
def certificate_pdf(request, pk):
    """The PDF if it is drawn, else the page that waits for it. Asking twice draws once."""
    award = access.award_to_see(request.user, pk)
    rendering = _asked(award)
    if rendering.state != JobState.DONE:
        return redirect("certificate_status", award.pk)
    response = FileResponse(
        rendering.file.open("rb"),
        as_attachment=True,
        filename=file_name(award),
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def certificate_status(request, pk):
    """Where one waits for a certificate; it looks again every two seconds, also without script."""
    award = access.award_to_see(request.user, pk)
    rendering = _asked(award)
    if request.htmx:  # the page asked from within: when something has happened it loads itself anew
        return (
            HttpResponse(status=204) if rendering.state == JobState.WAITING else HttpResponseClientRefresh()
        )
    context = {
        "award": award,
        "rendering": rendering,
        "state": rendering.state,
        "since": rendering.created_at,
        "put_off": rendering.attempts > queue.MOST_ATTEMPTS,
    }
    response = render(request, "credentials/public/certificate.html", context)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked(award: Award):
    """The rendering, and a worker woken for it if nobody draws it yet."""
    try:
        rendering, now = shelf.ask(award), timezone.now()
    except Award.DoesNotExist as erased:
        raise Http404(access.NONE_HERE) from erased
    free = rendering.lease_until is None or rendering.lease_until < now
    if rendering.state == JobState.WAITING and free and rendering.not_before <= now:
        tasks.render.delay_on_commit(rendering.pk)
    return rendering


def file_name(award: Award) -> str:
    """ "Title – Name.pdf", without what a file system or a header stumbles over."""
    name = f"{award.name} – {award.recipient_name}"
    kept = "".join(letter if letter.isprintable() and letter not in '\\/:*?"<>|' else " " for letter in name)
    return f"{PurePath(' '.join(kept.split())[:150]).name.strip('. ')}.pdf"


@require_safe
def status_list(request, public_id):
    """The list as it was signed when it last changed (STANDARDS.md §3). Nobody asks who reads it."""
    found = get_object_or_404(StatusList, public_id=public_id, document__isnull=False)
    data = bytes(found.document)
    response = _stored(request, data, VC_JSON, etag=f'"{hashlib.sha256(data).hexdigest()}"')
    response["Cache-Control"] = f"public, max-age={STATUS_LIST_SECONDS}"
    return response
