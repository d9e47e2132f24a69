"""Spans of time as this API tells them: in UTC, and for sums in whole quarter-hours."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.usage.spend import BEGINNING

ZONE = ZoneInfo("UTC")
QUARTER = timedelta(minutes=15)
END = datetime(2100, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    start: datetime
    end: datetime


def in_quarters(start: datetime, end: datetime) -> Span:
    """The whole quarter-hours around it."""
    return Span(_quarter(start), -(-(end - BEGINNING) // QUARTER) * QUARTER + BEGINNING)


def of_days(first: date, last: date) -> Span:
    """From the midnight before the one to the midnight behind the other."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return Span(start, start + timedelta(days=(last - first).days + 1))


def begin_of(moment: datetime, each: str) -> datetime:
    """Of the minute, hour, day, week (from Monday) or month in which it is."""
    moment = moment.astimezone(UTC).replace(second=0, microsecond=0)
    if each == "minute":
        return moment
    moment = moment.replace(minute=0)
    if each == "hour":
        return moment
    moment = moment.replace(hour=0)
    if each == "week":
        return moment - timedelta(days=moment.weekday())
    return moment.replace(day=1) if each == "month" else moment


def written(at: datetime | date) -> str:
    """`2026-11-01T00:00:00.000Z`"""
    moment = at.astimezone(UTC) if isinstance(at, datetime) else at
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def _quarter(moment: datetime) -> datetime:
    return (moment - BEGINNING) // QUARTER * QUARTER + BEGINNING
