"""Addresses for everybody: the home page, the catalogue, achievements, credentials and their files."""

from django.urls import path

from credentials.views import public

ACHIEVEMENT = "issuers/<slug:issuer>/<slug:achievement>/"
VERSION = ACHIEVEMENT + "v<int:number>"
CREDENTIAL = "credentials/<uuid:pk>"

urlpatterns = [
    path("", public.home, name="home"),
    path("catalog/", public.catalog_page, name="catalog"),
    path(ACHIEVEMENT, public.achievement, name="achievement"),
    path(VERSION + "/", public.achievement_version, name="achievement_version"),
    path(VERSION + ".json", public.achievement_json, name="achievement_json"),
    path(VERSION + "/image.svg", public.version_image, name="version_image"),
    path(VERSION + "/image.png", public.version_image_png, name="version_image_png"),
    path(CREDENTIAL + "/", public.credential, name="credential"),
    path(CREDENTIAL + ".json", public.credential_json, name="credential_json"),
    path(CREDENTIAL + "/embed/", public.embed, name="credential_embed"),
    path(CREDENTIAL + "/seal.svg", public.seal_image, name="seal"),
    path(CREDENTIAL + "/certificate.pdf", public.certificate_pdf, name="certificate_pdf"),
    path(CREDENTIAL + "/certificate/", public.certificate_status, name="certificate_status"),
    path("status/<slug:public_id>", public.status_list, name="status_list"),
]
