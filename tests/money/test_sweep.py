"""Leases and the sweep: what a dead process left is closed by rule, what a living one has is left
alone, and a call is only opened by a process with a lease, for somebody who may still make it."""

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from apps.gateway.lease import Lease
from apps.gateway.money import Money
from apps.gateway.money_pool import money_pool
from apps.gateway.money_rows import Row
from tests.money.line import a_line
from tests.money.money_house import MoneyHouse, closing

D = Decimal
SWEEP = "SELECT gateway_sweep(500)"


@pytest.fixture(autouse=True)
def witness(house: MoneyHouse) -> Iterator[None]:
    with house.witness():
        yield


def dead_with(house: MoneyHouse, *rows: dict[str, Any], windows: tuple[int, ...] = ()) -> list[Row]:
    """Calls that a process opened before it died."""
    process = house.fresh_process()
    calls = [house.row(process, windows=windows, **own) for own in rows]
    assert house.reserve(*calls) == ["admitted"] * len(calls)
    house.lease(process, seconds=-1)
    return calls


STREAM, JSON = {"is_streamed": True}, {"is_streamed": False}
BILLED = {"bills_whole": True}
LEFT_BEHIND: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "a stream before any checkpoint": (STREAM, None, "0.001"),
    "a stream with a checkpoint": (STREAM, "0.004", "0.004"),
    "a stream at a provider that goes on": (STREAM | BILLED, "0.004", "0.004"),
    "a stream whose checkpoint passed the hold": (STREAM, "0.5", "0.01"),
    "JSON at a provider that stops": (JSON, None, "0.001"),
    "JSON at a provider that bills the whole answer": (JSON | BILLED, None, "0.01"),
}


