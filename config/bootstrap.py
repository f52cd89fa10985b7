"""From a bare machine to an environment with everything in it, by the standard library alone.

Makes .venv match requirements.txt, installs what certificates need from Debian when it may, and runs the
same command again inside. Every step says what it does, in one line.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VERSIONS = ((3, 11), (3, 12), (3, 13))
UV = "uv==0.13.9"  # installs in a third of pip's time; pip itself is the way when it cannot be had
# WeasyPrint draws with Pango, which has no wheel; the fonts are for names in every script.
PANGO_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
FONT_PACKAGES = {
    "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf": "fonts-noto-core",
    "/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf": "fonts-droid-fallback",
}


def say(sentence: str) -> None:
    print(f"[set-up] {sentence}", file=sys.stderr, flush=True)


def ensure(command: str = "") -> None:
    """Come back only where Django can be imported; else set up .venv and run this again inside it."""
    if _left_alone():
        return
    with (ROOT / "requirements.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands may meet an empty machine at once
        _make_venv()
        _install(ROOT / "requirements.txt", VENV / "requirements.sha256")
        if command == "test":
            _install(ROOT / "tests" / "requirements.txt", VENV / "tests-requirements.sha256")
        if command in {"up", "test"}:
            _install_for_certificates()
    keep_bytecode()
    if not _inside():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def keep_bytecode() -> None:
    """In an environment of our own Python keeps what it compiled, also where containers tell it not to.

    Without, each process compiles some 2,700 modules anew: on two cores that was 8.7 s instead of 3.3 s for
    every command, worker and child of a test.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _left_alone() -> bool:
    """Somebody else's environment, if it has what is needed: an activated one, or a container's Python."""
    if _inside() or not importlib.util.find_spec("django"):
        return False
    activated = sys.prefix != sys.base_prefix
    return activated or importlib.util.find_spec("allauth") is not None


def find_python() -> str:
    """A Python that the pinned packages were tried with; raises SystemExit with a sentence."""
    if sys.version_info[:2] in VERSIONS:
        return sys.executable
    for major, minor in reversed(VERSIONS):
        if path := shutil.which(f"python{major}.{minor}"):
            return path
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise SystemExit(f"Testamur needs Python 3.11, 3.12 or 3.13; this is {found} ({sys.executable}).")


def _make_venv() -> None:
    made_with = VENV / "made-with"
    if _inside() or (PYTHON.exists() and made_with.exists() and made_with.read_text() == _interpreter()):
        return
    python = find_python()
    say(f"making .venv with {python}")
    made = _venv(python)
    if made.returncode and os.geteuid() == 0:
        install_packages_of_debian(["python3-venv"], "an environment of its own")
        made = _venv(python)
    if made.returncode:
        raise SystemExit(
            "Python could not make an environment (.venv). On Debian: sudo apt-get install python3-venv\n"
            + (made.stdout + made.stderr)[-600:]
        )
    made_with.write_text(_interpreter())


def _venv(python: str) -> subprocess.CompletedProcess:
    return subprocess.run([python, "-m", "venv", "--clear", VENV], capture_output=True, text=True)


def _interpreter() -> str:
    """The machine's Python behind .venv: another one after an upgrade, and .venv is made anew."""
    return str(PYTHON.resolve())


def _install_for_certificates() -> None:
    """Tried once for each list of missing packages: a machine without a network is not made to wait again."""
    missing = missing_for_certificates()
    tried = VENV / "debian-packages-tried"
    if missing and not (tried.exists() and tried.read_text() == " ".join(missing)):
        install_packages_of_debian(missing, "PDF certificates and names in every script")
        tried.write_text(" ".join(missing))


def _install(requirements: Path, stamp: Path) -> None:
    """Install the pinned packages unless the stamp says that these very ones are there."""
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    say(f"installing {requirements.relative_to(ROOT)} into .venv (the first time: 10 to 60 seconds)")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        subprocess.run([*pip, "install", "-q", UV], stderr=subprocess.DEVNULL)
    with_uv = [str(uv), "pip", "install", "-q", "--python", str(PYTHON), "-r", str(requirements)]
    with_pip = [*pip, "install", "-q", "-r", str(requirements)]
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    done = uv.exists() and subprocess.run(with_uv, env=env).returncode == 0
    if not done and subprocess.run(with_pip).returncode:
        raise SystemExit(f"The packages of {requirements.name} could not be installed; see above.")
    stamp.write_text(wanted)
    say(f"packages ready in {time.monotonic() - started:.0f} s")


def missing_for_certificates() -> list[str]:
    """Debian's packages without which a certificate is not drawn, or a name comes out as boxes."""
    if sys.platform != "linux":
        return []
    missing = list(PANGO_PACKAGES) if not all(map(_loads, PANGO_LIBRARIES)) else []
    return missing + [package for file, package in FONT_PACKAGES.items() if not Path(file).exists()]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages_of_debian(packages: list[str], purpose: str) -> bool:
    """Install them when this is root on Debian; else say the command that does. True when all are there."""
    if not packages:
        return True
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    waiting = ["-o", "DPkg::Lock::Timeout=120"]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"missing for {purpose}: {' '.join(packages)}. Install by: sudo {' '.join(command)}")
        return False
    say(f"installing for {purpose}: {' '.join(packages)}")
    started = time.monotonic()
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run([*command, *waiting], env=env, capture_output=True, text=True)
    if done.returncode:
        subprocess.run(["apt-get", "update", "-qq"], env=env, capture_output=True)
        done = subprocess.run([*command, *waiting], env=env, capture_output=True, text=True)
    if done.returncode:
        say(f"Debian could not install them: {done.stderr.strip()[-400:]}")
        return False
    say(f"done in {time.monotonic() - started:.0f} s")
    return True
