"""How one call went and what made its cost, told from its receipt. Pure, and careful: what the
receipt does not hold is not said."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, NamedTuple

from apps.core.money import usd_exact
from apps.usage.models import Generation

MILLION = Decimal(1_000_000)
PLACES = Decimal("1e-12")
ORDER = (
    "Endpoints are asked from the cheapest on, unless the call wishes otherwise; those that failed "
    "lately come last."
)


class Event(NamedTuple):
    """`when` is a time after the call came in, or nothing."""

    when: str
    words: str


class Line(NamedTuple):
    """So many of a kind, at a price, and what that makes."""

    kind: str
    number: int
    price: Decimal
    unit: str
    amount: Decimal


def reckoned(call: Generation, prices: Mapping[str, Any]) -> list[Line]:
    """The lines that make the cost, or none where they make another sum."""
    lines = [line for line in _lines(call, prices) if line is not None and line.number]
    total = sum((line.amount for line in lines), Decimal(0))
    return lines if total.quantize(PLACES, ROUND_HALF_EVEN) == call.cost_usd and total else []


def events_of(call: Generation, attempts: Sequence[Mapping[str, Any]]) -> list[Event]:
    if call.state == Generation.State.RELEASED:
        return [Event("0 ms", "Came in; nothing was sent to a provider")]
    found = [Event("0 ms", f"Came in; {usd_exact(call.hold_usd)} was held")]
    for one in attempts:
        if one["error"]:
            after = "" if one["latency_ms"] is None else f" after {one['latency_ms']:,} ms"
            status = f"{one['status']} " if one["status"] else ""
            found.append(Event("", f"{_name(one)} failed{after}: {status}{one['error']}"))
    if call.latency_ms is not None:
        found.append(Event(f"{call.latency_ms:,} ms", "The first of the answer came"))
    if call.duration_ms is not None:
        words = "The app hung up" if call.was_cancelled else "The answer ended"
        reason = f": {call.finish_reason}" if call.finish_reason else ""
        found.append(Event(f"{call.duration_ms:,} ms", words + reason))
    if call.state == Generation.State.CLOSED:
        found.append(Event("", _settled(call)))
    return found


def why_provider(
    call: Generation,
    attempts: Sequence[Mapping[str, Any]],
    candidates: Sequence[Mapping[str, Any]],
) -> str:
    left = sum(not one["dropped_by"] for one in candidates)
    if not candidates:
        return ""
    closed = len(candidates) - left
    count = f"{left} endpoint{'' if left == 1 else 's'} could be asked"
    parts = [f"{count}, {closed} could not." if closed else f"{count}."]
    failed = [_name(one) for one in attempts if one["error"]]
    answered = next((_name(one) for one in attempts if not one["error"]), "")
    if call.provider and answered:
        after = f", after {' and '.join(failed)} failed" if failed else " and was the first asked"
        parts.append(f"{answered} answered{after}.")
    return " ".join([*parts, ORDER] if left > 1 else parts)


def _lines(call: Generation, prices: Mapping[str, Any]) -> list[Line | None]:
    cached, written = call.cached_tokens, call.cache_write_tokens
    plain = max(call.prompt_tokens - cached - written, 0)
    visible = max(call.completion_tokens - call.reasoning_tokens, 0)
    return [
        _tokens("Prompt", plain, prices, "prompt"),
        _tokens("Cached, read", cached, prices, "input_cache_read", "prompt"),
        _tokens("Cached, written", written, prices, "input_cache_write", "prompt"),
        _tokens("Completion", visible, prices, "completion"),
        _tokens("Reasoning", call.reasoning_tokens, prices, "reasoning", "completion"),
        _once(prices),
    ]


def _tokens(kind: str, count: int, prices: Mapping[str, Any], *names: str) -> Line | None:
    price = next((one for name in names if (one := _price(prices, name)) is not None), None)
    if price is None:
        return None
    return Line(kind, count, price, "per million", count * price / MILLION)


def _once(prices: Mapping[str, Any]) -> Line | None:
    price = _price(prices, "request")
    return Line("Request", 1, price, "each", price) if price else None


def _price(prices: Mapping[str, Any], name: str) -> Decimal | None:
    try:
        price = Decimal(str(prices[name]))
    except (KeyError, InvalidOperation):
        return None
    return price if price.is_finite() and price >= 0 else None


def _settled(call: Generation) -> str:
    back = call.hold_usd - call.cost_usd
    words = f"Settled: {usd_exact(call.cost_usd)} charged"
    return f"{words}, {usd_exact(back)} of the hold given back" if back > 0 else words


def _name(attempt: Mapping[str, Any]) -> str:
    return str(attempt["provider"] or "a provider")
