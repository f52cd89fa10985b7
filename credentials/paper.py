"""What a certificate says to the eye, compared with the signed credential inside it (STANDARDS.md §9).

A PDF carries two statements: the page, which anybody can edit, and the credential, which nobody can. Only
where both say the same is the paper worth what the credential is worth. On a certificate of ours name, title
and dates stand on lines of their own; on a stranger's page they stand anywhere. What cannot be read is
unknown, never different.
"""

import datetime as dt
import difflib
import hashlib
import json
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import dateformat, translation

from credentials import contents, papertext, programs
from credentials.models import Award, Rendering
from credentials.openbadges import reading
from credentials.openbadges.verify import Check, Outcome, Report, Verdict
from credentials.rendering import certificate, faces, shelf

NAME = "certificate_text"
DATE = "date"
END = "end of its validity"
MOST_LINES = 5  # that one title or name is broken into
MOST_OF_A_PAGE = 300  # lines
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
ALIKE = 0.6  # from here on a line of the paper is taken for the changed one
SYMBOLS = ("So", "Sk")
# Scripts whose page text is what was written, letter by letter. Of others (Indic above all) a PDF keeps the
# glyphs, and no program gets every letter back.
LEGIBLE = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "THAI", "CJK", "HANGUL",
           "HIRAGANA", "KATAKANA", "DIGIT", "FULLWIDTH", "IDEOGRAPHIC", "COMBINING", "MODIFIER")  # fmt: skip


@dataclass(frozen=True)
class Text:
    """What the first pages of a PDF say: its lines, and the kinds of annotations laid over them."""

    lines: list[str]
    overlays: list[str]
    pages: int = 1


class Untold(Exception):
    """What the paper says is not known. The message is a sentence without its stop."""


@dataclass(frozen=True)
class Value:
    """Something that the signed data say, and how the page may put it."""

    called: str
    said: str
    forms: tuple[str, ...]

    @property
    def is_legible(self) -> bool:
        return _is_legible(self.said)


def _is_legible(text: str) -> bool:
    letters = (letter for letter in text if unicodedata.category(letter)[0] in "LM")
    return all(unicodedata.name(letter, "?").startswith(LEGIBLE) for letter in letters)


def compared(report: Report, data: bytes) -> Report:
    """The Report of a PDF with one more Check: whether the page says what is signed.

    Other files, and credentials whose signature did not hold, have nothing to compare.
    """
    if b"%PDF-" not in data[:1024] or report.document is None:
        return report
    award = _award_of(report)
    if award and _is_our_drawing(award, data):
        sentence = "This PDF is, byte for byte, the certificate that this site drew."
        return _with(report, Check(NAME, Outcome.PASSED, sentence))
    values = list(_values(report, award))
    printed = _printed_on(award) if award else ""
    try:
        text = text_of(data)
    except Untold as complaint:
        return _with(report, _unknown(str(complaint), values))
    return _with(report, judged(values, text, ours=award is not None, printed=printed))


def judged(values: Sequence[Value], text: Text, *, ours: bool, printed: str = "") -> Check:
    """Whether a page says these values. A stranger's page may say them in words that we do not expect.

    `printed` is all that our own certificate would say; what a page of ours says besides was put there.
    """
    if not text.lines:
        return _unknown("There is no text on this paper that a program can read", values)
    if not ours and not _YEAR.search(" ".join(text.lines)):
        values = [value for value in values if value.called != DATE]
    missing = [value for value in values if not _is_said(value, text.lines, ours=ours)]
    if [value for value in missing if ours and value.is_legible]:
        return Check(NAME, Outcome.FAILED, " ".join(_difference(value, text.lines) for value in missing))
    if missing:
        return _unknown(f"The {' and the '.join(value.called for value in missing)} cannot be found in the "
                        "text of this paper", values)  # fmt: skip
    if printed and (text.pages > 1 or len(text.lines) == MOST_OF_A_PAGE):
        return _unknown("There is more on this paper than the certificate of this site says", values)
    if printed and (added := _added(text.lines, printed)):
        said = "”, “".join(line[:80] for line in added[:3])
        return _unknown(f"The paper also says “{said}”, which is not on the certificate of this site", values)
    if text.overlays:
        return _unknown("Something was laid over this paper, such as a note or a stamp", values)
    said = ", ".join(value.called for value in values)
    return Check(NAME, Outcome.PASSED, f"The paper says what is signed: {said}.")


def _printed_on(award: Award) -> str:
    """What the certificate says today; "" if it cannot be drawn."""
    try:
        return certificate.text_of(shelf.face_of(award))
    except certificate.RenderingRefused:
        return ""


def _added(lines: Sequence[str], printed: str) -> list[str]:
    """The lines that say something which is not printed on the certificate, or say it once more.

    What is printed is used up line by line: as it stands there, or, where lines run from right to left or
    were broken anew, word by word. Where a script is lossy nothing can be told.
    """
    rest, words, lossy = plain(printed), Counter(_words(printed)), not _is_legible(printed)
    added = []
    for line in lines:
        said, said_words = plain(line), Counter(_words(line))
        if said in rest or said_words <= words:
            rest = rest.replace(said, "\n", 1)
            words -= said_words
        elif not (lossy and not _is_legible(line)):
            added.append(line)
    return added


def _unknown(what: str, values: Sequence[Value]) -> Check:
    signed = ", ".join(f"{value.called} “{value.said}”" for value in values)
    return Check(
        NAME, Outcome.UNKNOWN, f"{what}. Compare it yourself with what is signed.", detail=f"Signed: {signed}"
    )


