"""When a budget comes back, in words of its own zone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.budgets.words import span
from apps.usage.budget_pages.times import comes_back, in_words

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 3, 7, 18, 48, tzinfo=CHICAGO)  # the night after skips an hour


def at(day: int, hour: int = 0, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("ends_at", "when", "short", "until"),
    [
        (at(8), "at midnight", "midnight", "5 h 12 min"),
        (at(9), "on Monday", "Monday", "1 day 4 h"),
        (at(1, month=4), "on 1 April", "1 Apr", "24 days 4 h"),
        (at(1, month=1, year=2027), "on 1 January 2027", "1 Jan 2027", "299 days 5 h"),
        (at(7, 20), "at 20:00", "20:00", "1 h 12 min"),
        (at(8, 4), "on Sunday at 04:00", "Sunday, 04:00", "8 h 12 min"),
    ],
)
def test_it_comes_back(ends_at: datetime, when: str, short: str, until: str) -> None:
    back = comes_back(ends_at.astimezone(ZoneInfo("UTC")), CHICAGO, NOW.astimezone(ZoneInfo("UTC")))
    assert (back.when, back.short, back.until) == (when, short, until)
    assert back.zone == "Chicago time"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "less than a minute"), (60, "1 min"), (86_400, "1 day"), (-5, "less than a minute")],
)
def test_a_wait_in_words(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("interval", "days", "words"),
    [("daily", 1, "today"), ("weekly", 7, "this week"), ("monthly", 31, "this month")],
)
def test_a_window_has_the_name_of_its_time_unless_it_is_longer(
    interval: str, days: int, words: str
) -> None:
    assert span(interval, NOW, NOW + timedelta(days=days)) == words
    assert span(interval, NOW, NOW + timedelta(days=days + 3)) == ""
    assert span(interval, NOW, None) == ""
