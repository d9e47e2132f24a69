"""Random calls of several processes over a few windows: limits hold at every moment, nothing
deadlocks, and windows, receipts and quarter-hours agree afterwards. `make soak` fights longer."""

import os

import pytest

from tests.money.battle import battle, expect_agreement
from tests.money.money_house import MoneyHouse

LONG = int(os.environ.get("SOAK_CALLS", "100000"))


@pytest.mark.parametrize("limit", ["1000", "0.5"], ids=["room for all", "room for few"])
def test_a_battle_over_windows_ends_with_every_sum_the_same(house: MoneyHouse, limit: str) -> None:
    outcome = battle(house, processes=3, calls=3000, windows=8, in_flight=16, limit=limit)
    expect_agreement(outcome)
    assert outcome.calls == 3000
    assert outcome.words["admitted"] > 0
    assert bool(outcome.words["refused"]) == (limit == "0.5")
    assert outcome.words["extended"] > 0
    assert outcome.words["settled twice"] > 0


@pytest.mark.soak
@pytest.mark.parametrize(
    ("windows", "limit", "calls"),
    [(40, "100000", LONG), (40, "8", LONG), (4, "100000", LONG // 4)],
    ids=["wide", "tight", "hot"],
)
def test_a_long_battle_ends_with_every_sum_the_same(
    house: MoneyHouse, windows: int, limit: str, calls: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = battle(house, processes=4, calls=calls, windows=windows, in_flight=16, limit=limit)
    with capsys.disabled():
        print(f"\n  {windows} windows of ${limit}: {outcome}")
    expect_agreement(outcome)
    assert outcome.calls == calls
