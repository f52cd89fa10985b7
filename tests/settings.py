"""The site's own settings, in a folder that goes away: another database, queue, outbox and storage a run."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="testamur-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ.update(
    DEBUG="true",
    TESTAMUR_DEVELOPMENT="true",
    TESTAMUR_VAR=str(FOLDER),
    PUBLIC_BASE_URL="https://badges.example",
    MEDIA_ROOT=str(FOLDER / "media"),
    DJANGO_LIVE_TEST_SERVER_ADDRESS="127.0.0.1",
    LOG_LEVEL="ERROR",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # the browser's driver runs a loop in the thread of the test
)
if "REDIS_URL" in os.environ:
    # Each parallel process has a queue of its own; else a worker of one would take the messages of another.
    number = 16 + int("0" + "".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{number}"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASE_IS_SQLITE, DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; nothing here is a secret
ACCOUNT_RATE_LIMITS = False
LIMITS_COUNT = False
if DATABASE_IS_SQLITE:
    DATABASES["default"]["ENGINE"] = "tests.sqlite3"
    # A file, so that workers and the server of a journey can open it; a crash may lose it.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"
