"""How one call went and what made its cost, told from its receipt. Pure, and careful: what the
receipt does not hold is not said."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.core.money import usd_exact
from apps.routing.pricing import PER_ONE, Pricing, TokenUsage, amount, parts, total
from apps.usage.models import Generation

KINDS = {
    "prompt": "Prompt",
    "input_cache_read": "Cached, read",
    "input_cache_write": "Cached, written",
    "completion": "Completion",
    "reasoning": "Reasoning",
    "request": "Request",
}
NEEDS = {
    "tools": "tools",
    "structured_outputs": "an answer in a given shape",
    "reasoning": "thinking first",
    "image": "eyes for pictures",
    "audio": "ears for sound",
    "video": "eyes for films",
    "file": "a reader of files",
}
ROUTER_ORDERS = {
    "price": "of the models that have it, the cheapest come first",
    "throughput": "of the models that have it, the fastest come first",
    "latency": "of the models that have it, those that begin soonest come first",
}
FROZEN = "frozen"
ORDER = (
    "Endpoints are asked from the cheapest on, unless the call wishes otherwise; those that failed "
    "lately come last."
)


class Event(NamedTuple):
    """`when` is a time after the call came in, or nothing."""

    when: str
    words: str


class Router(NamedTuple):
    """A name that left the choice to the house, what its call needed, and the order."""

    name: str
    needs: Sequence[str]
    order: str

    @property
    def words(self) -> str:
        named = [NEEDS[one] for one in self.needs if one in NEEDS]
        context = next((one for one in self.needs if one.startswith("context:")), "")
        tokens = context.removeprefix("context:")
        named += [f"room for {int(tokens):,} tokens"] if tokens.isdecimal() else []
        order = ROUTER_ORDERS.get(self.order, self.order)
        found = (
            " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]])) or "nothing special"
        )
        return f"{self.name} read from the call that it needs {found}; {order}."


class Line(NamedTuple):
    """So many of a kind, at a price, and what that makes."""

    kind: str
    number: int
    price: Decimal
    unit: str
    amount: Decimal


def reckoned(call: Generation, prices: Mapping[str, Any]) -> list[Line]:
    """The lines that make the cost, or none where they make another sum."""
    pricing = Pricing.parse(prices)
    found = parts(pricing.base, _usage(call)) if pricing else []
    if not call.cost_usd or total(found) != call.cost_usd:
        return []
    return [
        Line(KINDS[name], number, price, _unit(name), amount((name, number, price)))
        for name, number, price in found
    ]


def events_of(
    call: Generation, attempts: Sequence[Mapping[str, Any]], *, tokens_applied: Any = None
) -> list[Event]:
    """`tokens_applied`: the longest answer that was asked for, where a budget bound it."""
    if call.state == Generation.State.RELEASED:
        return [Event("0 ms", "Came in; nothing was sent to a provider")]
    found = [Event("0 ms", f"Came in; {usd_exact(call.hold_usd)} was held")]
    if isinstance(tokens_applied, int):
        found.append(Event("", f"Kept to {tokens_applied:,} tokens at most, for its budget"))
    for one in attempts:
        if one["error"]:
            after = "" if one["latency_ms"] is None else f" after {one['latency_ms']:,} ms"
            status = f"{one['status']} " if one["status"] else ""
            found.append(Event("", f"{_name(one)} failed{after}: {status}{one['error']}"))
    if call.latency_ms is not None:
        found.append(Event(f"{call.latency_ms:,} ms", "The first of the answer came"))
    if call.duration_ms is not None:
        words = "The app hung up" if call.was_cancelled else "The answer ended"
        words = "It was frozen" if call.error_type == FROZEN else words
        reason = f": {call.finish_reason}" if call.finish_reason else ""
        found.append(Event(f"{call.duration_ms:,} ms", words + reason))
    if call.state == Generation.State.CLOSED:
        found.append(Event("", _settled(call)))
    return found


def why_provider(
    call: Generation,
    attempts: Sequence[Mapping[str, Any]],
    candidates: Sequence[Mapping[str, Any]],
    *,
    router: Router | None = None,
) -> str:
    """`router`: what the house chose by, where the call left the choice to it."""
    left = sum(not one["dropped_by"] for one in candidates)
    if not candidates:
        return ""
    closed = len(candidates) - left
    count = f"{left} endpoint{'' if left == 1 else 's'} could be asked"
    told = [f"{count}, {closed} could not." if closed else f"{count}."]
    failed = [_name(one) for one in attempts if one["error"]]
    answered = next((_name(one) for one in attempts if not one["error"]), "")
    if call.provider and answered:
        after = f", after {' and '.join(failed)} failed" if failed else " and was the first asked"
        told.append(f"{answered} answered{after}.")
    if router is not None:
        return " ".join([router.words, *told])
    return " ".join([*told, ORDER] if left > 1 else told)


def router_of(details: Any) -> Router | None:
    if not isinstance(details, dict) or not isinstance(details.get("needs"), list):
        return None
    needs = [str(one) for one in details["needs"]]
    return Router(str(details.get("name") or ""), needs, str(details.get("order") or ""))


def _usage(call: Generation) -> TokenUsage:
    return TokenUsage(
        prompt=call.prompt_tokens,
        completion=call.completion_tokens,
        reasoning=call.reasoning_tokens,
        cached=call.cached_tokens,
        cache_write=call.cache_write_tokens,
    )


def _unit(name: str) -> str:
    return "each" if name in PER_ONE else "per million"


def _settled(call: Generation) -> str:
    back = call.hold_usd - call.cost_usd
    words = f"Settled: {usd_exact(call.cost_usd)} charged"
    return f"{words}, {usd_exact(back)} of the hold given back" if back > 0 else words


def _name(attempt: Mapping[str, Any]) -> str:
    return str(attempt["provider"] or "a provider")
