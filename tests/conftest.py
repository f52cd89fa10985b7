"""What tests may ask for: services, a worker, a browser. Sockets lead nowhere but to this machine."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from config.children import Children
from config.management.commands.up import commands
from tests import services

HERE = ["127.0.0.1", "::1", "localhost"]


def pytest_runtest_setup(item):
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(HERE, allow_unix_socket=True)


@pytest.fixture(scope="session")
def services_stack():
    with ExitStack() as stack:
        yield stack


def address_of(stack: ExitStack, tool: str, variable: str, start) -> str:
    """`manage.py test` has started it; pytest by itself starts it here, or says what is missing."""
    if tool in os.environ.get("TESTAMUR_LEAVE_OUT", "").split():
        pytest.skip(f"{tool} is not installed")
    if address := os.environ.get(variable):
        return address
    try:
        return stack.enter_context(start())
    except services.NotInstalled as missing:
        pytest.fail(str(missing))


@pytest.fixture(scope="session")
def redis_server(services_stack, worker_id) -> str:
    """redis://…/n of a real Redis, a number for each parallel process."""
    address = address_of(services_stack, "redis", "TEST_REDIS_URL", services.redis)
    number = 1 + int("0" + "".join(filter(str.isdigit, worker_id)))
    return f"{address.rsplit('/', 1)[0]}/{number}"


@pytest.fixture
def redis_url(redis_server) -> str:
    """A real, empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture(scope="session")
def postgresql_server(services_stack) -> str:
    return address_of(services_stack, "postgresql", "TEST_POSTGRESQL_URL", services.postgresql)


@pytest.fixture
def postgresql_url(postgresql_server, worker_id, request) -> str:
    """A real, empty PostgreSQL database of this test's own (no tables)."""
    name = f"own_{worker_id}_{abs(hash(request.node.nodeid)) % 10**9}"
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    yield f"{postgresql_server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(postgresql_server, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def database_url() -> str:
    """The address of the database that this very test is using, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        f"/{database['NAME']}"
    )


@pytest.fixture
def process_environment(transactional_db) -> dict[str, str]:
    """The environment with which another process of the site sees the same database, queue and files."""
    env = dict(os.environ)
    env.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        TESTAMUR_DEVELOPMENT="true",
        TESTAMUR_VAR=str(settings.VAR),
        MEDIA_ROOT=str(settings.MEDIA_ROOT),
        DATABASE_URL=database_url(),
        PUBLIC_BASE_URL=settings.PUBLIC_BASE_URL,
    )
    return env


@pytest.fixture
def worker(process_environment):
    """A real Celery worker and the sweeper, on this test's database and queue. Give it up to two seconds."""
    children = Children()
    for name, command in commands("127.0.0.1", 0).items():
        if name != "web server":
            children.start(name, command, process_environment)
    yield children
    died = children.ended()
    children.stop(patience=3)
    empty_queue()
    assert died is None, f"the {died[0]} ended by itself"


def empty_queue() -> None:
    """No message of this test wakes a worker in the next."""
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()
    else:
        for message in Path(settings.QUEUE_FOLDER, "messages").glob("*.msg"):
            message.unlink(missing_ok=True)


@pytest.fixture
def manage(process_environment):
    """Run `manage.py` in a process of its own on this test's database: `done = manage("award", …)`."""

    def run(*arguments: str, timeout: float = 60, **kwargs) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
            env=process_environment, capture_output=True, text=True, timeout=timeout, **kwargs,
        )  # fmt: skip

    return run
