"""Calls that ended, as receipts tell them."""

from datetime import UTC, datetime
from typing import Any

from apps.usage.health.rollup import Closed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def an_attempt(error: str = "", status: int | None = None, **facts: Any) -> dict[str, Any]:
    """At endpoint 1 through connection 1; answered unless an error is named."""
    known = {"endpoint_id": 1, "connection_id": 1, "latency_ms": 500}
    found = 200 if status is None and not error else status
    return {**known, "error": error, "status": found, **facts}


def a_call(*attempts: dict[str, Any], **facts: Any) -> Closed:
    """Streamed: 100 tokens in two seconds behind the first of them."""
    known: dict[str, Any] = {
        "closed_at": NOON,
        "status": 200,
        "was_cancelled": False,
        "is_streamed": True,
        "completion": 100,
        "reasoning": 0,
        "latency_ms": 500,
        "duration_ms": 2500,
        "attempts": list(attempts or [an_attempt()]),
    }
    return Closed(**{**known, **facts})
