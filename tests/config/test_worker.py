"""A real Celery worker on this test's own queue, and the programs that the tests bring."""

import time
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from config.celery import app

pytestmark = pytest.mark.both_databases


def wait_until(true, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def messages_waiting() -> int:
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            return client.llen("celery")
    return len(list(Path(settings.QUEUE_FOLDER, "messages").glob("*.msg")))


def test_a_message_is_taken_by_a_real_worker(worker):
    app.send_task("celery.backend_cleanup")

    assert wait_until(lambda: messages_waiting() == 0)
    assert worker.ended() is None


def test_redis_is_real_and_empty(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert (client.dbsize(), client.ping()) == (0, True)


def test_postgresql_is_real_and_empty(postgresql_url):
    with psycopg.connect(postgresql_url) as database:
        tables = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()

    assert tables == (0,)


@pytest.mark.django_db
def test_the_database_is_the_one_that_this_round_is_for():
    scaled = bool(settings.REDIS_URL)

    assert (connection.vendor == "postgresql") is scaled
