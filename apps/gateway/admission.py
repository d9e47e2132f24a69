"""Moment one: from a call to a ticket. Policy and order of candidates, the worst case, and the hold
that is durable before a byte goes upstream."""

import difflib
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg

from apps.gateway import limits
from apps.gateway.money import Busy, Row, Verdict
from apps.gateway.snapshot import Caller, Catalog
from apps.routing import charge, picker, policy
from apps.routing.errors import Refusal, busy, frozen, not_connected, unauthenticated, unknown_model
from apps.routing.types import Call, Candidate, Dropped, Plan

if TYPE_CHECKING:
    from apps.gateway.house import House

SORTS = {"nitro": "throughput", "floor": "price"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """An admitted call. `row` is what the generation was opened with."""

    generation_id: str
    caller: Caller
    call: Call
    plan: Plan
    moment: datetime
    hold: Decimal
    row: Row


class Stale(Exception):
    """The view this call was judged by is out of date: judge it once more on a fresh one."""


def new_id() -> str:
    """Time-ordered, so that the newest rows stand together in the index."""
    return f"gen-{time.time_ns() // 1_000_000}-{os.urandom(8).hex()}"


async def admit(house: "House", caller: Caller, call: Call, *, app: str) -> Ticket:
    """Raises Refusal, or Stale."""
    if caller.frozen:
        raise frozen(caller.frozen)
    plan = plan_for(house, caller, call)
    moment = datetime.now(UTC)
    hold = _worst(call, plan)
    row = _row(house, caller, call, plan, moment=moment, hold=hold, app=app)
    try:
        verdict = await house.money.reserve(row)
        if verdict.word == "no_lease":
            await house.lease.renew()
            verdict = await house.money.reserve(row)
    except (Busy, psycopg.Error):
        raise busy("The house could not note this call in time; try again in a moment.") from None
    if verdict.word == "stale":
        raise Stale
    if verdict.word == "refused":
        raise _over_budget(verdict, hold)
    if verdict.word in limits.WORDS:
        raise limits.refusal(caller, verdict)
    if verdict.word != "admitted":
        raise busy("The house is starting again; try again in a moment.")
    return Ticket(row["id"], caller, call, plan, moment, hold, row)


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


def _row(
    house: "House",
    caller: Caller,
    call: Call,
    plan: Plan,
    *,
    moment: datetime,
    hold: Decimal,
    app: str,
) -> Row:
    first = plan.candidates[0]
    prompt = charge.estimated(call, first, text_bytes=0, hold=hold, moment=moment).cost
    return {
        "id": new_id(),
        "created_at": moment,
        "process_id": house.lease.process_id,
        "project_id": caller.project_id,
        "key_id": caller.key_id,
        "user_id": caller.user_id,
        "policy_version": caller.policy.version,
        "is_limited": caller.is_limited,
        "app": app,
        "requested_model": call.models[0],
        "is_streamed": call.is_streamed,
        "bills_whole": any(c.stops_on_cancel != "yes" for c in plan.candidates),
        "windows": [],
        "hold": hold,
        "prompt_estimate": prompt,
        "model": first.model,
        "endpoint_id": first.endpoint_id,
        "provider": first.provider,
    }


def _over_budget(verdict: Verdict, hold: Decimal) -> Refusal:
    left = verdict.available or Decimal(0)
    return Refusal(
        402,
        "payment_required",
        f"This call could cost ${hold:f}; ${left:f} is left in the budget.",
        metadata={"hold_usd": format(hold, "f"), "remaining_usd": format(left, "f")},
    )


def gone() -> Refusal:
    return unauthenticated("This API key no longer works: it was switched off or its owner left.")
