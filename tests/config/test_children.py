"""Processes live and die together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from config.children import Children

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
]
PARENT = f"""
import os, time
from config.children import Children
children = Children()
children.start("sleeper", {SLEEP!r}, os.environ)
print(children.running["sleeper"].pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def children():
    children = Children()
    yield children
    children.stop(patience=0)


def gone(pid: int, within: float = 5) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_the_first_that_ends_is_named_with_its_exit_code(children):
    children.start("sleeper", SLEEP, os.environ)
    children.start("brief", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    children.running["brief"].wait(10)

    assert children.ended() == ("brief", 3)


def test_none_has_ended_while_all_run(children):
    children.start("sleeper", SLEEP, os.environ)

    assert children.ended() is None


def test_stopping_ends_also_a_child_that_will_not_listen(children):
    children.start("stubborn", STUBBORN, os.environ)
    pid = children.running["stubborn"].pid
    time.sleep(0.3)

    children.stop(patience=0.3)

    assert gone(pid)


def test_a_parent_that_is_killed_leaves_no_orphan():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    assert gone(child)
