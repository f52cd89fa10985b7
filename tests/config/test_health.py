"""Alive, and able to serve."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_the_site_says_that_it_is_alive():
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_the_site_is_ready_when_database_broker_and_storage_answer():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok", "storage": "ok"})


def test_a_storage_that_cannot_be_written_is_named(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file"

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["storage"]) == (503, "no answer")


def test_a_broker_that_is_away_is_named(settings, tmp_path):
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "away")}

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (503, "no answer")
