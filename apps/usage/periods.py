"""Spans of time one may ask figures for: whole days, weeks and months of the household, each with
the span before it that it is held against. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.accounts.zone import day_start, month_start, week_start

DEFAULT = "30d"
ROLLING_DAYS = 30
NAMES = ("today", "week", "month", "last_month", "30d")


class Span(NamedTuple):
    """`end` is where the period ends, which may be yet to come. The one before it stops as far in
    as now is in this one."""

    start: datetime
    end: datetime
    before_start: datetime
    before_end: datetime


class Period(NamedTuple):
    """`words` for a button, `than` for what it is held against."""

    name: str
    words: str
    than: str
    span: Span
    zone: ZoneInfo

    @property
    def is_day(self) -> bool:
        return self.name == "today"

    def days(self) -> Iterator[date]:
        day, end = _local_day(self.span.start, self.zone), _local_day(self.span.end, self.zone)
        while day < end:
            yield day
            day += timedelta(days=1)


def periods(*, now: datetime, zone: ZoneInfo, first: int) -> dict[str, Period]:
    """`first` is the household's first day of the week, 0 for Monday."""
    month = month_start(now, zone)
    last_month = month_start(_earlier(month, zone, days=1), zone)
    before_that = month_start(_earlier(last_month, zone, days=1), zone)
    name_of = {at: f"{at.astimezone(zone):%B}" for at in (month, last_month, before_that)}
    last = name_of[last_month]
    told = {
        "today": ("Today", "yesterday by this hour", _today(now, zone)),
        "week": ("This week", "last week by this day", _week(now, zone, first)),
        "month": (name_of[month], f"{last} by this day", _month(now, zone, month, last_month)),
        "last_month": (
            last,
            name_of[before_that],
            Span(last_month, month, before_that, last_month),
        ),
        "30d": ("30 days", "the 30 days before", _rolling(now, zone)),
    }
    return {name: Period(name, *told[name], zone) for name in NAMES}


def _today(now: datetime, zone: ZoneInfo) -> Span:
    start = day_start(now, zone)
    before = _earlier(start, zone, days=1)
    return Span(start, _later(start, zone), before, min(_earlier(now, zone, days=1), start))


def _week(now: datetime, zone: ZoneInfo, first: int) -> Span:
    start = week_start(now, zone, first=first)
    before_end = min(_earlier(now, zone, days=7), start)
    return Span(start, _later(start, zone, days=7), _earlier(start, zone, days=7), before_end)


def _month(now: datetime, zone: ZoneInfo, start: datetime, before: datetime) -> Span:
    """The month before is shorter at times; then all of it is taken."""
    passed = now.astimezone(zone).replace(tzinfo=None) - start.replace(tzinfo=None)
    before_end = min((before.replace(tzinfo=None) + passed).replace(tzinfo=zone), start)
    return Span(start, month_start(_later(start, zone, days=32), zone), before, before_end)


def _rolling(now: datetime, zone: ZoneInfo) -> Span:
    today = day_start(now, zone)
    start = _earlier(today, zone, days=ROLLING_DAYS - 1)
    before_end = min(_earlier(now, zone, days=ROLLING_DAYS), start)
    return Span(start, _later(today, zone), _earlier(start, zone, days=ROLLING_DAYS), before_end)


def _earlier(moment: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """The same time of day, so many days before, whatever clocks did in between."""
    local = moment.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return local.replace(tzinfo=zone)


def _later(moment: datetime, zone: ZoneInfo, *, days: int = 1) -> datetime:
    return _earlier(moment, zone, days=-days)


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
