"""The address where anybody checks anything."""

from django.urls import path

from credentials.views import verification

urlpatterns = [path("verify/", verification.verify, name="verify")]
