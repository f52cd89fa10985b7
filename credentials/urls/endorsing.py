"""Addresses of endorsements: where one is written, and where it is read."""

from django.urls import path

from credentials.views import endorsing

urlpatterns = [
    path(
        "dashboard/<slug:issuer>/endorse/<slug:whose>/<slug:achievement>/", endorsing.endorse, name="endorse"
    ),
    path("endorsements/<uuid:pk>/", endorsing.endorsement, name="endorsement"),
]
