"""Reads the newer models.dev snapshot that sits compiled into the liter-llm package.

Its binary is unpacked into a temporary folder and imported there by a process of its own, which
prints the data and ends; nothing is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing

from .inputs import Source
from .rows import Row, per_million, whole

DUMP = """
import json, liter_llm
def fields(thing):
    names = (n for n in dir(thing) if not n.startswith("_") and n not in ("from_json", "tiers"))
    return {n: getattr(thing, n) for n in names}
rows = []
for model in liter_llm.list_catalog_models():
    info = liter_llm.exact_model_info(model.key)
    rows.append({**fields(info), **fields(model), "tiers": [fields(t) for t in info.tiers or []]})
print(json.dumps(rows))
"""
KEYS = {
    "input_cost_per_token": "prompt",
    "output_cost_per_token": "completion",
    "output_cost_per_reasoning_token": "reasoning",
    "cache_read_input_token_cost": "input_cache_read",
    "cache_creation_input_token_cost": "input_cache_write",
    "input_cost_per_audio_token": "audio",
    "output_cost_per_audio_token": "audio_output",
}
ABILITIES = {
    "supports_function_calling": "tools",
    "supports_reasoning": "reasoning",
    "supports_structured_output": "structured_outputs",
}
CHAT_MODES = ("chat", "image_generation", "audio_speech", None)


def read_rows(source: Source, *, slugs: Mapping[str, str]) -> Iterator[Row]:
    for model in sorted(_dump(source), key=lambda one: one["key"]):
        if (slug := slugs.get(model["provider"])) and model["mode"] in CHAT_MODES:
            yield _row(model, provider=slug, source=source)


def _dump(source: Source) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(source.wheel) as archive:
            archive.extractall(folder)
        printed = subprocess.run(
            [sys.executable, "-c", DUMP],
            env={**os.environ, "PYTHONPATH": folder},
            check=True,
            capture_output=True,
        ).stdout
    models: list[dict[str, Any]] = json.loads(printed, parse_float=Decimal)
    return models


def _row(model: Mapping[str, Any], *, provider: str, source: Source) -> Row:
    inputs = {"text"}
    inputs |= {"image"} if model["supports_vision"] else set()
    inputs |= {"audio"} if model["supports_audio_input"] else set()
    outputs = {"text"} if model["mode"] == "chat" else set()
    outputs |= {"audio"} if model["supports_audio_output"] else set()
    return Row(
        provider=provider,
        upstream_id=model["model"],
        source=source.name,
        context_length=whole(model["max_tokens"]),
        max_completion_tokens=whole(model["max_output_tokens"]),
        pricing=_pricing(model) if model["price_known"] else None,
        inputs=frozenset(inputs),
        outputs=frozenset(outputs),
        abilities={ours: bool(model[theirs]) for theirs, ours in ABILITIES.items()},
    )


def _pricing(model: Mapping[str, Any]) -> Pricing | None:
    pricing = _prices(model)
    if not (pricing.get("prompt") or pricing.get("completion")):
        return None
    tiers = [
        {"min_prompt_tokens": int(tier["min_context_tokens"]), **_prices(tier)}
        for tier in model["tiers"]
    ]
    if tiers:
        pricing["overrides"] = tiers
    return pricing


def _prices(costs: Mapping[str, Any]) -> Pricing:
    return {
        ours: price
        for theirs, ours in KEYS.items()
        if (price := per_million(costs.get(theirs), factor=1_000_000)) is not None
    }
