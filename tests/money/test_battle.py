"""Random calls of several processes over a few windows: limits hold at every moment, nothing
deadlocks, and windows, receipts and quarter-hours agree afterwards. `make soak` fights longer."""

import os
from decimal import Decimal

import pytest

from tests.money.battle import Outcome, battle, expect_agreement
from tests.money.money_house import MoneyHouse

LONG = int(os.environ.get("SOAK_CALLS", "100000"))


@pytest.mark.parametrize("limit", ["1000", "0.5"], ids=["room for all", "room for few"])
def test_a_battle_over_windows_ends_with_every_sum_the_same(house: MoneyHouse, limit: str) -> None:
    outcome = battle(house, processes=3, calls=3000, limits=[limit] * 8, in_flight=16)
    expect_agreement(outcome)
    assert outcome.calls == 3000
    assert outcome.words["admitted"] > 0
    assert bool(outcome.words["refused"]) == (limit == "0.5")
    assert outcome.words["extended"] > 0
    assert outcome.words["settled twice"] > 0


NESTED = ("20", "10", "5", "2")  # house, project, person, key


def test_four_nested_budgets_are_kept_at_every_moment(house: MoneyHouse) -> None:
    limits = ["2", "1", "0.5", "0.2"]
    outcome = battle(house, processes=4, calls=2000, limits=limits, in_flight=8, are_nested=True)
    expect_agreement(outcome)
    assert outcome.calls == 2000
    assert outcome.words["admitted"] > 0 and outcome.words["refused"] > 0
    spent = [one for _, one, _ in outcome.windows.values()]
    assert spent == sorted(spent, reverse=True)


def expect_a_hundred(outcome: Outcome) -> None:
    expect_agreement(outcome)
    assert (outcome.words["admitted"], outcome.words["refused"]) == (100, 900)
    assert list(outcome.windows.values()) == [(Decimal(1), Decimal(1), Decimal(0))]


def test_of_a_thousand_calls_at_once_a_dollar_pays_a_hundred(house: MoneyHouse) -> None:
    expect_a_hundred(
        battle(house, processes=4, calls=1000, limits=["1"], in_flight=250, each="0.01")
    )


@pytest.mark.soak
def test_a_dollar_pays_a_hundred_calls_every_time(
    house: MoneyHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(20):
        outcome = battle(house, processes=4, calls=1000, limits=["1"], in_flight=250, each="0.01")
        with capsys.disabled():
            print(f"\n  {number + 1} of 20: {outcome}", end="")
        expect_a_hundred(outcome)


@pytest.mark.soak
def test_four_nested_budgets_are_kept_for_long(
    house: MoneyHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = battle(house, processes=4, calls=LONG, limits=NESTED, in_flight=16, are_nested=True)
    with capsys.disabled():
        print(f"\n  four nested: {outcome}")
    expect_agreement(outcome)
    assert outcome.calls == LONG


@pytest.mark.soak
@pytest.mark.parametrize(
    ("windows", "limit", "calls"),
    [(40, "100000", LONG), (40, "8", LONG), (4, "100000", LONG // 4)],
    ids=["wide", "tight", "hot"],
)
def test_a_long_battle_ends_with_every_sum_the_same(
    house: MoneyHouse, windows: int, limit: str, calls: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = battle(house, processes=4, calls=calls, limits=[limit] * windows, in_flight=16)
    with capsys.disabled():
        print(f"\n  {windows} windows of ${limit}: {outcome}")
    expect_agreement(outcome)
    assert outcome.calls == calls
