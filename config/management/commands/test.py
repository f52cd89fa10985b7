"""The whole test suite with everything it needs, or only a part: `python3 manage.py test tests/house`.

Redis and PostgreSQL are started here, on free ports, and stopped at the end. Three rounds: everything on
SQLite and the folder queue; what is marked `both_databases` again on PostgreSQL and Redis; the journeys in a
real browser, one after the other.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import bootstrap

# What a test needs, how it is found, and the Debian package that brings it.
TOOLS = {
    "redis": ("redis-server", "redis-server"),
    "postgresql": ("initdb", "postgresql"),
    "chromium": ("chromium", "chromium"),
    "poppler": ("pdftoppm", "poppler-utils"),
}
JOURNEYS = "tests/journeys"
NOTHING_COLLECTED = 5  # pytest's exit code


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    left_out: int = 0

    def add(self, report: Path) -> None:
        """Count what a round wrote as JUnit's XML; an error of a fixture is a failure."""
        if not report.exists():
            return
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 (written by pytest)
            number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
            failed = number["failures"] + number["errors"]
            self.failed += failed
            self.left_out += number["skipped"]
            self.passed += max(0, number["tests"] - failed - number["skipped"])


class Command(BaseCommand):
    help = "Run all tests; arguments go to pytest and then only that is run."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv):
        """pytest reads the arguments, not Django."""
        if {"-h", "--help"} & set(argv[2:]):
            super().run_from_argv(argv)
            return
        raise SystemExit(run(argv[2:]))

    def handle(self, *args, **options):
        raise SystemExit(run(list(args)))


def run(arguments: list[str]) -> int:
    """All rounds, or pytest with these arguments; the exit code."""
    if not importlib.util.find_spec("xdist"):
        raise CommandError("The tests need more packages: pip install -r tests/requirements.txt")
    missing = install_tools()
    tally, code = Tally(), 0
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(prefix="testamur-test-") as folder:
        env = environment(stack, missing)
        for number, (title, command, extra) in enumerate(rounds(arguments, missing, env)):
            say(f"\n── {title}")
            report = Path(folder) / f"{number}.xml"
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *command, f"--junitxml={report}"],
                cwd=settings.BASE_DIR, env=env | extra,
            )  # fmt: skip
            tally.add(report)
            if done.returncode not in {0, NOTHING_COLLECTED}:
                code = done.returncode
    return conclude(tally, code, missing)


def install_tools() -> dict[str, str]:
    """Install from Debian what may be installed; what is still missing, with its package."""
    missing = missing_tools()
    if missing:
        bootstrap.install_packages_of_debian(sorted(set(missing.values())), "the tests")
    return missing_tools()


def missing_tools() -> dict[str, str]:
    from tests import services

    missing = {}
    for tool, (name, package) in TOOLS.items():
        try:
            services.program(name, package)
        except services.NotInstalled:
            missing[tool] = package
    return missing


def environment(stack: contextlib.ExitStack, missing: dict[str, str]) -> dict[str, str]:
    """Start the services and say where they are; the settings of the tests are not the site's."""
    from tests import services

    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    env["TESTAMUR_LEAVE_OUT"] = " ".join(missing)
    if "redis" not in missing:
        env["TEST_REDIS_URL"] = stack.enter_context(services.redis())
    if "postgresql" not in missing:
        env["TEST_POSTGRESQL_URL"] = stack.enter_context(services.postgresql())
    return env


def rounds(arguments: list[str], missing: dict[str, str], env: dict[str, str]):
    """Title, pytest's arguments, and what the environment says beside; each is one run of pytest."""
    if arguments:
        yield "What was asked for", arguments, {}
        return
    # In the order of the files: by number of tests, the few long ones would run alone at the end
    parallel = ["-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-p", "no:playwright"]
    parallel.append(f"--ignore={JOURNEYS}")
    yield "SQLite and the folder queue", parallel, {}
    if not {"redis", "postgresql"} & set(missing):
        scaled = {"DATABASE_URL": env["TEST_POSTGRESQL_URL"], "REDIS_URL": env["TEST_REDIS_URL"]}
        yield "PostgreSQL and Redis", [*parallel, "-m", "both_databases"], scaled
    if "chromium" not in missing and (settings.BASE_DIR / JOURNEYS).is_dir():
        yield "Journeys in Chromium", ["-q", "-n", "2", "--dist", "worksteal", JOURNEYS], {}


def conclude(tally: Tally, code: int, missing: dict[str, str]) -> int:
    """Say what was left out and how it ended; left out is a failure where CI asks."""
    for tool, package in missing.items():
        say(f"Left out: the tests that need {tool} (Debian's package {package}).")
    if tally.left_out:
        say(f"{tally.left_out} tests were left out.")
    if os.environ.get("CI", "").lower() in {"1", "true"} and (missing or tally.left_out):
        code = code or 1
    if not tally.passed + tally.failed:
        say("No test was run.")
        code = code or 1
    say(f"\n{tally.passed} passed, {tally.failed} failed")
    return code


def say(sentence: str) -> None:
    print(sentence, flush=True)
