"""Sixty moments at the edges of the calendar: each side of a start and of an end is judged rightly."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.openbadges import verify
from tests.credentials.openbadges.samples import LIST_URL, Resolver, plain_badge, sign, signed_list

LEAST = timedelta(microseconds=1)
LISTS = {LIST_URL: signed_list(valid_from=datetime(2000, 1, 1, tzinfo=UTC), valid_until=None)}
# As it is written, and the same moment in UTC (year, month, day, hour, minute, second).
BOUNDARIES = [
    ("2026-03-29T01:59:59+01:00", (2026, 3, 29, 0, 59, 59)),  # the last second of winter in Berlin
    ("2026-03-29T03:00:00+02:00", (2026, 3, 29, 1, 0, 0)),  # and the next one
    ("2026-03-29T02:30:00+01:00", (2026, 3, 29, 1, 30, 0)),  # which no clock there shows
    ("2026-10-25T02:30:00+02:00", (2026, 10, 25, 0, 30, 0)),  # half past two, and an hour later
    ("2026-10-25T02:30:00+01:00", (2026, 10, 25, 1, 30, 0)),  # half past two again
    ("2026-11-01T01:30:00-04:00", (2026, 11, 1, 5, 30, 0)),  # the same in New York
    ("2026-11-01T01:30:00-05:00", (2026, 11, 1, 6, 30, 0)),
    ("2028-02-29T00:00:00Z", (2028, 2, 29, 0, 0, 0)),
    ("2028-02-29T23:59:59Z", (2028, 2, 29, 23, 59, 59)),
    ("2100-02-28T23:59:59Z", (2100, 2, 28, 23, 59, 59)),  # 2100 has no leap day
    ("2026-12-31T23:59:59Z", (2026, 12, 31, 23, 59, 59)),
    ("2027-01-01T00:00:00+14:00", (2026, 12, 31, 10, 0, 0)),  # the new year begins on Kiritimati
    ("2026-12-31T12:00:00-12:00", (2027, 1, 1, 0, 0, 0)),  # and comes last to Baker Island
    ("9999-12-31T23:59:59Z", (9999, 12, 31, 23, 59, 59)),
    ("9999-12-31T23:59:59+14:00", (9999, 12, 31, 9, 59, 59)),
]


@pytest.mark.parametrize(("written", "utc"), BOUNDARIES, ids=[written for written, _ in BOUNDARIES])
def test_each_side_of_a_moment_is_judged_rightly(written, utc):
    moment = datetime(*utc, tzinfo=UTC)
    begins = sign(plain_badge() | {"validFrom": written})
    ends = sign(plain_badge() | {"validFrom": "2001-01-01T00:00:00Z", "validUntil": written})

    def verdict(document, now):
        return str(verify.verify(document, Resolver(LISTS), now=now).verdict)

    assert [verdict(begins, moment - LEAST), verdict(begins, moment)] == ["not_yet_valid", "valid"]
    assert [verdict(ends, moment), verdict(ends, moment + LEAST)] == ["valid", "expired"]
