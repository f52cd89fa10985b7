"""A file is whole under its name, or not there."""

import itertools

import pytest
from django.core.files.base import ContentFile, File

from config.storage import AtomicFileSystemStorage
from tests.disks import Failing, full_after


@pytest.fixture
def storage(tmp_path):
    return AtomicFileSystemStorage(location=tmp_path)


class Breaking(File):
    """Gives half of its bytes, then fails, as a full disk or a killed process would."""

    def __init__(self):
        super().__init__(None, "breaking")

    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError("No space left on device")


def test_what_is_saved_is_read_again(storage):
    name = storage.save("logos/a.png", ContentFile(b"\x89PNG" * 1000))

    with storage.open(name) as file:
        assert file.read() == b"\x89PNG" * 1000


def test_a_write_that_fails_leaves_nothing_behind(storage, tmp_path):
    with pytest.raises(OSError, match="No space left"):
        storage.save("certificates/a.pdf", Breaking())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_second_file_of_the_same_name_does_not_replace_the_first(storage):
    first = storage.save("a.txt", ContentFile("one"))
    second = storage.save("a.txt", ContentFile("two"))

    assert first != second
    with storage.open(first) as file:
        assert file.read() == b"one"


WHOLE = b"%PDF-1.7 " * 300_000  # more than one piece


def files(folder) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_a_disk_that_fails_at_any_call_truncates_nothing_and_takes_it_the_next_time(tmp_path):
    for n in itertools.count(1):
        folder = tmp_path / str(n)
        storage = AtomicFileSystemStorage(location=folder)
        with Failing(n) as disk:
            try:
                storage.save("renderings/a.pdf", ContentFile(WHOLE))
            except OSError:
                assert disk.failed
        if not disk.failed:
            break
        assert files(folder) in ([], [WHOLE])  # whole under its name, when only its folder was not synced
        name = storage.save("renderings/a.pdf", ContentFile(WHOLE))
        assert (folder / name).read_bytes() == WHOLE

    assert n > 6


@pytest.mark.parametrize("size", [0, 1, 4096, len(WHOLE) // 2, len(WHOLE) - 1])
def test_a_disk_that_is_full_leaves_nothing_and_takes_it_when_there_is_room(storage, tmp_path, size):
    with full_after(size), pytest.raises(OSError, match="File too large"):
        storage.save("renderings/a.pdf", ContentFile(WHOLE))

    assert files(tmp_path) == []
    assert storage.save("renderings/a.pdf", ContentFile(WHOLE)) == "renderings/a.pdf"
    assert files(tmp_path) == [WHOLE]
