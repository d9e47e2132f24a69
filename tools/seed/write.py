"""Writes the seed file: one entity per line, always in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from apps.catalog.naming.words import order
from apps.catalog.prices import as_json

from .exceptions import policy_of
from .inputs import Source
from .merge import NEWEST, Endpoint

PROVIDER_TEXT = ("key_env", "headquarters", "privacy_url", "terms_url", "status_url")
POLICY = ("retention_days", "note", "source", "confidence", "as_of")


def source_json(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "version": source.version,
        "sha256": source.sha256,
        "licence": source.licence,
        "as_of": source.as_of.isoformat(),
    }


def provider_json(slug: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    policy = facts["data_policy"]
    return {
        "slug": slug,
        "name": facts["name"],
        "wire": "openai",
        "base_url": facts.get("base_url"),
        **{field: facts.get(field) for field in PROVIDER_TEXT},
        "is_gateway": facts.get("is_gateway", False),
        "stops_on_cancel": facts["stops_on_cancel"],
        "cap_parameter": facts.get("cap_parameter"),
        "cap_bounds_reasoning": facts.get("cap_bounds_reasoning"),
        "data_policy": {
            "trains": policy["trains"],
            "trains_free_tier": policy["trains_free_tier"],
            "zdr": policy["zdr"],
            **{field: policy.get(field) for field in POLICY},
        },
    }


def endpoint_json(endpoint: Endpoint, *, labels: Mapping[str, Source]) -> dict[str, Any]:
    source = labels[endpoint.price_source]
    policy = policy_of(endpoint.slug, endpoint.provider)
    return {
        "key": endpoint.key,
        "model": endpoint.slug,
        "provider": endpoint.provider,
        "upstream_id": endpoint.upstream_id,
        "tag": endpoint.tag,
        "variant": "free" if endpoint.is_free else None,
        "quantization": endpoint.identity.quantization,
        "context_length": endpoint.context_length,
        "largest_context_length": endpoint.largest_context_length,
        "max_completion_tokens": endpoint.max_completion_tokens,
        "abilities": sorted(name for name, there in endpoint.abilities.items() if there),
        "input_modalities": order(endpoint.inputs),
        "output_modalities": order(endpoint.outputs),
        "cap_parameter": _cap_parameter(endpoint),
        "is_deprecated": endpoint.is_deprecated,
        "expires_on": endpoint.expires_on and endpoint.expires_on.isoformat(),
        "pricing": as_json(endpoint.pricing),
        "price_source": source.label,
        "price_as_of": source.as_of.isoformat(),
        **({"data_policy": policy} if policy else {}),
        **({"kept_by": other} if (other := _kept_by(endpoint)) else {}),
    }


def write_seed(
    path: Path, *, day: date, sections: Mapping[str, Iterable[Mapping[str, Any]]]
) -> None:
    blocks = [f'"format":1,"as_of":"{day.isoformat()}"']
    for name, entities in sections.items():
        lines = ",\n".join(_line(entity) for entity in entities)
        blocks.append(f'"{name}":[\n{lines}\n]')
    path.write_text("{" + ",\n".join(blocks) + "}\n", encoding="utf-8")


def _cap_parameter(endpoint: Endpoint) -> str | None:
    """Azure takes OpenAI's newer parameter for OpenAI's models only."""
    foreign = endpoint.provider == "azure" and not endpoint.slug.startswith("openai/")
    return "max_tokens" if foreign else None


def _kept_by(endpoint: Endpoint) -> str | None:
    """The file that still knows an endpoint which the newest snapshot does not list; see merge."""
    is_listed = endpoint.rows[0].source == NEWEST or endpoint.provider == "openrouter"
    return None if is_listed else "litellm"


def _line(entity: Mapping[str, Any]) -> str:
    return json.dumps(entity, ensure_ascii=False, separators=(",", ":"))
