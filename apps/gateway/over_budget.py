"""The refusal of a call no budget has room for: which one, by how much, when it begins again, and
which models would fit."""

import asyncio
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from apps.accounts.models import Household
from apps.budgets.models import BudgetWindow
from apps.budgets.windows import calendar_of
from apps.budgets.words import EACH, moment
from apps.core.money import usd
from apps.gateway.holding import Asked
from apps.gateway.room import Figures
from apps.gateway.snapshot import in_thread
from apps.routing import charge, policy
from apps.routing.errors import Refusal
from apps.routing.fit import most_tokens, useful
from apps.routing.pricing import MILLION
from apps.routing.types import Call, Candidate

if TYPE_CHECKING:
    from apps.gateway.house import House

MOST_MODELS = 3


async def refusal(house: "House", asked: Asked, figures: Figures) -> Refusal:
    facts = await asyncio.to_thread(in_thread, partial(_facts, figures.window))
    cheapest = _cheapest_hold(asked)
    models = fitting_models(house, asked, figures.left)
    tokens = _tokens_that_fit(asked, figures.left)
    metadata = {
        "scope": facts["scope"],
        "budget_name": facts["name"],
        "limit_usd": _plain(figures.limit),
        "spent_usd": _plain(figures.spent),
        "held_usd": _plain(figures.held),
        "remaining_usd": _plain(max(figures.left, Decimal(0))),
        "resets_at": facts["resets_at"],
        "needed_usd": _plain(cheapest),
        "fitting_models": models,
    }
    if tokens is not None:
        metadata["max_tokens_that_fit"] = tokens
    return Refusal(
        402,
        "payment_required",
        _message(figures, facts, cheapest),
        metadata=metadata,
        advice=_advice(tokens, models) if figures.limit else "",
    )


def fitting_models(house: "House", asked: Asked, left: Decimal) -> list[str]:
    """Up to three others under the same rules that could give a useful answer for what is left, the
    most capable (by price) first."""
    catalog, found = house.view.catalog, list[str]()
    for slug in catalog.by_price:
        if slug in asked.call.models:
            continue
        # A look at the price alone spares most of the catalogue the rest.
        near = tuple(c for c in catalog.routes[slug] if _may_fit(asked.call, c, left))
        if not near or not _reads(catalog.models.get(slug.partition(":")[0]), asked):
            continue
        passed, _ = policy.sift(near, asked.call, asked.caller.policy)
        if any(_fits(asked.call, one, left) for one in passed):
            found.append(slug)
            if len(found) == MOST_MODELS:
                break
    return found


def _may_fit(call: Call, candidate: Candidate, left: Decimal) -> bool:
    if candidate.is_free or candidate.pricing is None:
        return candidate.is_free
    return _least(call, candidate) * candidate.pricing.dearest_completion <= left * MILLION


def _fits(call: Call, candidate: Candidate, left: Decimal) -> bool:
    if call.tool_count and "tools" not in candidate.abilities:
        return False
    hold = charge.hold_for(call, candidate, _least(call, candidate))
    return hold is not None and (not hold or hold <= left)


def _reads(model: Any, asked: Asked) -> bool:
    """Whether it takes more than text, where more than text is sent."""
    return not asked.call.has_media or (
        model is not None and len(model.fact("input_modalities")) > 1
    )


def _cheapest_hold(asked: Asked) -> Decimal:
    """What the least useful answer, or the one that was asked for, could cost."""
    call = asked.call
    holds = (charge.hold_for(call, one, _least(call, one)) for one in asked.plan.candidates)
    return min(hold for hold in holds if hold is not None)


def _least(call: Call, candidate: Candidate) -> int:
    """The tokens below which an answer would be none, or not the one that was asked for."""
    return call.cap if call.cap is not None else useful(candidate)


def _tokens_that_fit(asked: Asked, left: Decimal) -> int | None:
    """For a call that named its own number: the one that would have done."""
    if asked.call.cap is None:
        return None
    return max(most_tokens(asked.call, c, left, asked.call.cap) for c in asked.plan.candidates)


def _facts(window_id: int) -> dict[str, Any]:
    """Of the window that refused. One that is gone belonged to a budget that is gone."""
    window = BudgetWindow.objects.select_related("budget__project").filter(pk=window_id).first()
    if window is None:
        return {"scope": "", "name": "a budget", "resets_at": None, "when": "", "each": ""}
    budget, when = window.budget, ""
    if window.ends_at is not None:
        zone = calendar_of(budget, Household.current()).zone
        when = f"{moment(window.ends_at, timezone.now(), zone)} ({zone.key})"
    return {
        "scope": budget.covers,
        "name": budget.name,
        "resets_at": window.ends_at.isoformat() if window.ends_at else None,
        "when": when,
        "each": EACH[budget.interval],
    }


def _message(figures: Figures, facts: dict[str, Any], needed: Decimal) -> str:
    name, limit = f"“{facts['name']}”", figures.limit
    if not limit:
        return f"{name} allows no paid calls. Free models go on working."
    left = max(figures.left, Decimal(0))
    said = (
        f"This call could cost {usd(needed)}, and {usd(left)} of {name} "
        f"({usd(limit)} {facts['each']}) is left."
    )
    if figures.held > 0 and figures.left + figures.held >= needed:
        return (
            f"{said} Calls that are running hold {usd(figures.held)} of it; try again in a moment."
        )
    return f"{said} It starts again {facts['when']}." if facts["when"] else said


def _advice(tokens: int | None, models: list[str]) -> str:
    said = []
    if tokens:
        said.append(f"An answer of at most {tokens} tokens would fit (max_tokens).")
    if models:
        said.append(f"These models would fit: {', '.join(models)}.")
    return " ".join(said)


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
