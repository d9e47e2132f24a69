"""What a source says about one model at one provider, in one shape for all sources.

A value of None means the source does not say; nothing is guessed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing


@dataclass
class Row:
    provider: str
    upstream_id: str
    source: str
    name: str | None = None
    context_length: int | None = None
    max_completion_tokens: int | None = None
    pricing: Pricing | None = None
    inputs: frozenset[str] | None = None
    outputs: frozenset[str] | None = None
    abilities: dict[str, bool] = field(default_factory=dict)
    released_on: date | None = None
    knowledge_cutoff: str | None = None
    open_weights: bool | None = None
    is_deprecated: bool = False
    expires_on: date | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.provider, self.upstream_id.lower()


def by_place(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    places: dict[tuple[str, str], Row] = {}
    for row in rows:
        places.setdefault(row.place, row)
    return places


def parse_day(text: str | None) -> date | None:
    """A date that may lack its day or month: those are not days, so they are not kept."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def whole(value: Any) -> int | None:
    return int(value) if value and int(value) > 0 else None


def per_million(value: Any, *, factor: int = 1) -> Decimal | None:
    """A price in USD per million tokens, float noise rounded away at nine places."""
    if value is None:
        return None
    price = round(Decimal(str(value)) * factor, 9)
    return None if price < 0 else price
