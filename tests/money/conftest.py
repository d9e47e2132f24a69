"""The books that these tests fight over, and a process that may write into them."""

from collections.abc import Iterator

import pytest

from tests.money.money_house import MoneyHouse, a_money_house


@pytest.fixture(scope="session")
def house() -> Iterator[MoneyHouse]:
    with a_money_house() as made:
        yield made


@pytest.fixture(scope="module")
def process(house: MoneyHouse) -> str:
    return house.fresh_process()
