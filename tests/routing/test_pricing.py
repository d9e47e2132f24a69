"""Costs to the last digit, and a worst case that no honest answer exceeds."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.pricing import Pricing, TokenUsage, cost, worst_case

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLAIN = {"prompt": "1.5", "completion": "6"}
CACHED = {**PLAIN, "input_cache_read": "0.15", "input_cache_write": "2"}
TIERED = {**PLAIN, "overrides": [{"min_prompt_tokens": 1000, "prompt": "3", "completion": "9"}]}
NIGHT = {**PLAIN, "overrides": [{"utc_start": "1630", "utc_end": "0030", "prompt": "0.5"}]}
FEES = {**PLAIN, "request": "0.002", "web_search": "0.01"}


@pytest.mark.parametrize(
    ("prices", "usage", "moment", "expected"),
    [
        (PLAIN, {}, NOON, "0"),
        (PLAIN, {"prompt": 1}, NOON, "0.0000015"),
        (PLAIN, {"prompt": 10, "completion": 3}, NOON, "0.000033"),
        (PLAIN, {"prompt": 10, "cached": 4}, NOON, "0.000015"),
        (CACHED, {"prompt": 10, "cached": 4}, NOON, "0.0000096"),
        (CACHED, {"prompt": 10, "cached": 4, "cache_write": 5}, NOON, "0.0000121"),
        (PLAIN, {"completion": 5, "reasoning": 2}, NOON, "0.00003"),
        ({**PLAIN, "reasoning": "7"}, {"completion": 5, "reasoning": 2}, NOON, "0.000032"),
        (TIERED, {"prompt": 1000}, NOON, "0.0015"),
        (TIERED, {"prompt": 1001, "completion": 1}, NOON, "0.003012"),
        (NIGHT, {"prompt": 10}, NOON, "0.000015"),
        (NIGHT, {"prompt": 10}, NOON.replace(hour=16, minute=29), "0.000015"),
        (NIGHT, {"prompt": 10}, NOON.replace(hour=16, minute=30), "0.000005"),
        (NIGHT, {"prompt": 10}, NOON.replace(hour=0, minute=29), "0.000005"),
        (NIGHT, {"prompt": 10}, NOON.replace(hour=0, minute=30), "0.000015"),
        (FEES, {}, NOON, "0.002"),
        (FEES, {"searches": 3}, NOON, "0.032"),
        ({"prompt": "0.0000005", "completion": "0"}, {"prompt": 1}, NOON, "0E-12"),
        ({"prompt": "0.0000015", "completion": "0"}, {"prompt": 1}, NOON, "2E-12"),
    ],
)
def test_a_cost_is_exact(
    prices: dict[str, Any], usage: dict[str, int], moment: datetime, expected: str
) -> None:
    assert cost(_parsed(prices), TokenUsage(**usage), moment=moment) == Decimal(expected)


@pytest.mark.parametrize(
    "prices",
    [
        {},
        {"prompt": "1"},
        {"completion": "1"},
        {"prompt": "-1", "completion": "1"},
        {"prompt": "1", "completion": "nan"},
        {"prompt": "1", "completion": "inf"},
        {"prompt": "one", "completion": "1"},
        {**PLAIN, "overrides": [{"prompt": "-3"}]},
        {**PLAIN, "overrides": "soon"},
    ],
)
def test_a_price_that_cannot_be_is_unknown(prices: dict[str, Any]) -> None:
    assert Pricing.parse(prices) is None


def test_a_worst_case_is_rounded_up() -> None:
    pricing = _parsed({"prompt": "0.0000001", "completion": "0"})
    assert worst_case(pricing, prompt_tokens=1, completion_tokens=0) == Decimal("1e-12")


_price = st.decimals(0, 1000, places=9, allow_nan=False)
_names = (
    "prompt",
    "completion",
    "reasoning",
    "input_cache_read",
    "input_cache_write",
    "request",
    "web_search",
)
_row = st.dictionaries(st.sampled_from(_names), _price)
_hour = st.sampled_from(["0000", "0030", "0830", "1630", "2359"])
_condition = st.fixed_dictionaries(
    {}, optional={"min_prompt_tokens": st.integers(0, 5000), "utc_start": _hour, "utc_end": _hour}
)
_override = st.builds(lambda condition, row: {**condition, **row}, _condition, _row)


@given(
    base=st.builds(lambda row, p, c: {**row, "prompt": p, "completion": c}, _row, _price, _price),
    overrides=st.lists(_override, max_size=3),
    prompt=st.integers(0, 10_000),
    completion=st.integers(0, 10_000),
    shares=st.tuples(*[st.floats(0, 1)] * 3),
    searches=st.integers(0, 3),
    moment=st.datetimes(timezones=st.just(UTC)),
)
def test_no_answer_within_its_bounds_costs_more_than_the_worst_case(
    base: dict[str, Decimal],
    overrides: list[dict[str, Any]],
    prompt: int,
    completion: int,
    shares: tuple[float, float, float],
    searches: int,
    moment: datetime,
) -> None:
    pricing = _parsed({**base, "overrides": overrides})
    cached = int(prompt * shares[0])
    usage = TokenUsage(
        prompt=prompt,
        completion=completion,
        reasoning=int(completion * shares[2]),
        cached=cached,
        cache_write=int((prompt - cached) * shares[1]),
        searches=searches,
    )
    worst = worst_case(
        pricing, prompt_tokens=prompt, completion_tokens=completion, searches=searches
    )
    assert cost(pricing, usage, moment=moment) <= worst


def _parsed(prices: dict[str, Any]) -> Pricing:
    pricing = Pricing.parse(prices)
    assert pricing is not None
    return pricing
