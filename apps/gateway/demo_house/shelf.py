"""Where the demonstration's calls went: the endpoints of the catalogue at the places the house is
connected to, with what a token costs there in millionths of a millionth of a dollar, so that sums
are whole numbers and exact."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from apps.catalog.models import Endpoint
from apps.connections.models import Connection
from apps.routing.pricing import Pricing

DOLLAR = 10**12  # NUMERIC(20,12)
PER_MILLION = 10**6
LONGEST_PROMPT = 90_000  # below every tier of prices
DIRECT, THROUGH = 5.0, 1.0  # how much liker the maker's own place is than one that hands on


class Place(NamedTuple):
    """One endpoint through one connection. Rates are what one token costs, `request` what a call
    does."""

    model: str
    endpoint_id: int
    endpoint: str
    provider: str
    connection_id: int
    prompt: int
    cached: int
    completion: int
    reasoning: int
    request: int
    prices: dict[str, str]
    priced: dict[str, str]
    reasons: bool
    released_on: date | None
    liking: float
    wait_ms: int
    tokens_per_second: int

    def cost(self, prompt: int, completion: int, reasoning: int, cached: int) -> int:
        return (
            (prompt - cached) * self.prompt
            + cached * self.cached
            + (completion - reasoning) * self.completion
            + reasoning * self.reasoning
            + self.request
        )


def places(
    models: Iterable[str], connections: dict[str, Connection], seed: int
) -> dict[str, list[Place]]:
    """By model; those without a place that can be reckoned exactly are left out."""
    found: dict[str, list[Place]] = {}
    rows = Endpoint.objects.filter(model__slug__in=list(models), is_listed=True)
    for row in rows.select_related("model", "provider").order_by("key"):
        connection = connections.get(row.provider.slug)
        if connection is not None and (place := _place(row, connection, seed)):
            found.setdefault(place.model, []).append(place)
    return found


def _place(row: Endpoint, connection: Connection, seed: int) -> Place | None:
    rates = _rates(row.fact("pricing"), at_home=connection.is_at_home)
    if rates is None or row.variant or row.is_deprecated:
        return None
    luck = Random(f"{seed} {row.key}")  # the same for each house of this seed
    maker = row.model.slug.partition("/")[0]
    return Place(
        model=row.model.slug,
        endpoint_id=row.pk,
        endpoint=row.key,
        provider=row.provider.slug,
        connection_id=connection.pk,
        **rates,
        prices=_shown(row.fact("pricing")),
        priced={"by": row.price_source or "", "on": f"{row.price_as_of or ''}"},
        reasons="reasoning" in row.abilities,
        released_on=row.model.released_on,
        liking=THROUGH if row.provider.is_gateway and maker != row.provider.slug else DIRECT,
        wait_ms=luck.randint(180, 900),
        tokens_per_second=luck.randint(35, 190),
    )


def _rates(pricing: Any, *, at_home: bool) -> dict[str, int] | None:
    """None where the price is unknown, changes with the hour, or is finer than sums are."""
    parsed = Pricing.parse(pricing)
    if parsed is None:
        free = dict.fromkeys(("prompt", "cached", "completion", "reasoning", "request"), 0)
        return free if at_home else None
    for condition, _ in parsed.overrides:
        if int(condition.get("min_prompt_tokens", 0)) < LONGEST_PROMPT:
            return None
    base = parsed.base
    prompt, completion = base["prompt"], base["completion"]
    exact: dict[str, Decimal] = {
        "prompt": prompt * PER_MILLION,
        "cached": base.get("input_cache_read", prompt) * PER_MILLION,
        "completion": completion * PER_MILLION,
        "reasoning": base.get("reasoning", completion) * PER_MILLION,
        "request": base.get("request", Decimal(0)) * DOLLAR,
    }
    rates = {name: int(rate) for name, rate in exact.items()}
    return rates if rates == exact else None


def _shown(pricing: Any) -> dict[str, str]:
    parsed = Pricing.parse(pricing)
    return parsed.shown if parsed else {}
