"""Disks that refuse: really full ones, by a limit of the system's, and ones that fail at their n-th call."""

import errno
import io
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

CALLS = [(io, "open"), (os, "open"), (os, "fsync"), (os, "replace"), (os, "mkdir")]


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """The system lets no file of this process, or of one that it starts, grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Failing:
    """Inside, the n-th call to the disk fails. `failed` says whether there were so many."""

    def __init__(self, n: int):
        self.left, self.failed = n, False
        self.before = [(module, name, getattr(module, name)) for module, name in CALLS]

    def __enter__(self) -> "Failing":
        for module, name, call in self.before:
            setattr(module, name, self.counted(call))
        return self

    def __exit__(self, *_) -> None:
        for module, name, call in self.before:
            setattr(module, name, call)

    def counted(self, call):
        def counted(*arguments, **named):
            self.left -= 1
            if self.left == 0:
                self.failed = True
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return call(*arguments, **named)

        return counted
