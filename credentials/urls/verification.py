"""The address where anybody checks anything."""

from django.urls import path, re_path

from credentials.views import receipts, verification

urlpatterns = [
    path("verify/", verification.verify, name="verify"),
    re_path(r"^verify/results\.(?P<ending>csv|json)\Z", verification.results_file, name="verify_results"),
    re_path(r"^verify/receipt\.(?P<ending>pdf|json)\Z", receipts.receipt_file, name="verify_receipt"),
    path("c/<slug:code>", verification.short_address, name="short_address"),
    path(".well-known/did.json", receipts.site_did, name="site_did"),
]
