"""Measures what is claimed to be fast beside the naive way, prints a table and writes docs/benchmarks.md."""

import importlib
import os
import pkgutil
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.table import Table

HEADINGS = ("Block", "Baseline", "Ours", "Ratio", "Target")
VERSIONS = (
    "Django",
    "celery",
    "granian",
    "WeasyPrint",
    "cryptography",
    "PyLD",
    "pyoxigraph",
    "openbadgeslib",
)
MARK = "TESTAMUR_BENCH"


class Command(BaseCommand):
    help = "Run the benchmarks in a database and folders of their own; names choose only some."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", help="modules of tests/benchmarks; without any, all of them")
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "benchmarks.md")

    def handle(self, *, names, output, **options):
        if MARK not in os.environ:
            raise SystemExit(run_apart())
        call_command("migrate", verbosity=0)
        rows = [row for name in chosen(names) for row in measure(name)]
        show(rows)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(as_markdown(rows), encoding="utf-8")
        self.stdout.write(f"Written to {output}")


def run_apart() -> int:
    """The same command in a process whose database, queue and files are in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="testamur-bench-") as folder:
        apart = {MARK: "1", "TESTAMUR_VAR": folder, "PUBLIC_BASE_URL": "https://badges.example"}
        env = {
            name: value for name, value in os.environ.items() if name not in {"MEDIA_ROOT", "DATABASE_URL"}
        }
        return subprocess.run([sys.executable, *sys.argv], env=env | apart).returncode


def chosen(names: list[str]) -> list[str]:
    """The benchmark modules of these names, in the order of the alphabet; raises CommandError."""
    package = importlib.import_module("tests.benchmarks")
    there = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    if unknown := sorted(set(names) - set(there)):
        raise CommandError(f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(there)}.")
    return names or there


def measure(name: str) -> list:
    print(f"{name} …", flush=True)
    return list(importlib.import_module(f"tests.benchmarks.{name}").rows())


def cells(row) -> tuple[str, ...]:
    """A row as text: seconds or milliseconds, times, and the mark of what was aimed at."""
    reached = "reached" if row.ratio >= row.target else "missed"
    block = f"{row.block} ({row.note})" if row.note else row.block
    return (
        block,
        duration(row.baseline),
        duration(row.ours),
        f"{row.ratio:.1f} ×",
        f"≥ {row.target:g} × {reached}",
    )


def duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def show(rows: list) -> None:
    table = Table(*HEADINGS)
    for row in rows:
        table.add_row(*cells(row))
    Console().print(table)


def as_markdown(rows: list) -> str:
    lines = [HEADINGS, ("---",) * len(HEADINGS), *map(cells, rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    libraries = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}"
    return (
        "# Benchmarks\n\nMeasured by `python3 manage.py bench`: the same work done the naive way and ours, "
        "in one run on one machine.\n\n"
        f"{table}\n\n"
        f"{datetime.now(UTC):%Y-%m-%d} · {machine} · Python {platform.python_version()} · "
        f"{connection.display_name} · {libraries}\n"
    )
