"""The spans that rankings are told of, each with the three before it. Pure."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.accounts.zone import day_start, month_start

BEFORE = 3
DEFAULT = "week"
DAYS = {"day": 1, "week": 7, "month": 30}
WORDS = {"day": "24 hours", "week": "7 days", "month": "30 days"}
QUARTER = timedelta(minutes=15)
SETTLED = timedelta(days=1)  # by then every call that was born before has ended


class Span(NamedTuple):
    start: datetime
    end: datetime


class Window(NamedTuple):
    """`told` says from when to when, `than` what it is held against. `before` begins with the
    newest; each is as long as `span`."""

    name: str
    words: str
    told: str
    than: str
    span: Span
    before: tuple[Span, ...]
    zone: ZoneInfo


def windows(now: datetime, zone: ZoneInfo) -> dict[str, Window]:
    """For people of the house: they end with this quarter of an hour. Days are the household's, and
    the last one is today."""
    end = now.astimezone(UTC)
    end += QUARTER - timedelta(minutes=end.minute % 15, seconds=end.second)
    end -= timedelta(microseconds=end.microsecond)
    return {name: _window(name, end, zone) for name in DAYS}


def month_for_strangers(now: datetime) -> Window:
    """The last whole month, in UTC whatever the household's zone is: months never overlap, nothing
    of them changes any more, and none tells where the house stands or who is at home now."""
    zone = ZoneInfo("UTC")
    ends = [month_start(now - SETTLED, zone)]
    for _ in range(BEFORE + 1):
        ends.append(month_start(ends[-1] - timedelta(days=1), zone))
    spans = [Span(start, end) for end, start in zip(ends, ends[1:], strict=False)]
    first, second = (f"{one.start:%B %Y}" for one in spans[:2])
    return Window("month", first, f"in {first}, UTC", second, spans[0], tuple(spans[1:]), zone)


def _window(name: str, end: datetime, zone: ZoneInfo) -> Window:
    days = DAYS[name]
    start = end - timedelta(days=1)
    if name != "day":
        start = _earlier(day_start(end - QUARTER, zone), zone, days - 1)
    earlier = [
        Span(_earlier(start, zone, days * step), _earlier(end, zone, days * step))
        for step in range(1, BEFORE + 1)
    ]
    words = WORDS[name]
    than = f"the {words} before" if name == "day" else f"the {words} before, up to the same hour"
    told = _told(start, end, zone, has_hours=name == "day")
    return Window(name, words, told, than, Span(start, end), tuple(earlier), zone)


def _told(start: datetime, end: datetime, zone: ZoneInfo, *, has_hours: bool) -> str:
    first, last = start.astimezone(zone), end.astimezone(zone)
    begin = f"{first.day} {first:%B}{f' {first:%H:%M}' if has_hours else ''}"
    where = "UTC" if zone.key == "UTC" else f"{zone.key.replace('_', ' ')} time"
    return f"from {begin} to {last.day} {last:%B %Y}, {last:%H:%M}, {where}"


def _earlier(moment: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The same time of day, so many days before, whatever clocks did in between."""
    local = moment.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return local.replace(tzinfo=zone)
