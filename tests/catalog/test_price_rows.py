"""Prices of an endpoint as its page tells them: tiers and hours spelled out."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.catalog.price_rows import PriceRow, other_prices, price_rows
from apps.routing.pricing import Pricing

NOVEMBER = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
BASE = {"prompt": "1.25", "completion": "10"}
PEAK = {"prompt": "2.5", "completion": "20"}


def rows(zone: str = "UTC", **pricing: Any) -> list[PriceRow]:
    parsed = Pricing.parse({**BASE, **pricing})
    return price_rows(parsed, here=ZoneInfo(zone), today=NOVEMBER)


def test_plain_prices_are_one_row() -> None:
    assert rows(input_cache_read="0.125") == [PriceRow("", "$1.25", "$10.00", "$0.125", "–")]


def test_an_unknown_price_is_a_row_of_dashes() -> None:
    assert price_rows(None, here=UTC, today=NOVEMBER) == [PriceRow("", "–", "–", "–", "–")]


def test_a_long_prompt_has_a_row_of_its_own_with_what_stays_as_it_was() -> None:
    tier = {"min_prompt_tokens": 200_000, "prompt": "2.5"}
    assert rows(input_cache_read="0.1", overrides=[tier])[1:] == [
        PriceRow("prompts over 200,000 tokens", "$2.50", "$10.00", "$0.10", "–")
    ]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "01:00 to 04:00 and 22:30 to 00:30 UTC"),
        (
            "America/Chicago",
            "19:00 to 22:00 and 16:30 to 18:30 here (01:00 to 04:00 and 22:30 to 00:30 UTC)",
        ),
    ],
)
def test_hours_that_cost_the_same_are_one_row_by_the_clock_on_the_wall(
    zone: str, words: str
) -> None:
    hours = [("0100", "0400"), ("2230", "0030")]
    peaks = [{"utc_start": start, "utc_end": end, **PEAK} for start, end in hours]
    assert rows(zone, overrides=peaks)[1:] == [PriceRow(words, "$2.50", "$20.00", "–", "–")]


def test_what_has_no_column_is_told_in_words() -> None:
    pricing = Pricing.parse({**BASE, "web_search": "0.035", "audio": "1", "request": "0"})
    assert other_prices(pricing) == ["each web search $0.035", "sound in $1.00"]
    assert other_prices(None) == []
