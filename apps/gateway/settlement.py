"""Moment two: an outcome becomes the closed generation, its cost and its receipt."""

from typing import TYPE_CHECKING

from apps.gateway.holding import Ticket
from apps.gateway.money import Row
from apps.gateway.receipt import clean, details_of
from apps.routing.errors import Refusal
from apps.routing.types import Outcome

if TYPE_CHECKING:
    from apps.gateway.house import House


async def finish(house: "House", ticket: Ticket, outcome: Outcome, refusal: Refusal | None) -> bool:
    """Closes the call. True once durable; False when that takes longer, and goes on by itself."""
    if outcome.cost > ticket.hold:
        house.money.counts.settled_above_hold += 1
    is_durable = await house.money.settle(closing_row(ticket, outcome, refusal))
    house.room.settled(ticket.row["windows"])
    return is_durable


def closing_row(ticket: Ticket, outcome: Outcome, refusal: Refusal | None) -> Row:
    served, usage = outcome.candidate, outcome.usage
    return {
        "id": ticket.generation_id,
        "windows": ticket.row["windows"],
        "state": "closed",
        "cost": outcome.cost,
        "is_estimated": outcome.is_estimated,
        "status": refusal.status if refusal else outcome.status,
        "error_type": refusal.error_type if refusal else outcome.error_type,
        "finish_reason": outcome.finish_reason,
        "native_finish_reason": clean(outcome.native_finish_reason),
        "was_cancelled": outcome.was_cancelled,
        "model": served.model if served else None,
        "endpoint_id": served.endpoint_id if served else None,
        "provider": served.provider if served else None,
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "reasoning_tokens": usage.reasoning,
        "cached_tokens": usage.cached,
        "cache_write_tokens": usage.cache_write,
        "latency_ms": outcome.latency_ms,
        "duration_ms": outcome.duration_ms,
        "details": details_of(ticket, outcome),
    }
