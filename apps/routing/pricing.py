"""What a call costs and what it could cost at worst. Decimal throughout; prices are USD per
million tokens, or per one for requests, searches and images."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple

MILLION, MILLIONTH = Decimal(1_000_000), Decimal("0.000001")
PLACES = Decimal("1e-12")  # NUMERIC(20,12)
PER_ONE = frozenset({"request", "web_search", "image"})
PROMPT_SIDE = ("prompt", "input_cache_read", "input_cache_write", "input_cache_write_1h", "audio")
COMPLETION_SIDE = ("completion", "reasoning", "audio_output", "image_output")
Part = tuple[str, int, Decimal]  # the name of a price, so many at it, the price
CONDITIONS = frozenset({"min_prompt_tokens", "utc_start", "utc_end"})


class TokenUsage(NamedTuple):
    """Tokens as the provider counted them. `cached` and `cache_write` are parts of `prompt`,
    `reasoning` is a part of `completion`."""

    prompt: int = 0
    completion: int = 0
    reasoning: int = 0
    cached: int = 0
    cache_write: int = 0
    searches: int = 0
    reported_cost: Decimal | None = None


@dataclass(frozen=True)
class Pricing:
    """One endpoint's price rows: the base, and overrides that replace single prices for long
    prompts or hours of the day (later ones win)."""

    base: Mapping[str, Decimal]
    overrides: tuple[tuple[Mapping[str, str], Mapping[str, Decimal]], ...] = ()

    @classmethod
    def parse(cls, rows: Mapping[str, Any]) -> "Pricing | None":
        """None where the price is unknown: no prompt or completion price, or a negative one."""
        try:
            base = _prices(rows)
            overrides = tuple(
                ({k: str(row[k]) for k in CONDITIONS if row.get(k) is not None}, _prices(row))
                for row in rows.get("overrides") or ()
            )
        except (InvalidOperation, ValueError, TypeError, AttributeError):
            return None
        if "prompt" not in base or "completion" not in base:
            return None
        return cls(base, overrides)

    def at(self, *, prompt_tokens: int, moment: datetime) -> Mapping[str, Decimal]:
        """The prices that apply to a whole call of this size at this moment."""
        if not self.overrides:
            return self.base
        prices = dict(self.base)
        for condition, row in self.overrides:
            if _applies(condition, prompt_tokens, moment):
                prices.update(row)
        return prices

    @cached_property
    def dearest_prompt(self) -> Decimal:
        """The highest price any prompt token can have, whatever tier or hour."""
        return max(self._reachable(PROMPT_SIDE), default=Decimal(0))

    @cached_property
    def dearest_completion(self) -> Decimal:
        return max(self._reachable(COMPLETION_SIDE), default=Decimal(0))

    @cached_property
    def dearest_request(self) -> Decimal:
        return max(self._reachable(("request",)), default=Decimal(0))

    @cached_property
    def dearest_search(self) -> Decimal:
        return max(self._reachable(("web_search",)), default=Decimal(0))

    @cached_property
    def dearest_image(self) -> Decimal:
        return max(self._reachable(("image",)), default=Decimal(0))

    @cached_property
    def typical(self) -> Decimal:
        """For sorting: USD of a chat of 600 prompt and 500 completion tokens."""
        base = self.base
        return (base["prompt"] * 600 + base["completion"] * 500) / MILLION + base.get(
            "request", Decimal(0)
        )

    @cached_property
    def shown(self) -> dict[str, str]:
        """The base prices as texts, for receipts."""
        return {name: format(price, "f") for name, price in self.base.items()}

    @cached_property
    def is_zero(self) -> bool:
        rows = [self.base, *(row for _, row in self.overrides)]
        return not any(price for row in rows for price in row.values())

    def _reachable(self, names: tuple[str, ...]) -> list[Decimal]:
        rows = [self.base, *(row for _, row in self.overrides)]
        return [row[name] for row in rows for name in names if name in row]


def cost(pricing: Pricing, usage: TokenUsage, *, moment: datetime) -> Decimal:
    """USD, rounded once, half-even, to 12 places."""
    return total(parts(pricing.at(prompt_tokens=usage.prompt, moment=moment), usage))


def parts(prices: Mapping[str, Decimal], usage: TokenUsage) -> list[Part]:
    """What makes a cost; tokens without a price of their own have that of their side."""
    plain = max(usage.prompt - usage.cached - usage.cache_write, 0)
    visible = max(usage.completion - usage.reasoning, 0)
    found: list[Part] = []
    for name, number, otherwise in (
        ("prompt", plain, "prompt"),
        ("input_cache_read", usage.cached, "prompt"),
        ("input_cache_write", usage.cache_write, "prompt"),
        ("completion", visible, "completion"),
        ("reasoning", usage.reasoning, "completion"),
    ):
        if number:
            found.append((name, number, prices.get(name, prices[otherwise])))
    for name, number in (("request", 1), ("web_search", usage.searches)):
        if number and prices.get(name):
            found.append((name, number, prices[name]))
    return found


def amount(part: Part) -> Decimal:
    name, number, price = part
    return number * price if name in PER_ONE else number * price * MILLIONTH


def total(parts: Iterable[Part]) -> Decimal:
    return sum(map(amount, parts), Decimal(0)).quantize(PLACES, ROUND_HALF_EVEN)


def worst_case(
    pricing: Pricing,
    *,
    prompt_tokens: int,
    completion_tokens: int,
    searches: int = 0,
    images: int = 0,
) -> Decimal:
    """USD that no answer within these bounds can exceed, rounded up to 12 places."""
    tokens = prompt_tokens * pricing.dearest_prompt + completion_tokens * pricing.dearest_completion
    fixed = pricing.dearest_request + searches * pricing.dearest_search
    fixed += images * pricing.dearest_image
    return (tokens * MILLIONTH + fixed).quantize(PLACES, ROUND_CEILING)


def _prices(row: Mapping[str, Any]) -> dict[str, Decimal]:
    prices = {}
    for name, value in row.items():
        if name in CONDITIONS or name == "overrides" or value is None:
            continue
        price = Decimal(str(value))
        if not price.is_finite() or price < 0:
            raise ValueError(f"price {name} is {value}")
        prices[name] = price
    return prices


def _applies(condition: Mapping[str, str], prompt_tokens: int, moment: datetime) -> bool:
    least = condition.get("min_prompt_tokens")
    if least is not None and prompt_tokens <= int(least):
        return False
    start, end = condition.get("utc_start"), condition.get("utc_end")
    if start is None or end is None:
        return True
    now = moment.astimezone(UTC).strftime("%H%M")
    return start <= now < end if start <= end else now >= start or now < end
