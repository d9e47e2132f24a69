"""When a budget comes back, in words of its own zone."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.budgets.models import Budget
from apps.budgets.words import USUAL

EACH = {"daily": "a day", "weekly": "a week", "monthly": "a month", "once": "once"}
NOW = {"daily": "today", "weekly": "this week", "monthly": "this month", "once": ""}


class Return(NamedTuple):
    """`when` ends a sentence, `short` stands in a column, `until` is how long that takes."""

    when: str
    short: str
    until: str
    zone: str


def comes_back(ends_at: datetime, zone: ZoneInfo, now: datetime) -> Return:
    local, today = ends_at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    clock = "" if (local.hour, local.minute) == (0, 0) else f"{local:%H:%M}"
    if days == 0 or (days == 1 and not clock):
        when, short = f"at {clock or 'midnight'}", clock or "midnight"
    elif 0 < days < 7:
        when, short = f"on {local:%A}", f"{local:%A}"
    else:
        year = "" if local.year == today.year else f" {local.year}"
        when, short = f"on {local.day} {local:%B}{year}", f"{local.day} {local:%b}{year}"
    if clock and days:
        when, short = f"{when} at {clock}", f"{short}, {clock}"
    return Return(when, short, in_words(ends_at - now), zone_words(zone.key))


def in_words(span: timedelta) -> str:
    minutes = max(0, span // timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'' if days == 1 else 's'}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else "less than a minute"


def zone_words(name: str) -> str:
    return name if name == "UTC" else f"{name.rpartition('/')[2].replace('_', ' ')} time"


def span_words(interval: str, starts_at: datetime, ends_at: datetime | None) -> str:
    """`today`, `this week`; nothing where the window is none of these."""
    if ends_at is None or ends_at - starts_at > USUAL[Budget.Interval(interval)][0]:
        return ""
    return NOW[interval]
