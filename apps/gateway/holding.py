"""Holding the worst case of a call and giving it its row: one reserve, durable before a byte goes
upstream."""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg

from apps.gateway import limits
from apps.gateway.budgets import Window
from apps.gateway.money import Busy, Row, Verdict
from apps.gateway.scrubbing import Scrubbed
from apps.gateway.snapshot import Caller
from apps.routing import charge
from apps.routing.errors import busy
from apps.routing.fit import Fitted
from apps.routing.types import Call, Plan

if TYPE_CHECKING:
    from apps.gateway.house import House


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, and what could serve it."""

    caller: Caller
    call: Call
    plan: Plan
    moment: datetime
    app: str
    scrubbed: Scrubbed


@dataclass(slots=True)
class Ticket:
    """An admitted call. `hold` grows with what is held for further attempts; `row` is what the
    generation was opened with. Where budgets bind: what is left in the tightest window, when that
    begins again, and the output cap where it is ours. `scrubbed` is what was taken out of it, and
    `admitted_ms` how long all of this took."""

    generation_id: str
    caller: Caller
    call: Call
    plan: Plan
    moment: datetime
    hold: Decimal
    row: Row
    scrubbed: Scrubbed
    applied: int | None = None
    verdict: Verdict | None = None
    resets_at: datetime | None = None
    admitted_ms: int = 0

    @property
    def left(self) -> Decimal | None:
        return self.verdict.available if self.verdict else None


class Stale(Exception):
    """The view this call was judged by is out of date: judge it once more on a fresh one."""


def new_id() -> str:
    """Time-ordered, so that the newest rows stand together in the index."""
    return f"gen-{time.time_ns() // 1_000_000}-{os.urandom(8).hex()}"


async def hold(
    house: "House", asked: Asked, fitted: Fitted, windows: tuple[Window, ...] = ()
) -> Ticket | Verdict:
    """The ticket, or the verdict of the window that has no room. Raises Refusal, or Stale."""
    row = _row(house, asked, fitted, windows)
    verdict = await _reserved(house, row)
    if verdict.word == "refused":
        return verdict
    if verdict.word == "stale":
        raise Stale
    if verdict.word in limits.WORDS:
        raise limits.refusal(asked.caller, verdict)
    if verdict.word != "admitted":
        raise busy("The house is starting again; try again in a moment.")
    tightest = next((window for window in windows if window.id == verdict.tightest), None)
    return Ticket(
        row["id"],
        asked.caller,
        fitted.call,
        fitted.plan,
        asked.moment,
        fitted.hold,
        row,
        asked.scrubbed,
        fitted.applied,
        verdict if windows else None,
        tightest.span.ends_at if tightest else None,
    )


async def _reserved(house: "House", row: Row) -> Verdict:
    try:
        verdict = await house.money.reserve(row)
        if verdict.word == "no_lease":
            await house.lease.renew()
            verdict = await house.money.reserve(row)
    except (Busy, psycopg.Error):
        raise busy("The house could not note this call in time; try again in a moment.") from None
    return verdict


def _row(house: "House", asked: Asked, fitted: Fitted, windows: tuple[Window, ...]) -> Row:
    caller, call, plan = asked.caller, fitted.call, fitted.plan
    first = plan.candidates[0]
    prompt = charge.estimated(call, first, text_bytes=0, hold=fitted.hold, moment=asked.moment).cost
    return {
        "id": new_id(),
        "created_at": asked.moment,
        "process_id": house.lease.process_id,
        "project_id": caller.project_id,
        "key_id": caller.key_id,
        "user_id": caller.user_id,
        "policy_version": caller.policy.version,
        "is_limited": caller.is_limited,
        "app": asked.app,
        "requested_model": call.models[0],
        "is_streamed": call.is_streamed,
        "bills_whole": any(c.stops_on_cancel != "yes" for c in plan.candidates),
        "windows": [window.id for window in windows],
        "hold": fitted.hold,
        "prompt_estimate": prompt,
        "model": first.model,
        "endpoint_id": first.endpoint_id,
        "provider": first.provider,
    }
