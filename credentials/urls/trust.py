"""Addresses of the issuer's desk where its owners tend what others trust it by."""

from django.urls import path

from credentials.views import trust

DESK = "dashboard/<slug:issuer>/"
DOMAIN = DESK + "settings/domain/"

urlpatterns = [
    path(DESK + "keys/<int:number>/stolen/", trust.key_stolen, name="key_stolen"),
    path(DOMAIN, trust.domain, name="domain"),
    path(DOMAIN + "check/", trust.domain_check, name="domain_check"),
    path(DOMAIN + "give-up/", trust.domain_give_up, name="domain_give_up"),
]
