"""Judge what somebody brings: one thing, or many within one time. Nothing of it is kept."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import fetching, identity, paper, receipts, verifying
from credentials.models import Award, Rendering
from credentials.openbadges import document as standard
from credentials.openbadges.verify import Outcome, Report, Verdict

MOST_FILES = 200
ALL_BYTES = 100 * 1024 * 1024
ALL_SECONDS = 25.0  # for all files of one request; one of them has ten to go out and twelve to be read
AT_ONCE = 4  # files, of all requests to this process together: each may need a connection and a program
NOT_REACHED = "not_reached"
WORDS = {
    Verdict.VALID: _("Valid"),
    "stranger": _("Signature good, issuer unknown"),
    Verdict.EXPIRED: _("Expired"),
    Verdict.NOT_YET_VALID: _("Not yet valid"),
    Verdict.REVOKED: _("Revoked"),
    Verdict.SUSPENDED: _("Suspended"),
    Verdict.INVALID: _("Not valid"),
    "paper": _("The paper was changed"),
    "inside": _("Something in it is false"),
    "unread": _("No credential in it"),
    "receipt": _("A genuine receipt"),
    Verdict.UNKNOWN: _("Could not be checked wholly"),
    NOT_REACHED: _("Not checked: time ran out"),
}
_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="judging")


@dataclass(frozen=True)
class Brought:
    """A file as somebody dropped it."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Judged:
    """What was found out about one file; `report` is None where there was no time left for it."""

    name: str
    sha256: str
    report: Report | None

    @property
    def told(self) -> str:
        return told(self.report) if self.report else NOT_REACHED

    @property
    def word(self) -> str:
        return str(WORDS[self.told])

    def as_dict(self) -> dict:
        """For machines: plain values only."""
        found = as_dict(self.report) if self.report else {"verdict": NOT_REACHED, "told": NOT_REACHED}
        return {"file": self.name, "sha256": self.sha256, **found}


def judge(brought: Brought, *, door: fetching.Door | None = None) -> Report:
    """The Report on a file, whatever it is."""
    if receipt := receipts.found_in(brought.data, name=brought.name):
        return receipts.judge(receipt, now=timezone.now(), door=door)
    if found := _drawn_here(brought):
        return paper.compared(verifying.verify_document(found, door=door), brought.data)
    return verifying.verify_anything(brought.data, name=brought.name, door=door)


def _drawn_here(brought: Brought) -> dict | None:
    """The document inside a PDF that is, byte for byte, one that we drew: no program has to open it."""
    if not brought.data.startswith(b"%PDF-"):
        return None
    drawn = Rendering.objects.filter(sha256=brought.sha256).select_related("award").first()
    return standard.parse(bytes(drawn.award.document)) if drawn else None


def judge_address(text: str, *, door: fetching.Door | None = None) -> Report:
    """The Report on an address, an id, or a short code, with or without the address that leads to it."""
    text = verifying.whole_address(text)
    if award := _award_of_code(text):
        return verifying.verify_award(award)
    return verifying.verify_address(text, door=door)


def _award_of_code(text: str) -> Award | None:
    if "://" in text and not text.startswith(f"{settings.PUBLIC_BASE_URL}/c/"):
        return None
    return (
        Award.objects.for_page()
        .exclude(visibility=Award.Visibility.PRIVATE)
        .with_code(text.rpartition("/c/")[2].strip("/"))
    )


def judge_all(
    brought: Sequence[Brought], *, seconds: float = ALL_SECONDS, door: fetching.Door | None = None
) -> list[Judged]:
    """Judge files side by side, in their order. What is not done in time is not reached, never valid."""
    jobs = [_pool.submit(_judge_in_a_thread, one, door) for one in brought]
    wait(jobs, timeout=seconds)
    reports = [_of_done(job) for job in jobs]
    return [Judged(one.name, one.sha256, report) for one, report in zip(brought, reports, strict=True)]


def _judge_in_a_thread(brought: Brought, door: fetching.Door | None) -> Report:
    try:
        return judge(brought, door=door)
    finally:
        connections.close_all()  # the thread's own: nobody closes them after a request


def _of_done(job: Future) -> Report | None:
    """What came of a job, or None; one that has not begun never will."""
    return None if job.cancel() or not job.done() else job.result()


def told(report: Report) -> str:
    """The word above the Report: the verdict, or one that says more.

    "unread": there was no credential to judge. "receipt": what was found out about one before. "paper": only
    what is around a good credential was changed. "stranger": a good signature of somebody we do not know,
    which is never green.
    """
    if report.verdict == Verdict.INVALID and report.checks[-1].name == "readable":
        return "unread"
    if report.document and receipts.is_receipt(report.document):
        return "receipt"
    if report.verdict == Verdict.INVALID and report.document:
        last = report.checks[-1]
        return "paper" if last.name == paper.NAME and last.outcome is Outcome.FAILED else "inside"
    if report.verdict == Verdict.VALID and report.issuer_known.outcome != Outcome.PASSED:
        return "stranger"
    return str(report.verdict)


def as_dict(report: Report) -> dict:
    """The Report for machines, the word above it, and how far its issuer is known."""
    return {**report.as_dict(), "told": told(report), "issuer_identity": identity.of(report).as_dict()}
