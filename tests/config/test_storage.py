"""A file is whole under its name, or not there."""

import pytest
from django.core.files.base import ContentFile, File

from config.storage import AtomicFileSystemStorage


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
