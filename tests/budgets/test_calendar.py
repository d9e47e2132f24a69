"""When windows begin and end: days, weeks and months of several places, both changes of their
clocks, midnights that do not exist or come twice, and calendars that change under a budget."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.budgets.calendar import DAILY, MONTHLY, ONCE, WEEKLY, Calendar, Span, period, span_at

VIENNA, SANTIAGO, BEIRUT = "Europe/Vienna", "America/Santiago", "Asia/Beirut"
HAVANA, KATHMANDU, NEW_YORK = "America/Havana", "Asia/Kathmandu", "America/New_York"
LORD_HOWE, AZORES, CAIRO = "Australia/Lord_Howe", "Atlantic/Azores", "Africa/Cairo"
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def by(zone: str, week: int = MONDAY) -> Calendar:
    return Calendar(ZoneInfo(zone), week)


def span(start: str, end: str) -> Span:
    return Span(utc(start), utc(end))


DAYS = {
    "a plain day": (VIENNA, "2026-07-01T22:00", "2026-07-02T22:00"),
    "clocks go forward": (VIENNA, "2026-03-28T23:00", "2026-03-29T22:00"),
    "clocks go back": (VIENNA, "2026-10-24T22:00", "2026-10-25T23:00"),
    "forward overseas": (NEW_YORK, "2026-03-08T05:00", "2026-03-09T04:00"),
    "back overseas": (NEW_YORK, "2026-11-01T04:00", "2026-11-02T05:00"),
    "no midnight in Santiago": (SANTIAGO, "2026-09-06T04:00", "2026-09-07T03:00"),
    "the day before it": (SANTIAGO, "2026-09-05T04:00", "2026-09-06T04:00"),
    "an hour before midnight twice": (SANTIAGO, "2026-04-04T03:00", "2026-04-05T04:00"),
    "no midnight in Beirut": (BEIRUT, "2026-03-28T22:00", "2026-03-29T21:00"),
    "no midnight in Cairo": (CAIRO, "2026-04-23T22:00", "2026-04-24T21:00"),
    "no midnight in Havana": (HAVANA, "2026-03-08T05:00", "2026-03-09T04:00"),
    "midnight twice in Havana": (HAVANA, "2026-11-01T04:00", "2026-11-02T05:00"),
    "midnight twice on the Azores": (AZORES, "2026-10-25T00:00", "2026-10-26T01:00"),
    "half an hour more": (LORD_HOWE, "2026-04-04T13:00", "2026-04-05T13:30"),
    "half an hour less": (LORD_HOWE, "2026-10-03T13:30", "2026-10-04T13:00"),
    "a quarter to six ahead": (KATHMANDU, "2026-02-28T18:15", "2026-03-01T18:15"),
    "the last of February": (VIENNA, "2026-02-27T23:00", "2026-02-28T23:00"),
    "the day that leap years have": (VIENNA, "2028-02-28T23:00", "2028-02-29T23:00"),
    "New Year's Eve": (KATHMANDU, "2026-12-30T18:15", "2026-12-31T18:15"),
}
WEEKS = {
    "from Monday, clocks go back": (VIENNA, MONDAY, "2026-10-18T22:00", "2026-10-25T23:00"),
    "from Sunday, clocks go back": (VIENNA, SUNDAY, "2026-10-24T22:00", "2026-10-31T23:00"),
    "from Saturday": (VIENNA, SATURDAY, "2026-03-27T23:00", "2026-04-03T22:00"),
    "begins without midnight": (SANTIAGO, SUNDAY, "2026-09-06T04:00", "2026-09-13T03:00"),
    "ends without midnight": (SANTIAGO, SUNDAY, "2026-08-30T04:00", "2026-09-06T04:00"),
    "begins with two midnights": (HAVANA, SUNDAY, "2026-11-01T04:00", "2026-11-08T05:00"),
    "over the New Year": (KATHMANDU, MONDAY, "2026-12-27T18:15", "2027-01-03T18:15"),
}
MONTHS = {
    "31 days, one an hour short": (VIENNA, "2026-02-28T23:00", "2026-03-31T22:00"),
    "31 days, one an hour long": (VIENNA, "2026-09-30T22:00", "2026-10-31T23:00"),
    "February": (VIENNA, "2026-01-31T23:00", "2026-02-28T23:00"),
    "February of a leap year": (VIENNA, "2028-01-31T23:00", "2028-02-29T23:00"),
    "December": (NEW_YORK, "2026-12-01T05:00", "2027-01-01T05:00"),
    "begins with two midnights": (HAVANA, "2026-11-01T04:00", "2026-12-01T05:00"),
    "at a quarter": (KATHMANDU, "2026-03-31T18:15", "2026-04-30T18:15"),
}
PLAIN = {
    **{f"day: {name}": (DAILY, by(zone), *ends) for name, (zone, *ends) in DAYS.items()},
    **{f"week: {n}": (WEEKLY, by(zone, week), *ends) for n, (zone, week, *ends) in WEEKS.items()},
    **{f"month: {name}": (MONTHLY, by(zone), *ends) for name, (zone, *ends) in MONTHS.items()},
}


@pytest.mark.parametrize(("interval", "calendar", "start", "end"), PLAIN.values(), ids=PLAIN)
def test_a_window_is_the_day_week_or_month_of_its_place(
    interval: str, calendar: Calendar, start: str, end: str
) -> None:
    expected = span(start, end)
    first, last = utc(start), utc(end) - timedelta(microseconds=1)
    moment = first
    while moment < last:
        assert period(interval, calendar, moment) == expected
        moment += timedelta(minutes=30 if interval == DAILY else 60 * 7)
    assert period(interval, calendar, last) == expected
    assert period(interval, calendar, utc(end)).starts_at == utc(end)


@pytest.mark.parametrize(("interval", "calendar", "start", "end"), PLAIN.values(), ids=PLAIN)
def test_windows_of_an_unchanged_calendar_follow_each_other_plainly(
    interval: str, calendar: Calendar, start: str, end: str
) -> None:
    """Also where one begins an hour late, because its midnight does not exist."""
    window = span(start, end)
    for _ in range(3):
        assert window.ends_at is not None
        following = span_at(interval, calendar, window.ends_at, window)
        assert following == period(interval, calendar, window.ends_at)
        window = following


def test_no_place_has_a_day_that_is_skipped_or_counted_twice() -> None:
    """Around every change of clocks of the coming year, everywhere."""
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for change in clock_changes(zone, 2027):
            moment, window = change - timedelta(days=2), None
            while moment < change + timedelta(days=2):
                following = span_at(DAILY, Calendar(zone), moment, window)
                assert following.covers(moment), (name, moment)
                assert following == period(DAILY, Calendar(zone), moment), (name, moment)
                assert following.starts_at == first_moment(moment.astimezone(zone).date(), zone)
                assert window in (None, following) or window.ends_at == following.starts_at
                window = following
                moment += timedelta(hours=5)


def test_a_prepaid_window_never_ends_whatever_the_clock_says() -> None:
    opened = utc("2026-05-05T05:05")
    window = span_at(ONCE, by(VIENNA), opened)
    assert window.ends_at is None
    for moment in (opened, utc("2099-01-01T00:00"), opened - timedelta(days=1)):
        assert span_at(ONCE, by(KATHMANDU), moment, window) == window


CHANGES = {
    "a day becomes a week on a Wednesday": (
        span("2026-07-14T22:00", "2026-07-15T22:00"),
        (WEEKLY, by(VIENNA)),
        "2026-07-26T22:00",
    ),
    "a day becomes a week as the week ends": (
        span("2026-07-18T22:00", "2026-07-19T22:00"),
        (WEEKLY, by(VIENNA)),
        "2026-07-26T22:00",
    ),
    "a week becomes a day": (
        span("2026-07-12T22:00", "2026-07-19T22:00"),
        (DAILY, by(VIENNA)),
        "2026-07-20T22:00",
    ),
    "a month becomes a week": (
        span("2026-06-30T22:00", "2026-07-31T22:00"),
        (WEEKLY, by(VIENNA)),
        "2026-08-09T22:00",
    ),
    "a day becomes a month on the 30th of January": (
        span("2027-01-29T23:00", "2027-01-30T23:00"),
        (MONTHLY, by(VIENNA)),
        "2027-02-28T23:00",
    ),
    "a week begins on Sunday": (
        span("2026-07-12T22:00", "2026-07-19T22:00"),
        (WEEKLY, by(VIENNA, SUNDAY)),
        "2026-08-01T22:00",
    ),
    "the house moves east": (
        span("2026-07-14T22:00", "2026-07-15T22:00"),
        (DAILY, by(KATHMANDU)),
        "2026-07-17T18:15",
    ),
    "the house moves west": (
        span("2026-07-14T22:00", "2026-07-15T22:00"),
        (DAILY, by(NEW_YORK)),
        "2026-07-17T04:00",
    ),
    "the house moves west, by the month": (
        span("2026-06-30T22:00", "2026-07-31T22:00"),
        (MONTHLY, by(NEW_YORK)),
        "2026-09-01T04:00",
    ),
    "the house moves on the day that has no midnight": (
        span("2026-09-05T04:00", "2026-09-06T04:00"),
        (DAILY, by(NEW_YORK)),
        "2026-09-07T04:00",
    ),
}


@pytest.mark.parametrize(("running", "changed", "end"), CHANGES.values(), ids=CHANGES)
def test_after_a_change_the_next_window_alone_is_longer(
    running: Span, changed: tuple[str, Calendar], end: str
) -> None:
    interval, calendar = changed
    assert running.ends_at is not None
    inside = running.starts_at + timedelta(hours=3)
    assert span_at(interval, calendar, inside, running) == running
    following = span_at(interval, calendar, running.ends_at, running)
    assert following == Span(running.ends_at, utc(end))
    after = span_at(interval, calendar, utc(end), following)
    assert after == period(interval, calendar, utc(end))
    assert after.starts_at == utc(end)


def test_a_house_that_slept_for_months_wakes_in_a_plain_window() -> None:
    last = span("2026-01-14T23:00", "2026-01-15T23:00")
    for interval in (DAILY, WEEKLY, MONTHLY):
        now = utc("2026-07-15T12:34")
        assert span_at(interval, by(VIENNA), now, last) == period(interval, by(VIENNA), now)


ZONES = st.sampled_from(
    [VIENNA, SANTIAGO, BEIRUT, HAVANA, KATHMANDU, NEW_YORK, LORD_HOWE, AZORES, CAIRO]
    + ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Nuuk", "Africa/Casablanca"]
) | st.sampled_from(sorted(available_timezones()))
INTERVALS = st.sampled_from([DAILY, WEEKLY, MONTHLY])
STEPS = st.tuples(
    st.one_of(
        st.timedeltas(timedelta(0), timedelta(hours=30)),
        st.timedeltas(timedelta(0), timedelta(days=70)),
        st.just(None),  # to the very end of the window
    ),
    st.none() | INTERVALS,
    st.none() | ZONES,
    st.none() | st.integers(MONDAY, SUNDAY),
)
BEGINNINGS = st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1))


@settings(deadline=None, derandomize=True, database=None, max_examples=150)
@given(BEGINNINGS, INTERVALS, ZONES, st.lists(STEPS, max_size=12))
def test_windows_never_overlap_and_each_holds_one_whole_interval(
    beginning: datetime,
    interval: str,
    zone: str,
    steps: list[tuple[timedelta | None, str | None, str | None, int | None]],
) -> None:
    now, calendar = beginning.replace(tzinfo=UTC), by(zone)
    window = span_at(interval, calendar, now)
    for wait, new_interval, new_zone, new_week in steps:
        interval = new_interval or interval
        calendar = Calendar(
            ZoneInfo(new_zone) if new_zone else calendar.zone,
            calendar.week_starts_on if new_week is None else new_week,
        )
        assert window.ends_at is not None
        now = window.ends_at if wait is None else now + wait
        following = span_at(interval, calendar, now, window)
        assert following.covers(now)
        if window.covers(now):
            assert following == window
            continue
        assert following.starts_at >= window.ends_at
        assert following.ends_at is not None
        edges = boundaries(interval, calendar, following.starts_at, following.ends_at)
        assert len(edges) == 2, "one whole interval, and no two"
        assert edges[-1] == following.ends_at
        window = following


def boundaries(
    interval: str, calendar: Calendar, since: datetime, until: datetime
) -> list[datetime]:
    """Every first moment of a day, week or month from `since` to `until`, found the slow way."""
    day = since.astimezone(calendar.zone).date() - timedelta(days=1)
    found = []
    while (moment := first_moment(day, calendar.zone)) <= until:
        is_edge = {
            DAILY: True,
            WEEKLY: day.weekday() == calendar.week_starts_on,
            MONTHLY: day.day == 1,
        }[interval]
        if is_edge and moment >= since:
            found.append(moment)
        day += timedelta(days=1)
    return found


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """By looking at the clock on the wall every quarter of an hour."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(zone).date() < day:
        moment += timedelta(minutes=15)
    return moment


def clock_changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The days in whose course the clocks change."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(367)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [days[n] for n in range(366) if offsets[n] != offsets[n + 1]]
