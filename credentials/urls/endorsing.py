"""Addresses of endorsements: where one is written, and where it is read."""

from django.urls import path

from credentials.views import endorsing

urlpatterns = [
    path(
        "dashboard/<slug:issuer>/endorse/<slug:whose>/<slug:achievement>/", endorsing.endorse, name="endorse"
    ),
    path(
        "dashboard/<slug:issuer>/endorsements/<uuid:pk>/withdraw/",
        endorsing.endorsement_withdraw,
        name="endorsement_withdraw",
    ),
    path("endorsements/<uuid:pk>/", endorsing.endorsement, name="endorsement"),
]
