"""A site of its own for an ordeal: folder, database and queue, and how each of them is stopped hard."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from config.children import die_with_parent
from tests import services


@dataclass(frozen=True)
class Place:
    """`stop_database` ends the database's processes at once and starts it again; SQLite has none."""

    title: str
    folder: Path
    stop_database: Callable[[], None]


@contextlib.contextmanager
def site(kind: str, env: MutableMapping[str, str]) -> Iterator[Place]:
    """A place whose addresses stand in the environment, before Django reads it."""
    with tempfile.TemporaryDirectory(prefix="testamur-endurance-") as folder, contextlib.ExitStack() as stack:
        env.update(
            DJANGO_SETTINGS_MODULE="config.settings",
            TESTAMUR_DEVELOPMENT="true",
            TESTAMUR_VAR=folder,
            MEDIA_ROOT=f"{folder}/media",
            PUBLIC_BASE_URL="https://badges.example",
            LOG_LEVEL="CRITICAL",
        )
        if kind == "sqlite":
            for name in ("DATABASE_URL", "REDIS_URL"):
                env.pop(name, None)
            yield Place("SQLite and the folder queue", Path(folder), lambda: None)
        else:
            server = stack.enter_context(Postgresql())
            env.update(DATABASE_URL=server.url, REDIS_URL=stack.enter_context(services.redis()))
            yield Place("PostgreSQL and Redis", Path(folder), server.crash)


class Postgresql:
    """A PostgreSQL that keeps what it says it keeps, unlike that of the tests, and can be made to crash."""

    def __enter__(self) -> "Postgresql":
        self.folder = tempfile.mkdtemp(prefix="testamur-endurance-postgresql-")
        self.port, self.user = services.free_port(), services._hand_over(self.folder)
        initdb = services.program("initdb", "postgresql")
        subprocess.run(
            [initdb, "-D", f"{self.folder}/data", "-U", "testamur", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8"], check=True, user=self.user, stdout=subprocess.DEVNULL, cwd=self.folder,
        )  # fmt: skip
        self.url = f"postgresql://testamur@127.0.0.1:{self.port}/postgres"
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def start(self) -> None:
        command = [
            services.program("postgres", "postgresql"), "-D", f"{self.folder}/data", "-p", str(self.port),
            "-k", self.folder, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200",
            "-c", "log_min_messages=panic",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip
        services._wait_for(self.process, self.port)
        services._wait_until_ready(self.port)

    def crash(self) -> None:
        """As when the power fails, but for what the system had not written to the disk yet."""
        family = [self.process.pid, *children_of(self.process.pid)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while any(Path(f"/proc/{pid}").exists() for pid in family[1:]):
            time.sleep(0.02)
        self.start()


def children_of(pid: int) -> list[int]:
    """The processes that a process started, in whichever of its threads, and that are still there."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for several in lists for child in several.read_text().split()]
