"""Which spans rankings are told of."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.usage.rankings.windows import Span, month_for_strangers, windows

ZONES = ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "now",
    ["2026-11-22T18:07:13Z", "2026-11-01T06:30Z", "2026-04-05T00:00Z", "2026-03-08T07:59:59Z"],
)
def test_windows_are_whole_quarters_and_each_before_is_as_long(now: str, zone: str) -> None:
    for name, window in windows(at(now), ZoneInfo(zone)).items():
        spans = [window.span, *window.before]
        assert len(spans) == 4
        assert all(edge.timestamp() % 900 == 0 for span in spans for edge in span)
        assert window.span.start < at(now) < window.span.end <= at(now) + timedelta(minutes=15)
        lengths = [span.end.timestamp() - span.start.timestamp() for span in spans]
        assert max(lengths) - min(lengths) <= 3600, name  # where clocks were changed in between
        for newer, older in zip(spans, spans[1:], strict=False):
            assert older.end <= newer.start + timedelta(hours=1)


def test_days_are_the_households_and_today_is_the_last() -> None:
    found = windows(at("2026-11-22T18:20Z"), ZoneInfo("Asia/Kathmandu"))  # the 23rd there
    assert found["week"].span == Span(at("2026-11-16T18:15Z"), at("2026-11-22T18:30Z"))
    assert found["week"].told == (
        "from 17 November to 23 November 2026, 00:15, Asia/Kathmandu time"
    )
    assert found["day"].span == Span(at("2026-11-21T18:30Z"), at("2026-11-22T18:30Z"))
    assert found["month"].before[0].end == at("2026-10-23T18:30Z")


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-22T18:20Z", "2026-10-01T00:00Z"),
        ("2026-11-01T23:59Z", "2026-09-01T00:00Z"),  # calls of October may still run
        ("2026-11-02T00:00Z", "2026-10-01T00:00Z"),
        ("2026-01-15T00:00Z", "2025-12-01T00:00Z"),
    ],
)
def test_strangers_are_told_of_settled_months_that_never_overlap(now: str, start: str) -> None:
    window = month_for_strangers(at(now))
    spans = [window.span, *window.before]
    assert window.span.start == at(start)
    assert len(spans) == 4
    assert all(newer.start == older.end for newer, older in zip(spans, spans[1:], strict=False))
