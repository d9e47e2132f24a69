"""The catalogue in OpenRouter's shapes, with what OpenAI's clients look for beside it. Pure: rows
in, dictionaries out."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.catalog.models import Endpoint, LanguageModel
from apps.catalog.parameters import parameters
from apps.routing.pricing import MILLION, PER_ONE, Pricing

# Our price names → OpenRouter's; token prices are told per token there.
PRICE_NAMES = {
    "prompt": "prompt",
    "completion": "completion",
    "request": "request",
    "image": "image",
    "image_output": "image_output",
    "audio": "audio",
    "audio_output": "audio_output",
    "web_search": "web_search",
    "reasoning": "internal_reasoning",
    "input_cache_read": "input_cache_read",
    "input_cache_write": "input_cache_write",
    "input_cache_write_1h": "input_cache_write_1h",
}
NO_DEFAULTS = dict.fromkeys(
    (
        "temperature",
        "top_p",
        "top_k",
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
    )
)


def model_entry(slug: str, model: LanguageModel, endpoints: list[Endpoint]) -> dict[str, Any]:
    """One entry of /models. Prices and limits are those of the cheapest endpoint."""
    best = min(endpoints, key=_price)
    released = model.fact("released_on")
    created = (
        int(datetime.combine(released, datetime.min.time(), UTC).timestamp()) if released else 0
    )
    return {
        "id": slug,
        "canonical_slug": model.slug,
        "name": _shown_name(slug, model),
        "created": created,
        "object": "model",
        "owned_by": model.author.slug,
        "context_length": model.fact("context_length"),
        "architecture": architecture(model),
        "pricing": prices(best),
        "top_provider": {
            "context_length": best.fact("context_length"),
            "max_completion_tokens": best.fact("max_completion_tokens"),
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": parameters(ability for e in endpoints for ability in e.abilities),
        "default_parameters": NO_DEFAULTS,
        "supported_voices": None,
        "knowledge_cutoff": model.fact("knowledge_cutoff"),
        "expiration_date": None,
        "links": {"details": f"/api/v1/models/{slug}/endpoints"},
    }


def endpoints_entry(
    slug: str, model: LanguageModel, endpoints: list[Endpoint], connected: set[int]
) -> dict[str, Any]:
    """The answer of /models/{author}/{slug}/endpoints."""
    return {
        "id": slug,
        "name": _shown_name(slug, model),
        "created": model_entry(slug, model, endpoints)["created"],
        "description": "",
        "architecture": architecture(model),
        "endpoints": [
            _endpoint(slug, model, endpoint, endpoint.id in connected)
            for endpoint in sorted(endpoints, key=_price)
        ],
    }


def architecture(model: LanguageModel) -> dict[str, Any]:
    given, made = model.fact("input_modalities"), model.fact("output_modalities")
    return {
        "modality": f"{'+'.join(given)}->{'+'.join(made)}",
        "input_modalities": given,
        "output_modalities": made,
        "tokenizer": "Other",
        "instruct_type": None,
    }


def prices(endpoint: Endpoint) -> dict[str, Any]:
    """USD as strings, per token or per one; "-1" where the price is unknown."""
    pricing = Pricing.parse(endpoint.fact("pricing"))
    if pricing is None:
        return {"prompt": "-1", "completion": "-1"}
    told: dict[str, Any] = {
        PRICE_NAMES[name]: _told(name, price)
        for name, price in pricing.base.items()
        if name in PRICE_NAMES
    }
    if pricing.overrides:
        told["overrides"] = [
            {
                **condition,
                **{PRICE_NAMES[n]: _told(n, p) for n, p in row.items() if n in PRICE_NAMES},
            }
            for condition, row in pricing.overrides
        ]
    return told


def _endpoint(
    slug: str, model: LanguageModel, endpoint: Endpoint, is_connected: bool
) -> dict[str, Any]:
    provider = endpoint.provider
    return {
        "name": f"{provider.name} | {slug}",
        "model_id": slug,
        "model_name": _shown_name(slug, model),
        "provider_name": provider.name,
        "tag": endpoint.key.partition("@")[2],
        "context_length": endpoint.fact("context_length"),
        "max_completion_tokens": endpoint.fact("max_completion_tokens"),
        "max_prompt_tokens": None,
        "pricing": prices(endpoint),
        "quantization": endpoint.quantization or "unknown",
        "status": 0 if is_connected else -5,
        "supported_parameters": parameters(endpoint.fact("abilities")),
        "supports_implicit_caching": "input_cache_read" in endpoint.fact("pricing"),
        "uptime_last_5m": None,
        "uptime_last_30m": None,
        "uptime_last_1d": None,
        "latency_last_30m": None,
        "throughput_last_30m": None,
    }


def _told(name: str, price: Decimal) -> str:
    amount = price if name in PER_ONE else price / MILLION
    text = format(amount.normalize(), "f")
    return text if text != "-0" else "0"


def _price(endpoint: Endpoint) -> tuple[bool, Decimal, int]:
    pricing = Pricing.parse(endpoint.fact("pricing"))
    return pricing is None, pricing.typical if pricing else Decimal(0), endpoint.id


def _shown_name(slug: str, model: LanguageModel) -> str:
    ending = " (free)" if slug.endswith(":free") and not model.slug.endswith(":free") else ""
    return f"{model.author.name}: {model.fact('name')}{ending}"
