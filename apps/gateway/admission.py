"""Moment one: from a call to a ticket. Policy and order of candidates, the budgets that bind, and
the hold that is durable before a byte goes upstream."""

import difflib
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.gateway import allowance
from apps.gateway.holding import Asked, Stale, Ticket, hold
from apps.gateway.scrubbing import NO_CONVERSATION, Conversation, Scrubbed, scrubbed
from apps.gateway.snapshot import Caller, Catalog
from apps.routing import charge, picker, policy
from apps.routing.errors import Refusal, frozen, not_connected, unauthenticated, unknown_model
from apps.routing.fit import Fitted
from apps.routing.types import Call, Candidate, Dropped, Plan

if TYPE_CHECKING:
    from apps.gateway.house import House

SORTS = {"nitro": "throughput", "floor": "price"}


async def admit(
    house: "House",
    caller: Caller,
    call: Call,
    *,
    app: str,
    conversation: Conversation = NO_CONVERSATION,
    may_cut: bool = False,
) -> Ticket:
    """Raises Refusal, or Stale. `conversation`: what the call is part of. `may_cut`: the
    client takes a shorter answer than it asked for."""
    budgets = house.view.budgets
    if not budgets.knows(caller):
        raise Stale
    if caller.frozen:
        raise frozen(caller.frozen)
    call = policy.tightened(call, caller.policy)
    plan = plan_for(house, caller, call)
    moment = datetime.now(UTC)
    clean = Scrubbed(call)
    if caller.policy.scrubbing:
        clean = await scrubbed(house, caller, call, conversation=conversation, moment=moment)
        call = clean.call
    asked = Asked(caller, call, plan, moment, app, clean)
    bound = budgets.binding(caller)
    if bound and not all(candidate.is_free for candidate in plan.candidates):
        return await allowance.admit(house, asked, bound, may_cut=may_cut or caller.fits_always)
    ticket = await hold(house, asked, Fitted(call, plan, _worst(call, plan)))
    assert isinstance(ticket, Ticket)  # without windows there is nothing to refuse
    return ticket


def plan_for(house: "House", caller: Caller, call: Call) -> Plan:
    """Candidates of every model the call names, in order. Raises Refusal when none is left."""
    passed: list[Candidate] = []
    dropped: list[Dropped] = []
    missing: Refusal | None = None
    now = time.monotonic()
    for slug in call.models:
        try:
            candidates, sort = candidates_of(house.view.catalog, slug)
        except Refusal as refusal:
            missing = missing or refusal
            continue
        good, bad = policy.sift(candidates, call, caller.policy)
        passed += picker.order(good, call, house.health, now=now, sort=sort)
        dropped += bad
    if passed:
        chosen = passed if call.wish.allow_fallbacks else passed[:1]
        return Plan(tuple(chosen), tuple(dropped))
    if dropped:
        raise policy.nothing_left(call.models[0], dropped)
    raise missing or not_connected(call.models[0], [])


def candidates_of(catalog: Catalog, asked: str) -> tuple[tuple[Candidate, ...], str]:
    """The connected candidates of a model name, with the sort its suffix asks for."""
    slug, sort = asked, ""
    if slug not in catalog.routes and ":" in slug:
        base, _, suffix = slug.rpartition(":")
        if suffix in SORTS:
            slug, sort = base, SORTS[suffix]
    found = catalog.routes.get(slug)
    if found:
        return found, sort
    known = catalog.endpoints.get(slug)
    if known:
        raise not_connected(slug, sorted({endpoint.provider.name for endpoint in known}))
    raise unknown_model(asked[:100], _close_to(asked[:80], catalog))


def _close_to(asked: str, catalog: Catalog) -> list[str]:
    base = asked.partition(":")[0]
    close = difflib.get_close_matches(asked, catalog.routes, n=3, cutoff=0.7)
    return [base, *(slug for slug in close if slug != base)] if base in catalog.routes else close


def _worst(call: Call, plan: Plan) -> Decimal:
    """The dearest candidate's worst case; one of unknown price adds nothing, and may only run
    where no budget binds."""
    holds = (charge.hold_for(call, candidate, call.cap) for candidate in plan.candidates)
    return max((hold for hold in holds if hold is not None), default=Decimal(0))


def gone() -> Refusal:
    return unauthenticated("This API key no longer works: it was switched off or its owner left.")
