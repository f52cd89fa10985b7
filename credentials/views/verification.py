"""Check anything: an address, an id, a file. Nothing that is brought is kept."""

import json

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from credentials import contents, extracting, verifying
from credentials.forms.verification import SmallFilesInMemory, VerifyForm
from credentials.openbadges.verify import Outcome, Verdict
from issuers import access, limits


@csrf_exempt  # it changes nothing and knows nobody; the body may be refused before it is read
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """The box, and the Report on what was put into it. An address ends up in the page's own address."""
    if request.method == "POST" or "q" in request.GET:
        access.keep_within(limits.VERIFY, request)
    if request.method == "POST":
        return _verify_brought(request)
    form = VerifyForm({"q": request.GET["q"]} if "q" in request.GET else None)
    if not form.is_valid():
        return _box(request, form)
    return _report(request, form.cleaned_data["q"], _report_on_text(form.cleaned_data["q"]))


def _verify_brought(request) -> HttpResponse:
    request.upload_handlers = [SmallFilesInMemory(request)]
    try:
        form = VerifyForm(request.POST, request.FILES)
    except RequestDataTooBig:
        request.upload_too_large = True
    if request.upload_too_large:
        return _too_large(request)
    if not form.is_valid():
        return _box(request, form)
    file, text = form.cleaned_data["file"], form.cleaned_data.get("q", "")
    if file is not None:
        return _report(request, file.name, verifying.verify_anything(file.read(), name=file.name))
    if is_document(text):
        return _report(request, "", _report_on_text(text))
    return redirect(f"{reverse('verify')}?{urlencode({'q': text})}")


def is_document(text: str) -> bool:
    """Whether somebody pasted the credential itself instead of its address."""
    return extracting.looks_like_json(text[:100].encode())


def _report_on_text(text: str):
    if is_document(text):
        return verifying.verify_anything(text.encode(), name="")
    return verifying.verify_address(text)


def _box(request, form, status: int = 200) -> HttpResponse:
    return render(request, "credentials/verification/verify.html", {"form": form}, status=status)


def _too_large(request) -> HttpResponse:
    form = VerifyForm({})
    form.is_valid()
    form.errors.clear()
    form.add_error("file", extracting.TOO_LARGE)
    return _box(request, form, status=413)


def _report(request, what: str, report) -> HttpResponse:
    """What was brought is shown back by its name only; its content only if the signature held."""
    context = {
        "what": what[:200],
        "report": report,
        "verdict": told(report),
        "asked": len(report.checks) > 1,
        "contents": contents.of(report.document) if report.document else None,
        "raw": report.document and json.dumps(report.document, ensure_ascii=False, indent=2),
        "form": VerifyForm(),
    }
    response = render(request, "credentials/verification/report.html", context)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def told(report) -> str:
    """The word above the Report: the verdict, or "unread" where there was no credential to judge, or
    "stranger" for a good signature of somebody we do not know, which is never green."""
    if report.verdict == Verdict.INVALID and report.checks[-1].name == "readable":
        return "unread"
    if report.verdict == Verdict.VALID and report.issuer_known.outcome != Outcome.PASSED:
        return "stranger"
    return str(report.verdict)
