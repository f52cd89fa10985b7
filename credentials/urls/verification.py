"""The address where anybody checks anything."""

from django.urls import path, re_path

from credentials.views import verification

urlpatterns = [
    path("verify/", verification.verify, name="verify"),
    re_path(r"^verify/results\.(?P<ending>csv|json)\Z", verification.results_file, name="verify_results"),
]
