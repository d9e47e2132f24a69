"""When the demonstration's calls are made: so many in each quarter of an hour of a year, by the
hours of those who make them, busy days and quiet ones, and more of it towards the end."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import mul
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.gateway.demo_house.cast import USES, Use
from apps.gateway.demo_house.tastes import HOURS

DAYS = 365
QUARTER = timedelta(minutes=15)
GROWTH = 1.2  # how much busier the last day is than the first, and then some
WEEKEND = 5


class Quarter(NamedTuple):
    """`shares` are the uses' weights, summed up one after the other."""

    starts_at: datetime
    calls: int
    shares: list[float]


def first_quarter(now: datetime, zone: ZoneInfo) -> datetime:
    """A local midnight a year ago."""
    local = now.astimezone(zone) - timedelta(days=DAYS)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def quarters(count: int, now: datetime, zone: ZoneInfo, seed: int) -> Iterator[Quarter]:
    """Exactly `count` calls, oldest first, in whole quarters that ended before `now`."""
    hours = list(_hours(now, zone))
    luck = Random(f"{seed} hours")
    busy = [shares[-1] * luck.gammavariate(6, 1 / 6) for _, shares in hours for _ in range(4)]
    so_far, made = 0.0, 0
    per_weight = count / sum(busy)
    for number, weight in enumerate(busy):
        so_far += weight
        is_last = number == len(busy) - 1
        due = count if is_last else min(count, math.floor(so_far * per_weight))
        if due > made:
            start, shares = hours[number // 4]
            yield Quarter(start + number % 4 * QUARTER, due - made, shares)
            made = due


def _hours(now: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, list[float]]]:
    start = first_quarter(now, zone)
    begun = start
    luck = Random("weather")
    day, shares = None, list[list[float]]()
    end = now - timedelta(hours=1)
    while start <= end:
        local = start.astimezone(zone)
        if local.date() != day:
            day = local.date()
            year = (start - begun) / timedelta(days=DAYS)
            shares = _of_day(local.weekday() >= WEEKEND, year, luck.uniform(0.75, 1.3))
        yield start, shares[local.hour]
        start += timedelta(hours=1)


def _of_day(is_weekend: bool, year: float, busy: float) -> list[list[float]]:
    """By hour of the clock."""
    weights = [_weight(use, year) * busy * (1 + (GROWTH - 1) * year) for use in USES]
    return [list(accumulate(map(mul, weights, hour))) for hour in _PROFILES[is_weekend]]


def _weight(use: Use, year: float) -> float:
    """Begins within three weeks, and grows or shrinks from there to the end."""
    since = year - use.from_month / 12
    if since < 0:
        return 0.0
    begun = min(1.0, 0.1 + since * 17) if use.from_month else 1.0
    return use.weight * begun * (1 + (use.grows - 1) * year)


def _profile(*, is_weekend: bool) -> list[list[float]]:
    """By hour: how much of its day each use spends in it. Somebody is always awake."""
    days = [(hours, weekend if is_weekend else 1) for hours, weekend in map(_hours_of, USES)]
    return [[day[hour] / sum(day) * share + 1e-9 for day, share in days] for hour in range(24)]


def _hours_of(use: Use) -> tuple[list[float], float]:
    return HOURS[use.hours]


_PROFILES = _profile(is_weekend=False), _profile(is_weekend=True)
