"""Addresses of issuers: the desk's own pages, and what is public."""

from django.urls import path

from issuers import views

urlpatterns = [
    path("issuers/<slug:issuer>/", views.issuer, name="issuer"),
    path("issuers/<slug:issuer>/did.json", views.issuer_did, name="issuer_did"),
    path("issuers/<slug:issuer>/logo.png", views.issuer_logo, name="issuer_logo"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/new/", views.issuer_new, name="issuer_new"),
    path("dashboard/<slug:issuer>/settings/", views.issuer_edit, name="issuer_edit"),
    path("dashboard/<slug:issuer>/members/", views.members, name="members"),
    path("dashboard/<slug:issuer>/members/<int:pk>/", views.member, name="member"),
    path("dashboard/<slug:issuer>/members/<int:pk>/remove/", views.member_remove, name="member_remove"),
    path("dashboard/<slug:issuer>/keys/", views.keys, name="keys"),
    path("dashboard/<slug:issuer>/keys/new/", views.key_new, name="key_new"),
    path("dashboard/<slug:issuer>/api-keys/", views.api_key_list, name="api_keys"),
    path("dashboard/<slug:issuer>/api-keys/new/", views.api_key_new, name="api_key_new"),
    path("dashboard/<slug:issuer>/api-keys/<int:pk>/revoke/", views.api_key_revoke, name="api_key_revoke"),
    path("dashboard/<slug:issuer>/journal/", views.journal, name="journal"),
]
