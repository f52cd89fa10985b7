"""Whether a credential is within its dates, of whatever generation it is."""

from datetime import datetime

from .reading import day
from .report import Check, Finding, Outcome, Verdict


def ask(start: datetime | None, end: datetime | None, now: datetime) -> Finding:
    """The check "validity" of something valid from `start` to `end`, as far as they are stated."""
    if start is not None and now < start:
        sentence = f"It becomes valid on {day(start)}."
        return Finding(Check("validity", Outcome.FAILED, sentence), Verdict.NOT_YET_VALID)
    if end is not None and now > end:
        sentence = f"It expired on {day(end)}."
        return Finding(Check("validity", Outcome.FAILED, sentence), Verdict.EXPIRED)
    sentence = f"It is valid until {day(end)}." if end else "It does not expire."
    return Finding(Check("validity", Outcome.PASSED, sentence), Verdict.VALID)
