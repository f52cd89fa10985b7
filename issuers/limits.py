"""Limits that count: how often one person or one network may ask for something costly (TRUST.md 15).

The counter is one atomic step in Redis, shared by all processes; without Redis, or while it is down, each
process counts for itself: then the limit is softer, and everything goes on working.
"""

import functools
import math
import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings

MOST_COUNTERS = 50_000


@dataclass(frozen=True)
class Limit:
    """`times` within a window of `seconds`, per account, or per network for who is not signed in."""

    name: str
    times: int
    seconds: int

    @property
    def of_issuer(self) -> "Limit":
        """For all members of an issuer together: as much as three of them may alone."""
        return Limit(f"{self.name} of an issuer", 3 * self.times, self.seconds)


VERIFY = Limit("verify", 60, 60)  # by address, id or code, which could be guessed
FILES = Limit("files", 300, 60)  # requests that bring a credential along
ROSTERS = Limit("rosters", 60, 600)
AWARDS = Limit("awards", 300, 600)
API = Limit("api", 600, 60)  # of an issuer's programs
ISSUERS = Limit("issuers", 10, 24 * 3600)


class TooOften(Exception):
    """Somebody asked beyond a limit; `wait` is in how many seconds it may be asked again."""

    def __init__(self, wait: int):
        super().__init__(f"Too often; try again in {wait} seconds.")
        self.wait = wait


def count(limit: Limit, who: str, *, now: float | None = None) -> int:
    """Count one more. 0 if it is within the limit, else the seconds until the window ends."""
    moment = time.time() if now is None else now
    window = int(moment // limit.seconds)
    key = f"limit:{limit.name}:{who}:{window}"
    if _counted(key, limit.seconds) <= limit.times:
        return 0
    return max(1, math.ceil((window + 1) * limit.seconds - moment))


def _counted(key: str, seconds: int) -> int:
    if settings.REDIS_URL:
        try:
            return _counted_by_redis(key, seconds)
        except redis.RedisError:
            pass  # down for now: count here
    return _here.count(key)


def _counted_by_redis(key: str, seconds: int) -> int:
    with _redis().pipeline(transaction=True) as pipe:
        pipe.incr(key)
        pipe.expire(key, seconds, nx=True)
        return pipe.execute()[0]


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


class _Here:
    """Counters of this process. When there are too many, all begin anew: a limit is no ledger."""

    def __init__(self):
        self.lock, self.counters = threading.Lock(), {}

    def count(self, key: str) -> int:
        with self.lock:
            if len(self.counters) >= MOST_COUNTERS:
                self.counters.clear()
            self.counters[key] = self.counters.get(key, 0) + 1
            return self.counters[key]


_here = _Here()
