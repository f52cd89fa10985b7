"""`manage.py check_integrity`: read again all that was signed, and say what is not as it was. For cron."""

import json
import sys
import time
from dataclasses import asdict

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from credentials import integrity
from issuers.readiness import refuse_without_database


class Command(BaseCommand):
    help = "Read again every award, status list, file, key and journal. Exit 0 if all is as it was, else 1."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the findings for machines")

    def handle(self, **options):
        refuse_without_database()
        began, parts = time.monotonic(), integrity.parts()
        found = read_again(parts, Console(stderr=True))
        seconds = time.monotonic() - began
        read = {part.name: part.total for part in parts}
        if options["json"]:
            said = {"read": read, "seconds": round(seconds, 1), "findings": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            for one in found:
                self.stdout.write(f"{one.what}: {plain(one.sentence)}")
            self.stdout.write(summary(read, len(found), seconds))
        if found:
            sys.exit(1)


def read_again(parts: list[integrity.Part], console: Console) -> list[integrity.Finding]:
    """Everything that is wrong, with a bar for each part where somebody watches."""
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    found: list[integrity.Finding] = []
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for part in parts:
            task = progress.add_task(part.name.capitalize(), total=part.total)
            for findings in part.look():
                found += findings
                progress.advance(task)
    return found


def summary(read: dict[str, int], wrong: int, seconds: float) -> str:
    things = ", ".join(f"{number:,} {name}" for name, number in read.items())
    verdict = f"{wrong:,} {'finding' if wrong == 1 else 'findings'}" if wrong else "all is as it was"
    return f"Read {things} in {seconds:.1f} seconds: {verdict}."


def plain(text: str) -> str:
    """Without what would steer the terminal: a damaged row may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
