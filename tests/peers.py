"""What others say of what we issue: a sample of the demo, judged by the peers of ../shared/conformance.

    python -m tests.peers

The harness is a tool beside the project. Where it lies there, a site is brought up that believes it is
https://badges.example, and one credential of each kind and standing is judged, with its PDF, its DID
document and its status list. The harness' own packages are kept outside the clone. Exit 0: accepted, or not
judged (one line says why); 1: a peer refused something.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HARNESS = ROOT.parent / "shared" / "conformance"
BASE = "https://badges.example"
SECONDS = 180
AT_ONCE = 2

# What a peer has to find wrong with a credential that is not valid; anything else is a fault of ours.
EXPECTED = {
    "valid": frozenset(),
    "expired": frozenset({"validity", "dcc.validity"}),
    "not_yet_valid": frozenset({"validity"}),
    "revoked": frozenset({"dcc.status", "status.digitalbazaar", "status.bit.revocation"}),
}


PICTURES = ("badge.png", "badge.svg")


class NotJudged(Exception):
    """Why nothing was judged, in one line."""


@dataclass(frozen=True)
class Sample:
    identifier: str
    kind: str
    standing: str
    issuer: str
    status_list: str

    @property
    def url(self) -> str:
        return f"{BASE}/credentials/{self.identifier}/"


def main() -> int:
    deadline = time.monotonic() + SECONDS
    try:
        faults = judged(prepared(deadline), deadline)
    except NotJudged as why:
        print(f"Not judged by peers: {why}")
        return 0
    except subprocess.TimeoutExpired as late:
        print(f"Not judged by peers: {late.cmd[0]} took longer than the {SECONDS} s there are.")
        return 0
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def judged(harness: Path, deadline: float) -> list[str]:
    """Bring up a site, have it judged, and stop it."""
    with tempfile.TemporaryDirectory(prefix="testamur-peers-") as folder:
        port = free_port()
        site, env = bring_up(Path(folder), port)
        try:
            wait_for(port, deadline)
            return judge(harness, samples(env), port, Path(folder), deadline)
        finally:
            site.terminate()
            site.wait(timeout=20)


def prepared(deadline: float) -> Path:
    """A copy of the harness outside the clone with its packages, made once for each of its versions."""
    if not (HARNESS / "verify.mjs").exists():
        raise NotJudged("the harness does not lie beside the project.")
    if missing := [tool for tool in ("node", "npm", "qpdf", "pdfdetach") if not shutil.which(tool)]:
        raise NotJudged(f"{', '.join(missing)} is not installed.")
    locks = b"".join((HARNESS / name).read_bytes() for name in ("package-lock.json", "pdf/requirements.txt"))
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "testamur"
    place = cache / f"peers-{hashlib.sha256(locks).hexdigest()[:12]}"
    shutil.copytree(HARNESS, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "venv"))
    if not (place / "ready").exists():
        run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], place, deadline)
        run([sys.executable, "-m", "venv", str(place / "venv")], place, deadline)
        pip = [str(place / "venv" / "bin" / "pip"), "install", "-q", "-r", "pdf/requirements.txt"]
        run(pip, place, deadline)
        (place / "ready").touch()
    return place


def run(command: list[str], folder: Path, deadline: float) -> str:
    left = max(1.0, deadline - time.monotonic())
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=left)
    if done.returncode:
        raise NotJudged(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-200:]}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bring_up(folder: Path, port: int) -> tuple[subprocess.Popen, dict[str, str]]:
    """The site with its demo in a folder of its own; also the environment that sees the same site."""
    own = {"PUBLIC_BASE_URL": BASE, "TESTAMUR_VAR": str(folder / "var"), "TESTAMUR_DEVELOPMENT": "true"}
    env = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    } | own
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL), env


def wait_for(port: int, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The site did not come up to be judged.")


CHOOSE = """
import json
from credentials.models import Award
chosen = {}
for award in Award.objects.for_cards().select_related("status_list").order_by("recorded_at", "pk"):
    key = award.version.achievement.kind, str(award.standing)
    chosen.setdefault(key, [str(award.pk), *key, award.issuer.slug, award.status_list.url])
