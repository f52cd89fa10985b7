"""Processes that live and die together: one ends, all end; a parent that is killed leaves none behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

PATIENCE = 3.0  # seconds to finish what is in hand; after that the rows that are jobs are taken up again
_PR_SET_PDEATHSIG = 1
# Looked up before the fork: between fork and exec only the simplest things are safe.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class Children:
    """Starts commands in sessions of their own, so that only this parent decides when they stop."""

    def __init__(self):
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.running[name] = subprocess.Popen(
            command, env=dict(env), start_new_session=True, preexec_fn=die_with_parent
        )

    def ended(self) -> tuple[str, int] | None:
        """The first child that is no longer there, and its exit code."""
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                return name, code
        return None

    def stop(self, patience: float = PATIENCE) -> None:
        """Ask all to end, wait, then end whatever is left of their sessions."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + patience
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()


def die_with_parent() -> None:
    """Run in the child before its program: the kernel ends it should the parent be gone."""
    if _prctl:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
