"""The receipt of a check, as JSON or PDF, and the key with which this site signs it."""

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from credentials import judging, receipts
from credentials.forms.verification import VerifyForm
from credentials.identity import Identity
from credentials.rendering import receipt as paper
from credentials.rendering.certificate import RenderingRefused, RenderingUnavailable
from issuers import access, limits
from issuers.keys import NoSigningKey


def signed(report, *, name: str, sha256: str = "", known: Identity | None = None) -> str:
    """The receipt of what a page shows, as text; "" where this site cannot sign."""
    try:
        found = receipts.write(
            report,
            word=str(judging.WORDS[judging.told(report)]),
            name=name,
            sha256=sha256,
            known=known,
        )
    except NoSigningKey:
        return ""
    return json.dumps(found, ensure_ascii=False, indent=1)


@csrf_exempt  # it changes nothing and knows nobody
@require_POST
def receipt_file(request, ending):
    """Of an address, which is checked anew, or of a file, whose signed receipt the page gave along."""
    access.keep_within(limits.VERIFY, request)
    try:
        text = request.POST.get("receipt") or _of_address(request.POST.get("q", ""))
        found = receipts.read_ours(text)
        if ending == "json":
            return _download(text.encode(), "application/json", "receipt.json")
        return _download(paper.render(found, data=text.encode()), "application/pdf", "receipt.pdf")
    except (receipts.NotAReceipt, RenderingRefused, RenderingUnavailable) as reason:
        return _refused(request, str(reason))


def _of_address(text: str) -> str:
    if not text.strip():
        return ""
    return signed(judging.judge_address(text), name=text)


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "X-Robots-Tag": "noindex",
        },
    )


def _refused(request, sentence: str) -> HttpResponse:
    form = VerifyForm({"q": ""})
    form.is_valid()
    form.errors.clear()
    form.add_error(None, sentence)
    return render(request, "credentials/verification/verify.html", {"form": form}, status=400)


@require_safe
def site_did(request):
    """`did:web` of the site itself, for whoever checks a receipt without us."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return JsonResponse(receipts.key_document(), headers=headers, content_type="application/did+json")
