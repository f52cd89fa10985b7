"""The switchboard as a Django application: its commands are found and the Celery application is set up."""

from django.apps import AppConfig


class SwitchboardConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "config"

    def ready(self):
        # config/__init__.py stays empty, because the bootstrap is imported before anything is installed.
        from config import celery, checks  # noqa: F401
