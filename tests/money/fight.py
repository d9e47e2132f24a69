"""Several processes that fight over a few budget windows with random calls: a program of its own.
Prints, as JSON, what it was answered; the books must say the same."""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.gateway.money import Busy, Money
from apps.gateway.money_pool import money_pool
from apps.gateway.money_rows import Row
from tests.money.money_house import MoneyHouse, closing

CENT = Decimal("0.01")
PLACES = Decimal("1e-12")


@dataclass
class Fighter:
    """`spent` is the cost it settled on each window, `words` how often it was told what."""

    house: MoneyHouse
    money: Money
    process: str
    windows: Sequence[int]
    chance: random.Random
    are_nested: bool

    def __post_init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.spent: Counter[int] = Counter()
        self.running: dict[str, Decimal] = {}

    async def fight(self, count: int, in_flight: int) -> None:
        numbers = iter(range(count))
        keeping = asyncio.create_task(self._checkpoint())
        await asyncio.gather(*[self._one_after_the_other(numbers) for _ in range(in_flight)])
        keeping.cancel()
        await self.money.drained()

    async def all_at_once(self, count: int, each: Decimal) -> None:
        """Every call holds and costs the same; who is told to ask again does."""
        await asyncio.gather(*[self._whole_call(each) for _ in range(count)])
        await self.money.drained()

    async def _whole_call(self, each: Decimal) -> None:
        while True:
            row = self.house.row(self.process, hold=str(each), windows=tuple(self.windows))
            try:
                verdict = await self.money.reserve(row)
            except Busy:
                self.words["asked again"] += 1
                continue
            self.words[verdict.word] += 1
            if verdict.word == "admitted":
                await self._settle(row, each)
            return

    async def _one_after_the_other(self, numbers: Any) -> None:
        for _ in numbers:
            await self._call()

    async def _call(self) -> None:
        count = self.chance.randint(1, 4)
        windows = self.windows[:count] if self.are_nested else self._sample(count)
        hold = self._some(CENT)
        row = self.house.row(self.process, hold=str(hold), windows=tuple(windows))
        deciding = asyncio.create_task(self.money.reserve(row))
        if self.chance.random() < 0.02:
            await asyncio.sleep(0)
            deciding.cancel()
        try:
            verdict = await deciding
        except (Busy, asyncio.CancelledError) as problem:
            self.words[type(problem).__name__] += 1
            return
        self.words[verdict.word] += 1
        if verdict.word == "admitted":
            await self._run(row, hold)

    async def _run(self, row: Row, hold: Decimal) -> None:
        self.running[row["id"]] = hold / 2
        if self.chance.random() < 0.05 and await self.money.extend(row["id"], hold):
            hold *= 2
            self.words["extended"] += 1
        if self.chance.random() < 0.1:
            await asyncio.sleep(self.chance.random() / 20)
        del self.running[row["id"]]
        cost = min(self._some(hold), hold)
        await self._settle(row, cost)
        if self.chance.random() < 0.02:
            await self.money.settle(closing(row, str(cost)))
            self.words["settled twice"] += 1

    async def _settle(self, row: Row, cost: Decimal) -> None:
        await self.money.settle(closing(row, str(cost)))
        for window in row["windows"]:
            self.spent[window] += cost  # type: ignore[assignment]

    def _sample(self, count: int) -> list[int]:
        return self.chance.sample(self.windows, count)

    def _some(self, most: Decimal) -> Decimal:
        return (most * Decimal(self.chance.random())).quantize(PLACES)

    async def _checkpoint(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            if self.running:
                await self.money.checkpoint(dict(self.running))
            await self.money.sweep()


async def main(orders: dict[str, Any]) -> None:
    house = MoneyHouse(orders["conninfo"], orders["budget_id"], orders["facts"])
    async with money_pool(house.conninfo) as pool:
        money = Money(pool)
        chance = random.Random(orders["seed"])
        fighter = Fighter(
            house, money, orders["process"], orders["windows"], chance, orders["are_nested"]
        )
        if orders["each"]:
            await fighter.all_at_once(orders["count"], Decimal(orders["each"]))
        else:
            await fighter.fight(orders["count"], orders["in_flight"])
    spent = {window: str(cost) for window, cost in fighter.spent.items()}
    counts = {name: getattr(money.counts, name) for name in money.counts.__slots__}
    print(json.dumps({"words": fighter.words, "spent": spent, "counts": counts}))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
