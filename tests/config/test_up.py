"""`up` brings the whole site, and takes all of it along when it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.conf import settings

from tests.services import free_port


def environment(folder) -> dict[str, str]:
    own = {"TESTAMUR_VAR": str(folder), "TESTAMUR_DEVELOPMENT": "true", "PYTHONUNBUFFERED": "1"}
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | own


def up(folder, port: int, **env) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment(folder) | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def get(port: int, path: str, **headers) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def read_until(process: subprocess.Popen, sentence: str) -> str:
    """What it said up to and including the line with the sentence."""
    said = ""
    for line in process.stdout:
        said += line
        if sentence in line:
            return said
    raise AssertionError(f"It ended without saying “{sentence}”:\n{said}")


def started_by(process: subprocess.Popen) -> list[int]:
    """All processes below this one, by what the kernel says of each one's parent."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in told.splitlines()]
    below, found = [process.pid], []
    while below:
        parent = below.pop()
        children = [pid for pid, above in parents if above == parent]
        found += children
        below += children
    return found


def alive(pids: list[int]) -> list[int]:
    told = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(pid) for pid, state in map(str.split, told.splitlines()) if not state.startswith("Z")}
    return sorted(running & set(pids))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One site for the tests of this file: the demo is loaded once."""
    return tmp_path_factory.mktemp("up")


def test_the_site_comes_up_ready_and_a_signal_takes_all_of_it_away(folder):
    port = free_port()
    process = up(folder, port)
    said = read_until(process, "Ctrl+C")
    pids = started_by(process)

    ready = get(port, "/readyz")
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    process.communicate(timeout=30)

    assert f"Open http://127.0.0.1:{port}/" in said
    assert re.findall(r"\w+@demo\.example", said) == [
        "registrar@demo.example", "certs@demo.example", "badges@demo.example", "ada@demo.example",
        "auditor@demo.example",
    ]  # fmt: skip
    assert ready[0] == 200, ready
    assert len(pids) >= 4  # the web server and its worker, Celery, the sweeper
    assert (process.returncode, alive(pids)) == (0, [])
    assert time.monotonic() - started < 10


def test_when_one_part_ends_everything_ends_and_says_so(folder):
    process = up(folder, free_port())
    read_until(process, "Ctrl+C")
    pids = started_by(process)
    told = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    sweeper = [int(line.split()[0]) for line in told.splitlines() if line.endswith("manage.py sweep")]

    os.kill(*set(sweeper) & set(pids), signal.SIGKILL)
    said, _ = process.communicate(timeout=30)

    assert "The sweeper ended by itself (exit code -9), so everything stops." in said
    assert (process.returncode, alive(pids)) == (1, [])


def test_a_busy_port_is_said_before_anything_starts(folder):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        process = up(folder, port)
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.splitlines()[-1].startswith(f"CommandError: Port {port} cannot be used")


def test_the_site_issues_for_the_name_it_is_given_and_answers_on_the_port(folder):
    port = free_port()
    process = up(folder, port, PUBLIC_BASE_URL="https://badges.example")
    said = read_until(process, "Ctrl+C")
    by_name = get(port, "/healthz", Host="badges.example")[0]
    by_port = get(port, "/healthz")[0]
    process.terminate()
    process.communicate(timeout=30)

    assert "Credentials are issued for https://badges.example" in said
    assert (by_name, by_port) == (200, 200)
    assert (folder / "public_base_url").read_text() == "https://badges.example"
