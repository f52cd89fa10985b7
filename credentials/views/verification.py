"""Check anything: an address, an id, files. Nothing that is brought is kept."""

import json

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from credentials import access as credentials_access
from credentials import contents, extracting, identity, judging, receipts, results
from credentials.forms.verification import TOO_MANY, TOO_MUCH, SmallFilesInMemory, VerifyForm
from credentials.judging import Brought
from credentials.models import Award
from credentials.openbadges.verify import Outcome
from credentials.views.receipts import signed
from issuers import access, limits


@csrf_exempt  # it changes nothing and knows nobody; the body may be refused before it is read
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """The box, and the Report on what was put into it. An address ends up in the page's own address."""
    if request.method == "POST":
        access.keep_within(limits.FILES, request)
        return _verify_brought(request)
    if "q" in request.GET:
        access.keep_within(limits.VERIFY, request)
    form = VerifyForm({"q": request.GET["q"]} if "q" in request.GET else None)
    if not form.is_valid():
        return _box(request, form)
    report = _report_on_text(form.cleaned_data["q"])
    return _report(request, form.cleaned_data["q"], report, identity.of(report))


def _verify_brought(request) -> HttpResponse:
    request.upload_handlers = [SmallFilesInMemory(request)]
    try:
        form = VerifyForm(request.POST, request.FILES)
    except RequestDataTooBig:
        return _refused(request, extracting.TOO_LARGE)
    except TooManyFilesSent:
        return _refused(request, TOO_MANY)
    if request.upload_too_large:
        return _refused(request, TOO_MUCH)
    if not form.is_valid():
        return _box(request, form)
    files, text = form.cleaned_data["file"], form.cleaned_data.get("q", "")
    if len(files) > 1:
        return _results(request, [Brought(file.name, file.read()) for file in files])
    if files:
        return _report_on_file(request, Brought(files[0].name, files[0].read()))
    if is_document(text):
        return _report_on_file(request, Brought("", text.encode()))
    return redirect(f"{reverse('verify')}?{urlencode({'q': text})}")


def is_document(text: str) -> bool:
    """Whether somebody pasted the credential itself instead of its address."""
    return extracting.looks_like_json(text[:100].encode()) or extracting.looks_like_jwt(text.encode())


def _report_on_text(text: str):
    if is_document(text):
        return judging.judge(Brought("", text.encode()))
    return judging.judge_address(text)


def _report_on_file(request, brought: Brought) -> HttpResponse:
    if len(brought.data) > extracting.MAX_BYTES:
        return _refused(request, extracting.TOO_LARGE)
    report = judging.judge(brought)
    known = identity.of(report)
    receipt = signed(report, name=brought.name, sha256=brought.sha256, known=known)
    return _report(request, brought.name, report, known, receipt=receipt)


def _box(request, form, status: int = 200) -> HttpResponse:
    return render(request, "credentials/verification/verify.html", {"form": form}, status=status)


def _refused(request, sentence, status=413):
    """More than we read, or nothing that we can do anything with."""
    form = VerifyForm({})
    form.is_valid()
    form.errors.clear()
    form.add_error("file", sentence)
    return _box(request, form, status=status)


def _report(request, what: str, report, known: identity.Identity, *, receipt: str = "") -> HttpResponse:
    """What was brought is shown back by its name only; its content only if the signature held.

    `receipt` is signed already where the file is gone; of an address it is signed when somebody asks for it.
    """
    if judging.told(report) == "receipt":
        return _receipt(request, what, report)
    context = {
        "receipt": receipt,
        "what": what[:200],
        "report": report,
        "verdict": judging.told(report),
        "asked": len(report.checks) > 1,
        "identity": known,
        "identity_icon": IDENTITIES[known.level],
        "contents": contents.of(report.document) if report.document else None,
        "raw": report.document and json.dumps(report.document, ensure_ascii=False, indent=2),
        "form": VerifyForm(),
    }
    return _of_the_moment(render(request, "credentials/verification/report.html", context))


