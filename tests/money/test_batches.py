"""Reserving and settling in batches while things go wrong: a poisoned neighbour, a window somebody
else holds, a line that breaks during COMMIT, a database that is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from apps.gateway.money import Busy, Money, Verdict
from apps.gateway.money_pool import is_refused, money_pool
from apps.gateway.money_rows import Row
from tests.money.line import Line, a_line
from tests.money.money_house import MoneyHouse, closing

D = Decimal
ADMITTED = "admitted"


def within(seconds: float, story: Coroutine[Any, Any, None]) -> None:
    """A deadline for a story that would hang, no measure."""
    asyncio.run(asyncio.wait_for(story, seconds))


@contextlib.asynccontextmanager
async def money_over(conninfo: str) -> AsyncIterator[Money]:
    pool = money_pool(conninfo)
    await pool.open(wait=True)
    money = Money(pool)
    try:
        yield money
        await money.drained()
    finally:
        await pool.close()


async def tried(*calls: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*calls, return_exceptions=True)


def words(verdicts: list[Any]) -> list[str]:
    return [verdict.word for verdict in verdicts]


async def eventually(is_true: Callable[[], bool]) -> None:
    while not is_true():
        await asyncio.sleep(0.05)


def is_clean(house: MoneyHouse, window: int, rows: list[Row]) -> bool:
    """Nothing held, and no call of these open."""
    open_ones = "open" in house.states([row["id"] for row in rows]).values()
    return house.figures(window)[1] == 0 and not open_ones


POISON = {
    "a hold no column takes": {"hold": D(10) ** 9, "windows": []},
    "a sign no database text holds": {"app": "a\x00b"},
    "a value no JSON holds": {"requested_model": object()},
    "a number no JSON holds": {"endpoint_id": 10**30},
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
def test_one_poisoned_call_leaves_its_49_neighbours_alone(
    house: MoneyHouse, process: str, poison: dict[str, Any]
) -> None:
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(50)]
    rows[17].update(poison)

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            verdicts = await tried(*[money.reserve(row) for row in rows])
            assert isinstance(verdicts.pop(17), Busy)
            assert words(verdicts) == [ADMITTED] * 49

    within(20, story())
    assert house.figures(window) == (D(0), D("0.49"))


def test_an_id_that_comes_twice_is_admitted_once_and_harms_no_neighbour(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(10)]

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            verdicts = await tried(*[money.reserve(row) for row in [*rows, rows[3]]])
            assert words(verdicts[:10]) == [ADMITTED] * 10
            assert isinstance(verdicts[10], Busy)

    within(20, story())
    assert house.figures(window) == (D(0), D("0.1"))


def test_a_window_locked_elsewhere_stops_only_its_own_calls(
    house: MoneyHouse, process: str
) -> None:
    locked, free = house.window("1"), house.window("1")
    rows = [house.row(process, windows=((locked, free)[n % 2],)) for n in range(20)]

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            with held(house, locked):
                verdicts = await tried(*[money.reserve(row) for row in rows])
                assert words(verdicts[1::2]) == [ADMITTED] * 10
                assert all(isinstance(verdict, Busy) for verdict in verdicts[0::2])
            assert (await money.reserve(house.row(process, windows=(locked,)))).word == ADMITTED

    within(20, story())
    assert house.figures(locked) == (D(0), D("0.01"))


def test_settlements_do_not_wait_behind_one_whose_window_is_locked(
    house: MoneyHouse, process: str
) -> None:
    locked, free = house.window("1"), house.window("1")
    rows = [house.row(process, windows=((locked, free)[n % 2],)) for n in range(10)]
    house.reserve(*rows)

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            with held(house, locked):
                written = await tried(*[money.settle(closing(row, "0.002")) for row in rows])
                assert written == [False, True] * 5
                assert money.counts.settled_late == 5
                again = house.row(process, windows=(free,))
                assert (await money.reserve(again)).word == ADMITTED
                assert await money.settle(closing(again, "0.002"))

    within(30, story())
    assert house.figures(locked) == (D("0.01"), D(0))
    assert house.figures(free) == (D("0.012"), D(0))


@contextlib.contextmanager
def held(house: MoneyHouse, window: int) -> Any:
    """As somebody at psql who forgot to end a transaction."""
    with house.connect() as psql, psql.transaction():
        psql.execute("SELECT 1 FROM budgets_budgetwindow WHERE id = %s FOR UPDATE", (window,))
        yield


def test_calls_whose_reply_was_lost_behind_the_commit_are_admitted(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(10)]

    async def story(line: Line, money: Money) -> None:
        line.loses_replies = True
        asyncio.get_running_loop().call_later(0.3, restore, line)
        assert words(await tried(*[money.reserve(row) for row in rows])) == [ADMITTED] * 10
        assert await tried(*[money.settle(closing(row, "0.01")) for row in rows]) == [True] * 10

    over_a_line(house, story)
    assert house.figures(window) == (D("0.1"), D(0))


def test_a_settlement_whose_reply_was_lost_counts_once(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(10)]
    house.reserve(*rows)

    async def story(line: Line, money: Money) -> None:
        line.loses_replies = True
        asyncio.get_running_loop().call_later(0.3, restore, line)
        assert await tried(*[money.settle(closing(row, "0.01")) for row in rows]) == [True] * 10
        assert money.counts.settled_before == 0

    over_a_line(house, story)
    assert house.figures(window) == (D("0.1"), D(0))


def test_a_reserve_committed_after_its_caller_was_refused_is_given_back(
    house: MoneyHouse, process: str
) -> None:
    """The line breaks while the server still waits for a lock; it commits when we have looked."""
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(4)]

    async def story(line: Line, money: Money) -> None:
        line.cuts_requests = True
        with held(house, window):
            calls = [asyncio.create_task(money.reserve(row)) for row in rows]
            await asyncio.sleep(0.1)
            line.is_down = True
        verdicts = await tried(*calls)
        assert all(isinstance(verdict, Busy) for verdict in verdicts)
        restore(line)
        await eventually(lambda: is_clean(house, window, rows))

    over_a_line(house, story)
    assert house.figures(window) == (D(0), D(0))


@pytest.mark.parametrize("fault", ["is_down", "is_mute"])
def test_a_database_that_is_away_is_busy_at_once_for_all_and_works_again_afterwards(
    house: MoneyHouse, process: str, fault: str
) -> None:
    window = house.window("10")
    rows = [house.row(process, windows=(window,)) for _ in range(60)]
    running = house.row(process, windows=(window,))
    house.reserve(running)

    async def story(line: Line, money: Money) -> None:
        setattr(line, fault, True)
        if fault == "is_down":
            line.cut()
        settling = asyncio.create_task(money.settle(closing(running, "0.5")))
        calls = []
        for row in rows:  # some of them arrive while an earlier batch waits
            calls.append(asyncio.create_task(asyncio.wait_for(money.reserve(row), 20)))
            await asyncio.sleep(0.1)
        verdicts = await tried(*calls)
        assert [verdict for verdict in verdicts if not isinstance(verdict, Busy)] == []
        assert await settling is False
        restore(line)
        late = await works_again(money, lambda: house.row(process, windows=(window,)))
        await money.settle(closing(late, "0.5"))
        await eventually(lambda: is_clean(house, window, [*rows, running]))

    over_a_line(house, story, seconds=120)
    assert house.figures(window) == (D(1), D(0))


async def works_again(money: Money, a_row: Callable[[], Row]) -> Row:
    """Within seconds, however long it was away; the call that was admitted. Each try is a call of
    its own: one that was refused may have been written all the same, and is then given back."""
    async with asyncio.timeout(45):
        while True:
            row = a_row()
            with contextlib.suppress(Busy):
                assert (await money.reserve(row)).word == ADMITTED
                return row


def test_connections_ended_by_the_server_cost_no_call(house: MoneyHouse, process: str) -> None:
    window = house.window("100")
    rows = [house.row(process, windows=(window,)) for _ in range(400)]

    async def one(money: Money, row: Row) -> None:
        assert (await money.reserve(row)).word == ADMITTED
        assert await money.settle(closing(row, "0.01"))

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            calls = []
            for number, row in enumerate(rows):
                calls.append(asyncio.create_task(one(money, row)))
                if number % 100 == 50:
                    await asyncio.sleep(0.02)
                    await asyncio.to_thread(end_connections, house)
                await asyncio.sleep(0.001)
            await asyncio.gather(*calls)

    within(60, story())
    assert house.figures(window) == (D(4), D(0))


def end_connections(house: MoneyHouse) -> None:
    """Those of the money pool alone, by their limits."""
    house.ask(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND query ~ 'gateway_(reserve|settle)'"""
    )


