"""A key's own limits as its app hears of them. What is counted, and that no two processes admit the
same last call, stands in gateway_throttled in sql/money.sql."""

from decimal import Decimal
from typing import Any

from apps.gateway.money_rows import Verdict
from apps.gateway.snapshot import Caller
from apps.routing.errors import Refusal

TOO_FAST, TOO_MANY = "too_fast", "too_many"
WORDS = frozenset({TOO_FAST, TOO_MANY})


def refusal(caller: Caller, verdict: Verdict) -> Refusal:
    wait = int(verdict.available or Decimal(1))
    if verdict.word == TOO_FAST:
        most, limit = caller.requests_per_minute or 0, "requests_per_minute"
        message = (
            f"This API key may begin {_calls(most)} a minute, and that many began. "
            f"Try again in {wait} s."
        )
    else:
        most, limit = caller.max_in_flight or 0, "max_in_flight"
        message = (
            f"This API key may have {_calls(most)} running at once, and that many are running. "
            "Try again when one has ended."
        )
    return Refusal(
        429,
        "rate_limit_exceeded",
        message,
        metadata={"limit": limit, "limit_value": most, "retry_after_seconds": wait},
        retry_after=wait,
    )


def as_told(per_minute: int | None, at_once: int | None) -> dict[str, Any]:
    """In OpenRouter's shape, where -1 is no limit and `note` is for people."""
    notes = ["In any 60 seconds."] if per_minute is not None else []
    if at_once is not None:
        notes.append(f"At most {at_once} {'runs' if at_once == 1 else 'run'} at once.")
    return {
        "requests": -1 if per_minute is None else per_minute,
        "interval": "60s",
        "note": " ".join(notes) or "There is no limit.",
    }


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"
