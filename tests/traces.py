"""Look for somebody in all that the site keeps: every column of every table, and every file."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models

OPAQUE = (models.DateField, models.TimeField, models.BooleanField, models.DecimalField)


def traces_of(*words: str) -> list[str]:
    """Where one of these words stands, in any case: `app.model.column:key`, or the path of a file."""
    sought = [word.casefold() for word in words]
    return [place for place, text in everything() if any(word in text.casefold() for word in sought)]


def everything() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if not isinstance(field, OPAQUE)]
        for key, *values in model._base_manager.values_list("pk", *names):
            for name, value in zip(names, values, strict=True):
                yield f"{model._meta.label_lower}.{name}:{key}", _text(value)
    for session in Session.objects.all():
        yield f"session:{session.pk}", str(session.get_decoded())
    for root in (settings.MEDIA_ROOT, settings.VAR / "witness"):
        for path in sorted(Path(root).rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes().decode("latin-1")


def _text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