def over_a_line(
    house: MoneyHouse,
    story: Callable[[Line, Money], Awaitable[None]],
    *,
    seconds: float = 30,
) -> None:
    async def told() -> None:
        async with (
            a_line(house.conninfo) as (line, conninfo),
            money_over(conninfo) as money,
        ):
            await story(line, money)

    within(seconds, told())


def restore(line: Line) -> None:
    line.loses_replies = line.cuts_requests = line.is_mute = line.is_down = False


SETTLE_POISON = {
    "a text no column takes": {"finish_reason": "x" * 100},
    "a sign no database text holds": {"native_finish_reason": "a\x00b"},
    "a number no JSON holds": {"prompt_tokens": 10**30},
    "a cost no column takes": {"cost": D(10) ** 12},
}


@pytest.mark.parametrize("poison", SETTLE_POISON.values(), ids=SETTLE_POISON.keys())
def test_a_settlement_that_does_not_fit_is_written_without_what_does_not_fit(
    house: MoneyHouse, process: str, poison: dict[str, Any]
) -> None:
    window = house.window("1")
    rows = [house.row(process, hold="0.01", windows=(window,)) for _ in range(20)]
    house.reserve(*rows)
    closings = [closing(row, "0.01") for row in rows]
    closings[7].update(poison)

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            assert await tried(*[money.settle(one) for one in closings]) == [True] * 20

    within(20, story())
    assert house.figures(window) == (D("0.2"), D(0))


