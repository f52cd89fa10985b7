"""The harness of ../shared/conformance, copied out of the clone with its packages, and asked.

The copy is made anew each time; its packages are kept for as long as their versions stay.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from config import bootstrap

ROOT = Path(__file__).resolve().parents[2]
HARNESS = ROOT.parent / "shared" / "conformance"
MANY = Path(__file__).with_name("many.mjs")
NODE = ("node", "npm")  # the harness wants version 20, which not every Debian has
OF_DEBIAN = {"qpdf": "qpdf", "pdfdetach": "poppler-utils"}
LOCKS = ("package-lock.json", "pdf/requirements.txt", "py/requirements.txt", "ob2/requirements.txt")
NO_PYTHON_38 = "there is no Python 3.8, which its validator needs (PY38 may name one)"


class NotJudged(Exception):
    """Why nothing was judged, in one line."""


@dataclass(frozen=True)
class Harness:
    """`left_out` is why Open Badges 2.0 cannot be judged, or ""."""

    place: Path
    deadline: float
    left_out: str

    def node(self, script: str, *arguments: str) -> str:
        """What a script of the harness prints; its exit code only repeats that."""
        return _ask(["node", script, *arguments], self.place, self.deadline)

    def python(self, script: str, *arguments: str) -> str:
        return _ask([str(_python_in(self.place / "py-venv")), script, *arguments], self.place, self.deadline)

    def python_38(self, script: str, *arguments: str) -> str:
        return _ask([str(_python_in(self.place / "ob2-venv")), script, *arguments], self.place, self.deadline)


def found() -> Path:
    """Where the copy stands. Raises NotJudged."""
    if not (HARNESS / "verify.mjs").exists():
        raise NotJudged("the harness does not lie beside the project.")
    packages = {package for tool, package in OF_DEBIAN.items() if not shutil.which(tool)}
    bootstrap.install_packages_of_debian(sorted(packages), "other people's judges")
    if missing := [tool for tool in (*NODE, *OF_DEBIAN) if not shutil.which(tool)]:
        raise NotJudged(f"{', '.join(missing)} is not installed.")
    return copied()


def prepared(place: Path, deadline: float) -> Harness:
    """The copy with its packages, brought side by side. Raises NotJudged, or subprocess.TimeoutExpired."""
    with ThreadPoolExecutor() as pool:
        installed = [
            pool.submit(install_node, place, deadline),
            pool.submit(install_python, place, deadline),
        ]
        old_python = pool.submit(install_python_38, place, deadline)
        for one in installed:
            one.result()
        return Harness(place, deadline, old_python.result())


def copied() -> Path:
    locks = b"".join((HARNESS / name).read_bytes() for name in LOCKS)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "testamur"
    place = cache / f"peers-{hashlib.sha256(locks).hexdigest()[:12]}"
    leave = shutil.ignore_patterns("node_modules", "venv", "__pycache__")
    shutil.copytree(HARNESS, place, ignore=leave, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for folder in (place, place / "py"):  # the harness may lie there to be read only
        folder.chmod(0o755)
    return place


def install_node(place: Path, deadline: float) -> None:
    if not (place / "node-ready").exists():
        _run(["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit"], place, deadline)
        (place / "node-ready").touch()
    _run(["node", "dump-builtins.mjs"], place, deadline)


def install_python(place: Path, deadline: float) -> None:
    _install(place, "py", sys.executable, ["py/requirements.txt", "pdf/requirements.txt"], deadline)


def install_python_38(place: Path, deadline: float) -> str:
    """Why there is none, or ""."""
    python = next(pythons_38(), None)
    if python is None:
        return NO_PYTHON_38
    try:
        _install(place, "ob2", python, ["ob2/requirements.txt"], deadline)
    except NotJudged as why:
        return str(why)
    return ""


def pythons_38() -> Iterator[str]:
    """Those named by PY38, on the PATH or kept by pyenv that do run; a shim on the PATH may not."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [os.environ.get("PY38", ""), shutil.which("python3.8") or "", *kept.glob("3.8.*/bin/python")]
    for python in filter(None, map(str, places)):
        ask = [python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 8))"]
        if shutil.which(python) and not subprocess.run(ask, capture_output=True, timeout=30).returncode:
            yield python


def _install(place: Path, name: str, python: str, requirements: list[str], deadline: float) -> None:
    ready, folder = place / f"{name}-ready", place / f"{name}-venv"
    if ready.exists() and _python_in(folder).exists():
        return
    _run([python, "-m", "venv", str(folder)], place, deadline)
    lists = [word for name in requirements for word in ("-r", name)]
    _run([str(_python_in(folder)), "-m", "pip", "install", "-q", *lists], place, deadline)
    ready.touch()


def _python_in(venv: Path) -> Path:
    return venv / "bin" / "python"


def _run(command: list[str], folder: Path, deadline: float) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_left(deadline))
    if done.returncode:
        raise NotJudged(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-200:]}")


def _ask(command: list[str], folder: Path, deadline: float) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_left(deadline)).stdout


def _left(deadline: float) -> float:
    return max(1.0, deadline - time.monotonic())


def answer(printed: str) -> dict:
    """The JSON that a peer printed last; {} if it broke off."""
    lines = printed.strip().splitlines()
    try:
        return json.loads(lines[-1]) if lines else {}
    except json.JSONDecodeError:
        return {}
