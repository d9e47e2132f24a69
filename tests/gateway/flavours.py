"""What a provider makes of a request's fields, should any slip through that choose another model,
provider, host or account, or lift the limit on output: three kinds of lenient readers. They match
keys without regard to case, and the last of two wins, as some servers do."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

UNLIMITED = 4096  # tokens of an answer that nobody capped
SEARCH_COSTS = Decimal("0.01")


@dataclass(frozen=True)
class Reading:
    """How the provider understood a request. `steered_by` names the fields it let steer it."""

    model: str = ""
    is_streamed: bool = False
    cap: int | None = None
    n: int = 1
    extra_cost: Decimal = Decimal(0)
    steered_by: list[str] = field(default_factory=list)

    @property
    def most_tokens(self) -> int:
        return (UNLIMITED if self.cap is None else self.cap) * self.n


Flavour = Callable[[bytes], Reading]
_OTHER_MODEL = "somebody-elses-1"
_CAPS = ("max_tokens", "max_completion_tokens")
_OTHER_CAPS = ("max_output_tokens", "max_new_tokens", "num_predict", "max_length", "n_predict")
# Fields by which a gateway upstream would run something else than `model`.
_OPENROUTER = ("models", "route", "preset", "fallback_models", "fallbacks")
_LITELLM = (
    "fallbacks",
    "context_window_fallbacks",
    "content_policy_fallbacks",
    "default_fallbacks",
    "model_list",
    "deployment",
    "deployment_id",
    "specific_deployment",
    "custom_llm_provider",
    "api_base",
    "base_url",
    "api_key",
    "organization",
    "user_config",
    "litellm_params",
    "mock_response",
    "mock_tool_calls",
    "router_settings",
    "tags",
)
_EXTRA = ("extra_body", "extra_headers", "headers", "extra_query", "config", "virtual_key")


def openai(body: bytes) -> Reading:
    """A plain provider: only searches, tiers and other names of the cap would cost more."""
    given = _lenient(body)
    return _reading(given, steered_by=[])


def openrouter_like(body: bytes) -> Reading:
    given = _lenient(body)
    steered = [name for name in _OPENROUTER if given.get(name)]
    wish = given.get("provider")
    if isinstance(wish, dict) and {"order", "only"} & set(wish):
        steered.append("provider")
    if any(mark in str(given.get("model")) for mark in (":online", ":nitro", "@preset")):
        steered.append("model")
    steered += [name for name in ("plugins", "transforms") if given.get(name)]
    return _reading(given, steered_by=steered)


def litellm_like(body: bytes) -> Reading:
    given = _lenient(body)
    steered = [name for name in (*_LITELLM, *_EXTRA) if given.get(name)]
    steered += [
        name for name in given if name.startswith(("litellm_", "aws_", "vertex_", "azure_"))
    ]
    return _reading(given, steered_by=list(dict.fromkeys(steered)))


FLAVOURS: dict[str, Flavour] = {
    "openai": openai,
    "openrouter-like": openrouter_like,
    "litellm-like": litellm_like,
}


def _lenient(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body, object_pairs_hook=_last_wins)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _last_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {unicodedata.normalize("NFKC", key).casefold().strip(): value for key, value in pairs}


def _reading(given: dict[str, Any], *, steered_by: list[str]) -> Reading:
    extra = Decimal(0)
    for name in ("web_search_options", "web_search", "search_parameters", "enable_search"):
        if given.get(name):
            extra += SEARCH_COSTS
    if given.get("service_tier") in ("priority", "fast", "scale"):
        extra += SEARCH_COSTS
    caps = [given[name] for name in _CAPS if isinstance(given.get(name), int)]
    others = [given[name] for name in _OTHER_CAPS if isinstance(given.get(name), int)]
    n, best_of = given.get("n") or 1, given.get("best_of") or 1
    return Reading(
        model=_OTHER_MODEL if steered_by else str(given.get("model", "")),
        is_streamed=given.get("stream") is True,
        cap=max(others) if others else min(caps, default=None),
        n=max(n if isinstance(n, int) else 1, best_of if isinstance(best_of, int) else 1),
        extra_cost=extra,
        steered_by=steered_by,
    )
