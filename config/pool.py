"""The children of a worker: one that dies takes nothing with it that the others need.

Celery's blocking pool, which a queue in folders needs, hands all children one pipe, and that child listens
that holds a semaphore. Idle, one of them always holds it; and as a semaphore outlives its holder, killing
that child left a worker that looked alive and never took a task again. With Redis each child has pipes of
its own.
"""

import fcntl
import tempfile
from types import TracebackType

from billiard.pool import Pool
from celery.concurrency import prefork


class Turn:
    """A lock between processes that the kernel takes back from whoever dies."""

    def __init__(self):
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the pool lives)

    def acquire(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.release()


class TurnsPool(Pool):
    """Children take turns at listening for a task, and at telling what became of it."""

    def _setup_queues(self) -> None:
        super()._setup_queues()
        self._inqueue._rlock, self._outqueue._wlock = Turn(), Turn()


class TaskPool(prefork.TaskPool):
    BlockingPool = TurnsPool
