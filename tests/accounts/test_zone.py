"""Days and months begin at the household's midnight."""

import zoneinfo
from datetime import datetime

import pytest

from apps.accounts.zone import day_start, month_start


@pytest.mark.parametrize(
    ("now", "zone", "day", "month"),
    [
        ("2026-11-22T12:00Z", "UTC", "2026-11-22T00:00Z", "2026-11-01T00:00Z"),
        ("2026-11-22T23:30Z", "Asia/Tokyo", "2026-11-22T15:00Z", "2026-10-31T15:00Z"),
        ("2026-11-22T03:00Z", "America/Chicago", "2026-11-21T06:00Z", "2026-11-01T05:00Z"),
        ("2026-03-29T12:00Z", "Europe/Berlin", "2026-03-28T23:00Z", "2026-02-28T23:00Z"),
        ("2026-11-22T12:00Z", "Asia/Kathmandu", "2026-11-21T18:15Z", "2026-10-31T18:15Z"),
    ],
)
def test_where_a_day_and_a_month_begin(now: str, zone: str, day: str, month: str) -> None:
    moment, place = datetime.fromisoformat(now), zoneinfo.ZoneInfo(zone)
    assert day_start(moment, place) == datetime.fromisoformat(day)
    assert month_start(moment, place) == datetime.fromisoformat(month)
