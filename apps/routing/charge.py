"""What an attempt costs: exact where the provider reported usage, else by fixed rules, flagged as
an estimate. Never above the attempt's worst case unless the provider itself says so."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from apps.routing.pricing import TokenUsage, cost, worst_case
from apps.routing.types import Call, Candidate
from apps.routing.wire.media import media_of
from apps.routing.wire.tokens import estimate_prompt, estimate_text, prompt_bound

NOTHING = Decimal(0)
# No wire lets a caller bound how often a model searches; more than this in one call is unheard of.
MOST_SEARCHES = 10


class Charge(NamedTuple):
    """Tokens and USD of one attempt."""

    usage: TokenUsage
    cost: Decimal
    is_estimated: bool = False


def hold_for(call: Call, candidate: Candidate, cap: int | None) -> Decimal | None:
    """The most this candidate could charge for this call; None where its price or its bounds are
    unknown, zero where it costs nothing. Where pictures have a price of their own, whatever is no
    word could be one."""
    if candidate.is_free:
        return NOTHING
    prompt = prompt_bound(call, candidate.largest_context_length)
    completion = _completion_bound(call, candidate, cap)
    if candidate.pricing is None or prompt is None or completion is None:
        return None
    by_picture = call.has_media and candidate.pricing.dearest_image
    return worst_case(
        candidate.pricing,
        prompt_tokens=prompt,
        completion_tokens=completion,
        searches=MOST_SEARCHES if "web_search" in call.priced_fields else 0,
        images=len(media_of(call.document.value["messages"])) if by_picture else 0,
    )


def _completion_bound(call: Call, candidate: Candidate, cap: int | None) -> int | None:
    """Output tokens of all choices: the cap sent upstream where it really bounds the output."""
    most = candidate.max_completion_tokens or candidate.largest_context_length
    bounded = candidate.cap_bounds_reasoning or "reasoning" not in candidate.abilities
    if cap is not None and candidate.cap_parameter is not None:
        if bounded:
            most = cap if most is None else min(cap, most)
        elif most is not None:
            most = max(cap, most)
    if most is None:
        return None
    prediction = len(str(call.document.value.get("prediction") or "").encode())
    return most * call.n + prediction


def exact(candidate: Candidate, usage: TokenUsage, *, moment: datetime) -> Charge:
    """The provider counted. OpenRouter also says what it charged, which is then the truth."""
    if candidate.is_openrouter and usage.reported_cost is not None:
        return Charge(usage, usage.reported_cost.quantize(Decimal("1e-12")))
    return Charge(usage, _price(candidate, usage, moment))


def estimated(
    call: Call, candidate: Candidate, *, text_bytes: int, hold: Decimal | None, moment: datetime
) -> Charge:
    """Nobody counted: the prompt and the text seen, at most the worst case."""
    usage = TokenUsage(prompt=estimate_prompt(call), completion=estimate_text(text_bytes))
    price = _price(candidate, usage, moment)
    return Charge(usage, price if hold is None else min(price, hold), is_estimated=True)


def whole_hold(call: Call, hold: Decimal | None, *, text_bytes: int = 0) -> Charge:
    """The provider may have produced everything it could, and nobody saw it."""
    usage = TokenUsage(prompt=estimate_prompt(call), completion=estimate_text(text_bytes))
    return Charge(usage, hold or NOTHING, is_estimated=True)


def _price(candidate: Candidate, usage: TokenUsage, moment: datetime) -> Decimal:
    if candidate.is_free or candidate.pricing is None:
        return NOTHING
    return cost(candidate.pricing, usage, moment=moment)
