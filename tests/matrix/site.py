"""A site in a folder of its own that believes it is https://badges.example: its demo, and what is made."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import authority
from tests.matrix.harness import ROOT, NotJudged
from tests.matrix.specimens import BASE, Specimen

MANAGE = [sys.executable, str(ROOT / "manage.py")]
MAKE = "from tests.matrix import making; making.main()"
STOP_WITHIN = 20


@dataclass(frozen=True)
class Site:
    port: int
    env: dict[str, str]
    process: subprocess.Popen
    root: Path  # of whoever certified the key that signs the certificates (PAdES)

    @property
    def rewrite(self) -> str:
        """Where peers find what stands at the site's own name."""
        return f"{BASE}={self.here}"

    @property
    def here(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, deadline: float) -> None:
        """Until it serves. Raises NotJudged if it does not in time."""
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit("The site that is to be judged did not come up.")
            try:
                self.get(f"{BASE}/readyz")
                return
            except OSError:
                time.sleep(0.5)
        raise NotJudged("the site did not come up in time.")

    def get(self, address: str, **form: str) -> bytes:
        """What stands at an address of the site; with a form, what it answers to that."""
        data = urllib.parse.urlencode(form).encode() if form else None
        with urllib.request.urlopen(address.replace(BASE, self.here), data, timeout=60) as found:
            return found.read()

    def specimens(self) -> list[Specimen]:
        """Everything that can be judged: the demo, and what is made now."""
        command = [*MANAGE, "shell", "-v0", "-c", MAKE]
        made = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=300)
        if made.returncode:
            raise SystemExit(f"What peers judge could not be made:\n{made.stderr[-2000:]}")
        return [Specimen(**one) for one in json.loads(made.stdout)]


@contextmanager
def begun(folder: Path) -> Iterator[Site]:
    """A site that is coming up, whose operator has a certificate to sign PDFs with; `wait` for it."""
    papers = authority.made_in(folder / "authority")
    own = {
        "PUBLIC_BASE_URL": BASE,
        "TESTAMUR_VAR": str(folder / "var"),
        "TESTAMUR_DEVELOPMENT": "true",
        "PDF_SIGNING_CERTIFICATE_FILE": str(papers.certificate),
        "PDF_SIGNING_KEY_FILE": str(papers.key),
    }
    theirs = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    port, env = free_port(), theirs | own
    up = subprocess.Popen([*MANAGE, "up", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        yield Site(port, env, up, papers.root)
    finally:
        up.terminate()
        up.wait(timeout=STOP_WITHIN)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
