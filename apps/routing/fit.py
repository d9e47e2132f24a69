"""How a call is made to fit what is left of the money: dearer candidates leave first, then tokens
are cut, never below what is a useful answer. Pure: sums come in, a plan and its hold come out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from apps.routing import charge
from apps.routing.types import Call, Candidate, Dropped, Plan

USEFUL, USEFUL_REASONING = 256, 2048  # tokens; less is no answer
SMALL = 1024  # who would be cut below it may rather wait for others' holds
TIMES_USUAL = 4
LEAST_USUAL, LEAST_USUAL_REASONING = 4096, 16384
UNPRICED, TOO_DEAR = "price_unknown", "budget"

# The 99th percentile of the completion tokens a model writes here; None where too few are known.
Usual = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """`call` carries the cap that is sent; `applied` is that cap where it is ours, not the
    client's. `is_cut`: by money, not by what the model usually writes."""

    call: Call
    plan: Plan
    hold: Decimal
    applied: int | None = None
    is_cut: bool = False

    @property
    def is_small(self) -> bool:
        return self.is_cut and self.applied is not None and self.applied < SMALL


def fit(
    call: Call, plan: Plan, *, left: Decimal | None, usual: Usual, may_cut: bool = False
) -> Fitted | None:
    """None where nothing useful fits into `left` (None: whatever it takes). A call that names its
    own cap keeps it, unless `may_cut`. Whoever could cost anything at all stays out."""
    is_open = call.cap is None
    wished = _wished(call, plan, usual)
    room = None if left is None else left / 2 if is_open else left
    whole = _kept(call, plan, wished, room)
    if whole is not None:
        if not is_open or not _bounds_any(whole.plan.candidates, wished):
            return whole
        return replace(whole, call=replace(call, cap=wished), applied=wished)
    if left is None or room is None or not (is_open or may_cut):
        return None
    return _cut(call, plan, wished, left, room)


def most_tokens(call: Call, candidate: Candidate, amount: Decimal, most: int) -> int:
    """The largest cap whose worst case is at most the amount; 0 where none is."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        hold = charge.hold_for(call, candidate, middle)
        if hold is not None and hold <= amount:
            low = middle
        else:
            high = middle - 1
    return low


def useful(candidate: Candidate) -> int:
    return USEFUL_REASONING if "reasoning" in candidate.abilities else USEFUL


def _wished(call: Call, plan: Plan, usual: Usual) -> int:
    """The output tokens to hold for: the client's own number, else several times what these models
    usually write."""
    if call.cap is not None:
        return call.cap
    caps = []
    for candidate in plan.candidates:
        least = LEAST_USUAL_REASONING if "reasoning" in candidate.abilities else LEAST_USUAL
        caps.append(max(least, TIMES_USUAL * (usual(candidate.model) or 0)))
    return max(caps, default=LEAST_USUAL)


def _bounds_any(candidates: Iterable[Candidate], cap: int) -> bool:
    """Whether the cap is below what one of them could write by itself."""
    return any(
        one.max_completion_tokens is None or cap < one.max_completion_tokens for one in candidates
    )


def _kept(call: Call, plan: Plan, cap: int, room: Decimal | None) -> Fitted | None:
    """Those whose worst case with this cap fits, and those that cost nothing; the dearer ones drop
    out."""
    kept, dropped = [], []
    dearest = Decimal(0)
    for candidate in plan.candidates:
        hold = charge.hold_for(call, candidate, cap)
        if hold is None:
            dropped.append(Dropped(candidate, UNPRICED))
        elif not hold or room is None or hold <= room:
            kept.append(candidate)
            dearest = max(dearest, hold)
        else:
            dropped.append(Dropped(candidate, TOO_DEAR))
    if not kept:
        return None
    left = replace(plan, candidates=tuple(kept), dropped=(*plan.dropped, *dropped))
    return Fitted(call, left, dearest)


def _cut(call: Call, plan: Plan, wished: int, left: Decimal, room: Decimal) -> Fitted | None:
    """Half of what is left where that is useful, else just the useful minimum out of all of it.
    The longest answer wins; among equals the first in order."""
    best = 0
    for candidate in plan.candidates:
        tokens = most_tokens(call, candidate, room, wished)
        least = min(useful(candidate), wished)
        if tokens < least:
            tokens = least if most_tokens(call, candidate, left, wished) >= least else 0
        best = max(best, tokens)
    if not best:
        return None
    capped = replace(call, cap=best)
    found = _kept(capped, plan, best, max(room, _cheapest(capped, plan, best)))
    return None if found is None else replace(found, applied=best, is_cut=True)


def _cheapest(call: Call, plan: Plan, cap: int) -> Decimal:
    holds = [charge.hold_for(call, candidate, cap) for candidate in plan.candidates]
    return min(hold for hold in holds if hold is not None)
