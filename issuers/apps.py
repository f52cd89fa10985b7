"""Who vouches: organisations, their people, their keys, their journal."""

from django.apps import AppConfig


class IssuersConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "issuers"
