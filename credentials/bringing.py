"""Bring a roster in: read it, match its columns, check its rows, mend it, and order the batch.

`credentials.roster` does the reading and checking without knowing us; here stand our versions and our holders
beside it, and the roster that a person has brought and not ordered yet.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from credentials import awarding, roster, standing
from credentials.awarding import Person
from credentials.models import Achievement, AchievementVersion, Batch, Roster

ASKED_AT_ONCE = 500  # addresses in one query
BESIDE = (  # what a row can say that only the signed document keeps
    "credits_earned", "activity_start", "activity_end", "role", "term", "narrative", "subject_id",
)  # fmt: skip
OF_EVIDENCE = ("name", "description", "genre", "audience", "narrative")  # besides its address
AGAIN, SKIP = "again", "skip"
NOBODY = "No row of this roster can be awarded. Correct the rows below, or bring another roster."


KEPT = dt.timedelta(days=30)  # a roster that nobody orders


class AlreadyOrdered(Exception):
    """The roster became a batch before; `batch` is it."""

    def __init__(self, batch: Batch):
        super().__init__("This roster was ordered already.")
        self.batch = batch


class NumberChanged(Exception):
    """Not as many can be awarded as the person was told; the message says how many."""


def bring(version: AchievementVersion, *, data: bytes, name: str, by: User) -> Roster:
    """Read a file and keep it with a guessed matching. Raises `RosterRefused`; then nothing is kept."""
    sheet = roster.read(data, name=name)
    return Roster.objects.create(
        version=version,
        brought_by=by,
        name=sheet.name[:255],
        sheet=vars(sheet) | {"name": sheet.name[:255]},
        matching=guess(version, sheet),
    )


def sheet_of(brought: Roster) -> roster.Sheet:
    """The sheet as it was brought, with the corrections that were made on the page."""
    sheet = roster.Sheet(**brought.sheet)
    columns = {field: int(number) for number, field in brought.matching.items()}
    width = len(sheet.headings)
    rows = [
        (line, _mended(cells, brought.edits.get(str(line)), columns, width)) for line, cells in sheet.rows
    ]
    return roster.Sheet(**(vars(sheet) | {"rows": rows}))


def guess(version: AchievementVersion, sheet: roster.Sheet) -> dict[int, str]:
    return roster.guess(sheet.headings, sample_rows=sheet.rows[:200], results=result_columns(version))


def result_columns(version: AchievementVersion) -> list[tuple[str, str]]:
    """(id, name) of what a roster may say about a result of this version."""
    return [(described["id"], described["name"]) for described in version.result_descriptions]


def check(brought: Roster) -> roster.Checked:
    """Look at every row. Raises `roster.RosterRefused` while name or e-mail address are not matched."""
    matching = {int(number): field for number, field in brought.matching.items()}
    return check_sheet(brought.version, sheet_of(brought), matching, day_first=brought.day_first)


def check_sheet(
    version: AchievementVersion,
    sheet: roster.Sheet,
    matching: Mapping[int, str],
    *,
    day_first: bool | None = None,
) -> roster.Checked:
    """The check of rows for a version: with its rules for results and the people who hold it already."""
    return roster.check(
        sheet,
        matching,
        today=timezone.now().date(),
        result_types=_rules(version),
        held=_holders(version),
        day_first=day_first,
    )


def people(checked: roster.Checked, choices: Mapping[str, str] | None = None) -> list[Person]:
    """The people to award. A row that needs a choice is left out unless `choices` says "again" for it."""
    again = {int(line) for line, choice in (choices or {}).items() if choice == AGAIN}
    asked = lines_to_choose(checked)
    return [
        _person(row, again=row.line in asked)
        for row in checked.rows
        if row.line not in asked or row.line in again
    ]


def lines_to_choose(checked: roster.Checked) -> set[int]:
    """The lines of good rows about which a person decides."""
    return {complaint.line for complaint in checked.complaints if complaint.weight == "choice"}


def lines_to_fix(checked: roster.Checked) -> set[int]:
    """The lines that are kept out until they are mended."""
    return {complaint.line for complaint in checked.complaints if complaint.weight == "fix"}


def everybody(checked: roster.Checked) -> list[Person]:
    """All good rows: those who hold it already are counted as such when the batch is awarded."""
    return [_person(row) for row in checked.rows]


def match(brought: Roster, *, matching: Mapping[int, str], day_first: bool | None) -> None:
    brought.matching, brought.day_first = dict(matching), day_first
    brought.save(update_fields=["matching", "day_first"])


@transaction.atomic
def mend(brought: Roster, *, edits: Mapping[int, Mapping[str, str]], choices: Mapping[int, str]) -> None:
    """Keep corrections ({line: {field: text}}) and choices ({line: "skip" or "again"}) with the roster.

    A choice was made about the line as it stood; one that is corrected is asked about anew. Of a line that
    was erased meanwhile nothing is kept.
    """
    kept = Roster.objects.select_for_update()
    brought.refresh_from_db(fields=["sheet", "edits", "choices"], from_queryset=kept)
    lines = {line for line, _ in brought.sheet["rows"]}
    edits = {line: fields for line, fields in edits.items() if line in lines}
    choices = {line: choice for line, choice in choices.items() if line in lines}
    brought.choices |= {str(line): choice for line, choice in choices.items() if choice in (AGAIN, SKIP)}
    for line, fields in edits.items():
        brought.edits[str(line)] = brought.edits.get(str(line), {}) | dict(fields)
        brought.choices.pop(str(line), None)
    brought.save(update_fields=["edits", "choices"])


@transaction.atomic
def order(brought: Roster, *, count: int, by: User) -> Batch:
    """Order the good rows, of which the person was told the `count`, and empty the roster.

    Raises `AlreadyOrdered` (a second click), `NumberChanged`, and `roster.RosterRefused` if there is nobody
    to award or nothing to award any more.
    """
    standing.lock(brought.version.achievement.issuer)
    brought = Roster.objects.select_for_update(of=("self",)).select_related("batch").get(pk=brought.pk)
    if brought.batch:
        raise AlreadyOrdered(brought.batch)
    _refuse_retired(brought.version)
    chosen = people(check(brought), brought.choices)
    if not chosen:
        raise roster.RosterRefused(NOBODY)
    if len(chosen) != count:
        raise NumberChanged(f"The rows have changed: it is {len(chosen):,} now, not {count:,}. Look again.")
    brought.batch = awarding.order(brought.version, people=chosen, roster_name=brought.name, by=by)
    brought.sheet = {"headings": [], "rows": []}
    brought.edits, brought.choices = {}, {}
    brought.save()
    return brought.batch


def forget_old() -> int:
    """Delete the rosters that were brought long ago and never ordered: they hold names. How many it were."""
    old = Roster.objects.filter(batch__isnull=True, created_at__lt=timezone.now() - KEPT)
    return old.delete()[0] if old.exists() else 0  # asked every few seconds: mostly it only reads


def _person(row: roster.Row, *, again: bool = False) -> Person:
    evidence = _evidence(row)
    return Person(
        line=row.line,
        name=row.name,
        email=row.email,
        awarded_on=row.awarded_on,
        valid_until=row.valid_until,
        evidence_url="" if evidence else row.evidence_url,
        licence_number=row.licence_number,
        language=row.language,
        results=row.results,
        again=again,
        evidence=evidence,
        **{field: getattr(row, field) for field in BESIDE},
    )


def _evidence(row: roster.Row) -> list[dict[str, str]]:
    """The piece of evidence of which a row says more than an address. It may say nothing of an address."""
    piece = {name: said for name in OF_EVIDENCE if (said := getattr(row, f"evidence_{name}"))}
    return [{"url": row.evidence_url} | piece] if piece else []


def _refuse_retired(version: AchievementVersion) -> None:
    if version.achievement.state != Achievement.State.ACTIVE:
        raise roster.RosterRefused(f"“{version.name}” is retired. It cannot be awarded any more.")


def _mended(
    cells: list[str], fields: Mapping[str, str] | None, columns: Mapping[str, int], width: int
) -> list[str]:
    """The row with corrected cells, as wide as the headings: who corrects a row that is too long or too short
    has seen what its columns hold. A correction of a column that is left out by now is left out too."""
    fields = {field: text for field, text in (fields or {}).items() if field in columns}
    if not fields:
        return cells
    corrected = (cells + [""] * width)[:width]
    for field, text in fields.items():
        corrected[columns[field]] = text
    return corrected


def _rules(version: AchievementVersion) -> dict[str, roster.ResultRule]:
    return {
        described["id"]: roster.ResultRule(
            described["result_type"],
            described.get("allowed_values", ()),
            described.get("value_min", ""),
            described.get("value_max", ""),
        )
        for described in version.result_descriptions
    }


def _holders(version: AchievementVersion) -> Callable[[Iterable[str]], dict[str, dt.date]]:
    """Who of many addresses holds a current award of this version, and since when."""

    def held(emails: Iterable[str]) -> dict[str, dt.date]:
        asked = list(emails)
        found: dict[str, dt.date] = {}
        for start in range(0, len(asked), ASKED_AT_ONCE):
            some = version.awards.current().filter(recipient_email__in=asked[start : start + ASKED_AT_ONCE])
            found |= {email: when.date() for email, when in some.values_list("recipient_email", "awarded_at")}
        return found

    return held
