"""Spans of time one may ask figures for: whole days, weeks and months of the household, each with
the span before it that it is held against. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.accounts.zone import day_start, month_start, week_start

DEFAULT = "30d"
NAMES = ("today", "week", "month", "last_month", "30d", "90d", "12m")
QUARTER = timedelta(minutes=15)
FIRST_YEAR, MOST_YEARS = 2000, 5


class BadDates(ValueError):
    """Says in one sentence what to change."""


class Span(NamedTuple):
    """`end` is where the period ends, which may be yet to come. The one before it stops as far in
    as now is in this one."""

    start: datetime
    end: datetime
    before_start: datetime
    before_end: datetime


class Period(NamedTuple):
    """`words` for a button, `than` for what it is held against. One of free dates has no name."""

    name: str
    words: str
    than: str
    span: Span
    zone: ZoneInfo

    @property
    def first_day(self) -> date:
        return _local_day(self.span.start, self.zone)

    @property
    def last_day(self) -> date:
        return _local_day(self.span.end, self.zone) - timedelta(days=1)

    @property
    def length(self) -> int:
        """In days."""
        return (self.last_day - self.first_day).days + 1

    @property
    def is_day(self) -> bool:
        return self.length == 1

    def days(self) -> Iterator[date]:
        day, end = _local_day(self.span.start, self.zone), _local_day(self.span.end, self.zone)
        while day < end:
            yield day
            day += timedelta(days=1)


def periods(*, now: datetime, zone: ZoneInfo, first: int) -> dict[str, Period]:
    """`first` is the household's first day of the week, 0 for Monday. Sums are kept by quarters of
    an hour, so what has passed is counted in whole ones."""
    now = _quarter(now)
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
        "30d": ("30 days", "the 30 days before", _rolling(now, zone, 30)),
        "90d": ("90 days", "the 90 days before", _rolling(now, zone, 90)),
        "12m": ("12 months", "the 12 months before by this day", _months(now, zone, 12)),
    }
    return {name: Period(name, *told[name], zone) for name in NAMES}


def between(first: str, last: str, *, now: datetime, zone: ZoneInfo) -> Period:
    """From one day to another, both within it, as a person wrote them; no last one is today."""
    now = _quarter(now)
    today = now.astimezone(zone).date()
    if not first:
        raise BadDates("Choose the first day as well.")
    begin, end = (
        _written_day(first),
        _written_day(last) if last else max(today, _written_day(first)),
    )
    if end < begin:
        raise BadDates("The last day comes before the first. Swap them, or choose others.")
    if begin > today:
        raise BadDates("These days are yet to come. Choose a first day up to today.")
    if begin.year < FIRST_YEAR:
        raise BadDates(f"That is too long ago. Choose a first day from {FIRST_YEAR} on.")
    if (end - begin).days > MOST_YEARS * 366:
        raise BadDates(f"That is too much at once. Choose at most {MOST_YEARS} years.")
    days = (end - begin).days + 1
    start, stop = _midnight(begin, zone), _midnight(end + timedelta(days=1), zone)
    before = _midnight(begin - timedelta(days=days), zone)
    than = "the day before" if days == 1 else f"the {days} days before"
    span = Span(start, stop, before, min(_earlier(now, zone, days=days), start))
    return Period("", _spoken(begin, end), than, span, zone)


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


def _rolling(now: datetime, zone: ZoneInfo, days: int) -> Span:
    today = day_start(now, zone)
    start = _earlier(today, zone, days=days - 1)
    before_end = min(_earlier(now, zone, days=days), start)
    return Span(start, _later(today, zone), _earlier(start, zone, days=days), before_end)


def _months(now: datetime, zone: ZoneInfo, number: int) -> Span:
    """Calendar months, this one included up to today."""
    start, before = _months_back(now, zone, number - 1), _months_back(now, zone, 2 * number - 1)
    this, then = month_start(now, zone), _months_back(now, zone, number)
    before_end = min(_month(now, zone, this, then).before_end, start)
    return Span(start, _later(day_start(now, zone), zone), before, before_end)


def _months_back(now: datetime, zone: ZoneInfo, number: int) -> datetime:
    at = month_start(now, zone)
    for _ in range(number):
        at = month_start(_earlier(at, zone, days=1), zone)
    return at


def _earlier(moment: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """The same time of day, so many days before, whatever clocks did in between."""
    local = moment.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return local.replace(tzinfo=zone)


def _later(moment: datetime, zone: ZoneInfo, *, days: int = 1) -> datetime:
    return _earlier(moment, zone, days=-days)


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _quarter(now: datetime) -> datetime:
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER


def _written_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        shown = text.strip()[:20].replace("\0", "")
        raise BadDates(f"“{shown}” is no date. Write dates like 2026-11-23.") from None


def _spoken(first: date, last: date) -> str:
    if first == last:
        return f"{first.day} {first:%b %Y}"
    begin = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{begin} to {last.day} {last:%b %Y}"
