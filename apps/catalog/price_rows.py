"""The prices of one endpoint as rows for people: the usual ones, those of long prompts, those of
certain hours. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple

from apps.core import money
from apps.routing.pricing import Pricing

CACHED, KEPT = "input_cache_read", "input_cache_write"
# Prices that stand in no column of their own, in words.
OTHERS = {
    "input_cache_write_1h": "kept in the cache for an hour",
    "request": "each call",
    "web_search": "each web search",
    "image": "each picture",
    "audio": "sound in",
    "audio_output": "sound out",
    "image_output": "pictures out",
    "reasoning": "thinking",
}


class PriceRow(NamedTuple):
    """`when` is empty for the usual prices. `cached`: what stood in the cache; `kept`: what is put
    there."""

    when: str
    prompt: str
    completion: str
    cached: str
    kept: str


def price_rows(pricing: Pricing | None, *, here: tzinfo, today: datetime) -> list[PriceRow]:
    """Prices that several hours share make one row. `here` is where those who read it live."""
    if pricing is None:
        return [_row("", {})]
    rows = [_row("", pricing.base)]
    by_prices: dict[tuple[object, ...], list[Mapping[str, str]]] = {}
    prices: dict[tuple[object, ...], Mapping[str, Decimal]] = {}
    for condition, row in pricing.overrides:
        whole = {**pricing.base, **row}
        key = (condition.get("min_prompt_tokens"), tuple(sorted(whole.items())))
        by_prices.setdefault(key, []).append(condition)
        prices[key] = whole
    rows += [
        _row(_when(conditions, here=here, today=today), prices[key])
        for key, conditions in by_prices.items()
    ]
    return rows


def other_prices(pricing: Pricing | None) -> list[str]:
    """`each web search $0.035`, `sound in $1.00`."""
    base = pricing.base if pricing else {}
    return [
        f"{words} {money.usd_exact(base[name])}" for name, words in OTHERS.items() if base.get(name)
    ]


def _row(when: str, prices: Mapping[str, Decimal]) -> PriceRow:
    shown = (money.usd_exact(prices.get(name)) for name in ("prompt", "completion", CACHED, KEPT))
    return PriceRow(when, *shown)


def _when(conditions: list[Mapping[str, str]], *, here: tzinfo, today: datetime) -> str:
    parts = []
    if least := conditions[0].get("min_prompt_tokens"):
        parts.append(f"prompts over {int(least):,} tokens")
    spans = [
        (one["utc_start"], one["utc_end"])
        for one in conditions
        if "utc_start" in one and "utc_end" in one
    ]
    if spans:
        parts.append(_hours(spans, here=here, today=today))
    return ", ".join(parts)


def _hours(spans: list[tuple[str, str]], *, here: tzinfo, today: datetime) -> str:
    utc = _and(_span(start, end) for start, end in spans)
    local = _and(_span(_at(start, here, today), _at(end, here, today)) for start, end in spans)
    return f"{utc} UTC" if local == utc else f"{local} here ({utc} UTC)"


def _span(start: str, end: str) -> str:
    return f"{start[:2]}:{start[2:]} to {end[:2]}:{end[2:]}"


def _at(clock: str, here: tzinfo, today: datetime) -> str:
    hour, minute = int(clock[:2]) % 24, int(clock[2:])
    moment = today.astimezone(UTC).replace(hour=hour, minute=minute)
    return f"{moment.astimezone(here):%H%M}"


def _and(spans: Iterator[str]) -> str:
    return " and ".join(spans)
