"""`manage.py award`: what can be awarded; `manage.py award ISSUER/ACHIEVEMENT ROSTER`: award it."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from credentials import awarding, bringing, roster, tasks
from credentials.models import Achievement, AchievementVersion, Batch, Row
from issuers.models import Role
from issuers.readiness import refuse_without_database

REFUSED_ROWS, REFUSED_ROSTER = 1, 2


class Command(BaseCommand):
    help = (
        "List what can be awarded, or award ISSUER/ACHIEVEMENT to the people of a ROSTER (CSV, TSV or XLSX)."
    )

    def add_arguments(self, parser):
        parser.add_argument("achievement", nargs="?", metavar="ISSUER/ACHIEVEMENT")
        parser.add_argument("roster", nargs="?", metavar="ROSTER", help="a file, or - for standard input")
        parser.add_argument("--yes", action="store_true", help="award without asking")

    def handle(self, *args, achievement, roster, yes, **options):
        refuse_without_database()
        if achievement is None:
            self.list_achievements()
        elif roster is None:
            raise CommandError("Name the roster too: manage.py award ISSUER/ACHIEVEMENT ROSTER", returncode=2)
        else:
            sys.exit(self.award(find(achievement), roster, yes=yes))

    def list_achievements(self):
        found = Achievement.objects.in_catalog().for_rows().order_by("issuer__slug", "slug")
        for achievement in found:
            if achievement.current:
                self.stdout.write(f"{achievement}  {achievement.kind}  {achievement.name}")

    def award(self, version: AchievementVersion, path: str, *, yes: bool) -> int:
        """Check, ask, award, and tell. Returns the exit code."""
        started = time.monotonic()
        try:
            checked, refused = self.check_rows(version, path)
        except roster.RosterRefused as complaint:
            raise CommandError(str(complaint), returncode=REFUSED_ROSTER) from complaint
        people = bringing.everybody(checked)
        if people and not yes and not self.agreed(version, len(people)):
            self.stdout.write("Nothing was awarded.")
            return REFUSED_ROWS
        batch = self.run(version, people, Path(path).name) if people else None
        return self.tell(batch, refused, time.monotonic() - started)

    def check_rows(self, version, path: str) -> tuple[roster.Checked, dict[int, str]]:
        """Print the check of rows; returns it with the refused lines and their reasons."""
        sheet = roster.read(read_bytes(path), name=Path(path).name)
        matching = bringing.guess(version, sheet)
        checked = bringing.check_sheet(version, sheet, matching)
        refused: dict[int, str] = {}
        for complaint in checked.complaints:
            if complaint.weight == "fix":
                refused[complaint.line] = f"{refused.get(complaint.line, '')} {complaint.reason}".strip()
            else:
                self.stdout.write(complaint.sentence)
        for number, field in sorted(matching.items()):
            self.stdout.write(f"Column “{sheet.headings[number]}” is read as {field_name(version, field)}.")
        for heading in ignored(sheet, matching):
            self.stdout.write(f"Column “{heading}” is left out: nothing of it is signed.")
        self.stdout.write(f"{counted(len(checked.rows), 'row')} ready, {len(refused)} must be fixed.")
        return checked, refused

    def agreed(self, version, count: int) -> bool:
        try:
            answer = input(f"Award “{version.name}” to {counted(count, 'person', 'people')}? Type yes: ")
        except EOFError:
            answer = ""
            self.stdout.write("Say --yes to award without being asked.")
        return answer.strip().lower() in {"y", "yes"}

    def run(self, version, people, name: str) -> Batch:
        """Order the batch and see it through. Workers of a running site may help; none is needed."""
        batch = awarding.order(version, people=people, roster_name=name, by=orderer(version))
        with Progress(
            TextColumn("Awarding"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        ) as bar:
            shown = bar.add_task("", total=batch.total)
            while (progress := awarding.progress(batch)).waiting and progress.state != "stopped":
                if not awarding.award_batch(batch.pk, stop_after=awarding.CHUNK):
                    time.sleep(0.2)  # somebody else has claimed the rest
                bar.update(shown, completed=progress.done)
                batch.refresh_from_db()
            bar.update(shown, completed=progress.done)
        tasks.send_waiting.delay_on_commit()
        return batch

    def tell(self, batch: Batch | None, refused: dict[int, str], seconds: float) -> int:
        awarded = held = 0
        if batch is not None:
            progress = awarding.progress(batch)
            awarded, held = progress.awarded, progress.held
            for row in batch.rows.exclude(state__in=[Row.State.AWARDED, Row.State.HELD]):
                refused[row.number] = row.complaint or batch.stopped_reason
        for line, reason in sorted(refused.items()):
            self.stdout.write(f"Line {line}: {reason}")
        self.stdout.write(
            f"awarded {awarded}, already held {held}, refused {len(refused)} in {seconds:.1f} s"
        )
        return REFUSED_ROWS if refused else 0


def find(name: str) -> AchievementVersion:
    """The version to award. Raises `CommandError` with what to do."""
    issuer, _, slug = name.partition("/")
    found = Achievement.objects.in_catalog().filter(issuer__slug=issuer, slug=slug).first()
    if found is None or found.current is None:
        raise CommandError(
            f"There is no “{name}” that can be awarded. `manage.py award` lists what can be.", returncode=2
        )
    return found.current


def orderer(version: AchievementVersion) -> User:
    """The command line acts as the issuer's first owner: somebody has to stand in the journal."""
    return version.achievement.issuer.members.filter(role=Role.OWNER).order_by("pk")[0].user


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ignored(sheet: roster.Sheet, matching: Mapping[int, str]) -> list[str]:
    """The headings that are matched to nothing."""
    return [heading for number, heading in enumerate(sheet.headings) if heading and number not in matching]


def read_bytes(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as reason:
        raise roster.RosterRefused(f"{path} could not be read: {reason.strerror}.") from reason


def field_name(version: AchievementVersion, field: str) -> str:
    results = dict(bringing.result_columns(version))
    key = field.removeprefix(roster.RESULT_PREFIX)
    if key in results:
        return f"the result “{results[key]}”"
    label = roster.COLUMNS[field].label
    return label[0].lower() + label[1:]
