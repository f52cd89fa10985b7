"""Addresses of the other forms of a credential."""

from django.urls import path

from credentials.views import formats

CREDENTIAL = "credentials/<uuid:pk>"

urlpatterns = [
    path(CREDENTIAL + "/badge.png", formats.badge_png, name="badge_png"),
    path(CREDENTIAL + "/badge.svg", formats.badge_svg, name="badge_svg"),
    path(CREDENTIAL + ".jwt", formats.credential_jwt, name="credential_jwt"),
    path("ob2/assertions/<uuid:pk>", formats.ob2_assertion, name="ob2_assertion"),
    path("ob2/badges/<int:pk>", formats.ob2_badge, name="ob2_badge"),
    path("ob2/issuers/<slug:issuer>", formats.ob2_issuer, name="ob2_issuer"),
]
