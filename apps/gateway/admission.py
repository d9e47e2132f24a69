"""Moment one: from a call to a ticket. Policy and order of candidates, the budgets that bind, and
the hold that is durable before a byte goes upstream."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from apps.gateway import allowance, routers
from apps.gateway.free_terms import Unaccepted
from apps.gateway.holding import Asked, Stale, Ticket, hold
from apps.gateway.naming import named
from apps.gateway.scrubbing import NO_CONVERSATION, Conversation, Scrubbed, scrubbed
from apps.gateway.snapshot import Caller
from apps.routing import charge, picker, policy
from apps.routing.errors import Refusal, frozen, nothing_free, unauthenticated
from apps.routing.fit import Fitted
from apps.routing.types import Call, Candidate, Chosen, Dropped, Plan

if TYPE_CHECKING:
    from apps.gateway.house import House


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
    plan = await _plan(house, caller, call)
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


async def _plan(house: "House", caller: Caller, call: Call) -> Plan:
    """Nobody is refused for what they accepted a moment ago. Raises Refusal, or Stale."""
    view = house.view
    judged_by = view.keys, view.catalog
    try:
        return plan_for(house, caller, call)
    except Unaccepted:
        await view.refresh()
        if (view.keys, view.catalog) != judged_by:
            raise Stale from None
        raise


def plan_for(house: "House", caller: Caller, call: Call) -> Plan:
    """Candidates of every model the call names, in order. Raises Refusal when none is left."""
    passed: list[Candidate] = []
    dropped: list[Dropped] = []
    missing: Refusal | None = None
    chosen: Chosen | None = None
    sort = call.wish.sort
    catalog, now = house.view.catalog, time.monotonic()
    for name in call.models:
        try:
            asked = named(catalog, name, caller.policy)
        except Refusal as refusal:
            missing = missing or refusal
            continue
        sort = asked.sort or sort
        if asked.is_router:
            good, bad, chosen = routers.choose(
                asked.slug,
                catalog.routers[asked.slug],
                call,
                caller.policy,
                house.health,
                now=now,
                sort=asked.sort,
            )
            passed += good
        else:
            good, bad = policy.sift(asked.candidates, call, caller.policy)
            passed += picker.order(good, call, house.health, now=now, sort=asked.sort)
        dropped += bad
    if passed:
        candidates = passed if call.wish.allow_fallbacks else passed[:1]
        troubled = picker.troubled_of(candidates, house.health, now=now)
        return Plan(tuple(candidates), tuple(dropped), chosen, sort, troubled)
    raise _none_left(caller, call.models[0], dropped, missing)


def _none_left(
    caller: Caller, slug: str, dropped: list[Dropped], missing: Refusal | None
) -> Refusal:
    if any(drop.rule == policy.FREE_TERMS for drop in dropped):
        return Unaccepted(caller, dropped)
    if dropped:
        return policy.nothing_left(slug, dropped)
    return missing or nothing_free(slug)


def _worst(call: Call, plan: Plan) -> Decimal:
    """The dearest candidate's worst case; one of unknown price adds nothing, and may only run
    where no budget binds."""
    holds = (charge.hold_for(call, candidate, call.cap) for candidate in plan.candidates)
    return max((hold for hold in holds if hold is not None), default=Decimal(0))


def gone() -> Refusal:
    return unauthenticated("This API key no longer works: it was switched off or its owner left.")
