"""The catalogue in OpenRouter's shapes, with what OpenAI's clients look for beside it. Pure: rows
in, dictionaries out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from apps.catalog.descriptions import description_of
from apps.catalog.listing import price_order
from apps.catalog.measured import Measured
from apps.catalog.models import Endpoint, LanguageModel, Provider, Source
from apps.catalog.parameters import parameters
from apps.gateway.catalog_api.tokenizers import OTHER, tokenizer_of
from apps.gateway.measures import as_figures
from apps.routing.pricing import MILLION, PER_ONE, Pricing

TEXT = "text"

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


class Place(NamedTuple):
    """What a model's entry has of the endpoint that stands for it."""

    context_length: int | None
    pricing: dict[str, Any]
    top_provider: dict[str, Any]


def model_entry(
    slug: str, model: LanguageModel, endpoints: list[Endpoint], best: Place
) -> dict[str, Any]:
    """One entry of /models. Prices and limits are those of its cheapest endpoint."""
    return {
        "id": slug,
        "canonical_slug": model.slug,
        "hugging_face_id": None,
        "name": _shown_name(slug, model),
        "created": _created(model),
        "description": description_of(model.slug),
        "object": "model",
        "owned_by": model.author.slug,
        "context_length": model.fact("context_length") or best.context_length,
        "architecture": architecture(model),
        "pricing": best.pricing,
        "top_provider": best.top_provider,
        "per_request_limits": None,
        "supported_parameters": parameters(
            ability for e in endpoints for ability in e.fact("abilities")
        ),
        "default_parameters": NO_DEFAULTS,
        "supported_voices": None,
        "knowledge_cutoff": model.fact("knowledge_cutoff"),
        "expiration_date": _ends(endpoints),
        "links": {"details": f"/api/v1/models/{slug}/endpoints"},
    }


def narrowed(whole: dict[str, Any], abilities: Iterable[str], best: Place) -> dict[str, Any]:
    """The same entry where only some of its endpoints count."""
    return {
        **whole,
        "pricing": best.pricing,
        "top_provider": best.top_provider,
        "supported_parameters": parameters(abilities),
    }


def place_of(endpoint: Endpoint) -> Place:
    context = endpoint.fact("context_length")
    return Place(
        context_length=context,
        pricing=prices(endpoint),
        top_provider={
            "context_length": context,
            "max_completion_tokens": endpoint.fact("max_completion_tokens"),
            "is_moderated": False,
        },
    )


def endpoints_entry(
    slug: str,
    model: LanguageModel,
    endpoints: list[Endpoint],
    connected: Collection[int],
    measured: Mapping[int, Measured],
) -> dict[str, Any]:
    """The answer of /models/{author}/{slug}/endpoints."""
    return {
        "id": slug,
        "name": _shown_name(slug, model),
        "created": _created(model),
        "description": description_of(model.slug),
        "architecture": architecture(model),
        "endpoints": [
            endpoint_entry(
                slug,
                model,
                one,
                is_connected=one.pk in connected,
                seen=measured.get(one.pk),
            )
            for one in sorted(endpoints, key=price_rank)
        ],
    }


def endpoint_entry(
    slug: str,
    model: LanguageModel,
    endpoint: Endpoint,
    *,
    is_connected: bool,
    seen: Measured | None,
) -> dict[str, Any]:
    """What was `seen` of it here is for whoever has a key."""
    provider = endpoint.provider
    return {
        "name": f"{provider.name} | {slug}",
        "model_id": slug,
        "model_name": _shown_name(slug, model),
        "provider_name": provider.name,
        "tag": endpoint.key.partition("@")[2],
        # A number always there; 0 where nobody says.
        "context_length": endpoint.fact("context_length") or model.fact("context_length") or 0,
        "max_completion_tokens": endpoint.fact("max_completion_tokens"),
        "max_prompt_tokens": None,
        "pricing": prices(endpoint),
        "quantization": endpoint.quantization or "unknown",
        "status": 0 if is_connected else -5,
        "supported_parameters": parameters(endpoint.fact("abilities")),
        # Nobody tests each way here: whoever takes tools is taken to obey.
        "supports_tool_choice": dict.fromkeys(
            ("auto", "function", "none", "required"), "tools" in endpoint.fact("abilities")
        ),
        "supports_implicit_caching": "input_cache_read" in endpoint.fact("pricing"),
        "supports_voice_cloning": False,
        "supports_diarization": False,
        "native_tools": {},
        "service_tier": None,
        **as_figures(seen or Measured()),
    }


def provider_entry(provider: Provider) -> dict[str, Any]:
    """Where its machines stand is not known here."""
    return {
        "name": provider.name,
        "slug": provider.slug,
        "privacy_policy_url": provider.fact("privacy_url"),
        "terms_of_service_url": provider.fact("terms_url"),
        "status_page_url": provider.fact("status_url"),
        "headquarters": provider.fact("headquarters"),
        "datacenters": None,
    }


def price_rank(endpoint: Endpoint) -> tuple[bool, Decimal, int]:
    """Cheapest first, unknown last."""
    return price_order(Pricing.parse(endpoint.fact("pricing")), endpoint.pk)


def architecture(model: LanguageModel) -> dict[str, Any]:
    given = model.fact("input_modalities") or [TEXT]
    made = model.fact("output_modalities") or [TEXT]
    return {
        "modality": f"{'+'.join(given)}->{'+'.join(made)}",
        "input_modalities": given,
        "output_modalities": made,
        "tokenizer": OTHER if model.source == Source.OWN else tokenizer_of(model.slug),
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


def _told(name: str, price: Decimal) -> str:
    amount = price if name in PER_ONE else price / MILLION
    text = format(amount.normalize(), "f")
    return text if text != "-0" else "0"


def _created(model: LanguageModel) -> int:
    released = model.fact("released_on")
    if not released:
        return 0
    return int(datetime.combine(released, datetime.min.time(), UTC).timestamp())


def _ends(endpoints: list[Endpoint]) -> str | None:
    """The day the last of them ends, where all of them do."""
    days = [endpoint.expires_on for endpoint in endpoints]
    known = [day for day in days if day]
    return max(known).isoformat() if len(known) == len(days) else None


def _shown_name(slug: str, model: LanguageModel) -> str:
    ending = " (free)" if slug.endswith(":free") and not model.slug.endswith(":free") else ""
    return f"{model.author.name}: {model.fact('name')}{ending}"
