"""A stranger's file is read in a process of its own: what it does there, no other file can tell."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from credentials import programs

READER = """
import os, resource, signal, time
MAX_SECONDS = 1
seen = []
class Refused(Exception): pass
def prepare(): seen.append("prepared")
def limit_this_process(): resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
def answer(data, *arguments):
    seen.append(data.decode())
    if data == b"spin":
        while True: pass
    if data == b"sleep": time.sleep(60)
    if data == b"fork":
        if os.fork() == 0: time.sleep(60)
    if data == b"die": os.kill(os.getpid(), signal.SIGSEGV)
    if data == b"kill": os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)
    if data == b"shout": os.write(1, b"x" * 100)
    if data == b"refuse": raise Refused("I would rather not.")
    if data == b"raise": raise ZeroDivisionError
    if data == b"parent": return str(os.getppid()).encode()
    if data == b"much": return bytes(1_000_000)
    return " ".join([*seen, *arguments]).encode()
"""


@pytest.fixture
def reader(tmp_path):
    module = ModuleType("reader")
    module.__file__, module.MAX_SECONDS = str(tmp_path / "reader.py"), 1
    (tmp_path / "reader.py").write_text(READER)
    yield module
    programs.stop()


def test_each_file_is_read_as_if_it_were_the_first(reader):
    assert programs.run(reader, b"one", "a", "b") == b"prepared one a b"
    assert programs.run(reader, b"two") == b"prepared two"


def test_the_process_that_is_ready_serves_one_file_after_the_other(reader):
    assert programs.run(reader, b"parent") == programs.run(reader, b"parent")


def test_more_than_a_pipe_holds_goes_in_and_out(reader):
    data = b"x" * 3_000_000

    assert programs.run(reader, data) == b"prepared " + data
    assert programs.run(reader, b"much") == bytes(1_000_000)


def test_a_refusal_is_the_readers_sentence(reader):
    with pytest.raises(programs.Refused, match="I would rather not"):
        programs.run(reader, b"refuse")


@pytest.mark.parametrize("data", [b"raise", b"die", b"kill"])
def test_what_breaks_the_reader_breaks_nothing_else(reader, data):
    programs.run(reader, b"one")
    with pytest.raises(programs.Broke):
        programs.run(reader, data)

    assert programs.run(reader, b"two") == b"prepared two"


@pytest.mark.parametrize("data", [b"spin", b"sleep", b"fork"], ids=["computes", "waits", "leaves a child"])
def test_what_does_not_end_is_stopped_and_said_to_take_too_long(reader, data):
    programs.run(reader, b"one")
    with pytest.raises(programs.TookTooLong):
        programs.run(reader, data)

    assert programs.run(reader, b"two") == b"prepared two"


def test_a_reader_cannot_answer_for_the_next_file(reader):
    assert programs.run(reader, b"shout") == b"prepared shout"
    assert programs.run(reader, b"two") == b"prepared two"


def test_one_that_ended_meanwhile_is_replaced(reader):
    os.kill(int(programs.run(reader, b"parent")), signal.SIGKILL)

    assert programs.run(reader, b"two") == b"prepared two"


def test_hostile_files_beside_good_ones_change_no_answer(reader):
    brought = [b"die", b"one", b"kill", b"two", b"spin", b"three", b"raise", b"four"] * 2

    def told(data: bytes) -> bytes:
        try:
            return programs.run(reader, data)
        except (programs.Broke, programs.TookTooLong) as trouble:
            return type(trouble).__name__.encode()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(told, brought))

    broke, late = b"Broke", b"TookTooLong"
    assert answers == [
        broke, b"prepared one", broke, b"prepared two", late, b"prepared three", broke, b"prepared four",
    ] * 2  # fmt: skip
