"""Makes the books of sums anew: quarter-hours from the receipts, where those are kept, and days
from the quarter-hours. Calls may run meanwhile; each slice is one transaction."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max, Min

from apps.core.alone import wait_to_be_alone
from apps.usage.days import LOCK, NEVER, add_up
from apps.usage.models import Generation, UsageDayMark, UsageQuarter
from apps.usage.retention import kept_since

MONTH, HOUR = timedelta(days=31), timedelta(hours=1)
# Rows that calls may want at this moment are written in small slices, so that none waits for long.
LATELY = timedelta(hours=3)


class Slice(NamedTuple):
    start: datetime
    end: datetime


def rebuild(now: datetime) -> int:
    """Returns how many rows of quarter-hours were not what their receipts come to."""
    return sum(rebuild_slice(one) for one in slices(now))


def slices(now: datetime) -> Iterator[Slice]:
    """From the first call to the last, which a wrong clock may have put far ahead."""
    first, last = _ends(now)
    start = _hour(first)
    while start <= now + HOUR:
        end = min(start + MONTH, _hour(now - LATELY))
        if end <= start:
            end = start + HOUR
        yield Slice(start, end)
        start = end
    if start <= last:
        yield Slice(start, _hour(last) + HOUR)


def _ends(now: datetime) -> tuple[datetime, datetime]:
    sums = UsageQuarter.objects.aggregate(first=Min("starts_at"), last=Max("starts_at"))
    calls = Generation.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    moments = [one for one in (*sums.values(), *calls.values()) if one]
    return min(moments, default=now), max(moments, default=now)


@transaction.atomic
def rebuild_slice(one: Slice) -> int:
    """Waits for whoever closes days or removes receipts: what is removed between two looks would
    seem never to have been."""
    wait_to_be_alone(LOCK)
    since = max(one.start, kept_since() or one.start)
    corrected = 0
    if since < one.end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT recorder_correct(%s, %s)", [since, one.end])
            corrected = int(cursor.fetchone()[0])
    for mark in UsageDayMark.objects.exclude(through=NEVER).order_by("zone"):
        zone = ZoneInfo(mark.zone)
        first, last = _days(one, zone)
        if first <= (last := min(last, mark.through)):
            add_up(zone, first, last)
    return corrected


def _days(one: Slice, zone: ZoneInfo) -> tuple[date, date]:
    """Those the slice touches."""
    last = (one.end - timedelta(microseconds=1)).astimezone(zone).date()
    return one.start.astimezone(zone).date(), last


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
