"""A row that is a job: claimed with a lease, and free again when the lease ends (TRUST.md 6).

Celery only wakes workers. What is to be done, by whom until when, and what is done, stands in the row; so a
killed worker, an emptied broker or a doubled message loses nothing and does nothing twice.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from credentials.models import Job, JobState

MOST_ATTEMPTS = 5
SOON = dt.timedelta(seconds=10)
LATER, LATEST = dt.timedelta(minutes=10), dt.timedelta(days=1)


def free(jobs: QuerySet) -> QuerySet:
    """The jobs that nobody is working on."""
    return jobs.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now()))


def waiting(jobs: QuerySet) -> QuerySet:
    """The jobs (of a model that extends `Job`) that may be started now."""
    return free(jobs.filter(state=JobState.WAITING, not_before__lte=timezone.now()))


@transaction.atomic
def claim(jobs: QuerySet, *, limit: int, lease: dt.timedelta) -> list[int]:
    """Take up to `limit` of the free jobs and return their keys. Two callers never get the same one."""
    keys = list(free(jobs).select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    jobs.model.objects.filter(pk__in=keys).update(
        lease_until=timezone.now() + lease, attempts=F("attempts") + 1
    )
    return keys


def finish(job: Job, **fields) -> None:
    """Say that a job is done. Its result and its state are written together."""
    _save(job, state=JobState.DONE, done_at=timezone.now(), lease_until=None, detail="", **fields)


def put_back(job: Job, reason: str, *, first: dt.timedelta = SOON) -> None:
    """Try again after `first`, twice as late each time; after the last attempt the job has failed."""
    if job.attempts >= MOST_ATTEMPTS:
        fail(job, reason)
    else:
        later = timezone.now() + first * 2 ** max(0, job.attempts - 1)
        _save(job, lease_until=None, not_before=later, detail=reason)


def fail(job: Job, reason: str) -> None:
    """Give up: trying again would not help. The job says why."""
    _save(job, state=JobState.FAILED, lease_until=None, detail=reason)


def put_off(job: Job, reason: str) -> None:
    """Before a claimed job that broke off too often is tried again: if it breaks off once more, it waits
    ten minutes, then twice as long each time, up to a day. What ends its worker ends no other's work with it.
    """
    doubled = min(job.attempts - MOST_ATTEMPTS - 1, 10)
    _save(job, not_before=timezone.now() + min(LATER * 2**doubled, LATEST), detail=reason)


def give_back(jobs: QuerySet) -> None:
    """Free claimed jobs that were not begun, as if they had not been claimed."""
    jobs.update(lease_until=None, attempts=F("attempts") - 1)


def wait(job: Job, reason: str) -> None:
    """Try again in a minute, for as long as it takes: what is missing is not the job's fault."""
    later = timezone.now() + dt.timedelta(minutes=1)
    _save(job, lease_until=None, not_before=later, attempts=0, detail=reason)


def _save(job: Job, **fields) -> None:
    """Of a job that was erased while it was done, nothing is left to write."""
    for name, value in fields.items():
        setattr(job, name, value)
    type(job)._default_manager.filter(pk=job.pk).update(**fields)
