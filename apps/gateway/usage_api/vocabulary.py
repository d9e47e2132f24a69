"""What calls may be counted by, split by and narrowed by: OpenRouter's names, as far as this house
can answer them, and why it cannot answer the others."""

from collections.abc import Callable
from typing import Any, NamedTuple

from apps.gateway.usage_api.figures import Figures, mean, share, spread
from apps.usage import sums

GRANULARITIES = {
    "minute": "Minute",
    "hour": "Hour",
    "day": "Day",
    "week": "Week",
    "month": "Month",
}


class Metric(NamedTuple):
    """`of_calls`: no sum has it, so calls must be read one by one."""

    label: str
    value: Callable[[Figures], Any]
    format: str = "number"
    of_calls: bool = False

    @property
    def is_rate(self) -> bool:
        """No total of its parts."""
        return self.of_calls or self.format == "percent"


def _latency(label: str, value: Callable[[list[float]], float | None]) -> Metric:
    return Metric(label, lambda found: value(found.latencies), "latency", of_calls=True)


def _speed(label: str, value: Callable[[list[float]], float | None]) -> Metric:
    return Metric(label, lambda found: value(found.speeds), "throughput", of_calls=True)


METRICS = {
    "request_count": Metric("Calls", lambda found: found.requests),
    "tokens_total": Metric("Tokens", lambda found: found.prompt_tokens + found.completion_tokens),
    "tokens_prompt": Metric("Prompt tokens", lambda found: found.prompt_tokens),
    "tokens_completion": Metric("Completion tokens", lambda found: found.completion_tokens),
    "reasoning_tokens": Metric("Reasoning tokens", lambda found: found.reasoning_tokens),
    "cached_tokens": Metric("Cached tokens", lambda found: found.cached_tokens),
    "total_usage": Metric("Spend", lambda found: found.spend, "currency"),
    "cache_hit_rate": Metric(
        "Share of the prompt that was cached",
        lambda found: share(found.cached_tokens, found.prompt_tokens),
        "percent",
    ),
    "avg_latency": _latency("Time to the first token", mean),
    "p50_latency": _latency("Time to the first token, p50", spread(50)),
    "p90_latency": _latency("Time to the first token, p90", spread(90)),
    "p99_latency": _latency("Time to the first token, p99", spread(99)),
    "avg_throughput": _speed("Tokens a second", mean),
    # As everywhere here: so many of a hundred calls were at least as fast.
    "p50_throughput": _speed("Tokens a second, p50", spread(50)),
    "p90_throughput": _speed("Tokens a second, p90", spread(10)),
    "p99_throughput": _speed("Tokens a second, p99", spread(1)),
}


class Dimension(NamedTuple):
    """`column` is a dimension of sums, or a field of calls that no sum has. `has_unset`: some calls
    have none."""

    label: str
    column: str
    has_unset: bool = False

    @property
    def of_calls(self) -> bool:
        return self.column not in sums.DIMENSIONS


DIMENSIONS = {
    "model": Dimension("Model", "model", has_unset=True),
    "variant": Dimension("Variant", "model", has_unset=True),
    "provider": Dimension("Provider", "endpoint", has_unset=True),
    "app": Dimension("App", "app", has_unset=True),
    "api_key_id": Dimension("API key", "key"),
    "user": Dimension("Person", "person"),
    "workspace": Dimension("Project", "project"),
    "finish_reason": Dimension("Why the answer ended", "finish_reason", has_unset=True),
    "generation_id": Dimension("Call", "id"),
}
ORDERED = "generation_id"  # the one whose values have an order: they begin with their time
OPERATORS = {
    "eq": "scalar",
    "neq": "scalar",
    "in": "array",
    "not_in": "array",
    "gt": "scalar",
    "gte": "scalar",
    "lt": "scalar",
    "lte": "scalar",
}

OWN_ACCOUNTS = "every call here runs on the house's own accounts, and total_usage is all of it"
IN_ONE = "what a call cost is kept as one sum, total_usage"
NO_CACHE = "this house never answers from a cache of its own"
RULES = "how often rules hit is counted for a project, not call by call"
NOT_KEPT = "nothing of the kind is kept of a call"
# OpenRouter's names for what nobody here could answer truthfully.
UNANSWERED = {
    **dict.fromkeys(
        ("byok_usage", "byok_request_count", "byok_fees", "credits_usage", "openrouter_usage"),
        OWN_ACCOUNTS,
    ),
    **dict.fromkeys(
        (
            *("usage_upstream", "usage_cache", "usage_data", "usage_web", "usage_upstream_web"),
            *("usage_file", "usage_upstream_file", "usage_web_fetch", "usage_upstream_web_fetch"),
        ),
        IN_ONE,
    ),
    **dict.fromkeys(("response_cached_count", "response_cached_rate"), NO_CACHE),
    **dict.fromkeys(("guardrail_invoked_count", "guardrail_invoked_rate"), RULES),
    **dict.fromkeys(("origin", "country", "external_user", "context_length_bucket"), NOT_KEPT),
}


def as_told() -> dict[str, Any]:
    """For GET /analytics/meta."""
    return {
        "metrics": [
            {
                "name": name,
                "display_label": one.label,
                "is_rate": one.is_rate,
                "display_format": one.format,
            }
            for name, one in METRICS.items()
        ],
        "dimensions": [
            {"name": name, "display_label": one.label} for name, one in DIMENSIONS.items()
        ],
        "operators": [{"name": name, "value_type": kind} for name, kind in OPERATORS.items()],
        "granularities": [
            {"name": name, "display_label": label} for name, label in GRANULARITIES.items()
        ],
    }
