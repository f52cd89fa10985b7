"""Run a program of ours on a stranger's file: within its limits, and it takes down nothing but itself."""

import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

WAIT = 2  # times as long as the program may compute: others may be at work on this machine
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)  # what the kernel sends at the end of the time, or memory

REFUSED = 3  # the exit code; the sentence is on standard error


class TookTooLong(Exception):
    """It used up its time before it was done: nothing is known about the file."""


class Refused(Exception):
    """The program says why it does not read the file: a sentence for people."""


class Broke(Exception):
    """The file breaks the program that opens it."""


def run(program: ModuleType, data: bytes, *arguments: str) -> bytes:
    """What a program says about a file. Raises `TookTooLong`, `Refused` or `Broke`."""
    command = [sys.executable, "-I", str(Path(str(program.__file__))), *arguments]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=WAIT * program.MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise TookTooLong from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode in OUT_OF_TIME:
        raise TookTooLong
    if done.returncode == REFUSED:
        raise Refused(done.stderr.decode())
    raise Broke
