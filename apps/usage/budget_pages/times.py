"""When a budget comes back, in words of its own zone."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.budgets.words import WEEK, moment


class Return(NamedTuple):
    """`when` ends a sentence, `short` stands in a column, `until` is how long that takes."""

    when: str
    short: str
    until: str
    zone: str


def comes_back(ends_at: datetime, zone: ZoneInfo, now: datetime) -> Return:
    when = moment(ends_at, now, zone)
    return Return(
        when, _short(when, ends_at, zone, now), in_words(ends_at - now), zone_words(zone.key)
    )


def _short(when: str, ends_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`midnight`, `Monday, 06:00`, `1 Apr`."""
    local = ends_at.astimezone(zone)
    words = when.removeprefix("at ").removeprefix("on ").replace(" at ", ", ")
    is_near = (local.date() - now.astimezone(zone).date()).days < WEEK
    return words if is_near else words.replace(f"{local:%B}", f"{local:%b}")


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
