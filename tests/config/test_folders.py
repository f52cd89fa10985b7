"""The queue in folders, which a site without Redis has."""

from queue import Empty

import pytest

from config.celery import app


class LookedForWhileWritten:
    """A message that is asked for in the middle of being written: another process may do so at any time."""

    def __init__(self, channel):
        self.channel = channel

    def __json__(self):
        with pytest.raises(Empty):
            self.channel._get("celery")
        return "written"


@pytest.fixture
def channel(tmp_path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    options = {"data_folder_in": str(tmp_path / "messages"), "data_folder_out": str(tmp_path / "messages")}
    options |= {"control_folder": str(tmp_path / "control")}
    with app.connection_for_write(url="filesystem://localhost", transport_options=options) as connection:
        yield connection.default_channel


def test_a_message_that_is_still_being_written_is_not_there_yet(channel):
    channel._put("celery", LookedForWhileWritten(channel))

    assert channel._get("celery") == "written"


def test_each_message_comes_out_once(channel):
    for number in range(20):
        channel._put("celery", number)

    assert sorted(channel._get("celery") for _ in range(20)) == list(range(20))
    with pytest.raises(Empty):
        channel._get("celery")
