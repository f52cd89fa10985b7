"""Dates as people write them in rosters: any unambiguous form, and one reading for a whole column."""

import calendar
import re
from collections.abc import Iterable
from datetime import date, timedelta

from .shapes import shown
from .words import fold, words

EARLIEST_YEAR = 1900
_LONGEST = 60  # characters
_SPREADSHEET_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's numbers, with its leap year 1900
_SERIALS = range(20_000, 80_000)  # October 1954 to January 2119

_TIME_OF_DAY = re.compile(
    r"[T\s,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC|[AaPp]\.?[Mm]\.?|[+-]\d{2}:?\d{2})?$"
)
_YEAR_FIRST = re.compile(r"(\d{4})\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})\s?[.日일]?")
_COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-./])\s?(\d{1,2})\s?\2\s?(\d{4})\.?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s?([-./])\s?\d{1,2}\s?\1\s?\d{2}\.?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_PIECES = re.compile(r"\d+|[^\W\d_]+")

_MONTHS = (
    "january january januar janvier enero gennaio janeiro januari stycznia января",
    "february februar fevrier febrero febbraio fevereiro februari lutego февраля",
    "march marz maerz mars marzo marco maart marts marca марта",
    "april avril abril aprile kwietnia апреля",
    "may mai mayo maggio maio mei maj maja мая",
    "june juni juin junio giugno junho czerwca июня",
    "july juli juillet julio luglio julho lipca июля",
    "august aout agosto augustus augusti sierpnia августа",
    "september septembre septiembre setiembre settembre setembro wrzesnia сентября",
    "october oktober octobre octubre ottobre outubro pazdziernika октября",
    "november novembre noviembre novembro listopada ноября",
    "december dezember decembre diciembre dicembre dezembro desember grudnia декабря",
)
_MONTH_NUMBERS = {name: n for n, names in enumerate(_MONTHS, 1) for name in names.split()}
# What may stand around the three parts of a date written in words: ordinals, articles, weekdays.
_FILLERS = words(
    "st nd rd th er o a de del of the den le el am г года monday tuesday wednesday thursday friday saturday "
    "sunday mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag"
)


class DateColumn:
    """Reads the dates of one column alike. Day or month first is settled by the values themselves."""

    def __init__(self, texts: Iterable[str], *, day_first: bool | None = None):
        texts = set(texts)
        orders = {order for text in texts if (order := _order(text)) is not None}
        self.settled = day_first if day_first is not None else orders.pop() if len(orders) == 1 else None
        self.contradicts_itself = day_first is None and len(orders) > 1
        self.has_ambiguous = any(_is_ambiguous(text) for text in texts)
        self._read: dict[str, date | ValueError] = {}

    @property
    def is_open(self) -> bool:
        """Nothing in the column says whether the day or the month comes first, and it matters."""
        return self.has_ambiguous and self.settled is None and not self.contradicts_itself

    def is_ambiguous(self, text: str) -> bool:
        return _is_ambiguous(text)

    def settle(self, day_first: bool) -> None:
        self.settled = day_first

    def read(self, text: str) -> date:
        """The date meant; ValueError with a sentence if there is none."""
        if text not in self._read:
            try:
                self._read[text] = self._parse(text)
            except ValueError as error:
                self._read[text] = error
        found = self._read[text]
        if isinstance(found, ValueError):
            raise found
        return found

    def _parse(self, text: str) -> date:
        bare = _bare(text)
        if (match := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare)) is not None:
            return _day(text, *map(int, match.groups()))
        if (match := _YEAR_LAST.fullmatch(bare)) is not None:
            return self._year_last(text, match)
        if (match := _SERIAL.fullmatch(bare)) is not None and int(match[1]) in _SERIALS:
            return _SPREADSHEET_EPOCH + timedelta(days=int(match[1]))
        if _SHORT_YEAR.fullmatch(bare):
            raise ValueError(f"{shown(text)} leaves the century open. Write the year with four digits.")
        return _in_words(text, bare)

    def _year_last(self, text: str, match: re.Match[str]) -> date:
        first, separator, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
        own = True if separator == "." or first > 12 else False if second > 12 else None
        if own is None and self.contradicts_itself and first != second:
            raise ValueError(
                f"{shown(text)} could be two days, and this column has both orders. Write it as "
                f"{year}-{first:02}-{second:02} or {year}-{second:02}-{first:02}."
            )
        day_first = own if own is not None else self.settled is not False
        day, month = (first, second) if day_first else (second, first)
        return _day(text, year, month, day)


def in_words(day: date) -> str:
    """12 June 2026: a form that nobody reads the other way round."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def looks_like_date(text: str) -> bool:
    """Whether a cell would be read as a date by somebody who sees no heading; bare numbers do not count."""
    if text.isdigit():
        return _COMPACT.fullmatch(text) is not None
    try:
        DateColumn(()).read(text)
    except ValueError:
        return False
    return True


def _bare(text: str) -> str:
    """Without the time of day; nothing of what is too long to be a date, so that no pattern labours on it."""
    if len(text) > _LONGEST:
        return ""
    return _TIME_OF_DAY.sub("", text.strip()).strip()


def _order(text: str) -> bool | None:
    """True if only day-month-year makes sense of the text, False if only month-day-year, else None."""
    match = _YEAR_LAST.fullmatch(_bare(text))
    if match is None or match[2] == ".":
        return None
    first, second = int(match[1]), int(match[3])
    return True if first > 12 >= second else False if second > 12 >= first else None


def _is_ambiguous(text: str) -> bool:
    match = _YEAR_LAST.fullmatch(_bare(text))
    return match is not None and match[2] != "." and int(match[1]) <= 12 >= int(match[3]) != int(match[1])


def _day(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or day < 1:
        raise ValueError(f"{shown(text)} is not a day of the calendar. {_EXAMPLE}")
    if year < EARLIEST_YEAR:
        raise ValueError(f"{shown(text)} is before {EARLIEST_YEAR}. {_EXAMPLE}")
    days = calendar.monthrange(year, month)[1]
    if day > days:
        raise ValueError(
            f"{shown(text)} is not a day of the calendar: "
            f"{calendar.month_name[month]} {year} has {days} days."
        )
    return date(year, month, day)


def _in_words(text: str, bare: str) -> date:
    numbers, months = [], []
    for piece in _PIECES.findall(fold(bare)):
        if piece.isdigit():
            numbers.append(piece)
        elif (month := _month(piece)) is not None:
            months.append(month)
        elif piece not in _FILLERS:
            raise ValueError(f"{shown(text)} is not a date we can read. {_EXAMPLE}")
    years = [n for n in numbers if len(n) == 4]
    days = [n for n in numbers if len(n) <= 2]
    if len(numbers) != 2 or len(years) != 1 or len(days) != 1 or len(months) != 1:
        raise ValueError(f"{shown(text)} is not a date we can read. {_EXAMPLE}")
    return _day(text, int(years[0]), months[0], int(days[0]))


def _month(word: str) -> int | None:
    """By its full name or an abbreviation of at least three letters that fits one month only."""
    if word in _MONTH_NUMBERS:
        return _MONTH_NUMBERS[word]
    fitting = {n for name, n in _MONTH_NUMBERS.items() if len(word) >= 3 and name.startswith(word)}
    return fitting.pop() if len(fitting) == 1 else None


_EXAMPLE = "Write it as year-month-day, like 2026-06-12."
