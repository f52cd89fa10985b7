"""Limits that count: how often one person or one network may ask for something costly (TRUST.md 15).

The counter is one atomic step in Redis, shared by all processes; without Redis, or while it is down, each
process counts for itself: then the limit is softer, and everything goes on working.
"""

import functools
import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

MOST_COUNTERS = 50_000


@dataclass(frozen=True)
class Limit:
    """`times` within a window of `seconds`, per account, or per network for who is not signed in."""

    name: str
    times: int
    seconds: int


VERIFY = Limit("verify", 60, 60)
ROSTERS = Limit("rosters", 60, 600)
AWARDS = Limit("awards", 300, 600)
ISSUERS = Limit("issuers", 10, 24 * 3600)


def limited(limit: Limit, *, when: Callable[[HttpRequest], bool] = lambda request: request.method == "POST"):
    """Let a view answer 429, with a sentence and Retry-After, to whoever asks too often."""

    def around(view):
        @functools.wraps(view)
        def limited_view(request, *args, **kwargs):
            wait = count(limit, asker(request)) if settings.LIMITS_COUNT and when(request) else 0
            return too_often(request, wait) if wait else view(request, *args, **kwargs)

        return limited_view

    return around


def too_often(request, wait: int):
    response = render(request, "429.html", {"minutes": math.ceil(wait / 60)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def asker(request) -> str:
    """The account, or the network: an IPv4 address, the /64 of an IPv6 one."""
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    return f"network {ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False)}"


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
