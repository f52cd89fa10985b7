"""Addresses of the issuer's desk where it is said what can be earned."""

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from credentials.defining import RESERVED_SLUGS
from credentials.views import defining as views


class DeskConverter(SlugConverter):
    """The slug of an issuer; `dashboard/new/` founds one."""

    regex = f"(?!new/){SlugConverter.regex}"


class AchievementConverter(SlugConverter):
    """The slug of an achievement: never one of the desk's own pages, in whatever order they are included."""

    regex = f"(?!(?:{'|'.join(sorted(RESERVED_SLUGS))})/){SlugConverter.regex}"


register_converter(DeskConverter, "desk")
register_converter(AchievementConverter, "achievement")

ONE = "dashboard/<slug:issuer>/<achievement:achievement>/"

urlpatterns = [
    path("dashboard/<desk:issuer>/", views.desk, name="desk"),
    path("dashboard/<slug:issuer>/define/", views.achievement_kinds, name="achievement_kinds"),
    path("dashboard/<slug:issuer>/define/<slug:kind>/", views.achievement_define, name="achievement_define"),
    path(ONE, views.achievement_desk, name="achievement_desk"),
    path(f"{ONE}edit/", views.achievement_edit, name="achievement_edit"),
    path(f"{ONE}draft/", views.achievement_draft, name="achievement_draft"),
    path(f"{ONE}discard/", views.achievement_discard, name="achievement_discard"),
    path(f"{ONE}new-version/", views.achievement_renew, name="achievement_renew"),
    path(f"{ONE}retire/", views.achievement_retire, name="achievement_retire"),
]
