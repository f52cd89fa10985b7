"""Other forms of a credential: pictures that carry it, a compact token, and Open Badges 2.0."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from credentials import access, baked
from credentials.models import AchievementVersion, Award, CompactForm
from credentials.openbadges import document
from issuers.access import public_issuer

NONE_COMPACT = (
    "This credential has no compact form (JWT): for that its holder needs an identifier of their own, which "
    "comes with a wallet, on the day it is awarded. Its JSON is signed too."
)


@require_safe
def badge_png(request, pk):
    award = access.award_to_see(request.user, pk)
    try:
        return _file(award, baked.png(award), "image/png", "png")
    except baked.NoPicture as reason:
        return _none(str(reason))


@require_safe
def badge_svg(request, pk):
    award = access.award_to_see(request.user, pk)
    return _file(award, baked.svg(award), "image/svg+xml", "svg")


@require_safe
def credential_jwt(request, pk):
    """The token that was signed when it was awarded. Nothing is signed when someone looks."""
    award = access.award_to_see(request.user, pk)
    token = CompactForm.objects.filter(award=award).values_list("token", flat=True).first()
    if token is None:
        return _none(NONE_COMPACT)
    return _file(award, token.encode(), "text/plain; charset=us-ascii", "jwt", how="inline")


@require_safe
def ob2_assertion(request, pk):
    award = access.award_to_see(request.user, pk)
    found = baked.assertion(award)
    response = _linked_data(found, status=410 if "revoked" in found else 200)
    response["Cache-Control"], response["X-Robots-Tag"] = "private, no-cache", "noindex"
    return response


@require_safe
def ob2_badge(request, pk):
    versions = AchievementVersion.objects.published().select_related("achievement__issuer")
    return _linked_data(baked.badge_class(get_object_or_404(versions, pk=pk)))


@require_safe
def ob2_issuer(request, issuer):
    return _linked_data(baked.issuer(public_issuer(issuer)))


def _none(sentence: str) -> HttpResponse:
    """404 for a form that a credential does not have: programs ask for these addresses, so in plain text."""
    response = HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=404)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"], response["X-Robots-Tag"] = "private, no-cache", "noindex"
    return response


def _file(award: Award, data: bytes, content_type: str, suffix: str, *, how="attachment") -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'{how}; filename="credential-{award.pk}.{suffix}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"], response["X-Robots-Tag"] = "private, no-cache", "noindex"
    return response


def _linked_data(found: dict, *, status=200) -> HttpResponse:
    response = HttpResponse(document.serialise(found), content_type="application/ld+json", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response