def test_a_late_settlement_changes_nothing_and_is_counted(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    row = house.row(process, windows=(window,))
    house.reserve(row)
    house.settle(closing(row, "0.001", is_estimated=True, error_type="process_lost"))

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            assert await money.settle(closing(row, "0.009"))
            assert money.counts.settled_before == 1

    within(20, story())
    assert house.figures(window) == (D("0.001"), D(0))


def test_a_caller_who_leaves_while_waiting_gets_the_hold_released(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    rows = [house.row(process, windows=(window,)) for _ in range(9)]

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            calls = [asyncio.create_task(money.reserve(row)) for row in rows]
            await asyncio.sleep(0)
            for call in calls[::3]:
                call.cancel()
            verdicts = await tried(*calls)
            assert [type(verdict) is Verdict for verdict in verdicts] == [
                False,
                True,
                True,
            ] * 3

    within(20, story())
    assert sorted(house.states([row["id"] for row in rows]).values()) == (
        ["open"] * 6 + ["released"] * 3
    )
    assert house.figures(window) == (D(0), D("0.06"))


def test_the_answer_and_the_farewell_in_the_same_moment_leave_nothing_held(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    row = house.row(process, windows=(window,))

    async def story() -> None:
        async with money_over(house.conninfo) as money:
            call = asyncio.create_task(money.reserve(row))
            loop = asyncio.get_running_loop()
            decide = money._reserving._decide

            async def decided_as_the_caller_leaves(rows: list[Row]) -> list[Verdict]:
                verdicts = await decide(rows)
                loop.call_soon(call.cancel)
                return verdicts

            money._reserving._decide = decided_as_the_caller_leaves  # type: ignore[method-assign]
            with contextlib.suppress(asyncio.CancelledError):
                await call

    within(20, story())
    assert house.states([row["id"]]) == {row["id"]: "released"}


def test_a_full_disk_or_a_restart_is_no_reason_to_forget_a_settlement() -> None:
    passing = [psycopg.errors.DiskFull(), psycopg.errors.ReadOnlySqlTransaction()]
    assert [is_refused(problem) for problem in passing] == [False, False]
