"""Run as a program: it has a reader of files ready, and forks for each file that comes on standard input.

To start Python and load a PDF library takes half a second, ten times as long as to read a certificate. The
child gets the reader's limits before it looks at the file, answers, and ends; this process never looks at
one, so that nothing of a file stays for the next. It imports nothing of ours but the reader it is told.

In come arguments and file, out goes how the child ended (its exit code, or minus the signal) and what it
said, each with its length before it. Without a file for a minute, or without anybody to ask, it ends.
"""

import gc
import importlib.util
import os
import select
import struct
import sys
from types import ModuleType

ASKED, TOLD = struct.Struct(">IQ"), struct.Struct(">iQ")  # lengths of arguments and file; code and length
DONE, BROKE, REFUSED = 0, 1, 3
IDLE_SECONDS = 60
MOST_SAID = 4 * 1024 * 1024
CHUNK = 1024 * 1024


def reader(path: str) -> ModuleType:
    """The module at a path, with what it needs loaded."""
    spec = importlib.util.spec_from_file_location("reader", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.prepare()
    return module


def read_exactly(fd: int, length: int) -> bytes:
    """Fewer bytes only at the end."""
    parts = []
    while length and (part := os.read(fd, min(length, CHUNK))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def write_all(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left[:CHUNK]) :]


def read_in_a_child(module: ModuleType, data: bytes, arguments: list[str]) -> tuple[int, bytes]:
    """How the child ended, and what it said."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        be_the_child(module, data, arguments, theirs)
    os.close(theirs)
    said = read_exactly(ours, MOST_SAID)
    os.close(ours)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def be_the_child(module: ModuleType, data: bytes, arguments: list[str], out: int) -> None:
    """It never returns, whatever the file does to the reader."""
    code = BROKE
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)  # else it could speak to whoever asks us
        module.limit_this_process()
        try:
            write_all(out, module.answer(data, *arguments))
            code = DONE
        except module.Refused as refused:
            write_all(out, str(refused).encode())
            code = REFUSED
    finally:
        os._exit(code)


def main() -> None:
    module = reader(sys.argv[1])
    gc.freeze()
    while select.select([0], [], [], IDLE_SECONDS)[0] and (head := read_exactly(0, ASKED.size)):
        length, size = ASKED.unpack(head)
        arguments = read_exactly(0, length).decode().split("\0")[1:]
        code, said = read_in_a_child(module, read_exactly(0, size), arguments)
        write_all(1, TOLD.pack(code, len(said)) + said)


if __name__ == "__main__":
    main()
