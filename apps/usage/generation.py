"""One call in the shape of OpenRouter's GET /generation."""

from typing import Any

from apps.usage.models import Generation, GenerationDetail

# Fields that clients of that API expect to be there; this house keeps nothing of the kind.
NOT_KEPT = dict.fromkeys(
    (
        "app_id",
        "cache_discount",
        "external_user",
        "http_referer",
        "moderation_latency",
        "native_tokens_completion_images",
        "num_fetches",
        "num_input_audio_prompt",
        "num_media_completion",
        "num_media_prompt",
        "num_search_results",
        "preset_id",
        "router",
        "service_tier",
        "upstream_inference_cost",
        "user_agent",
        "web_search_engine",
    )
)


def as_generation(row: Generation) -> dict[str, Any]:
    detail = GenerationDetail.objects.filter(generation_id=row.id).first()
    details = detail.details if detail else {}
    return {
        "id": row.id,
        "upstream_id": details.get("upstream_id") or None,
        "request_id": row.id,
        "api_type": "completions",
        "model": row.model,
        "requested_model": row.requested_model,
        "provider_name": row.provider,
        "provider_responses": [_response(one) for one in details.get("attempts", [])],
        "created_at": row.created_at.isoformat(),
        "state": row.state,
        "status": row.status,
        "error_type": row.error_type or None,
        "latency": row.latency_ms,
        "generation_time": row.duration_ms,
        "streamed": row.is_streamed,
        "cancelled": row.was_cancelled,
        "is_estimated": row.is_estimated,
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
        **NOT_KEPT,
        "data_region": "global",
        "origin": "",
        "workspace_id": str(row.project_id),
        "total_cost_exact": format(row.cost_usd, "f"),
        "hold_usd": format(row.hold_usd, "f"),
        "is_byok": False,
        "app": row.app or None,
        "candidates": details.get("candidates", []),
        "prices": details.get("prices", {}),
    }


def _response(attempt: dict[str, Any]) -> dict[str, Any]:
    return {
        "provider_name": attempt["provider"],
        "status": attempt["status"],
        "latency": attempt["latency_ms"],
        "error": attempt["error"],
        "model_permaslug": attempt["model"],
        "is_byok": False,
    }
