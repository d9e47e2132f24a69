"""Moment two: an outcome becomes the closed generation, its cost and its receipt."""

from typing import TYPE_CHECKING, Any

from apps.gateway.holding import Ticket
from apps.gateway.money import Row
from apps.routing.errors import Refusal
from apps.routing.types import Candidate, Outcome

if TYPE_CHECKING:
    from apps.gateway.house import House

MOST_CANDIDATES = 60


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
        "native_finish_reason": _clean(outcome.native_finish_reason),
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
        "details": _details(ticket, outcome),
    }


def _details(ticket: Ticket, outcome: Outcome) -> dict[str, Any]:
    """The receipt's bulky part: facts only, never text."""
    plan = ticket.plan
    over = {_way(drop.candidate) for drop in outcome.passed_over}
    candidates = [
        {"endpoint": c.endpoint, "provider": c.provider, "rank": rank}
        for rank, c in enumerate(plan.candidates[:MOST_CANDIDATES], 1)
        if _way(c) not in over
    ]
    candidates += [
        {"endpoint": d.candidate.endpoint, "provider": d.candidate.provider, "dropped_by": d.rule}
        for d in (*outcome.passed_over, *plan.dropped[:MOST_CANDIDATES])
    ]
    applied = {} if ticket.applied is None else {"max_tokens_applied": ticket.applied}
    hits = [
        {"rule": hit.rule, "action": hit.action.name.lower(), "count": hit.count}
        for hit in ticket.scrubbed.hits
    ]
    return {
        **applied,
        **({"rules": hits} if hits else {}),
        **({"router": plan.chosen.as_row()} if plan.chosen else {}),
        "attempts": [attempt.as_row() for attempt in outcome.attempts],
        "candidates": candidates,
        "prices": _prices(ticket, outcome),
        "upstream_id": _clean(outcome.upstream_id),
    }


def _way(candidate: Candidate) -> tuple[int, int]:
    return candidate.endpoint_id, candidate.connection_id


def _prices(ticket: Ticket, outcome: Outcome) -> dict[str, str]:
    """The price rows that applied to this call: its size and its hour choose among them."""
    pricing = outcome.candidate.pricing if outcome.candidate else None
    if pricing is None:
        return {}
    if not pricing.overrides:
        return pricing.shown
    applied = pricing.at(prompt_tokens=outcome.usage.prompt, moment=ticket.moment)
    return {name: format(price, "f") for name, price in applied.items()}


def _clean(text: str) -> str:
    """PostgreSQL's JSON holds every character but NUL."""
    return text.replace("\x00", "")
