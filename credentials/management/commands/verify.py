"""`manage.py verify FILE-OR-URL`: the Report of the verify page, in the terminal."""

import json
import sys
from pathlib import Path
from typing import TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from credentials import extracting, verifying
from credentials.openbadges.verify import Outcome, Report, Verdict

EXIT_CODES = {Verdict.VALID: 0, Verdict.UNKNOWN: 2}  # anything else is 1
NOT_FOUND = 2
WORDS = {
    Outcome.PASSED: Text("passed", "green"),
    Outcome.FAILED: Text("failed", "bold red"),
    Outcome.UNKNOWN: Text("could not check", "yellow"),
}
VERDICTS = {
    Verdict.VALID: Text("Valid", "bold green"),
    Verdict.INVALID: Text("Not valid", "bold red"),
    Verdict.EXPIRED: Text("Expired", "bold yellow"),
    Verdict.NOT_YET_VALID: Text("Not yet valid", "bold yellow"),
    Verdict.REVOKED: Text("Revoked", "bold red"),
    Verdict.SUSPENDED: Text("Suspended", "bold yellow"),
    Verdict.UNKNOWN: Text("Could not be checked wholly", "bold yellow"),
}


class Command(BaseCommand):
    help = (
        "Check a credential: a PDF or JSON file, an address or an id. Exit 0 valid, 1 not valid, 2 unknown."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "what", metavar="FILE-OR-URL", help="a PDF or JSON file, “-”, an address or an id"
        )
        parser.add_argument("--json", action="store_true", help="print the Report for machines")

    def handle(self, *, what, **options):
        report = report_on(what)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        else:
            show(report, Console(file=cast(TextIO, self.stdout), highlight=False))
        sys.exit(EXIT_CODES.get(report.verdict, 1))


def report_on(what: str) -> Report:
    """A file if there is one of that name, “-” for standard input, else an address or id."""
    if what == "-":
        return verifying.verify_anything(
            sys.stdin.buffer.read(extracting.MAX_BYTES + 1), name="standard input"
        )
    path = Path(what)
    if path.is_file():
        return verifying.verify_anything(read(path), name=path.name)
    if "://" not in what and verifying.UUID_IN_TEXT.search(what) is None:
        raise CommandError(f"There is no file “{what}”, and it is no address or id.", returncode=NOT_FOUND)
    return verifying.verify_address(what)


def read(path: Path) -> bytes:
    """The file, or one byte more than is allowed of a larger one."""
    try:
        with path.open("rb") as file:
            return file.read(extracting.MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=NOT_FOUND) from error


def show(report: Report, console: Console) -> None:
    """The verdict, the three answers, then each Check with its detail."""
    heading = VERDICTS[report.verdict].copy()
    if report.title:
        heading.append(f"  {plain(report.title)}", "bold").append(f"  ·  {plain(report.subject_name)}")
    console.print(Padding(heading, (1, 0, 1, 0), expand=False))
    console.print(answers(report))
    console.print(Padding(checks(report), (1, 0, 0, 0), expand=False))
    console.print(
        Padding(Text(f"Checked {report.checked_at:%Y-%m-%d %H:%M:%S %Z}", "dim"), (1, 0), expand=False)
    )


def answers(report: Report) -> Table:
    table = plain_table()
    for question, answer in (
        ("Unchanged, and signed by whom?", report.unchanged),
        ("Still valid?", report.still_valid),
        ("Do we know this issuer?", report.issuer_known),
    ):
        table.add_row(question, WORDS[answer.outcome], Text(plain(answer.sentence)))
    return table


def checks(report: Report) -> Table:
    table = plain_table()
    for check in report.checks:
        sentence = Text(plain(check.sentence))
        if check.detail:
            sentence.append(f"\n{plain(check.detail)}", "dim")
        table.add_row(Text(check.name, "dim"), WORDS[check.outcome], sentence)
    return table


def plain_table() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def plain(text: str) -> str:
    """Without what would steer the terminal: the text may be a stranger's."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
