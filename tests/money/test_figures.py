"""What the ledger's windows show after holds, settlements and extensions: limits that are never
passed, orders that are kept, and figures that move exactly once."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from apps.gateway.money_rows import packed
from tests.money.money_house import MoneyHouse, closing

D = Decimal


def test_a_hold_is_there_until_the_settlement_turns_it_into_cost(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    row = house.row(process, hold="0.4", windows=(window,))
    assert house.reserve(row) == ["admitted"]
    assert house.figures(window) == (D(0), D("0.4"))
    assert house.settle(closing(row, "0.1")) == [row["id"]]
    assert house.figures(window) == (D("0.1"), D(0))


def test_calls_of_a_batch_are_decided_in_the_order_they_came(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    holds = ["0.5", "0.6", "0.4", "0.3", "0.1"]
    rows = [house.row(process, hold=hold, windows=(window,)) for hold in holds]
    assert house.reserve(*rows) == [
        "admitted",
        "refused",
        "admitted",
        "refused",
        "admitted",
    ]
    assert house.figures(window) == (D(0), D(1))


def test_a_call_is_held_on_all_its_windows_or_on_none(house: MoneyHouse, process: str) -> None:
    wide, narrow = house.window("1"), house.window("0.1")
    row = house.row(process, hold="0.2", windows=(wide, narrow))
    sql = "SELECT verdict, tightest, available FROM gateway_reserve(%s::jsonb)"
    assert house.ask(sql, packed([row])) == [("refused", narrow, D("0.1"))]
    assert house.figures(wide) == house.figures(narrow) == (D(0), D(0))
    assert house.generation(row["id"]) is None


def test_extra_money_counts_as_limit_and_overspending_blocks(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1", extra="0.5")
    first = house.row(process, hold="1.5", windows=(window,))
    assert house.reserve(first) == ["admitted"]
    house.settle(closing(first, "1.6"))  # the provider billed more than it could
    free = house.row(process, hold="0", windows=(window,))
    assert house.reserve(free) == ["refused"]
    assert house.figures(window) == (D("1.6"), D(0))


def test_a_window_that_is_gone_refuses(house: MoneyHouse, process: str) -> None:
    assert house.reserve(house.row(process, windows=(10**12,))) == ["refused"]


def test_settling_again_changes_nothing(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    row = house.row(process, hold="0.4", windows=(window,))
    house.reserve(row)
    assert house.settle(closing(row, "0.1"), closing(row, "0.2")) == [row["id"]]
    before = house.figures(window)
    assert house.settle(closing(row, "0.3")) == []
    assert house.settle(closing(row, "0", state="released")) == []
    assert house.figures(window) == before
    assert before[1] == 0


def test_of_many_settlements_at_once_exactly_one_counts(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    rows = [house.row(process, hold="0.01", windows=(window,)) for _ in range(20)]
    house.reserve(*rows)
    with ThreadPoolExecutor(8) as pool:
        closings = [closing(row, "0.005") for row in rows]
        closed = list(pool.map(lambda _: house.settle(*closings), range(8)))
    assert sorted(len(ids) for ids in closed) == [0] * 7 + [20]
    assert house.figures(window) == (D("0.1"), D(0))


def test_a_hundred_cents_admit_a_hundred_calls_of_a_cent(house: MoneyHouse, process: str) -> None:
    window = house.window("1")
    batches = [
        [house.row(process, hold="0.01", windows=(window,)) for _ in range(25)] for _ in range(40)
    ]
    with ThreadPoolExecutor(4) as pool:
        verdicts = [
            word for words in pool.map(lambda b: house.reserve(*b), batches) for word in words
        ]
    assert verdicts.count("admitted") == 100
    assert verdicts.count("refused") == 900
    assert house.figures(window) == (D(0), D(1))


def test_more_is_held_for_a_running_call_only_where_it_fits(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    row = house.row(process, hold="0.4", windows=(window,))
    house.reserve(row)
    extend = "SELECT gateway_extend(%s, %s)"
    assert house.ask(extend, row["id"], D("0.5")) == [(True,)]
    assert house.ask(extend, row["id"], D("0.5")) == [(False,)]
    assert house.figures(window) == (D(0), D("0.9"))
    house.settle(closing(row, "0.7"))
    assert house.figures(window) == (D("0.7"), D(0))


@pytest.mark.parametrize("bound", [True, False])
def test_nothing_more_is_held_for_a_call_that_is_closed(
    house: MoneyHouse, process: str, bound: bool
) -> None:
    window = house.window("1")
    row = house.row(process, hold="0.4", windows=(window,) if bound else ())
    house.reserve(row)
    house.settle(closing(row, "0.1"))
    assert house.ask("SELECT gateway_extend(%s, 0.1)", row["id"]) == [(False,)]
    assert house.figures(window)[1] == 0


def test_a_call_closed_while_it_asks_for_more_leaves_nothing_held(
    house: MoneyHouse, process: str
) -> None:
    window = house.window("1")
    row = house.row(process, hold="0.4", windows=(window,))
    house.reserve(row)
    with house.connect() as closer, ThreadPoolExecutor(1) as pool:
        with closer.transaction():
            closer.execute("SELECT ledger_lock(%s)", ([window],))
            more = pool.submit(house.ask, "SELECT gateway_extend(%s, 0.1)", row["id"])
            house.wait_for_a_waiter()
            closer.execute("SELECT gateway_settle(%s::jsonb)", (packed([closing(row, "0.2")]),))
        assert more.result() == [(False,)]
    assert house.figures(window) == (D("0.2"), D(0))
