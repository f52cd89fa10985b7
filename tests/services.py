"""Redis and PostgreSQL of our own, on free ports, in a folder that goes away. Standard library only."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.children import die_with_parent

WITHIN = 30.0  # seconds to answer


class NotInstalled(RuntimeError):
    """The program is not on this machine; the sentence names Debian's package."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name: str, package: str) -> str:
    """Where a program is, also where Debian keeps PostgreSQL's; raises NotInstalled."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version, reverse=True)
    if found := (str(kept[0]) if kept else shutil.which(name)):
        return found
    raise NotInstalled(f"{name} is not installed. On Debian: sudo apt-get install {package}")


def _version(path: Path) -> int:
    return int(path.parts[4]) if path.parts[4].isdigit() else 0


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing; gives its address (redis://…/0)."""
    server = program("redis-server", "redis-server")
    folder, port = tempfile.mkdtemp(prefix="testamur-redis-"), free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
               "--dir", folder, "--databases", "32", "--loglevel", "warning"]  # fmt: skip
    with _running(command, port, folder):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL that does not sync; gives the address of a superuser's empty database."""
    initdb, server = program("initdb", "postgresql"), program("postgres", "postgresql")
    folder, port = tempfile.mkdtemp(prefix="testamur-postgresql-"), free_port()
    user = _hand_over(folder)
    subprocess.run(
        [initdb, "-D", f"{folder}/data", "-U", "testamur", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
         "--no-sync"], check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    command = [server, "-D", f"{folder}/data", "-p", str(port), "-k", folder,
               "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
               "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
               "-c", "max_connections=200", "-c", "log_min_messages=panic"]  # fmt: skip
    with _running(command, port, folder, user=user, ask_to_end=signal.SIGINT):
        _wait_until_ready(port)
        yield f"postgresql://testamur@127.0.0.1:{port}/postgres"


def _hand_over(folder: str) -> str | None:
    """PostgreSQL refuses to run as root: its folder and its process are another user's then."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return user


@contextlib.contextmanager
def _running(command, port, folder, *, user=None, ask_to_end=signal.SIGTERM) -> Iterator[None]:
    process = subprocess.Popen(
        command, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, preexec_fn=die_with_parent,
    )  # fmt: skip
    try:
        _wait_for(process, port)
        yield
    finally:
        process.send_signal(ask_to_end)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(process: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended at once with exit code {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} did not answer within {WITHIN:.0f} s")


def _wait_until_ready(port: int) -> None:
    """The port opens a moment before the database lets anyone in."""
    asks = [program("pg_isready", "postgresql-client"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + WITHIN
    while subprocess.run(asks).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL was not ready within {WITHIN:.0f} s")
        time.sleep(0.05)


def chromium() -> str:
    """Debian's Chromium; raises NotInstalled."""
    return program("chromium", "chromium")


if __name__ == "__main__":
    with redis() as here, postgresql() as there:
        sys.stdout.write(f"{here} {there}\n")
