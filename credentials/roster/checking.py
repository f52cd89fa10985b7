"""The check of rows: which can be awarded, and each complaint with its line, its value and its mending.

fix (the row is kept out): no name · a name of more than 200 characters, with control characters or hidden
reordering, that begins like a formula (= + - @), is an address or has no letters · no address or a bad one ·
a date that is missing in a matched column "awarded on", is no day, leaves the century or the order open, or
lies in the future · valid until before awarded on (or before today, without that date) · an evidence address
that is not http(s) · a language that is no tag · a result that its rule forbids · credits that are no number
· an activity that ends before it begins · a role, a term, a narrative or words about the evidence that are
too long or have control characters · a wallet that is no DID · a text row that breaks off before a column
that must be filled · more cells than headings.

choice (the row is good, a person decides): the address is on an earlier good line too · it already holds
this.

note (the row is good): a name in the shape of markup, shown as text · a name that looks wrongly decoded · an
address that looks mistyped · an expiry in the past · a short row whose missing cells may be empty · a
spreadsheet's number read as a day · dates of a column that never says whether the day or the month comes
first · an address that stands on an earlier line which itself must be mended.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType

from . import extras, people
from .dates import DateColumn, in_words
from .matching import refuse_incomplete
from .shapes import RESULT_PREFIX, Checked, Complaint, ResultRule, Row, Sheet, Weight, shown

Held = Callable[[Iterable[str]], Mapping[str, date]]
_NO_RULES: Mapping[str, ResultRule] = MappingProxyType({})
_ANY_RESULT = ResultRule("Result")
_DATE_FIELDS = ("awarded_on", "valid_until", "activity_start", "activity_end")
_MUST_BE_FILLED = ("name", "given_name", "family_name", "email", "awarded_on")
_LABELS = {
    "name": "the name",
    "given_name": "the given name",
    "family_name": "the family name",
    "email": "the e-mail address",
    "awarded_on": "the date",
}


@dataclass(frozen=True)
class _Plan:
    """What is the same for every row."""

    headings: list[str]
    place: dict[str, int]  # field -> column
    results: dict[str, int]  # result description id -> column
    rules: Mapping[str, ResultRule]
    dates: dict[str, DateColumn]
    pads_rows: bool  # a spreadsheet has no short rows, only empty cells
    today: date


def check(
    sheet: Sheet,
    matching: Mapping[int, str],
    *,
    today: date,
    result_types: Mapping[str, ResultRule] = _NO_RULES,
    held: Held | None = None,
    day_first: bool | None = None,
) -> Checked:
    """The rows of the sheet that can be awarded and every complaint, both by line.

    `matching` is column -> field as `guess` makes it. `held` is asked once for all good addresses and answers
    with those that hold the achievement already and since when. `day_first` settles 05/06/2026 where the file
    does not. Raises RosterRefused if the matching has no name or no e-mail address.
    """
    matching = dict(matching)
    refuse_incomplete(matching, sheet.headings)
    plan = _plan(sheet, matching, result_types, today, day_first)
    rows: list[Row] = []
    complaints = _notes_on_open_dates(sheet, plan)
    for line, cells in sheet.rows:
        reading = _Reading(line, cells, plan)
        row = reading.row()
        complaints += reading.complaints
        if row is not None:
            rows.append(row)
    complaints += _twice(rows, sheet, plan)
    complaints += _already_held(rows, held)
    complaints.sort(key=lambda complaint: complaint.line)
    return Checked(rows, complaints)


def has_open_dates(sheet: Sheet, matching: Mapping[int, str]) -> bool:
    """Whether the file leaves open if its dates put the day or the month first, so that a person must say."""
    dates = _date_columns(sheet, {field: number for number, field in matching.items()}, None)
    return any(column.is_open for column in dates.values())


def _plan(sheet: Sheet, matching: dict[int, str], rules, today: date, day_first: bool | None) -> _Plan:
    place = {field: number for number, field in matching.items() if not field.startswith(RESULT_PREFIX)}
    results = {
        field.removeprefix(RESULT_PREFIX): number
        for number, field in matching.items()
        if field.startswith(RESULT_PREFIX)
    }
    dates = _date_columns(sheet, place, day_first)
    return _Plan(sheet.headings, place, results, rules, dates, sheet.encoding == "xlsx", today)


def _date_columns(sheet: Sheet, place: Mapping[str, int], day_first: bool | None) -> dict[str, DateColumn]:
    """The columns of dates; what one of them settles about the order holds for the others of the file."""
    columns = {}
    for field in _DATE_FIELDS:
        if (number := place.get(field)) is not None:
            texts = {cells[number].strip() for _, cells in sheet.rows if number < len(cells)}
            columns[field] = DateColumn(texts, day_first=day_first)
    settled = {column.settled for column in columns.values()} - {None}
    if len(settled) == 1:
        for column in columns.values():
            if column.is_open:
                column.settle(settled == {True})
    return columns


def _notes_on_open_dates(sheet: Sheet, plan: _Plan) -> list[Complaint]:
    notes = []
    for field, column in plan.dates.items():
        if not column.is_open:
            continue
        number = plan.place[field]
        line, text = next(
            (line, cells[number].strip())
            for line, cells in sheet.rows
            if number < len(cells) and column.is_ambiguous(cells[number].strip())
        )
        notes.append(
            _complaint(
                line,
                field,
                f"{shown(text)} was read as {in_words(column.read(text))}, the day first; no date of this "
                "column says whether the day or the month leads. Say so if it is the month.",
                "note",
            )
        )
    return notes


class _Reading:
    """One row while it is read: its cells, and the complaints that come up."""

    def __init__(self, line: int, cells: list[str], plan: _Plan):
        self.line, self.cells, self.plan = line, cells, plan
        self.complaints: list[Complaint] = []
        self.is_good = True

    def row(self) -> Row | None:
        """The row, or None if something must be fixed."""
        if not self._has_its_cells():
            return None
        awarded_on = self._awarded_on()
        begin, end = self._activity()
        row = Row(
            line=self.line,
            name=self._name(),
            email=self._email(),
            awarded_on=awarded_on,
            valid_until=self._valid_until(awarded_on),
            evidence_url=self._optional("evidence_url", extras.read_evidence),
            licence_number=self._optional("licence_number", extras.read_licence_number),
            language=self._optional("language", extras.read_language),
            results=self._results(),
            cells=self.cells,
            credits_earned=self._optional("credits_earned", extras.read_credits),
            activity_start=begin,
            activity_end=end,
            role=self._words("role"),
            term=self._words("term"),
            narrative=self._words("narrative"),
            subject_id=self._optional("subject_id", extras.read_did),
            evidence_name=self._words("evidence_name"),
            evidence_description=self._words("evidence_description"),
            evidence_genre=self._words("evidence_genre"),
            evidence_audience=self._words("evidence_audience"),
            evidence_narrative=self._words("evidence_narrative"),
        )
        return row if self.is_good else None

    def _say(self, field: str, text: str, weight: Weight = "fix") -> None:
        self.complaints.append(_complaint(self.line, field, text, weight))
        if weight == "fix":
            self.is_good = False

    def _text(self, field: str) -> str:
        number = self.plan.place.get(field)
        return self.cells[number].strip() if number is not None and number < len(self.cells) else ""

    def _has_its_cells(self) -> bool:
        """False, with a complaint, if the row has so many or so few cells that its columns cannot be told."""
        width, found = len(self.plan.headings), len(self.cells)
        if found > width and any(cell.strip() for cell in self.cells[width:]):
            extra = next(cell.strip() for cell in self.cells[width:] if cell.strip())
            self._say(
                "",
                f"The row has {found} cells where there are {width} headings; {shown(extra)} is too much. "
                "Take it out, or put quotation marks around a text with the delimiter in it.",
            )
            return False
        if found < width and not self.plan.pads_rows:
            self._say_short(width, found)
        return self.is_good

    def _say_short(self, width: int, found: int) -> None:
        cut = [field for field in _MUST_BE_FILLED if self.plan.place.get(field, -1) >= found]
        if cut:
            missing = " and ".join(_LABELS[field] for field in cut)
            verb = "are" if len(cut) > 1 else "is"
            self._say(
                cut[0],
                f"The row breaks off after {found} of {width} cells: {missing} {verb} missing. Complete it.",
            )
        elif any(number >= found for number in (*self.plan.place.values(), *self.plan.results.values())):
            self._say(
                "",
                f"The row breaks off after {found} of {width} cells; what is missing was taken as empty.",
                "note",
            )

    def _name(self) -> str:
        field = next(field for field in ("name", "given_name", "family_name") if field in self.plan.place)
        if field == "name":
            text = self._text("name")
        else:
            text = people.join_names(self._text("given_name"), self._text("family_name"))
        name = self._read(field, text, people.read_name)
        if not name.isascii() or "<" in name:
            for note in people.notes_on_name(name):
                self._say(field, note, "note")
        return name

    def _email(self) -> str:
        email = self._read("email", self._text("email"), people.read_email)
        for note in people.notes_on_email(email):
            self._say("email", note, "note")
        return email

    def _read(self, field: str, text: str, reader: Callable[[str], str]) -> str:
        try:
            return reader(text)
        except ValueError as error:
            self._say(field, str(error))
            return ""

    def _optional(self, field: str, reader: Callable[[str], str]) -> str:
        text = self._text(field)
        return self._read(field, text, reader) if text else ""

    def _words(self, field: str) -> str:
        return self._optional(field, partial(extras.read_words, field=field))

    def _date(self, field: str, text: str) -> date | None:
        try:
            day = self.plan.dates[field].read(text)
        except ValueError as error:
            self._say(field, str(error))
            return None
        if text.isdigit() and len(text) == 5:
            self._say(field, f"{text} was read as a spreadsheet's number of the day {in_words(day)}.", "note")
        return day

    def _awarded_on(self) -> date | None:
        if "awarded_on" not in self.plan.dates:
            return None
        text = self._text("awarded_on")
        if not text:
            self._say("awarded_on", "There is no date. Write the day it was earned, like 2026-06-12.")
            return None
        day = self._date("awarded_on", text)
        if day is not None and day > self.plan.today:
            self._say(
                "awarded_on",
                f"{in_words(day)} ({shown(text)}) is in the future. Write when it was earned.",
            )
            return None
        return day

    def _valid_until(self, awarded_on: date | None) -> date | None:
        text = self._text("valid_until")
        if not text or (day := self._date("valid_until", text)) is None:
            return None
        start = awarded_on or self.plan.today
        if day < start:
            what = "was awarded" if awarded_on else "would be awarded"
            self._say(
                "valid_until",
                f"It is valid until {in_words(day)}, but {what} on {in_words(start)}. Correct one of them.",
            )
        elif day < self.plan.today:
            self._say("valid_until", f"It expired on {in_words(day)} already.", "note")
        return day

    def _activity(self) -> tuple[date | None, date | None]:
        """The first and the last day of what was done for it, each if the row has it."""
        begin, end = (self._optional_date(field) for field in ("activity_start", "activity_end"))
        if begin and end and end < begin:
            self._say(
                "activity_end",
                f"The activity ended on {in_words(end)}, before it began on {in_words(begin)}. "
                "Correct one of them.",
            )
        return begin, end

    def _optional_date(self, field: str) -> date | None:
        text = self._text(field)
        return self._date(field, text) if text else None

    def _results(self) -> dict[str, str]:
        results = {}
        for result_id, number in self.plan.results.items():
            text = self.cells[number].strip() if number < len(self.cells) else ""
            if not text:
                continue
            rule = self.plan.rules.get(result_id, _ANY_RESULT)
            label = self.plan.headings[number] or "The result"
            try:
                results[result_id] = extras.read_result(text, rule, label=label)
            except ValueError as error:
                self._say(RESULT_PREFIX + result_id, str(error))
        return results


def _twice(rows: list[Row], sheet: Sheet, plan: _Plan) -> list[Complaint]:
    """Good rows whose address stands on an earlier line: the later one waits for a choice."""
    first: dict[str, int] = {}
    complaints = []
    refused = _addresses_of_refused(rows, sheet, plan)
    for row in rows:
        earlier = first.setdefault(row.email, row.line)
        if earlier != row.line:
            complaints.append(
                _complaint(row.line, "email", f"{row.email} is on line {earlier} too.", "choice")
            )
        elif refused.get(row.email, row.line) < row.line:
            text = f"{row.email} is on line {refused[row.email]} too, which must be mended first."
            complaints.append(_complaint(row.line, "email", text, "note"))
    return complaints


def _addresses_of_refused(rows: list[Row], sheet: Sheet, plan: _Plan) -> dict[str, int]:
    """The first line of each readable address on a row that was kept out."""
    good = {row.line for row in rows}
    number = plan.place["email"]
    lines: dict[str, int] = {}
    for line, cells in sheet.rows:
        if line not in good and number < len(cells):
            try:
                lines.setdefault(people.read_email(cells[number].strip()), line)
            except ValueError:
                continue  # it has its complaint already
    return lines


def _already_held(rows: list[Row], held: Held | None) -> list[Complaint]:
    if held is None or not rows:
        return []
    since = held(list(dict.fromkeys(row.email for row in rows)))
    return [
        _complaint(
            row.line,
            "email",
            f"{row.email} already holds this, since {in_words(since[row.email])}.",
            "choice",
        )
        for row in rows
        if row.email in since
    ]


def _complaint(line: int, field: str, text: str, weight: Weight) -> Complaint:
    return Complaint(line, field, f"Line {line}: {text}", weight)
