"""Two questions of machines: is the site alive, and could it serve (database, broker, storage)?"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app

WAIT = 2  # seconds for the broker to answer


@never_cache
@require_safe
def healthz(request):
    """Alive: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """Able to serve: 200 when all of it answers, else 503 and which part does not."""
    parts = {name: _answers(ask) for name, ask in QUESTIONS.items()}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _answers(ask: Callable[[], None]) -> str:
    try:
        ask()
    except (DatabaseError, OperationalError, OSError):
        return "no answer"
    return "ok"


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_broker() -> None:
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        _ask_folder(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]))
    else:
        with app.connection_for_write(connect_timeout=WAIT) as broker:
            broker.ensure_connection(max_retries=1, timeout=WAIT)


def ask_storage() -> None:
    """Only files on this machine are tried; other storages answer for themselves."""
    if folder := getattr(default_storage, "location", ""):
        Path(folder).mkdir(parents=True, exist_ok=True)
        _ask_folder(folder)


def _ask_folder(folder: str) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".ready-", suffix=".part") as file:
        file.write(b"ready")
        os.fsync(file.fileno())


QUESTIONS = {"database": ask_database, "broker": ask_broker, "storage": ask_storage}
