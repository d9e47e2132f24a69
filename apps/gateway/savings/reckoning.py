"""What tokens cost by a row of prices, line by line. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from apps.routing.pricing import (
    COMPLETION_SIDE,
    PER_ONE,
    Pricing,
    TokenUsage,
    parts,
    total,
)
from apps.usage.story import Line

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Used:
    """The calls a hint is about, added up from their receipts. `longest` is the most that one of
    them read and wrote."""

    calls: int = 0
    paid: Decimal = NOTHING
    prompt: int = 0
    completion: int = 0
    reasoning: int = 0
    cached: int = 0
    cache_write: int = 0
    longest: int = 0

    def plus(self, other: "Used") -> "Used":
        sums = {
            name: getattr(self, name) + getattr(other, name)
            for name in vars(self)
            if name != "longest"
        }
        return Used(**sums, longest=max(self.longest, other.longest))

    @property
    def tokens(self) -> TokenUsage:
        return TokenUsage(
            prompt=self.prompt,
            completion=self.completion,
            reasoning=self.reasoning,
            cached=self.cached,
            cache_write=self.cache_write,
        )


class Reckoning(NamedTuple):
    lines: list[Line]
    usd: Decimal


def reckoned(prices: Mapping[str, Decimal], used: Used) -> Reckoning:
    found = [
        (name, used.calls if name == "request" else number, price)
        for name, number, price in parts(prices, used.tokens)
    ]
    return Reckoning([Line.of(*one) for one in found], total(found))


def highest(pricing: Pricing) -> dict[str, Decimal]:
    """Each price at the most it can be, whatever the length or the hour: what is reckoned with is
    then never too little."""
    base, rows = pricing.base, [pricing.base, *(row for _, row in pricing.overrides)]
    names = {name for row in rows for name in row}
    return {name: max(_price(row, base, name) for row in rows) for name in names}


def _price(row: Mapping[str, Decimal], base: Mapping[str, Decimal], name: str) -> Decimal:
    """A kind without a price of its own has that of its side, where tokens are counted."""
    side = "completion" if name in COMPLETION_SIDE else "prompt"
    otherwise = NOTHING if name in PER_ONE else row.get(side, base[side])
    return row.get(name, base.get(name, otherwise))
