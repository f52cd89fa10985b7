"""What was found out about a credential: checks, a verdict, and the three answers that people ask for.

What could not be found out is unknown, never passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One question: `name` for machines, `sentence` for people, `detail` for whoever asks further."""

    name: str
    outcome: Outcome
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    sentence: str


@dataclass(frozen=True)
class Report:
    """All that was asked. `document` and the texts are empty unless the signature held."""

    verdict: Verdict
    checks: tuple[Check, ...]
    checked_at: datetime
    document: dict | None
    issuer_id: str = ""
    issuer_name: str = ""
    subject_name: str = ""
    title: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    reason: str = ""
    inner: tuple["Report", ...] = ()  # of a learner record: one for each credential in it
    remarks: tuple[str, ...] = ()  # what is worth knowing and changes no verdict

    @property
    def unchanged(self) -> Answer:
        """Is it as it was signed? Whether the key that signed it counts is another question."""
        answer = self._answer(UNCHANGED)
        if answer.outcome is Outcome.PASSED and not self._asked("signature"):
            return Answer(Outcome.UNKNOWN, "Without a key that counts, this cannot be said.")
        return answer

    @property
    def is_proven(self) -> bool:
        """Unchanged since a key of its issuer signed it: only then anything that it says is a fact."""
        return self._is_key_trusted and self.unchanged.outcome is Outcome.PASSED

    @property
    def _is_key_trusted(self) -> bool:
        return all(item.outcome is Outcome.PASSED for item in self._asked("issuer_key"))

    @property
    def still_valid(self) -> Answer:
        """Does it hold today?"""
        if not self.is_proven:
            return Answer(Outcome.UNKNOWN, "Whether it is valid cannot be said.")
        return self._answer(STANDING)

    @property
    def issuer_known(self) -> Answer:
        """Do we know who signed it? With a key that is not its issuer's, or was stolen: nobody we know."""
        return self._answer(("issuer_known",) if self._is_key_trusted else ("issuer_key",))

    def with_standing(self, verdict: Verdict, sentence: str) -> "Report":
        """The same Report where the issuer itself says more than its list: when and why it was revoked,
        or that it is suspended. Nothing that is not proven becomes proven by it."""
        if not self.is_proven:
            return self
        said = Check("status", Outcome.FAILED, sentence)
        others = [item for item in self.checks if item.name != "status"]
        place = next((n for n, item in enumerate(self.checks) if item.name == "status"), len(others))
        checks = (*others[:place], said, *others[place:])
        return replace(self, verdict=verdict, checks=checks, reason=sentence)

    def _asked(self, *names: str) -> list[Check]:
        """The checks of these names, in the order of the names."""
        asked = (item for item in self.checks if item.name in names)
        return sorted(asked, key=lambda item: names.index(item.name))

    def _answer(self, names: tuple[str, ...]) -> Answer:
        asked = self._asked(*names)
        for outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            for item in asked:
                if item.outcome is outcome:
                    return Answer(outcome, item.sentence)
        if not asked:
            return Answer(Outcome.UNKNOWN, "This was not asked, because an earlier question failed.")
        return Answer(Outcome.PASSED, asked[0].sentence)

    def as_dict(self) -> dict:
        """For machines: plain values only."""
        answers = {name: getattr(self, name) for name in ("unchanged", "still_valid", "issuer_known")}
        return {
            "verdict": str(self.verdict),
            "reason": self.reason,
            "checked_at": self.checked_at.isoformat(),
            "answers": {
                name: {"outcome": str(answer.outcome), "sentence": answer.sentence}
                for name, answer in answers.items()
            },
            "checks": [
                {
                    "name": item.name,
                    "outcome": str(item.outcome),
                    "sentence": item.sentence,
                    "detail": item.detail,
                }
                for item in self.checks
            ],
            "issuer": {"id": self.issuer_id, "name": self.issuer_name},
            "subject_name": self.subject_name,
            "title": self.title,
            "valid_from": self.valid_from and self.valid_from.isoformat(),
            "valid_until": self.valid_until and self.valid_until.isoformat(),
            "inner": [report.as_dict() for report in self.inner],
            "remarks": list(self.remarks),
        }


# "certificate_text": whether the paper around a credential says what is signed
UNCHANGED = ("signature", "readable", "contexts", "model", "certificate_text")
STANDING = ("validity", "status")


@dataclass(frozen=True)
class Finding:
    """A check and what it means for the standing."""

    check: Check
    verdict: Verdict


# Gravest first: what is revoked stays revoked when it has expired too.
_GRAVITY = (
    Verdict.INVALID,
    Verdict.REVOKED,
    Verdict.SUSPENDED,
    Verdict.EXPIRED,
    Verdict.NOT_YET_VALID,
    Verdict.UNKNOWN,
    Verdict.VALID,
)


def gravest(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=lambda finding: _GRAVITY.index(finding.verdict))


def unreadable(sentence: str, *, now: datetime) -> Report:
    """The Report on something that is no document at all."""
    return unproven([Check("readable", Outcome.FAILED, sentence)], now)


def unproven(checks: Sequence[Check], now: datetime) -> Report:
    """Nothing of the content may be shown as a fact."""
    failed = [item for item in checks if item.outcome is Outcome.FAILED]
    unknown = [item for item in checks if item.outcome is Outcome.UNKNOWN]
    verdict = Verdict.INVALID if failed else Verdict.UNKNOWN
    return Report(verdict, tuple(checks), now, None, reason=(failed or unknown)[0].sentence)
