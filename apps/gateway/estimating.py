"""What a call could cost, before it is made: judged as admission will judge it, and nothing is
held."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from apps.gateway.admission import plan_for
from apps.gateway.pipeline import read
from apps.gateway.scrubbing import Conversation, scrubbed
from apps.gateway.snapshot import Caller
from apps.routing import charge, policy
from apps.routing.errors import Refusal, frozen
from apps.routing.pricing import TokenUsage
from apps.routing.types import Call, Candidate
from apps.routing.wire.tokens import estimate_prompt

if TYPE_CHECKING:
    from apps.gateway.house import House

USUAL_ANSWER = 500  # tokens, those of a typical chat


class Estimate(NamedTuple):
    """`worst` is what would be held: the dearest endpoint the call may fall back to. `typical` is
    an answer of usual length at the first one. None where a price is not known. `refusal`: why the
    call would not be made at all."""

    worst: Decimal | None = None
    typical: Decimal | None = None
    refusal: Refusal | None = None


async def estimate(
    house: "House", caller: Caller, body: bytes, *, conversation: Conversation
) -> Estimate:
    """Budgets are not asked: what is left now may be gone by the time of the call."""
    moment = datetime.now(UTC)
    try:
        if caller.frozen:
            raise frozen(caller.frozen)
        call = policy.tightened(await read(house, body), caller.policy)
        candidates = plan_for(house, caller, call).candidates
        if caller.policy.scrubbing:
            clean = await scrubbed(house, caller, call, conversation=conversation, moment=moment)
            call = clean.call
    except Refusal as refusal:
        return Estimate(refusal=refusal)
    holds = [charge.hold_for(call, one, call.cap) for one in candidates]
    known = [hold for hold in holds if hold is not None]
    worst = max(known) if len(known) == len(holds) else None
    return Estimate(worst, _typical(call, candidates[0], moment))


def _typical(call: Call, candidate: Candidate, moment: datetime) -> Decimal | None:
    if candidate.pricing is None and not candidate.is_free:
        return None
    answer = USUAL_ANSWER if call.cap is None else min(USUAL_ANSWER, call.cap)
    usage = TokenUsage(prompt=estimate_prompt(call), completion=answer)
    return charge.exact(candidate, usage, moment=moment).cost
