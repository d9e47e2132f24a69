"""What stands below a chart: its hours, days, weeks or months, each once, whether anything happened
in it or not. Named as sums.py names its columns. Pure."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, cast

from apps.usage.days import day_begins
from apps.usage.periods import Period
from apps.usage.sums import Each


class Unit(NamedTuple):
    """How long a period may be for it, in days, and how the time of its greatest figure is said.
    More than some two hundred columns are too thin to be told apart."""

    words: str
    shortest: int
    longest: int
    when: str


UNITS = {
    "hour": Unit("Hour", 1, 8, "in the hour from {}"),
    "day": Unit("Day", 2, 190, "on {}"),
    "week": Unit("Week", 8, 1100, "in the week of {}"),
    "month": Unit("Month", 32, 1900, "in {}"),
}
USUAL = {"hour": 1, "day": 100, "week": 200, "month": 1900}  # up to so many days


class Tick(NamedTuple):
    at: datetime | date
    begins: datetime
    words: str


def units_for(period: Period) -> dict[str, str]:
    return {
        name: unit.words
        for name, unit in UNITS.items()
        if unit.shortest <= period.length <= unit.longest
    }


def unit_for(period: Period, wanted: str) -> Each:
    """The one that was asked for, where it makes sense for this period."""
    usual = next(name for name, days in USUAL.items() if period.length <= days)
    return cast("Each", wanted if wanted in units_for(period) else usual)


def axis(period: Period, each: Each, week_starts_on: int) -> list[Tick]:
    if each == "hour":
        words = "{0:%H:%M}" if period.is_day else "{0.day} {0:%b} {0:%H:%M}"
        return [Tick(key_of(at), at, words.format(at)) for at in _hours(period)]
    days = list(period.days())
    begins: dict[str, Callable[[date], date]] = {
        "week": lambda day: day - timedelta(days=(day.weekday() - week_starts_on) % 7),
        "month": lambda day: day.replace(day=1),
    }
    firsts = dict.fromkeys(map(begins.get(each, lambda day: day), days))
    words = "{0:%b} {0.year}" if each == "month" else "{0.day} {0:%b}"
    if each != "month" and period.length > 366:
        words += " {0.year}"
    return [Tick(day, day_begins(day, period.zone), words.format(day)) for day in firsts]


def key_of(at: datetime | date | None) -> datetime | date:
    """Of one column: an hour that a clock shows twice is two moments."""
    assert at is not None
    return at.astimezone(UTC) if isinstance(at, datetime) else at


def _hours(period: Period) -> Iterator[datetime]:
    """Whole hours of the clock on the wall, as it is set back and forth."""
    at = period.span.start.astimezone(UTC)
    while at < period.span.end:
        local = at.astimezone(period.zone)
        yield local
        at += timedelta(minutes=60 - local.minute)
