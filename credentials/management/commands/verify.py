"""`manage.py verify FILE… | URL | CODE`: the Report of the verify page, in the terminal."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from credentials import codes, extracting, identity, judging, receipts, verifying
from credentials.judging import Brought, Judged
from credentials.openbadges.verify import Outcome, Report, Verdict
from credentials.rendering import receipt as paper
from credentials.rendering.certificate import RenderingRefused, RenderingUnavailable
from issuers.keys import NoSigningKey
from issuers.readiness import refuse_without_database

EXIT_CODES = {Verdict.VALID: 0, Verdict.UNKNOWN: 2}  # anything else is 1
WORST_FIRST = (1, 2, 0)
NOT_FOUND = 2
WIDE = 200  # letters of a table that no terminal shows
WORDS = {
    Outcome.PASSED: Text("passed", "green"),
    Outcome.FAILED: Text("failed", "bold red"),
    Outcome.UNKNOWN: Text("could not check", "yellow"),
}
STYLES = {
    Verdict.VALID: "bold green",
    Verdict.EXPIRED: "bold yellow",
    Verdict.NOT_YET_VALID: "bold yellow",
    Verdict.SUSPENDED: "bold yellow",
    Verdict.UNKNOWN: "bold yellow",
}  # anything else is red


class Command(BaseCommand):
    help = (
        "Check credentials: files, addresses, ids or short codes. Exit 0 valid, 1 not valid, 2 unknown; of "
        "several the worst."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "what",
            nargs="+",
            metavar="FILE | URL | CODE",
            help="a PDF, JSON, JWT, PNG or SVG file, a photo of a QR code, “-”, an address, an id or a code",
        )
        parser.add_argument("--json", action="store_true", help="print the Report for machines")
        parser.add_argument(
            "--receipt", metavar="FILE", help="write the signed receipt: a PDF if it ends so, else JSON"
        )

    def handle(self, *, what, **options):
        refuse_without_database()
        if options["receipt"] and len(what) > 1:
            raise CommandError("A receipt is of one check. Name one file or address.", returncode=NOT_FOUND)
        judged = [judged_of(one) for one in what]
        if options["json"]:
            found = [one.as_dict() for one in judged]
            self.stdout.write(json.dumps(found if len(found) > 1 else found[0], ensure_ascii=False, indent=2))
        else:
            self.show(judged, cast(TextIO, self.stdout))
        if options["receipt"]:
            write_receipt(judged[0], Path(options["receipt"]))
        ended = {EXIT_CODES.get(one.report.verdict, 1) for one in judged if one.report}
        sys.exit(next(code for code in WORST_FIRST if code in ended))

    def show(self, judged: Sequence[Judged], out: TextIO) -> None:
        if len(judged) == 1:
            show(judged[0], Console(file=out, highlight=False))
        else:
            width = None if out.isatty() else WIDE  # a file or a pipe has room for whole names
            show_table(judged, Console(file=out, highlight=False, width=width))


def judged_of(what: str) -> Judged:
    """A file if there is one of that name, “-” for standard input, else an address, an id or a code."""
    path = Path(what)
    if what == "-" or path.is_file():
        data = sys.stdin.buffer.read(extracting.MAX_BYTES + 1) if what == "-" else read(path)
        brought = Brought("standard input" if what == "-" else path.name, data)
        return Judged(brought.name, brought.sha256, judging.judge(brought))
    is_number = verifying.UUID_IN_TEXT.search(what) or codes.span(what.rpartition("/c/")[2])
    if "://" not in what and not is_number:
        raise CommandError(
            f"There is no file “{what}”, and it is no address, id or code.", returncode=NOT_FOUND
        )
    return Judged(what, "", judging.judge_address(what))


def write_receipt(judged: Judged, path: Path) -> None:
    """Signed as the page signs it. Raises `CommandError`."""
    try:
        assert judged.report
        found = receipts.write(judged.report, word=judged.word, name=judged.name, sha256=judged.sha256)
        data = json.dumps(found, ensure_ascii=False, indent=1).encode()
        path.write_bytes(paper.render(found, data=data) if path.suffix.lower() == ".pdf" else data)
    except (NoSigningKey, RenderingRefused, RenderingUnavailable) as reason:
        raise CommandError(str(reason), returncode=NOT_FOUND) from reason
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=NOT_FOUND) from error


def read(path: Path) -> bytes:
    """The file, or one byte more than is allowed of a larger one."""
    try:
        with path.open("rb") as file:
            return file.read(extracting.MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=NOT_FOUND) from error


def show_table(judged: Sequence[Judged], console: Console) -> None:
    """A line for each: verdict, what was brought, title, earner, issuer and how far it is known."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("Verdict", "What", "Credential", "Awarded to", "Issuer", "Issuer is"):
        table.add_column(heading, overflow="fold")
    for one in judged:
        report = cast(Report, one.report)
        told = (
            one.name,
            report.title,
            report.subject_name,
            report.issuer_name,
            identity.of(report).word_and_domain,
        )
        table.add_row(heading_of(one), *(Text(plain(text)) for text in told))
    console.print(table)


def heading_of(judged: Judged) -> Text:
    return Text(judged.word, STYLES.get(cast(Report, judged.report).verdict, "bold red"))


def show(judged: Judged, console: Console) -> None:
    """The verdict, the three answers, how far the issuer is known, then each Check with its detail."""
    report = cast(Report, judged.report)
    heading = heading_of(judged)
    if report.title:
        heading.append(f"  {plain(report.title)}", "bold").append(f"  ·  {plain(report.subject_name)}")
    console.print(Padding(heading, (1, 0, 1, 0), expand=False))
    console.print(answers(report))
    known = identity.of(report)
    console.print(Text(f"Who issued it: {known.word_and_domain}. {known.meaning}"))
    console.print(Padding(checks(report), (1, 0, 0, 0), expand=False))
    console.print(
        Padding(Text(f"Checked {report.checked_at:%Y-%m-%d %H:%M:%S %Z}", "dim"), (1, 0), expand=False)
    )


def answers(report: Report) -> Table:
    table = plain_table()
    for question, answer in (
        ("Unchanged since it was signed?", report.unchanged),
        ("Still valid?", report.still_valid),
        ("Do we know who issued it?", report.issuer_known),
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
    for remark in report.remarks:
        table.add_row(Text("remark", "dim"), Text(""), Text(plain(remark)))
    for number, inner in enumerate(report.inner, 1):
        told = " · ".join(filter(None, (inner.title, inner.subject_name, inner.reason)))
        table.add_row(Text(f"in it {number}", "dim"), heading_of(Judged("", "", inner)), Text(plain(told)))
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
