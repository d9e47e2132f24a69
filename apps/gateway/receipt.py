"""The bulky part of a receipt, put together when the call is settled: who could have answered, in
which order and why, what was tried, what budgets had left. Facts only, never text."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from apps.gateway.holding import Ticket
from apps.routing.types import Candidate, Outcome

MOST_CANDIDATES = 60


def details_of(ticket: Ticket, outcome: Outcome) -> dict[str, Any]:
    """What is empty is left out."""
    plan = ticket.plan
    details = {
        "admitted_ms": ticket.admitted_ms,
        "attempts": [attempt.as_row() for attempt in outcome.attempts],
        "candidates": list(_candidates(ticket, outcome)),
        "prices": _prices(ticket, outcome),
        "upstream_id": clean(outcome.upstream_id),
    }
    if ticket.applied is not None:
        details["max_tokens_applied"] = ticket.applied
    if ticket.scrubbed.took_ms is not None:
        details["guardrails_ms"] = ticket.scrubbed.took_ms
    if hits := ticket.scrubbed.hits:
        details["rules"] = [
            {"rule": hit.rule, "action": hit.action.name.lower(), "count": hit.count}
            for hit in hits
        ]
    if plan.chosen:
        details["router"] = plan.chosen.as_row()
    if order := _order(ticket):
        details["order"] = order
    if (served := outcome.candidate) and served.priced_by:
        details["priced"] = {"by": served.priced_by, "on": served.priced_on}
    if outcome.usage.searches:
        details["searches"] = outcome.usage.searches
    if _says_its_cost(outcome):
        details["is_billed_as_told"] = True
    if budgets := _budgets(ticket, outcome):
        details["budgets"] = budgets
    return details


def clean(text: str) -> str:
    """PostgreSQL's JSON holds every character but NUL."""
    return text.replace("\x00", "")


def _candidates(ticket: Ticket, outcome: Outcome) -> Iterator[dict[str, Any]]:
    plan = ticket.plan
    over = {_way(drop.candidate) for drop in outcome.passed_over}
    for rank, one in enumerate(plan.candidates[:MOST_CANDIDATES], 1):
        if _way(one) not in over:
            row = {**_told(one), "rank": rank}
            yield {**row, "failed_lately": True} if one.endpoint_id in plan.troubled else row
    for drop in (*outcome.passed_over, *plan.dropped[:MOST_CANDIDATES]):
        yield {**_told(drop.candidate), "dropped_by": drop.rule}


def _told(one: Candidate) -> dict[str, Any]:
    told: dict[str, Any] = {"endpoint": one.endpoint, "provider": one.provider}
    if one.pricing is not None:
        shown = one.pricing.shown
        told["price"] = [shown["prompt"], shown["completion"]]
    return told


def _way(candidate: Candidate) -> tuple[int, int]:
    return candidate.endpoint_id, candidate.connection_id


def _order(ticket: Ticket) -> dict[str, Any]:
    """What the call said of the order; nothing where it left that to the house."""
    wish = ticket.call.wish
    said = {
        "sort": ticket.plan.sort,
        "providers": list(wish.order),
        "quick": bool(wish.max_latency or wish.min_throughput),
    }
    return {name: value for name, value in said.items() if value}


def _prices(ticket: Ticket, outcome: Outcome) -> dict[str, str]:
    """The price rows that applied to this call: its size and its hour choose among them."""
    pricing = outcome.candidate.pricing if outcome.candidate else None
    if pricing is None:
        return {}
    if not pricing.overrides:
        return pricing.shown
    applied = pricing.at(prompt_tokens=outcome.usage.prompt, moment=ticket.moment)
    return {name: format(price, "f") for name, price in applied.items()}


def _says_its_cost(outcome: Outcome) -> bool:
    """As routing/charge.py: the provider's own sum then is the cost, whatever the prices make."""
    served = outcome.candidate
    return served is not None and served.is_openrouter and outcome.usage.reported_cost is not None


def _budgets(ticket: Ticket, outcome: Outcome) -> list[list[Any]]:
    """Each window with what it had left once this call was paid, as it stood when the call came:
    what others held then is not left."""
    rooms = ticket.verdict.rooms if ticket.verdict else ""
    windows, hold = ticket.row["windows"], ticket.row["hold"]
    return [
        [window, format(Decimal(room) + hold - outcome.cost, "f")]
        for window, room in zip(windows, (rooms or "").split(), strict=False)
    ]
