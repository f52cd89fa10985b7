"""Which column is what: by headings in the languages that people bring, and by what is in the cells."""

import re
from collections.abc import Sequence

from .dates import looks_like_date
from .shapes import COLUMNS, RESULT_PREFIX, RosterRefused
from .vocabulary import HEADINGS, VAGUE_HEADINGS, WHOLE_NAMES
from .words import key, words

_SAMPLE = 200  # rows that the guess by content looks at
OUR_OWN_HEADINGS = ("Line", "Reason")  # of the file of refused rows; ignored when it comes back

_SAYS_NOTHING = re.compile(r"(?:column|col|field|spalte|feld|colonne|columna|coluna|unnamed)?\d*|[a-z]")
_PERSONS = words(
    "student participant candidate recipient learner earner graduate attendee employee person holder member "
    "user trainee delegate applicant your full legal display complete first last of the s and on certificate"
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_RESULT_WORDS = words(
    "score points result grade mark classification gpa punkte note ergebnis nota puntuacion"
)


def _keys(table: dict[str, str]) -> dict[str, str]:
    return {key(heading): field for field, text in table.items() for heading in text.split("|")}


_KNOWN = _keys(HEADINGS)
_VAGUE = _keys(VAGUE_HEADINGS)
_WHOLE = frozenset(key(heading) for heading in WHOLE_NAMES.split("|"))


def guess(
    headings: Sequence[str],
    *,
    sample_rows: Sequence[tuple[int, Sequence[str]]],
    results: Sequence[tuple[str, str]] = (),
) -> dict[int, str]:
    """Column number (from 0) to field of COLUMNS or "result:<id>"; what is not recognised is left out.

    `sample_rows` are rows as in Sheet.rows. `results` are (id, name) of the version's result descriptions.
    Raises RosterRefused, listing the headings, if no column can be the name or no column the e-mail address.
    """
    ours = {key(heading) for heading in OUR_OWN_HEADINGS}
    columns = {number: key(heading) for number, heading in enumerate(headings)}
    free = {number: name for number, name in columns.items() if name not in ours}
    cells = _cells(free, sample_rows)
    found: dict[int, str] = {}
    _take_results(found, free, headings, results)
    _take_by_heading(found, free, headings, cells)
    _settle_names(found, columns)
    _take_by_content(found, free, cells)
    _take_only_result(found, free, headings, results)
    if "email" not in found.values():
        raise RosterRefused(_nobody_sentence("e-mail address", headings))
    if not _has_name(found.values()) and not _could_be_name(free, found, cells):
        raise RosterRefused(_nobody_sentence("name", headings))
    return dict(sorted(found.items()))


def refuse_incomplete(matching: dict[int, str], headings: Sequence[str]) -> None:
    """Raises RosterRefused if the matching lacks the e-mail address or the name, or names a field twice."""
    fields = list(matching.values())
    for field in fields:
        if field not in COLUMNS and not field.startswith(RESULT_PREFIX):
            raise RosterRefused(f"There is no field “{field}” that a column could be matched to.")
        if fields.count(field) > 1:
            label = COLUMNS[field].label if field in COLUMNS else field.removeprefix(RESULT_PREFIX)
            raise RosterRefused(f"Two columns are matched to “{label}”; keep one of them.")
    if any(not 0 <= number < len(headings) for number in matching):
        raise RosterRefused("A column is matched that the roster does not have. Match the columns anew.")
    if "email" not in fields:
        raise RosterRefused(_nobody_sentence("e-mail address", headings))
    if not _has_name(fields):
        raise RosterRefused(_nobody_sentence("name", headings))


def known_headings(cells: Sequence[str]) -> int:
    """How many cells are headings that we know; a cell longer than a heading is none."""
    return sum(1 for cell in cells if 0 < len(cell) < 60 and (key(cell) in _KNOWN or key(cell) in _VAGUE))


def looks_like_address(cell: str) -> bool:
    """Whether a cell seems to hold an e-mail address, without judging it."""
    return len(cell) < 400 and _ADDRESS.fullmatch(cell.strip()) is not None


def _has_name(fields) -> bool:
    return any(field in ("name", "given_name", "family_name") for field in fields)


def _nobody_sentence(what: str, headings: Sequence[str]) -> str:
    listed = ", ".join(f"“{heading[:40]}”" for heading in headings[:20] if heading) or "none"
    more = " and more" if len(headings) > 20 else ""
    return f"No column is the {what}. The headings found are: {listed}{more}."


def _cells(columns: dict[int, str], rows: Sequence[tuple[int, Sequence[str]]]) -> dict[int, list[str]]:
    """The filled cells of each column, stripped."""
    return {
        number: [
            row[number].strip() for _, row in rows[:_SAMPLE] if number < len(row) and row[number].strip()
        ]
        for number in columns
    }


def _take_results(found, free, headings, results) -> None:
    """Headings that are the name of a result, or all whose words are in it ("Score" for "Exam score")."""
    for result_id, result_name in results:
        same = [n for n, name in free.items() if n not in found and name and name == key(result_name)]
        close = [
            n
            for n in free
            if n not in found
            and free[n] not in _KNOWN
            and (own := words(headings[n]))
            and (own <= words(result_name) or words(result_name) <= own)
        ]
        if len(same) >= 1 or len(close) == 1:
            found[(same or close)[0]] = RESULT_PREFIX + result_id


def _take_by_heading(found, free, headings, cells) -> None:
    for recognise in (_KNOWN.get, _by_words(headings, free), _VAGUE.get):
        candidates: dict[str, list[int]] = {}
        for number, name in free.items():
            if number not in found and name and (field := recognise(name)) is not None:
                candidates.setdefault(field, []).append(number)
        for field, numbers in candidates.items():
            if field not in found.values():
                found[max(numbers, key=lambda n: _fits(field, n, cells))] = field


def _by_words(headings, free):
    """ "Student's e-mail", "Name of the participant": a known word among words about people."""
    names = {}
    for number, name in free.items():
        own = words(headings[number])
        if "name" in own and own - {"name"} <= _PERSONS:
            names[name] = "name"
        elif "email" in name or {"e", "mail"} <= own or "mail" in own:
            names[name] = "email"
    return names.get


def _fits(field: str, number: int, cells: dict[int, list[str]]) -> tuple[float, int]:
    """Of two columns with a heading for the field: the fuller one, then the left one."""
    texts = cells[number]
    good = sum(map(looks_like_address, texts)) if field == "email" else len(texts)
    return good, -number


def _settle_names(found: dict[int, str], columns: dict[int, str]) -> None:
    """ "Nom" beside "Prénom" is the family name, "Nombre" beside "Apellidos" the given one."""
    place = {field: number for number, field in found.items()}
    if "name" not in place:
        return
    given, family, name = "given_name" in place, "family_name" in place, place["name"]
    if given and family:
        del found[place["given_name"]], found[place["family_name"]]
    elif (given or family) and columns[name] in _WHOLE:
        found[name] = "family_name" if given else "given_name"
    elif given or family:
        del found[place["given_name" if given else "family_name"]]


def _take_by_content(found, free, cells) -> None:
    """A column of addresses is the e-mail; where headings say nothing, the rest is told by its cells too."""
    silent = [n for n in free if n not in found and _SAYS_NOTHING.fullmatch(free[n])]
    unmatched = [n for n in free if n not in found]
    _take_first(found, "email", unmatched, lambda texts: _share(texts, looks_like_address) > 0.5, cells)
    _take_first(found, "awarded_on", silent, lambda texts: _share(texts, looks_like_date) > 0.8, cells)
    _take_first(found, "evidence_url", silent, lambda texts: _share(texts, _is_address) > 0.8, cells)
    if _has_name(found.values()):
        return
    names = [n for n in free if n not in found and _share(cells[n], _could_name_person) > 0.8]
    if len(names) == 1 or any(n in silent for n in names):
        found[names[0]] = "name"


def _take_first(found, field, numbers, fits, cells) -> None:
    if field in found.values():
        return
    for number in numbers:
        if number not in found and fits(cells[number]):
            found[number] = field
            return


def _take_only_result(found, free, headings, results) -> None:
    """The version has one result and the roster one column that speaks of results: they belong together."""
    if len(results) != 1 or RESULT_PREFIX + results[0][0] in found.values():
        return
    speaking = [n for n in free if n not in found and words(headings[n]) & _RESULT_WORDS]
    if len(speaking) == 1:
        found[speaking[0]] = RESULT_PREFIX + results[0][0]


def _could_be_name(free, found, cells) -> bool:
    return any(n not in found and any(map(_has_letters, cells[n])) for n in free)


def _share(texts: Sequence[str], fits) -> float:
    return sum(map(fits, texts)) / len(texts) if texts else 0.0


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _has_letters(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _could_name_person(text: str) -> bool:
    """Letters in two words or in a script that does not part them; no digit, no @, not long."""
    if len(text) > 100 or not _has_letters(text) or any(c.isdigit() or c in "@/_=:" for c in text):
        return False
    return len(text.split()) >= 2 or not text[0].isascii()
