"""The orders a list of models may have. Who has nothing to be ordered by comes last."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.listing import Entry
from apps.catalog.measured import Measured

NEWEST, NAME = "newest", "name"
CHEAPEST, DEAREST = "pricing-low-to-high", "pricing-high-to-low"
LONGEST, FASTEST, SOONEST = "context-high-to-low", "throughput-high-to-low", "latency-low-to-high"
MOST_USED = "most-popular"
TITLES = {
    NEWEST: "Newest",
    CHEAPEST: "Price, low to high",
    DEAREST: "Price, high to low",
    LONGEST: "Context, long to short",
    FASTEST: "Fastest here",
    SOONEST: "Soonest to answer here",
    MOST_USED: "Most used here",
    NAME: "Name",
}
# As it may be asked for → as it is called here.
SORTS = {name: name for name in TITLES} | {"top-weekly": MOST_USED}
Key = Callable[[Entry], Any]


def in_order(
    entries: Iterable[Entry],
    sort: str,
    measured: Mapping[str, Measured],
    calls: Mapping[str, int],
) -> list[Entry]:
    of_facts = {
        NEWEST: by_age,
        NAME: lambda one: one.name.casefold(),
        CHEAPEST: lambda one: _last_without(one.typical),
        DEAREST: lambda one: _last_without(None if one.typical is None else -one.typical),
        LONGEST: lambda one: -one.context,
        FASTEST: lambda one: _last_without(_median(measured, one.slug, "throughput", -1)),
        SOONEST: lambda one: _last_without(_median(measured, one.slug, "latency", 1)),
        MOST_USED: lambda one: -calls.get(one.slug, 0),
    }
    key: Key = of_facts[sort]
    return sorted(entries, key=lambda one: (key(one), by_age(one), one.slug))


def by_age(entry: Entry) -> int:
    """The newest first; who knows no date comes last."""
    return -(entry.released_on or date.min).toordinal()


def _last_without(value: Decimal | float | None) -> tuple[bool, Decimal | float]:
    return value is None, value or 0


def _median(measured: Mapping[str, Measured], slug: str, what: str, sign: int) -> float | None:
    spread = getattr(measured.get(slug), what, None)
    return None if spread is None else sign * spread.p50
