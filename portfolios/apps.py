"""Who earned it: claimed, arranged, shared, taken away."""

from django.apps import AppConfig


class PortfoliosConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "portfolios"

    def ready(self):
        from portfolios import receivers  # noqa: F401 (importing connects them)
