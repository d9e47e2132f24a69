"""One call in the shape of OpenRouter's GET /generation, with what this house tells besides. The
page of a receipt offers the same."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.routing.pricing import MILLION, PLACES, Pricing
from apps.usage.app_names import names_of_apps
from apps.usage.charged import ChargedTo
from apps.usage.grouping import provider_names
from apps.usage.models import Generation
from apps.usage.noted import dicts_of, text_of, whole_of
from apps.usage.receipt import details_of, receipt_of

# Fields that clients of that API expect to be there; this house keeps nothing of the kind.
NOT_KEPT = dict.fromkeys(
    (
        "external_user",
        "http_referer",
        "native_tokens_completion_images",
        "num_fetches",
        "num_input_audio_prompt",
        "num_media_completion",
        "num_media_prompt",
        "num_search_results",
        "preset_id",
        "response_cache_source_id",
        "service_tier",
        "session_id",
        "upstream_inference_cost",
        "user_agent",
        "web_search_engine",
    )
)


def as_generation(row: Generation, reader: User) -> dict[str, Any]:
    """`reader` is told of its budgets those they may look at."""
    details, _ = details_of(row)
    attempts = dicts_of(details.get("attempts"))
    slugs = {row.provider, *(text_of(one.get("provider")) for one in attempts)}
    names = {**provider_names(slugs), "": ""}
    app = names_of_apps([row.app])[row.app]
    return {
        **_of_openrouter(row, details),
        "app_id": app.pk,
        "app": app.name if row.app else None,
        "provider_name": names[row.provider],
        "provider_responses": [
            _response(one, names[text_of(one.get("provider"))]) for one in attempts
        ],
        **_of_this_house(row, details, reader),
    }


def _of_openrouter(row: Generation, details: Mapping[str, Any]) -> dict[str, Any]:
    router = details.get("router")
    return {
        "id": row.id,
        "upstream_id": text_of(details.get("upstream_id")) or None,
        "request_id": row.id,
        "api_type": "completions",
        "model": row.model,
        "router": router.get("name") if isinstance(router, dict) else None,
        "created_at": row.created_at.isoformat(),
        "latency": row.latency_ms,
        "generation_time": row.duration_ms,
        "moderation_latency": whole_of(details.get("guardrails_ms")),
        "streamed": row.is_streamed,
        "cancelled": row.was_cancelled,
        "finish_reason": row.finish_reason or None,
        "native_finish_reason": row.native_finish_reason or None,
        "tokens_prompt": row.prompt_tokens,
        "tokens_completion": row.completion_tokens,
        "native_tokens_prompt": row.prompt_tokens,
        "native_tokens_completion": row.completion_tokens,
        "native_tokens_reasoning": row.reasoning_tokens,
        "native_tokens_cached": row.cached_tokens,
        "usage": float(row.cost_usd),
        "total_cost": float(row.cost_usd),
        "cache_discount": _cache_discount(row, details.get("prices")),
        **NOT_KEPT,
        "is_byok": False,
        "data_region": "global",
        "origin": "",
        "workspace_id": str(row.project_id),
    }


def _of_this_house(row: Generation, details: Mapping[str, Any], reader: User) -> dict[str, Any]:
    receipt = receipt_of(row, reader)
    return {
        "state": row.state,
        "status": row.status,
        "error_type": row.error_type or None,
        "requested_model": row.requested_model,
        "is_estimated": row.is_estimated,
        "total_cost_exact": format(row.cost_usd, "f"),
        "hold_usd": format(row.hold_usd, "f"),
        "queued_ms": receipt.queued_ms,
        "why": receipt.why,
        "timeline": [{"at": event.when or None, "event": event.words} for event in receipt.events],
        "candidates": dicts_of(details.get("candidates")),
        "prices": details.get("prices") if isinstance(details.get("prices"), dict) else {},
        "prices_as_of": receipt.priced.on.isoformat() if receipt.priced.on else None,
        "prices_from": receipt.priced.by or None,
        "guardrails": [hit._asdict() for hit in receipt.hits],
        "budgets": _budgets(receipt.charged),
    }


def _response(attempt: dict[str, Any], name: str) -> dict[str, Any]:
    endpoint = whole_of(attempt.get("endpoint_id"))
    return {
        "provider_name": name,
        "status": attempt.get("status"),
        "latency": attempt.get("latency_ms"),
        "endpoint_id": None if endpoint is None else str(endpoint),
        "model_permaslug": attempt.get("model"),
        "is_byok": False,
        "routed_service_tier": None,
        "error": attempt.get("error") or None,
        "began_ms": attempt.get("began_ms"),
        "cost_usd": attempt.get("cost"),
    }


def _budgets(charged: ChargedTo) -> list[dict[str, Any]]:
    return [
        {
            "budget_id": str(one.budget.pk),
            "name": one.budget.name,
            "since": one.window.starts_at.isoformat(),
            "charged_usd": format(one.usd, "f"),
            "left_usd": None if one.left is None else format(one.left, "f"),
        }
        for one in charged.known
    ]


def _cache_discount(row: Generation, prices: Any) -> float | None:
    """What the cache saved against the plain price of the prompt; writing into it costs more."""
    pricing = Pricing.parse(prices) if isinstance(prices, dict) else None
    if pricing is None or not (row.cached_tokens or row.cache_write_tokens):
        return None
    plain, base = pricing.base["prompt"], pricing.base
    saved = row.cached_tokens * (plain - base.get("input_cache_read", plain))
    saved += row.cache_write_tokens * (plain - base.get("input_cache_write", plain))
    return float((Decimal(saved) / MILLION).quantize(PLACES))
