"""Endorsements: signed at the desk of who endorses, read by everybody."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from credentials import access, endorsing
from credentials.forms.endorsing import EndorseForm
from credentials.models import Endorsement
from issuers.access import issuer_to_define


@login_required
@require_http_methods(["GET", "POST"])
def endorse(request, issuer, whose, achievement):
    endorser = issuer_to_define(request.user, issuer)
    version = access.version_to_see(request.user, whose, achievement)
    form = EndorseForm(request.POST or None)
    try:
        endorsing.refuse_if_senseless(version, endorser)
        if form.is_valid():
            comment = form.cleaned_data["comment"]
            endorsing.endorse(version, endorser=endorser, comment=comment, by=request.user)
            messages.success(request, f"{endorser} endorses “{version.name}” now.")
            return redirect(version)
    except endorsing.CannotEndorse as refusal:
        messages.warning(request, str(refusal))
        return redirect(version)
    context = {"issuer": endorser, "version": version, "form": form}
    return render(request, "credentials/endorsing/endorse.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def endorsement_withdraw(request, issuer, pk):
    given = access.endorsement_to_withdraw(request.user, issuer, pk)
    carried = given.version.awards.filter(recorded_at__gte=given.created_at).count()
    if request.method == "POST":
        endorsing.withdraw(given, by=request.user)
        messages.success(
            request, f"{given.endorser} has taken back its endorsement of “{given.version.name}”."
        )
        return redirect(given.version)
    context = {"issuer": given.endorser, "given": given, "version": given.version, "carried": carried}
    return render(request, "credentials/endorsing/withdraw.html", context)


@require_safe
def endorsement(request, pk):
    """The endorsement as it was signed; no cookie, for every program."""
    data = bytes(get_object_or_404(Endorsement, pk=pk).document)
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    whole = HttpResponse(data, content_type="application/vc+ld+json", headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=whole)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=86400"
    return response
