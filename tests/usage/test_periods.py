"""Which days a period holds, and which it is held against: the household's, whatever clocks do."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from apps.usage.periods import periods

UTC = ZoneInfo("UTC")
SUNDAY = "2026-11-22T18:00Z"
MONDAY, FIRST_IS_SUNDAY = 0, 6


@pytest.mark.parametrize(
    ("name", "zone", "now", "start", "end", "before_start", "before_end"),
    [
        ("today", "UTC", SUNDAY, "11-22T00", "11-23T00", "11-21T00", "11-21T18"),
        ("week", "UTC", SUNDAY, "11-16T00", "11-23T00", "11-09T00", "11-15T18"),
        ("month", "UTC", SUNDAY, "11-01T00", "12-01T00", "10-01T00", "10-22T18"),
        ("last_month", "UTC", SUNDAY, "10-01T00", "11-01T00", "09-01T00", "10-01T00"),
        ("30d", "UTC", SUNDAY, "10-24T00", "11-23T00", "09-24T00", "10-23T18"),
        ("today", "Asia/Tokyo", SUNDAY, "11-22T15", "11-23T15", "11-21T15", "11-21T18"),
        # Berlin's clocks went back on 25 October, so that day began an hour earlier in UTC.
        (
            "week",
            "Europe/Berlin",
            "2026-10-28T12:00Z",
            "10-25T23",
            "11-01T23",
            "10-18T22",
            "10-21T11",
        ),
        # March has more days than February: the month before is taken whole.
        ("month", "UTC", "2026-03-31T18:00Z", "03-01T00", "04-01T00", "02-01T00", "03-01T00"),
        ("month", "UTC", "2026-01-05T06:00Z", "01-01T00", "02-01T00", "12-01T00", "12-05T06"),
    ],
)
def test_a_period_is_whole_days_of_the_household(
    name: str, zone: str, now: str, start: str, end: str, before_start: str, before_end: str
) -> None:
    found = periods(now=datetime.fromisoformat(now), zone=ZoneInfo(zone), first=MONDAY)[name]
    told = [f"{at.astimezone(UTC):%m-%dT%H}" for at in found.span]
    assert told == [start, end, before_start, before_end]


def test_a_week_begins_when_the_household_says() -> None:
    now = datetime.fromisoformat(SUNDAY)
    week = periods(now=now, zone=UTC, first=FIRST_IS_SUNDAY)["week"]
    assert [day.isoformat() for day in week.days()][::6] == ["2026-11-22", "2026-11-28"]


def test_months_go_by_their_names() -> None:
    now = datetime.fromisoformat("2026-01-05T06:00Z")
    found = periods(now=now, zone=UTC, first=MONDAY)
    told = [(found[name].words, found[name].than) for name in ("month", "last_month")]
    assert told == [("January", "December by this day"), ("December", "November")]


@pytest.mark.parametrize(
    ("name", "days"), [("today", 1), ("week", 7), ("month", 30), ("last_month", 31), ("30d", 30)]
)
def test_days_are_counted_once_over_a_change_of_clocks(name: str, days: int) -> None:
    now = datetime.fromisoformat("2026-11-10T12:00Z")
    found = list(periods(now=now, zone=ZoneInfo("America/New_York"), first=MONDAY)[name].days())
    assert len(found) == len(set(found)) == days
