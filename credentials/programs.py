"""Read a stranger's file in a process of its own: within its limits, and it takes down nothing but itself.

The reader is one of our modules (`attachments`, `papertext`, `photographs`) with `prepare`,
`limit_this_process`, `answer`, `Refused` and `MAX_SECONDS`. Processes that have it ready (`warm`) are kept
for the next file; each reads one at a time, in a child that ends with it. Whatever goes wrong, the process is
killed with its child, and the next file gets a new one.
"""

import atexit
import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from credentials import warm

WAIT = 2  # times as long as the reader may compute: others may be at work on this machine
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)  # what the kernel sends at the end of the time, or memory
START_SECONDS = 10  # to load the reader
AT_ONCE = os.cpu_count() or 1  # of this process; who waits for a place uses up no time of the file's


class TookTooLong(Exception):
    """It used up its time before it was done: nothing is known about the file."""


class Refused(Exception):
    """The reader says why it does not read the file: a sentence for people."""


class Broke(Exception):
    """The file breaks the reader."""


class Gone(Exception):
    """The warm process ended before it could begin, as it does when nobody asks it."""


class Warm:
    """A process that has a reader ready."""

    def __init__(self, program: ModuleType):
        command = [sys.executable, "-I", str(Path(warm.__file__)), str(program.__file__)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            start_new_session=True,
        )  # fmt: skip
        self.was_killed = False

    def ask(self, data: bytes, arguments: tuple[str, ...], *, seconds: float) -> tuple[int, bytes]:
        """How the child ended, and what it said. Raises `TookTooLong` or `Gone`."""
        named = "".join(f"\0{argument}" for argument in arguments).encode()
        alarm = threading.Timer(seconds, self.kill)
        alarm.start()
        try:
            warm.write_all(self._in, warm.ASKED.pack(len(named), len(data)) + named + data)
            code, length = warm.TOLD.unpack(warm.read_exactly(self._out, warm.TOLD.size))
            said = warm.read_exactly(self._out, length)
        except (OSError, struct.error):
            said, length = b"", -1
        finally:
            alarm.cancel()
        if len(said) == length:
            return code, said
        raise TookTooLong if self.was_killed else Gone

    @property
    def _in(self) -> int:
        assert self.process.stdin
        return self.process.stdin.fileno()

    @property
    def _out(self) -> int:
        assert self.process.stdout
        return self.process.stdout.fileno()

    def kill(self) -> None:
        """With its child. Its number is nobody else's until `close` has waited for it."""
        self.was_killed = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        with self.process:  # closes the pipes and waits
            pass


_idle: dict[str, list[Warm]] = defaultdict(list)
_places = threading.BoundedSemaphore(AT_ONCE)


def run(program: ModuleType, data: bytes, *arguments: str) -> bytes:
    """What a reader says about a file. Raises `TookTooLong`, `Refused` or `Broke`."""
    try:
        code, said = _ask(program, data, arguments)
    except Gone:
        raise Broke from None
    if code == warm.DONE:
        return said
    if code in OUT_OF_TIME:
        raise TookTooLong
    if code == warm.REFUSED:
        raise Refused(said.decode())
    raise Broke


def _ask(program: ModuleType, data: bytes, arguments: tuple[str, ...]) -> tuple[int, bytes]:
    seconds = WAIT * program.MAX_SECONDS
    with _places:
        for kept in _kept(program):
            with contextlib.suppress(Gone):
                return _asked(kept, program, data, arguments, seconds)
        return _asked(Warm(program), program, data, arguments, START_SECONDS + seconds)


def _kept(program: ModuleType) -> Iterator[Warm]:
    with contextlib.suppress(IndexError):
        while True:
            yield _idle[str(program.__file__)].pop()


def _asked(
    process: Warm, program: ModuleType, data: bytes, arguments: tuple[str, ...], seconds: float
) -> tuple[int, bytes]:
    """Only one that answered, and whose child ended by itself, is kept for the next file."""
    code = warm.BROKE
    try:
        code, said = process.ask(data, arguments, seconds=seconds)
    finally:
        if code in (warm.DONE, warm.REFUSED) and not process.was_killed:
            _idle[str(program.__file__)].append(process)
        else:
            process.close()
    return code, said


@atexit.register
def stop() -> None:
    """End those that wait for the next file."""
    for processes in _idle.values():
        while processes:
            processes.pop().close()


os.register_at_fork(after_in_child=_idle.clear)  # their pipes are the parent's