rtl = Award.objects.for_cards().filter(recipient_name__contains="محمد").first()
kind, standing = rtl.version.achievement.kind, str(rtl.standing)
chosen["rtl"] = [str(rtl.pk), kind, standing, rtl.issuer.slug, rtl.status_list.url]
print(json.dumps(list(chosen.values())))
"""


def samples(env: dict[str, str]) -> list[Sample]:
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", CHOOSE]
    found = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
    return [Sample(*one) for one in json.loads(found.stdout)]


def judge(harness: Path, chosen: list[Sample], port: int, folder: Path, deadline: float) -> list[str]:
    """Judge each sample and say how many there were; the faults found."""
    rewrite = ["--rewrite", f"{BASE}=http://127.0.0.1:{port}"]
    issuers = {one.issuer: one for one in chosen}.values()
    of_each_kind = {one.kind: one for one in chosen if one.standing == "valid"}.values()
    work = [
        *((credential, harness, one, rewrite, deadline) for one in chosen),
        *((issuer, harness, one, rewrite, deadline) for one in issuers),
        *((certificate, harness, one, port, folder, deadline) for one in of_each_kind),
        *((picture, harness, one, name, rewrite, deadline) for one in of_each_kind for name in PICTURES),
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        faults = [fault for found in pool.map(lambda one: one[0](*one[1:]), work) for fault in found]
    pictures = len(of_each_kind) * len(PICTURES)
    said = (
        f"{len(chosen)} credentials, {pictures} pictures, {len(issuers)} issuers, "
        f"{len(of_each_kind)} certificates"
    )
    print(f"Judged by peers: {said}: {f'{len(faults)} faults' if faults else 'all accepted'}.")
    return faults


def credential(harness: Path, one: Sample, rewrite: list[str], deadline: float) -> list[str]:
    """The faults of a credential: what failed that should not, and what should and did not."""
    judged = ask(["node", "verify.mjs", one.url, *rewrite, "--json"], harness, deadline)
    failed = {item["id"] for item in json.loads(judged.stdout)["items"] if item["status"] == "fail"}
    expected = EXPECTED[one.standing]
    if failed <= expected and bool(failed) == bool(expected):
        return []
    return [f"{one.kind}, {one.standing}, {one.url}: {', '.join(sorted(failed)) or 'accepted'}"]


def picture(harness: Path, one: Sample, name: str, rewrite: list[str], deadline: float) -> list[str]:
    """The faults of a credential that is baked into a picture."""
    judged = ask(["node", "verify.mjs", one.url + name, *rewrite], harness, deadline)
    return [f"{one.kind}, {name}: {line}" for line in judged.stdout.splitlines() if line.startswith("FAIL")]


def issuer(harness: Path, one: Sample, rewrite: list[str], deadline: float) -> list[str]:
    did = f"did:web:badges.example:issuers:{one.issuer}"
    where = ["--did", did, "--status", one.status_list, "--credential", one.url]
    judged = ask(["node", "site.mjs", BASE, *rewrite, *where], harness, deadline)
    return [f"{one.issuer}: {line}" for line in judged.stdout.splitlines() if line.startswith("FAIL")]


def certificate(harness: Path, one: Sample, port: int, folder: Path, deadline: float) -> list[str]:
    here = f"http://127.0.0.1:{port}/credentials/{one.identifier}"
    pdf, served = folder / f"{one.identifier}.pdf", folder / f"{one.identifier}.json"
    served.write_bytes(fetched(f"{here}.json"))
    while not (drawn := fetched(f"{here}/certificate.pdf")).startswith(b"%PDF"):
        if time.monotonic() > deadline:
            return [f"{one.kind}: its certificate was not drawn in time"]
        time.sleep(0.5)
    pdf.write_bytes(drawn)
    python = str(harness / "venv" / "bin" / "python")
    command = [python, "pdf/verify_pdf.py", str(pdf), "--credential", str(served), "--flavour", "3a"]
    judged = ask(command, harness, deadline)
    return [f"{one.kind}: {line}" for line in judged.stdout.splitlines() if line.startswith("FAIL")]


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def ask(command: list[str], folder: Path, deadline: float) -> subprocess.CompletedProcess:
    left = max(1.0, deadline - time.monotonic())
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=left)


if __name__ == "__main__":
    sys.exit(main())
