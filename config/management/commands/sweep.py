"""Wakes workers for work whose wake-up was lost: the row is the job, the queue only a bell."""

import time

import structlog
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from kombu.exceptions import OperationalError as BrokerDown

from credentials import tasks

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Look again and again for rows that wait without a worker, and wake one. Runs beside the workers."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5.0, help="seconds between two looks (at most 10)")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *, every, once, **options):
        while True:
            look()
            if once:
                return
            time.sleep(min(every, 10.0))


def look() -> None:
    """One look. A database or broker that is away for a moment is met again at the next look."""
    close_old_connections()
    try:
        tasks.sweep()
    except (OperationalError, BrokerDown) as problem:
        log.warning("sweep_put_off", reason=str(problem))
