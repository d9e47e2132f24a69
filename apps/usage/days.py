"""Whole days of UTC and of the household's zone, added up from their quarter-hours once nothing can
change in them. Readers take a day only up to its zone's mark, which moves in the transaction that
adds it up; for everything else there are the quarter-hours."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Min

from apps.accounts.zone import household_zone
from apps.core.alone import alone, wait_to_be_alone
from apps.usage.models import UsageDay, UsageDayMark, UsageQuarter

LOCK = 4  # days, receipts that go, and rebuilding: one of them at a time
UTC = ZoneInfo("UTC")
ONE_DAY = timedelta(days=1)
SLICE = 31
BATCH = 5000
NEVER = date.min  # the mark of a zone whose days are being removed

ENDED = timedelta(minutes=15)
# How long before the transaction that writes it began a call may be born at most (recorder_open).
WRITTEN = timedelta(minutes=10)
RUNNING = """
    SELECT clock_timestamp() - make_interval(secs => %s),
           min(xact_start) - make_interval(secs => %s)
      FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
       AND backend_type = 'client backend'
"""
OPEN = "SELECT min(created_at) FROM usage_generation WHERE state = 'open'"
ALIKE, FIGURES = ", ".join(UsageDay.ALIKE), ", ".join(UsageDay.FIGURES)
ADD_UP = f"""
    INSERT INTO usage_usageday (zone, day, {ALIKE}, {FIGURES})
    SELECT %(zone)s, (%(days)s::date[])[width_bucket(starts_at, %(begins)s::timestamptz[])] AS day,
           {ALIKE}, {", ".join(f"sum({one})" for one in UsageDay.FIGURES)}
      FROM usage_usagequarter WHERE starts_at >= %(start)s AND starts_at < %(end)s
     GROUP BY day, {ALIKE} ORDER BY day
"""


def close(*, seconds: float) -> None:
    """Slice by slice; what there is no time for, the next minute does."""
    stop = time.monotonic() + seconds
    for zone in kept_zones():
        while close_slice(zone) and time.monotonic() < stop:
            pass
    while forget_slice() and time.monotonic() < stop:
        pass


def kept_zones() -> list[ZoneInfo]:
    zone = household_zone()
    return [UTC] if zone == UTC else [UTC, zone]


@transaction.atomic
def close_slice(zone: ZoneInfo, *, most: int = SLICE) -> int:
    """Returns how many days it closed; none while somebody else is at it."""
    if not alone(LOCK):
        return 0
    settled = horizon()
    mark = UsageDayMark.objects.filter(zone=zone.key).first()
    if mark and mark.through != NEVER and day_begins(mark.through + ONE_DAY, zone) > settled:
        _reopen(mark, settled)  # the clock of the house was wrong
    first = _first_day(mark, zone)
    if first is None:
        return 0
    last = first - ONE_DAY
    while (last - first).days + 1 < most and day_begins(last + 2 * ONE_DAY, zone) <= settled:
        last += ONE_DAY
    if last >= first:
        add_up(zone, first, last)
        UsageDayMark.objects.update_or_create(zone=zone.key, defaults={"through": last})
    return (last - first).days + 1


def add_up(zone: ZoneInfo, first: date, last: date) -> None:
    """Both of them and all between, anew. Within the transaction of somebody who is alone."""
    UsageDay.objects.filter(zone=zone.key, day__gte=first, day__lte=last).delete()
    days = list(days_between(first, last))
    values: dict[str, Any] = {
        "zone": zone.key,
        "days": days,
        "begins": [day_begins(day, zone) for day in days],
        "start": day_begins(first, zone),
        "end": day_begins(last + ONE_DAY, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, values)


@transaction.atomic
def forget_slice(*, most: int = BATCH) -> int:
    """Removes days of zones the household left: first their mark, so that nobody counts on them."""
    if not alone(LOCK):
        return 0
    kept = [zone.key for zone in kept_zones()]
    for mark in UsageDayMark.objects.exclude(zone__in=kept).order_by("zone"):
        UsageDayMark.objects.filter(pk=mark.pk).update(through=NEVER)
        some = UsageDay.objects.filter(zone=mark.zone).values("pk")[:most]
        removed, _ = UsageDay.objects.filter(pk__in=some).delete()
        if removed:
            return removed
        mark.delete()
    return 0


@transaction.atomic
def reopen(since: datetime) -> None:
    """For who will write quarter-hours of days gone by, in the same transaction: those days are
    added up again."""
    wait_to_be_alone(LOCK)
    for mark in UsageDayMark.objects.exclude(through=NEVER).order_by("zone"):
        _reopen(mark, since)


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Its midnight; where clocks skip that, its first moment; where they show it twice, the first
    of both."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def days_between(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def horizon(*, ended: timedelta = ENDED, written: timedelta = WRITTEN) -> datetime:
    """Before this moment no call will be born any more, and none settles. Whoever writes one now
    has begun, and is seen here to run; of all others the database shows the open ones, to a
    statement that comes after that: each sees a later moment."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, [ended.total_seconds(), written.total_seconds()])
        moments: list[datetime | None] = list(cursor.fetchone())
        cursor.execute(OPEN)
        moments += cursor.fetchone()
    return min(moment for moment in moments if moment)


def _first_day(mark: UsageDayMark | None, zone: ZoneInfo) -> date | None:
    """The one after those that are closed, or that of the very first call."""
    if mark and mark.through != NEVER:
        return mark.through + ONE_DAY
    first = UsageQuarter.objects.aggregate(first=Min("starts_at"))["first"]
    return first.astimezone(zone).date() if first else None


def _reopen(mark: UsageDayMark, since: datetime) -> None:
    """The day of this moment and all after it."""
    last = since.astimezone(ZoneInfo(mark.zone)).date() - ONE_DAY
    if last < mark.through:
        mark.through = last
        mark.save(update_fields=["through"])