def _receipt(request, what: str, report) -> HttpResponse:
    """Somebody brought back what we, or another site, once gave along."""
    context = {
        "what": what[:200],
        "report": report,
        "receipt": report.document,
        "moment": receipts.moment_of(report.document),
        "form": VerifyForm(),
    }
    return _of_the_moment(render(request, "credentials/verification/receipt.html", context))


def _results(request, brought: list[Brought]) -> HttpResponse:
    """A table of many, each with its whole Report below."""
    judged = judging.judge_all(brought)
    context = {
        "rows": [_row(one) for one in judged],
        "tally": _tally(judged),
        "sealed": results.sealed(judged),
        "form": VerifyForm(),
    }
    return _of_the_moment(render(request, "credentials/verification/results.html", context))


def _row(one: judging.Judged) -> dict:
    report, (icon, tone) = one.report, LOOKS[one.told]
    answers = [report.unchanged, report.still_valid, report.issuer_known] if report else []
    return {
        "one": one,
        "icon": icon,
        "tone": tone,
        "report": report,
        "asked": report and len(report.checks) > 1,
        "identity": identity.of(report) if report else None,
        "answers": [ANSWERS[answer.outcome] for answer in answers] or [ANSWERS[Outcome.UNKNOWN]] * 3,
    }


def _tally(judged) -> list[tuple[int, str, str]]:
    """How many of each verdict, in the order of the words."""
    found = [(sum(one.told == told for one in judged), told, word) for told, word in judging.WORDS.items()]
    return [(count, str(word).lower(), LOOKS[told][1]) for count, told, word in found if count]


@require_safe
def short_address(request, code):
    """The address that is short enough to be typed: on to the credential's page, for whoever may see it."""
    access.keep_within(limits.VERIFY, request)
    award = Award.objects.with_code(code)
    if award is None:
        raise Http404(credentials_access.NONE_HERE)
    return redirect(credentials_access.award_to_see(request.user, award.pk))


# How each word is drawn: icon and tone, besides the word itself
LOOKS = {
    "valid": ("badge-check", "valid"),
    "stranger": ("circle-question-mark", "info"),
    "expired": ("calendar-x", "warn"),
    "not_yet_valid": ("hourglass", "info"),
    "revoked": ("octagon-x", "stop"),
    "suspended": ("circle-pause", "warn"),
    "invalid": ("octagon-x", "stop"),
    "paper": ("octagon-x", "stop"),
    "inside": ("octagon-x", "stop"),
    "unread": ("file-x", "stop"),
    "receipt": ("receipt", "info"),
    "unknown": ("circle-question-mark", "warn"),
    "not_reached": ("circle-question-mark", "warn"),
}


IDENTITIES = {
    identity.Level.KNOWN_HERE: "house",
    identity.Level.DOMAIN_PROVEN: "globe",
    identity.Level.ONLY_A_KEY: "key-round",
    identity.Level.NOTHING: "circle-question-mark",
}
ANSWERS = {
    Outcome.PASSED: {"icon": "check", "tone": "valid", "word": _("Yes")},
    Outcome.FAILED: {"icon": "x", "tone": "stop", "word": _("No")},
    Outcome.UNKNOWN: {"icon": "circle-question-mark", "tone": "warn", "word": _("Could not check")},
}


@csrf_exempt
@require_POST
def results_file(request, ending):
    """The results of a page as a file. The page gave them along, so nothing was kept for this."""
    access.keep_within(limits.VERIFY, request)
    try:
        found = results.opened(request.POST.get("results", ""))
    except results.NotOurs as reason:
        return _refused(request, str(reason), status=400)
    data, kind = (
        (results.as_csv(found), "text/csv")
        if ending == "csv"
        else (results.as_json(found), "application/json")
    )
    return _of_the_moment(_download(data, f"{kind}; charset=utf-8", f"results.{ending}"))


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def _of_the_moment(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