@pytest.mark.parametrize(("own", "checkpoint", "cost"), LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_what_a_dead_process_left_costs(
    house: MoneyHouse, own: dict[str, Any], checkpoint: str | None, cost: str
) -> None:
    window = house.window("1")
    (row,) = dead_with(house, own, windows=(window,))
    if checkpoint:
        house.ask("SELECT recorder_checkpoint(%s, %s::numeric[])", [row["id"]], [D(checkpoint)])
    house.ask(SWEEP)
    found = house.generation(row["id"])
    assert found is not None
    assert (found["state"], found["error_type"]) == ("closed", "process_lost")
    assert (found["cost_usd"], found["is_estimated"]) == (D(cost), True)
    assert house.figures(window) == (D(cost), D(0))


def test_calls_of_a_process_that_renews_are_left_alone(house: MoneyHouse) -> None:
    row = house.row(house.fresh_process())
    house.reserve(row)
    house.ask(SWEEP)
    assert house.states([row["id"]]) == {row["id"]: "open"}


def test_nothing_is_swept_before_somebody_has_been_in_touch_as_long_as_a_lease_lasts(
    house: MoneyHouse,
) -> None:
    """After an absence of the database every lease has run out, also of those who live."""
    (row,) = dead_with(house, {})
    house.ask("UPDATE gateway_processlease SET started_at = now() WHERE process_id = 'witness'")
    house.ask(SWEEP)
    assert house.states([row["id"]]) == {row["id"]: "open"}


def test_a_lease_that_had_run_out_begins_anew(house: MoneyHouse) -> None:
    async def story() -> None:
        async with money_pool(house.conninfo) as pool:
            lease = Lease(pool, seconds=30, renew_every=5)
            await lease.renew()
            sql = "SELECT started_at FROM gateway_processlease WHERE process_id = %s"
            began = house.ask(sql, lease.process_id)
            await lease.renew()
            assert house.ask(sql, lease.process_id) == began
            house.lease(lease.process_id, seconds=-1)
            await lease.renew()
            assert house.ask(sql, lease.process_id) > began
            await lease.end()
            assert house.ask(sql, lease.process_id) == []

    asyncio.run(story())


def test_a_call_that_cannot_be_closed_now_does_not_keep_the_others_open(house: MoneyHouse) -> None:
    locked, free = house.window("1"), house.window("1")
    stuck = dead_with(house, {}, windows=(locked,))
    others = dead_with(house, {}, {}, {}, windows=(free,))

    async def story() -> None:
        async with money_pool(house.conninfo) as pool:
            money = Money(pool)
            with house.connect() as psql, psql.transaction():
                psql.execute("SELECT ledger_lock(%s)", ([locked],))
                await money.sweep()
                assert set(house.states([row["id"] for row in others]).values()) == {"closed"}
            await money.sweep()

    asyncio.run(story())
    assert set(house.states([row["id"] for row in stuck]).values()) == {"closed"}
    assert house.figures(free) == (D("0.003"), D(0))


def test_many_sweeps_and_late_settlements_at_once_close_each_call_once(house: MoneyHouse) -> None:
    window = house.window("100")
    rows = dead_with(house, *[{}] * 200, windows=(window,))
    with ThreadPoolExecutor(6) as pool:
        sweeps = [pool.submit(house.ask, "SELECT gateway_sweep(50)") for _ in range(20)]
        late = [
            pool.submit(house.settle, *[closing(row, "0.001") for row in rows[n : n + 40]])
            for n in range(0, 200, 40)
        ]
        closed = sum(len(one.result()) for one in late)
        swept = sum(one.result()[0][0] for one in sweeps)
        swept += house.ask(SWEEP)[0][0]
    assert closed + swept == 200
    assert house.figures(window) == (D("0.2"), D(0))


def test_the_keeper_of_a_lease_outlives_the_absence_of_the_database(house: MoneyHouse) -> None:
    async def story() -> None:
        async with (
            a_line(house.conninfo) as (line, conninfo),
            money_pool(conninfo) as pool,
        ):
            lease = Lease(pool, seconds=60, renew_every=1)
            keeper = asyncio.create_task(lease.keep(Money(pool)))
            await appears(lease)
            line.take_down()
            await asyncio.sleep(2)
            await asyncio.to_thread(house.lease, lease.process_id, seconds=-1)
            line.is_down = False
            await appears(lease)
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    async def appears(lease: Lease) -> None:
        sql = "SELECT 1 FROM gateway_processlease WHERE process_id = %s AND expires_at > now()"
        while not await asyncio.to_thread(house.ask, sql, lease.process_id):
            await asyncio.sleep(0.1)

    asyncio.run(asyncio.wait_for(story(), 30))


def test_a_process_without_a_lease_opens_no_call(house: MoneyHouse) -> None:
    window = house.window("1")
    process = house.fresh_process()
    house.lease(process, seconds=-1)
    row = house.row(process, windows=(window,))
    assert house.reserve(row) == ["no_lease"]
    assert house.figures(window) == (D(0), D(0))
    house.lease(process)
    assert house.reserve(row) == ["admitted"]


STALE = {
    "the key was revoked": ("keys_apikey", "revoked_at = now()", "revoked_at = NULL"),
    "the key was switched off": ("keys_apikey", "disabled_at = now()", "disabled_at = NULL"),
    "the key has expired": ("keys_apikey", "expires_at = now()", "expires_at = NULL"),
    "the person left the project": (
        "projects_membership",
        "is_active = false",
        "is_active = true",
    ),
    "the person may only look now": ("projects_membership", "role = 'viewer'", "role = 'admin'"),
    "the person was shut out": ("accounts_user", "is_active = false", "is_active = true"),
    "the project was archived": ("projects_project", "archived_at = now()", "archived_at = NULL"),
    "the policy of the project changed": (
        "projects_project",
        "policy_version = policy_version + 1",
        "policy_version = policy_version - 1",
    ),
    "the policy of the house changed": (
        "accounts_household",
        "policy_version = policy_version + 1",
        "policy_version = policy_version - 1",
    ),
}


@pytest.mark.parametrize(("table", "change", "back"), STALE.values(), ids=STALE)
def test_a_call_judged_by_an_older_view_holds_nothing(
    house: MoneyHouse, table: str, change: str, back: str
) -> None:
    window = house.window("1")
    row = house.row(house.fresh_process(), windows=(window,))
    house.ask(f"UPDATE {table} SET {change}")
    try:
        assert house.reserve(row) == ["stale"]
    finally:
        house.ask(f"UPDATE {table} SET {back}")
    assert house.figures(window) == (D(0), D(0))
    assert house.reserve(row) == ["admitted"]


def test_a_change_that_commits_while_the_window_is_awaited_counts(house: MoneyHouse) -> None:
    """The check is made when the windows are locked, not when the statement begins."""
    window = house.window("1")
    row = house.row(house.fresh_process(), windows=(window,))
    with house.connect() as psql, ThreadPoolExecutor(1) as pool:
        with psql.transaction():
            psql.execute("SELECT ledger_lock(%s)", ([window],))
            verdict = pool.submit(house.reserve, row)
            house.wait_for_a_waiter()
            psql.execute("UPDATE keys_apikey SET disabled_at = now()")
        try:
            assert verdict.result() == ["stale"]
        finally:
            house.ask("UPDATE keys_apikey SET disabled_at = NULL")
