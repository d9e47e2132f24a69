"""Sums over spans: cut at the right moments, split and narrowed as asked, of what one may see."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums
from tests.cast import Cast, make_quarter

ALL = Reach.everything()
KATHMANDU, LORD_HOWE = ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def asked(start: str, end: str, zone: str = "UTC", **more: object) -> Asked:
    return Asked(at(start), at(end), ZoneInfo(zone), **more)  # type: ignore[arg-type]


def test_a_span_is_summed_whole(cast: Cast) -> None:
    for when, cost in (("02:45", "1"), ("03:00", "2"), ("03:45", "4"), ("04:00", "8")):
        make_quarter(cast, cast.member, cost, at=at(f"2026-03-01T{when}"), reasoning_tokens=3)
    (found,) = sums(ALL, asked("2026-03-01T03:00", "2026-03-01T04:00"))
    assert found == (None, (), 4, Decimal(6), 200, 20, 6, 0)
    assert found.tokens == 220


def test_what_had_no_calls_has_no_row(cast: Cast) -> None:
    make_quarter(cast, cast.member, "1", at=at("2026-03-01T03:00"))
    for ask in (
        asked("2026-03-02", "2026-03-03"),
        asked("2026-03-03", "2026-03-01"),
        asked("2026-03-01", "2026-03-03", where={"model": []}),
        asked("2026-03-01", "2026-03-03", where={"model": ["a\0b"], "key": [2**80]}),
    ):
        assert sums(ALL, ask) == []


@pytest.mark.parametrize(
    ("each", "zone", "expected"),
    [
        ("day", "UTC", [(date(2026, 3, 1), 4), (date(2026, 3, 2), 3)]),
        ("day", "Asia/Kathmandu", [(date(2026, 3, 1), 1), (date(2026, 3, 2), 6)]),
        ("week", "UTC", [(date(2026, 2, 23), 4), (date(2026, 3, 2), 3)]),
        ("month", "Pacific/Honolulu", [(date(2026, 2, 1), 1), (date(2026, 3, 1), 6)]),
    ],
)
def test_columns_begin_where_days_of_the_zone_do(
    cast: Cast, each: str, zone: str, expected: list[tuple[date, int]]
) -> None:
    for when in (
        "01T09:45",
        "01T18:15",
        "01T23:30",
        "01T23:45",
        "02T00:00",
        "02T11:00",
        "02T18:00",
    ):
        make_quarter(cast, cast.member, "1", at=at(f"2026-03-{when}"), requests=1)
    found = sums(ALL, asked("2026-03-01", "2026-03-03", zone, each=each))
    assert [(one.at, one.requests) for one in found] == expected


def test_weeks_begin_on_the_households_day(cast: Cast) -> None:
    for day in (1, 2, 7, 8):
        make_quarter(cast, cast.member, "1", at=at(f"2026-03-0{day}"), requests=1)
    ask = asked("2026-03-01", "2026-03-09", each="week", week_starts_on=6)
    assert [(one.at, one.requests) for one in sums(ALL, ask)] == [
        (date(2026, 3, 1), 3),
        (date(2026, 3, 8), 1),
    ]


def test_hours_follow_the_clock_on_the_wall(cast: Cast) -> None:
    """On Lord Howe the hour before two is half as long again when winter begins; in Nepal hours
    begin at a quarter past those of UTC."""
    start = at("2026-04-04T14:00")
    for quarter in range(8):
        moment = start + timedelta(minutes=15 * quarter)
        make_quarter(cast, cast.member, "1", at=moment, requests=1)
    ask = Asked(start, start + timedelta(hours=2), LORD_HOWE, each="hour")
    found = [(f"{one.at:%H:%M %z}", one.requests) for one in sums(ALL, ask)]
    assert found == [("01:00 +1100", 4), ("01:30 +1030", 2), ("02:00 +1030", 2)]
    ask = Asked(start, start + timedelta(hours=2), KATHMANDU, each="hour")
    found = [(f"{one.at:%H:%M}", one.requests) for one in sums(ALL, ask)]
    assert found == [("19:00", 1), ("20:00", 4), ("21:00", 3)]


def test_they_are_split_and_narrowed(cast: Cast) -> None:
    day = at("2026-03-01")
    for model, key, endpoint, cost in (("a", 0, 1, "1"), ("b", 7, 1, "2"), ("b", 7, 2, "4")):
        make_quarter(
            cast, cast.member, cost, at=day, model=model, key_id=key, endpoint_id=endpoint, app="x"
        )
    make_quarter(cast, cast.owner, "8", at=day, model="b")
    home, member, owner = cast.project.pk, cast.member.pk, cast.owner.pk
    cases = [
        (("model",), {}, {("a",): 1, ("b",): 14}),
        (("key", "model"), {}, {(0, "a"): 1, (0, "b"): 8, (7, "b"): 6}),
        (("person",), {"model": ["b"]}, {(member,): 6, (owner,): 8}),
        (("app", "endpoint"), {"key": {0}}, {("", 1): 8, ("x", 1): 1}),
        (("project",), {"person": [member], "endpoint": [2, 3]}, {(home,): 4}),
    ]
    for by, where, expected in cases:
        ask = asked("2026-03-01", "2026-03-02", by=by, where=where)
        assert {one.group: one.spend for one in sums(ALL, ask)} == expected


def test_they_are_of_what_one_may_see(cast: Cast) -> None:
    day = at("2026-03-01")
    make_quarter(cast, cast.member, "1", at=day)
    make_quarter(cast, cast.member, "2", at=day, project_id=99)
    make_quarter(cast, cast.stranger, "4", at=day, project_id=99, key_id=7)
    ask = asked("2026-03-01", "2026-03-02")
    cases = [
        (ALL, 7),
        (Reach.of(cast.owner), 7),
        (Reach.of(cast.member), 3),
        (Reach(person=cast.stranger.pk, projects=frozenset([cast.project.pk])), 5),
        (Reach.of_key(7), 4),
    ]
    assert [sums(reach, ask)[0].spend for reach, _ in cases] == [spend for _, spend in cases]
    assert sums(Reach(), ask) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ("provider",)},
        {"where": {"moon": [1]}},
        {"each": "hour", "end": "2026-04-02"},
        {"start": "2026-03-01"},
    ],
)
def test_what_cannot_be_asked_is_a_mistake_of_the_asker(wrong: dict[str, object]) -> None:
    moments = {"start": at("2026-03-01"), "end": at("2026-03-02")}
    if "end" in wrong:
        wrong["end"] = at(str(wrong["end"]))
    if "start" in wrong:
        wrong["start"] = datetime.fromisoformat(str(wrong["start"]))
    with pytest.raises(ValueError):
        Asked(**{"zone": ZoneInfo("UTC"), **moments, **wrong})  # type: ignore[arg-type]
