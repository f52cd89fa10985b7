"""The queue in folders, for a site without Redis: a message is there whole or not at all.

The transport of kombu opens a message where workers look and fills it then. A worker that looks in between
reads nothing, breaks off, and with it ends the site that `up` runs.
"""

import uuid
from pathlib import Path
from time import monotonic

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **_):  # type: ignore[override]  # kombu itself names it in two ways
        """Written under a name that no worker looks for, then renamed. The name begins with the time, as
        workers take the first."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_bytes(dumps(payload).encode())
            unfinished.replace(folder / name)
        except OSError as reason:
            raise filesystem.ChannelError(f"The message {name} could not be written: {reason}") from reason


class Transport(filesystem.Transport):
    Channel = Channel
