"""What a roster is made of: its sheet, its columns, its rows and the complaints about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

Weight = Literal["fix", "choice", "note"]

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # characters; what a spreadsheet's cell can hold


class RosterRefused(ValueError):
    """The whole file cannot be taken; its text is one sentence for the person who brought it."""


@dataclass(frozen=True)
class Sheet:
    """A roster as read: one heading per column, and rows as (line in the file, cells as text)."""

    name: str
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str  # "utf-8", "cp1252", …; "xlsx" for a spreadsheet
    delimiter: str  # "," ";" "\t" "|"; "" if there is one column or none are needed
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """What a column of a roster can be matched to."""

    label: str
    required: bool
    help: str
    has_lines: bool = False  # a text of several lines


COLUMNS: MappingProxyType[str, Column] = MappingProxyType(
    {
        "name": Column("Name", True, "The person's name as it shall stand on the certificate."),
        "given_name": Column("Given name", False, "With a family name, instead of one column for the name."),
        "family_name": Column("Family name", False, "With a given name, instead of one column for the name."),
        "email": Column("E-mail address", True, "Where the news goes; the address that can claim the award."),
        "awarded_on": Column("Awarded on", False, "The day it was earned. Without this column: today."),
        "valid_until": Column("Valid until", False, "The last day it is valid. Empty: as the version says."),
        "evidence_url": Column("Evidence address", False, "An https address that shows how it was earned."),
        "evidence_name": Column("Evidence name", False, "What the evidence is called."),
        "evidence_description": Column("Evidence description", False, "What the evidence is.", True),
        "evidence_genre": Column("Evidence kind", False, "Such as essay, film or audit."),
        "evidence_audience": Column("Evidence made for", False, "Such as the examiners."),
        "evidence_narrative": Column(
            "Evidence narrative", False, "How the evidence came about, and what it proves; Markdown.", True
        ),
        "licence_number": Column("Licence number", False, "Your own number for this award."),
        "language": Column("Language", False, "The language of the award as a tag: en, de, pt-BR."),
        "credits_earned": Column("Credits earned", False, "Empty: as many as the credential is worth."),
        "activity_start": Column("Activity began on", False, "The first day of what was done for it."),
        "activity_end": Column("Activity ended on", False, "The last day of what was done for it."),
        "role": Column("Role", False, "In which role it was earned, such as team lead."),
        "term": Column("Term", False, "Such as Autumn 2026."),
        "narrative": Column("What was done for it", False, "In this person's own case; Markdown.", True),
        "subject_id": Column(
            "Wallet identifier (DID)", False, "With it, the award has a compact form (JWT)."
        ),
    }
)
RESULT_PREFIX = "result:"  # a matched column "result:<id>" holds the result of that description


@dataclass(frozen=True)
class ResultRule:
    """What a result description of the version allows (Open Badges 3.0, ResultDescription)."""

    result_type: str
    allowed_values: Sequence[str] = ()
    value_min: str = ""
    value_max: str = ""


@dataclass(slots=True)
class Row:
    """A row that can be awarded. `email` is normalised; `cells` is what the file said."""

    line: int
    name: str
    email: str
    awarded_on: date | None
    valid_until: date | None
    evidence_url: str
    licence_number: str
    language: str
    results: dict[str, str]
    cells: list[str]
    credits_earned: str = ""
    activity_start: date | None = None
    activity_end: date | None = None
    role: str = ""
    term: str = ""
    narrative: str = ""
    subject_id: str = ""
    evidence_name: str = ""
    evidence_description: str = ""
    evidence_genre: str = ""
    evidence_audience: str = ""
    evidence_narrative: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing to say about one line. `field` is a key of COLUMNS, "result:<id>", or "" for the whole row.

    fix: the row is kept out until the file is mended. choice: the row is good, but a person decides whether
    it is awarded. note: the row is good; this is how it was understood.
    """

    line: int
    field: str
    sentence: str  # begins with "Line N: "
    weight: Weight

    @property
    def reason(self) -> str:
        """The sentence for a place that shows the line already."""
        return self.sentence.removeprefix(f"Line {self.line}: ")


@dataclass(frozen=True)
class Checked:
    """The rows that can be awarded, and every complaint, by line."""

    rows: list[Row]
    complaints: list[Complaint]


def shown(text: str, longest: int = 60) -> str:
    """A value from the file as it may stand in a sentence: in quotation marks, on one line, not too long."""
    clean = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return f"“{clean}”" if len(clean) <= longest else f"“{clean[:longest]}…”"