def _with(report: Report, check: Check) -> Report:
    """The credential inside stays what it is; the file is only as good as its paper."""
    checks = (*report.checks, check)
    if check.outcome is Outcome.FAILED:
        reason = f"The paper was changed; the credential inside is genuine. {check.sentence}"
        return replace(report, verdict=Verdict.INVALID, checks=checks, reason=reason)
    if check.outcome is Outcome.UNKNOWN and report.verdict is Verdict.VALID:
        return replace(report, verdict=Verdict.UNKNOWN, checks=checks, reason=check.sentence)
    return replace(report, checks=checks)


def _award_of(report: Report) -> Award | None:
    """The award of this site whose document is inside."""
    prefix, found = f"{settings.PUBLIC_BASE_URL}/credentials/", str((report.document or {}).get("id", ""))
    if report.issuer_known.outcome is Outcome.UNKNOWN or not found.startswith(prefix):
        return None
    try:
        number = uuid.UUID(found.removeprefix(prefix).strip("/"))
    except ValueError:
        return None
    return Award.objects.for_page().filter(pk=number).first()


def _is_our_drawing(award: Award, data: bytes) -> bool:
    return Rendering.objects.filter(award=award, sha256=hashlib.sha256(data).hexdigest()).exists()


def _values(report: Report, award: Award | None) -> Iterator[Value]:
    """Name, title and date; on a certificate of ours the dates as we print them, and the end too."""
    signed = contents.of(report.document or {})
    name = award.recipient_name if award else signed.recipient
    if name:
        yield Value("name", name, (name,))
    if signed.title:
        yield Value("title", signed.title, (signed.title,))
    for called, moment in ((DATE, signed.awarded), (END, signed.valid_until)):
        if award and moment:
            forms = tuple(dict.fromkeys(faces.day(moment.date(), one) for one in (award.language, "en")))
            yield Value(called, forms[0], forms)
    if not award and signed.awarded:
        days = _days(signed.awarded) | _days(signed.valid_from or signed.awarded)
        forms = tuple(form for day in sorted(days) for form in date_forms(day, _languages(report)))
        yield Value(DATE, faces.day(signed.awarded.date(), "en"), forms)


def _days(moment: dt.datetime) -> set[dt.date]:
    """The day where it was said, and in UTC if that is one that a calendar has."""
    try:
        return {moment.date(), moment.astimezone(dt.UTC).date()}
    except OverflowError:
        return {moment.date()}


def _languages(report: Report) -> list[str]:
    """English, and the language in which a stranger's achievement is written."""
    named = reading.achievement_of(report.document or {}).get("inLanguage")
    return ["en", *([named] if isinstance(named, str) and translation.check_for_language(named) else [])]


def date_forms(day: dt.date, languages: Sequence[str]) -> Iterator[str]:
    """A date as strangers may write it: in numbers, and in words of these languages."""
    for form in ("Y-m-d", "d.m.Y", "j.n.Y", "d/m/Y", "j/n/Y", "m/d/Y", "n/j/Y", "Y/m/d", "Y.m.d"):
        yield dateformat.format(day, form)
    for language in languages:
        yield faces.day(day, language)
        with translation.override(language):
            for form in ("j F Y", "F j, Y", "j. F Y", "j M Y", "M j, Y"):
                yield dateformat.format(day, form)


def text_of(data: bytes) -> Text:
    """What the page says, read by a program of its own with limits. Raises `Untold`."""
    try:
        found = json.loads(programs.run(papertext, data))
    except programs.TookTooLong:
        raise Untold("The text of this paper takes too long to read, so we stopped") from None
    except (programs.Refused, programs.Broke):
        raise Untold("The text of this paper cannot be read") from None
    return Text(found["lines"][:MOST_OF_A_PAGE], found["overlays"], found["pages"])


def _is_said(value: Value, lines: Sequence[str], *, ours: bool) -> bool:
    if not ours:
        return any(_stands_in(form, " ".join(lines)) for form in value.forms)
    if value.called in (DATE, END):
        return any(_words(form) == _words(line) for form in value.forms for line in lines)
    return any(
        plain(_printed(form, joined)) == plain(joined) for joined in _runs(lines) for form in value.forms
    )


def _printed(form: str, line: str) -> str:
    """Without the symbols, such as emoji, that the line lacks: what no typeface has is not printed."""
    return "".join(letter for letter in form if letter in line or unicodedata.category(letter) not in SYMBOLS)


def _runs(lines: Sequence[str]) -> Iterator[str]:
    """Each line, and each few that follow each other."""
    for start in range(len(lines)):
        for end in range(start + 1, min(start + MOST_LINES, len(lines)) + 1):
            yield " ".join(lines[start:end])


def _stands_in(form: str, text: str) -> bool:
    """Whether it stands in a text as words of its own, whatever blanks are between its letters."""
    letters = r"\s*".join(map(re.escape, plain(form)))
    return re.search(rf"(?<!\w){letters}(?!\w)", unicodedata.normalize("NFKC", text).casefold()) is not None


def _words(text: str) -> list[str]:
    """Numbers and words in no order: on a page that runs from right to left they are written as they fall."""
    return sorted(re.findall(r"\d+|[^\W\d]+", unicodedata.normalize("NFKC", text).casefold()))


def plain(text: str) -> str:
    """Letters, digits and signs alone: without blanks, marks of direction and the like, in one form."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] not in "ZC")


def _difference(value: Value, lines: Sequence[str]) -> str:
    near = difflib.get_close_matches(value.said, list(_runs(lines)), n=1, cutoff=ALIKE)
    if near:
        return f"The paper says “{near[0][:200]}”, but the signed data say “{value.said}”."
    return f"The paper does not say “{value.said}”, the {value.called} in the signed data."
