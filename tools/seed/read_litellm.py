"""Reads litellm's price file: end dates, context lengths and the prices of extras, by exact id.

Tiers are not read from it: its thresholds are spread over hundreds of field names. A row that has
any gets no price here, for a base price without its tiers would let a call cost more than was held.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing

from .inputs import Source
from .rows import Row, parse_day, per_million, whole

MEMBER = "litellm/model_prices_and_context_window_backup.json"


ABILITIES = {
    "supports_function_calling": "tools",
    "supports_reasoning": "reasoning",
    "supports_response_schema": "structured_outputs",
}
INPUTS = {"supports_vision": "image", "supports_pdf_input": "file", "supports_audio_input": "audio"}
KEYS = {
    "input_cost_per_token": "prompt",
    "output_cost_per_token": "completion",
    "cache_read_input_token_cost": "input_cache_read",
    "cache_creation_input_token_cost": "input_cache_write",
}


@dataclass(frozen=True)
class Extra:
    """What is added to an endpoint another source already lists."""

    row: Row
    base: Pricing
    """Prompt and completion, to compare with; not to charge by."""
    input_cache_write_1h: Decimal | None

    @property
    def context_length(self) -> int | None:
        return self.row.context_length

    @property
    def expires_on(self) -> date | None:
        return self.row.expires_on


def read_extras(
    source: Source, *, slugs: Mapping[str, str]
) -> Iterator[tuple[tuple[str, str], Extra]]:
    """((our provider, upstream id), facts) for each row of the providers in `slugs`."""
    data = json.loads(source.read(MEMBER), parse_float=Decimal)
    for key, row in sorted(data.items()):
        slug = _provider(row.get("litellm_provider", ""), slugs=slugs)
        if slug and row.get("mode") == "chat":
            extra = _extra(row, provider=slug, upstream_id=_upstream_id(key, row=row))
            yield extra.row.place, extra


def _provider(label: str, *, slugs: Mapping[str, str]) -> str | None:
    """Vertex and Bedrock come under many labels: vertex_ai-llama_models, bedrock_converse."""
    for prefix in ("vertex_ai", "bedrock"):
        if label.startswith(prefix):
            return slugs.get(prefix)
    return slugs.get(label)


def _upstream_id(key: str, *, row: Mapping[str, Any]) -> str:
    label = str(row["litellm_provider"])
    for prefix in (label, label.split("-")[0], label.split("_")[0], label.removesuffix("_chat")):
        if key.startswith(f"{prefix}/"):
            return key.removeprefix(f"{prefix}/")
    return key


def _extra(facts: Mapping[str, Any], *, provider: str, upstream_id: str) -> Extra:
    prices = {
        ours: price
        for theirs, ours in KEYS.items()
        if (price := per_million(facts.get(theirs), factor=1_000_000)) is not None
    }
    base: Pricing = {key: prices[key] for key in ("prompt", "completion") if key in prices}
    has_tiers = any("_above_" in field and "1hr" not in field for field in facts)
    is_charged = len(base) == 2 and any(base.values()) and not has_tiers
    row = Row(
        provider=provider,
        upstream_id=upstream_id,
        source="litellm",
        context_length=_count(facts.get("max_input_tokens")),
        max_completion_tokens=_count(facts.get("max_output_tokens")),
        pricing=prices if is_charged and "tiered_pricing" not in facts else None,
        inputs=frozenset({"text", *(ours for name, ours in INPUTS.items() if facts.get(name))}),
        outputs=frozenset({"text", "audio"} if facts.get("supports_audio_output") else {"text"}),
        abilities={ours: True for theirs, ours in ABILITIES.items() if facts.get(theirs)},
        expires_on=parse_day(facts.get("deprecation_date")),
    )
    per_hour = facts.get("cache_creation_input_token_cost_above_1hr")
    return Extra(row, base, per_million(per_hour, factor=1_000_000))


def _count(value: Any) -> int | None:
    return whole(value) if isinstance(value, int | Decimal) else None
