"""Random calls of several processes over a few windows: limits hold at every moment, nothing
deadlocks, and windows, receipts and quarter-hours agree afterwards."""

import pytest

from tests.gateway.battle import battle, expect_agreement
from tests.gateway.money_house import MoneyHouse, money_house


@pytest.fixture(scope="module")
def house() -> MoneyHouse:
    return money_house()


@pytest.mark.parametrize("limit", ["1000", "0.5"], ids=["room for all", "room for few"])
def test_a_battle_over_windows_ends_with_every_sum_the_same(house: MoneyHouse, limit: str) -> None:
    outcome = battle(house, processes=3, calls=3000, windows=8, in_flight=16, limit=limit)
    expect_agreement(outcome)
    assert outcome.calls == 3000
    assert outcome.words["admitted"] > 0
    assert bool(outcome.words["refused"]) == (limit == "0.5")
    assert outcome.words["extended"] > 0
    assert outcome.words["settled twice"] > 0
