"""When a budget's windows begin and end: pure arithmetic on local midnights. Windows of one budget
follow each other without overlap, and none is ever cut short."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.accounts.zone import day_start, month_start, week_start

DAILY, WEEKLY, MONTHLY, ONCE = "daily", "weekly", "monthly", "once"


class Span(NamedTuple):
    """From `starts_at` on, until just before `ends_at`. In UTC. One that never ends is the only one
    of its budget, and runs even where the clock was put back before its start."""

    starts_at: datetime
    ends_at: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.ends_at is None or self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a household counts: its midnight, and the first day of its week (0 is Monday)."""

    zone: ZoneInfo
    week_starts_on: int = 0


def span_at(interval: str, by: Calendar, now: datetime, last: Span | None = None) -> Span:
    """The window at `now`. `last` is the newest that has begun: one that still runs stays as it
    is, and what follows it ends at the first boundary at least one full interval later. With an
    interval or zone that changed in between, that one is longer than usual; none is shorter."""
    if last is not None and last.covers(now):
        return last
    if interval == ONCE:
        return Span(now.astimezone(UTC), None)
    if last is None or last.ends_at is None:
        return period(interval, by, now)
    following = _following(interval, by, last.ends_at)
    return following if following.covers(now) else period(interval, by, now)


def period(interval: str, by: Calendar, now: datetime) -> Span:
    """The plain day, week or month around `now`."""
    start = _start(interval, by, now)
    return Span(start, _start(interval, by, _later(interval, by, start, hours=1)))


def _following(interval: str, by: Calendar, ended_at: datetime) -> Span:
    """Plain where a day, week or month begins just then: by the clock on the wall that need not be
    midnight, which some days do not have."""
    plain = period(interval, by, ended_at)
    if plain.starts_at == ended_at:
        return plain
    return Span(ended_at, _boundary_from(interval, by, _later(interval, by, ended_at)))


def _start(interval: str, by: Calendar, now: datetime) -> datetime:
    if interval == DAILY:
        start = day_start(now, by.zone)
    elif interval == WEEKLY:
        start = week_start(now, by.zone, first=by.week_starts_on)
    else:
        start = month_start(now, by.zone)
    return start.astimezone(UTC)


def _boundary_from(interval: str, by: Calendar, moment: datetime) -> datetime:
    """The first boundary at or behind the moment."""
    start = _start(interval, by, moment)
    if start == moment:
        return start
    return _start(interval, by, _later(interval, by, start, hours=1))


def _later(interval: str, by: Calendar, moment: datetime, *, hours: int = 0) -> datetime:
    """One interval later by the clock on the wall, and so many hours; a day that does not exist
    in a short month is its last."""
    local = moment.astimezone(by.zone)
    if interval == DAILY:
        wall = local + timedelta(days=1)
    elif interval == WEEKLY:
        wall = local + timedelta(days=7)
    else:
        year, month = divmod(local.year * 12 + local.month, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        wall = local.replace(year=year, month=month + 1, day=min(local.day, last_day))
    return (wall + timedelta(hours=hours)).astimezone(UTC)
