"""The switchboard: what a site needs in production, and what it keeps to itself."""

import base64
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "DEBUG": "false",
    "PUBLIC_BASE_URL": "https://badges.example",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "TESTAMUR_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
}


def python(code: str, tmp_path, **env) -> subprocess.CompletedProcess:
    """Run code in a process of its own that knows only this environment."""
    own = {"TESTAMUR_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.defpath} | own | env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", ["PUBLIC_BASE_URL", "SECRET_KEY", "TESTAMUR_MASTER_KEY"])
def test_production_does_not_start_without_its_address_and_its_secrets(missing, tmp_path):
    env = {name: value for name, value in PRODUCTION.items() if name != missing}

    done = python("import config.settings", tmp_path, **env)

    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {missing} ")


def test_a_web_server_started_without_any_setting_is_not_a_development_site(tmp_path):
    done = python("import config.settings", tmp_path)

    assert "must be set when DEBUG is off" in done.stderr


def test_a_master_key_of_another_length_is_refused(tmp_path):
    short = base64.b64encode(b"short").decode()

    done = python("import config.settings", tmp_path, **PRODUCTION | {"TESTAMUR_MASTER_KEY": short})

    assert "TESTAMUR_MASTER_KEY must be 32 bytes in base64" in done.stderr


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "master"
    file.write_text(PRODUCTION["TESTAMUR_MASTER_KEY"] + "\n")
    env = {name: value for name, value in PRODUCTION.items() if name != "TESTAMUR_MASTER_KEY"}

    done = python(
        "from config import settings; print(settings.TESTAMUR_MASTER_KEY == bytes(range(32)))",
        tmp_path,
        **env,
        TESTAMUR_MASTER_KEY_FILE=str(file),
    )

    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file or directory"), (b"\xff\xfe", "it is not text in UTF-8")]
)
def test_a_file_of_a_secret_that_cannot_be_read_is_named_with_its_variable(tmp_path, content, reason):
    file = tmp_path / "master"
    if content is not None:
        file.write_bytes(content)
    env = {name: value for name, value in PRODUCTION.items() if name != "TESTAMUR_MASTER_KEY"}

    done = python("from config import settings", tmp_path, **env, TESTAMUR_MASTER_KEY_FILE=str(file))

    assert done.returncode != 0
    assert done.stderr.endswith(
        f"ImproperlyConfigured: TESTAMUR_MASTER_KEY_FILE names {file}, which cannot be read: {reason}.\n"
    )


def test_a_development_site_makes_its_secrets_once_and_only_its_owner_reads_them(tmp_path):
    code = "from config import settings; print(settings.SECRET_KEY, settings.TESTAMUR_MASTER_KEY.hex())"

    first, second = (python(code, tmp_path, TESTAMUR_DEVELOPMENT="true").stdout for _ in range(2))

    assert first == second
    assert len(first.split()) == 2
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")}
    assert modes == {"secret.key": 0o600, "master.key": 0o600}


def test_a_development_site_answers_on_this_machine_for_the_name_that_it_issues_for(tmp_path):
    code = "import json; from config import settings; print(json.dumps(settings.ALLOWED_HOSTS))"

    development = python(
        code, tmp_path, TESTAMUR_DEVELOPMENT="true", PUBLIC_BASE_URL="https://badges.example"
    )
    production = python(code, tmp_path, **PRODUCTION)

    assert json.loads(development.stdout) == ["badges.example", "localhost", "127.0.0.1", "[::1]"]
    assert json.loads(production.stdout) == ["badges.example"]


@pytest.mark.parametrize("base", ["badges.example", "ftp://badges.example", "https://badges.example/below"])
def test_a_base_address_is_a_scheme_and_a_host(base, tmp_path):
    done = python("import config.settings", tmp_path, **PRODUCTION | {"PUBLIC_BASE_URL": base})

    assert "PUBLIC_BASE_URL must be a scheme and a host" in done.stderr


def test_the_deployment_check_finds_nothing(tmp_path):
    code = (
        "import sys; from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])"
    )

    done = python(code, tmp_path, **PRODUCTION)

    assert done.returncode == 0, done.stderr


def test_sqlite_lets_writers_queue_and_readers_pass(tmp_path):
    code = (
        "import django; django.setup(); from django.db import connection as c; c.ensure_connection();"
        "print(c.transaction_mode, *(c.cursor().execute(f'PRAGMA {p}').fetchone()[0]"
        " for p in ('journal_mode', 'synchronous', 'busy_timeout')))"
    )

    done = python(code, tmp_path, TESTAMUR_DEVELOPMENT="true")

    assert done.stdout == "IMMEDIATE wal 1 20000\n", done.stderr


def test_what_the_address_of_the_database_asks_for_is_kept(tmp_path):
    """Without its sslmode the password and every row would travel in the open."""
    code = "from config import settings; print(sorted(settings.DATABASES['default']['OPTIONS']))"
    address = "postgresql://testamur@db.example/testamur?sslmode=verify-full"

    done = python(code, tmp_path, **PRODUCTION, DATABASE_URL=address)

    assert done.stdout == "['options', 'pool', 'sslmode']\n", done.stderr


def test_the_old_master_key_is_read_for_rewrapping_and_its_length_is_checked(tmp_path):
    old = {"TESTAMUR_OLD_MASTER_KEY": base64.b64encode(b"o" * 32).decode()}

    done = python(
        "from config import settings; print(settings.TESTAMUR_OLD_MASTER_KEY)", tmp_path, **PRODUCTION | old
    )
    none = python(
        "from config import settings; print(settings.TESTAMUR_OLD_MASTER_KEY)", tmp_path, **PRODUCTION
    )
    short = python("import config.settings", tmp_path, **PRODUCTION | {"TESTAMUR_OLD_MASTER_KEY": "c2hvcnQ="})

    assert (done.stdout, none.stdout) == (f"{b'o' * 32!r}\n", "None\n")
    assert "TESTAMUR_OLD_MASTER_KEY must be 32 bytes in base64" in short.stderr
