"""Sums are what the receipts come to, to the last digit: of any span, split, zone and person,
before and after days are closed, the household moves, late calls settle and receipts go."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Household
from apps.gateway.money_rows import packed
from apps.gateway.reconcile import compared
from apps.usage.days import close, close_slice, forget_slice
from apps.usage.models import Generation, UsageDayMark
from apps.usage.reach import Reach
from apps.usage.rebuild import rebuild
from apps.usage.retention import kept_since, prune
from apps.usage.sums import DIMENSIONS, Asked, Sum, sums
from tests.cast import Cast
from tests.money.money_house import closing
from tests.usage.many_calls import make_calls, total_of_receipts

LONG = int(os.environ.get("SOAK_RECEIPTS", "5000000"))
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Asia/Kathmandu",
        "Europe/Berlin",
        "America/Havana",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    )
]
# In each of these spans clocks change in Berlin, in Havana (at midnight) and on Lord Howe.
BEGINNINGS = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)]
DAYS = 45
QUARTERS = DAYS * 96
COLUMNS = ("project_id", "key_id", "user_id", "app", "model", "endpoint_id")
FIGURES = (
    "requests",
    "cost_usd",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
)

CALLS = 150
SPANS = 4  # asked for after each step
steps = st.lists(
    st.sampled_from(["close", "close some", "move", "settle", "forget", "rebuild", "prune"]),
    min_size=3,
    max_size=8,
)
asked = st.fixed_dictionaries(
    {
        "first": st.integers(-96, QUARTERS),
        "length": st.one_of(st.integers(0, 31 * 96), st.integers(0, QUARTERS + 200)),
        "by": st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=3).map(tuple),
        "each": st.sampled_from(["", "hour", "day", "week", "month"]),
        "where": st.fixed_dictionaries(
            {},
            optional={
                "model": st.sampled_from([["a/a"], ["", "b/b"]]),
                "key": st.sampled_from([[0], [7, 8]]),
                "person": st.just([1]),
            },
        ),
        "week_starts_on": st.sampled_from([0, 6]),
        "reach": st.sampled_from(
            [
                Reach.everything(),
                Reach(person=1),
                Reach(person=2, projects=frozenset([1])),
                Reach.of_key(7),
            ]
        ),
    }
)


@settings(
    max_examples=12,
    phases=[Phase.generate],  # a failing history is told as it is: making it smaller takes minutes
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data(), seed=st.integers(0, 10**6), begins=st.sampled_from(BEGINNINGS), told=steps)
def test_sums_are_what_the_receipts_come_to(
    db: None, data: st.DataObject, seed: int, begins: datetime, told: list[str]
) -> None:
    with transaction.atomic():
        dice = Random(seed)
        born = [_born(number, begins, dice) for number in range(CALLS)]
        late = dice.choice([0, 0.02, 0.5])
        _settle(born, [dice.random() >= late for _ in born])
        for step in ["", *told]:
            _do(step, data, born, dice)
            for _ in range(SPANS):
                zone = data.draw(st.sampled_from([*ZONES, ZoneInfo(Household.current().zone)]))
                reach, ask = _asked(data.draw(asked), begins, zone)
                assert sums(reach, ask) == _expected(_receipts(born, reach), ask), (step, ask)
            with connection.cursor() as cursor:
                assert compared(cursor) == []
        transaction.set_rollback(True)


def _do(step: str, data: st.DataObject, born: list[dict[str, Any]], dice: Random) -> None:
    zone = ZoneInfo(Household.current().zone)
    if step == "close":
        close(seconds=60)
    elif step == "close some":
        close_slice(zone, most=data.draw(st.integers(1, 20)))
    elif step == "move":
        Household.objects.update(zone=data.draw(st.sampled_from(ZONES)).key)
    elif step == "settle":
        most = dice.random()
        _settle(born, [dice.random() < most for _ in born])
    elif step == "forget":
        forget_slice(most=data.draw(st.integers(1, 40)))
    elif step == "rebuild":
        assert rebuild(timezone.now()) == 0
    elif step == "prune":
        Household.objects.update(receipt_months=data.draw(st.integers(1, 14)))
        prune(timezone.now(), seconds=60)


def _born(number: int, begins: datetime, dice: Random) -> dict[str, Any]:
    at = begins + timedelta(seconds=dice.randrange(DAYS * 86_400))
    known: dict[str, Any] = {
        "project_id": dice.choice([1, 2]),
        "key_id": dice.choice([None, 7, 8]),
        "user_id": dice.choice([1, 2]),
        "app": dice.choice(["", "Open WebUI"]),
        "model": dice.choice(["", "a/a", "b/b"]),
        "endpoint_id": dice.choice([None, 1, 2]),
    }
    row = Generation.objects.create(
        id=f"gen-{int(at.timestamp() * 1000)}-{number:06d}",
        created_at=at,
        process_id="test",
        window_ids=[],
        hold_usd=100,
        **known,
    )
    cost = Decimal(dice.randrange(10**13)).scaleb(-12)
    figures = dict(zip(FIGURES, (1, cost, number, 2 * number, number % 3, 1), strict=True))
    return {**known, "id": row.pk, "created_at": at, "is_settled": False, **figures}


def _settle(born: list[dict[str, Any]], which: list[bool]) -> None:
    """By the very statement that settles; once."""
    items = []
    for one, is_now in zip(born, which, strict=True):
        if is_now and not one["is_settled"]:
            one["is_settled"] = True
            tokens = {name: one[name] for name in FIGURES[2:]}
            names = {name: one[name] for name in ("model", "endpoint_id")}
            row = {"id": one["id"], "windows": []}
            items.append(closing(row, f"{one['cost_usd']:f}", **tokens, **names))
    with connection.cursor() as cursor:
        cursor.execute("SELECT recorder_close(%s::jsonb)", [packed(items)])


def _asked(drawn: dict[str, Any], begins: datetime, zone: ZoneInfo) -> tuple[Reach, Asked]:
    start = begins + timedelta(minutes=15 * drawn["first"])
    each, length = drawn["each"], drawn["length"]
    if each == "hour" and (length > 31 * 96 or zone.key == "Australia/Lord_Howe"):
        each = "day"
    ask = Asked(
        start,
        start + timedelta(minutes=15 * length),
        zone,
        by=drawn["by"],
        each=each,
        where=drawn["where"],
        week_starts_on=drawn["week_starts_on"],
    )
    return drawn["reach"], ask


def _receipts(born: list[dict[str, Any]], reach: Reach) -> Iterator[dict[str, Any]]:
    for one in born:
        seen = [one[column] in numbers for column, numbers in reach.any_of.items()]
        if one["is_settled"] and (reach.is_everything or any(seen)):
            yield {**one, "key_id": one["key_id"] or 0, "endpoint_id": one["endpoint_id"] or 0}


def _expected(receipts: Iterator[dict[str, Any]], ask: Asked) -> list[Sum]:
    """One receipt after the other."""
    of = dict(zip(DIMENSIONS, COLUMNS, strict=True))
    found: dict[tuple[Any, ...], list[Any]] = {}
    for one in receipts:
        is_wanted = all(one[of[name]] in wanted for name, wanted in ask.where.items())
        if ask.start <= one["created_at"] < ask.end and is_wanted:
            place = _column(one["created_at"], ask), tuple(one[of[name]] for name in ask.by)
            figures = found.setdefault(place, [0] * len(FIGURES))
            for number, name in enumerate(FIGURES):
                figures[number] += one[name]
    return [
        Sum(*place, *figures) for place, figures in sorted(found.items(), key=lambda one: one[0])
    ]


def _column(moment: datetime, ask: Asked) -> datetime | date | None:
    local = moment.astimezone(ask.zone)
    day = local.date()
    if ask.each == "hour":
        return local.replace(minute=0, second=0)
    if ask.each == "day":
        return day
    if ask.each == "week":
        return day - timedelta(days=(day.weekday() - ask.week_starts_on) % 7)
    return day.replace(day=1) if ask.each == "month" else None


@pytest.mark.parametrize(
    "count", [200_000, pytest.param(LONG, marks=pytest.mark.soak)], ids=["many", "a year of them"]
)
def test_all_books_of_a_big_house_agree(
    cast: Cast, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    Household.objects.update(zone="Asia/Kathmandu", receipt_months=120)
    now = timezone.now()
    make_calls(cast, count, now - timedelta(days=365), now)
    calls_made, spent, tokens = total_of_receipts()
    took: dict[str, float] = {}
    with _measured(took, "rebuild"):
        rebuild(now)
    with _measured(took, "close"):
        close(seconds=3600)
    assert set(UsageDayMark.objects.values_list("zone", flat=True)) == {"UTC", "Asia/Kathmandu"}
    with _measured(took, "compare"), connection.cursor() as cursor:
        assert compared(cursor) == []
    year = Asked(now - timedelta(days=366), now + timedelta(days=1), ZONES[1], each="day")
    for by in ((), ("model",), ("project", "key", "person", "app", "endpoint")):
        with _measured(took, f"a year by {len(by)}"):
            found = sums(Reach.everything(), replace(year, by=by))
        assert sum(one.requests for one in found) == calls_made == count
        assert sum(one.spend for one in found) == spent
        assert sum(one.tokens for one in found) == tokens
    Household.objects.update(receipt_months=6)
    with _measured(took, "prune"):
        assert prune(now, seconds=3600) > count // 3
    assert kept_since() is not None
    assert Generation.objects.count() < count * 2 // 3
    (whole,) = sums(Reach.everything(), replace(year, each=""))
    assert (whole.requests, whole.spend, whole.tokens) == (calls_made, spent, tokens)
    with connection.cursor() as cursor:
        assert compared(cursor) == []
    with capsys.disabled():
        print(f"\n  {count}: {', '.join(f'{name} {took[name]:.2f} s' for name in took)}", end="")


@contextlib.contextmanager
def _measured(took: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    took[name] = time.monotonic() - began
