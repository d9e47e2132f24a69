"""Rows of calls: born once, closed once, summed by quarters of an hour, and written by many at once
without a deadlock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from apps.gateway.money_rows import packed, released
from tests.money.money_house import MoneyHouse, closing

D = Decimal


def quarters(house: MoneyHouse, model: str) -> list[tuple[Any, ...]]:
    sql = """SELECT starts_at, requests, cost_usd, prompt_tokens, completion_tokens
               FROM usage_usagequarter WHERE model = %s ORDER BY 1"""
    return house.ask(sql, model)


def test_one_duplicate_id_fails_its_whole_batch_and_writes_nothing(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    row, other = (house.row(process, windows=(window,)) for _ in range(2))
    with pytest.raises(psycopg.errors.UniqueViolation):
        house.reserve(row, other, row)
    assert house.states([row["id"], other["id"]]) == {}
    assert house.figures(window) == (D(0), D(0))


def test_quarters_of_an_hour_hold_the_sums_by_time_of_birth(
    house: MoneyHouse, process: str
) -> None:
    births = [
        datetime(2026, 3, 1, 10, 14, 59, tzinfo=UTC),
        datetime(2026, 3, 1, 10, 15, tzinfo=UTC),
        datetime(2026, 3, 1, 10, 29, tzinfo=UTC),
    ]
    rows = [house.row(process, model="sum/one") for _ in births]
    house.reserve(*rows)
    for row, birth in zip(rows, births, strict=True):
        sql = "UPDATE usage_generation SET created_at = %s WHERE id = %s"
        house.ask(sql, birth, row["id"])
    house.settle(*[closing(row, "0.003") for row in rows[:2]])
    house.settle(closing(rows[2], "0.000000000001"))
    assert quarters(house, "sum/one") == [
        (datetime(2026, 3, 1, 10, 0, tzinfo=UTC), 1, D("0.003"), 10, 5),
        (datetime(2026, 3, 1, 10, 15, tzinfo=UTC), 2, D("0.003000000001"), 20, 10),
    ]


@pytest.mark.parametrize(
    ("hours", "least", "most"), [(-9, -11, -9), (-0.1, -7, -5), (0, -1, 1), (9, 0, 2)]
)
def test_no_call_is_born_long_before_it_is_written_or_after(
    house: MoneyHouse, process: str, hours: float, least: float, most: float
) -> None:
    """In minutes: a machine may have slept, a clock may be wrong."""
    now = datetime.now(UTC)
    row = house.row(process, created_at=now + timedelta(hours=hours))
    house.reserve(row)
    found = house.generation(row["id"])
    assert found is not None
    assert timedelta(minutes=least) <= found["created_at"] - now <= timedelta(minutes=most)


def test_a_call_that_was_never_sent_is_no_call_in_the_sums(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    row = house.row(process, model="sum/two", windows=(window,))
    house.reserve(row)
    assert house.settle(released(row)) == [row["id"]]
    assert house.states([row["id"]]) == {row["id"]: "released"}
    assert house.figures(window) == (D(0), D(0))
    assert quarters(house, "sum/two") == []


def test_what_served_the_call_replaces_what_was_planned(house: MoneyHouse, process: str) -> None:
    row = house.row(process)
    house.reserve(row)
    house.settle(closing(row, "0.003", model="other/model", provider="other", endpoint_id=7))
    found = house.generation(row["id"])
    assert found is not None
    assert (found["model"], found["provider"], found["endpoint_id"]) == (
        "other/model",
        "other",
        7,
    )
    assert found["closed_at"] is not None


def test_details_are_those_of_the_settlement_that_counted(house: MoneyHouse, process: str) -> None:
    row = house.row(process)
    house.reserve(row)
    house.settle(closing(row, "0.003", details={"attempts": [1]}))
    house.settle(closing(row, "0.003", details={"attempts": [2]}))
    sql = "SELECT details FROM usage_generationdetail WHERE generation_id = %s"
    assert house.ask(sql, row["id"]) == [({"attempts": [1]},)]


def test_a_cost_nobody_could_write_down_is_the_hold(house: MoneyHouse, process: str) -> None:
    row = house.row(process, hold="0.25")
    house.reserve(row)
    house.settle({**closing(row, "0", is_estimated=True), "cost": None})
    found = house.generation(row["id"])
    assert found is not None
    assert (found["cost_usd"], found["is_estimated"]) == (D("0.25"), True)


@pytest.mark.parametrize("second", ["settle", "checkpoint"])
def test_two_writers_of_the_same_calls_in_opposite_order_do_not_deadlock(
    house: MoneyHouse, process: str, second: str
) -> None:
    for _ in range(15):
        rows = [house.row(process) for _ in range(120)]
        house.reserve(*rows)
        there = [closing(row, "0.001") for row in rows]
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(house.settle, *there)
            if second == "settle":
                two: Any = pool.submit(house.settle, *reversed(there))
            else:
                two = pool.submit(checkpoint, house, [row["id"] for row in reversed(rows)])
            one.result(), two.result()
        assert set(house.states([row["id"] for row in rows]).values()) == {"closed"}


def checkpoint(house: MoneyHouse, ids: list[str]) -> None:
    sql = "SELECT recorder_checkpoint(%s, %s::numeric[])"
    house.ask(sql, ids, [D("0.002")] * len(ids))


def test_a_checkpoint_waits_for_nobody(house: MoneyHouse, process: str) -> None:
    """A row that is being settled needs none, and a stream must not wait for its neighbours."""
    rows = [house.row(process) for _ in range(2)]
    house.reserve(*rows)
    with house.connect() as settling, settling.transaction():
        settling.execute("SELECT gateway_settle(%s::jsonb)", (packed([closing(rows[0], "0")]),))
        checkpoint(house, [row["id"] for row in rows])
        found = house.generation(rows[1]["id"])
        assert found is not None
        assert found["checkpoint_usd"] == D("0.002")
