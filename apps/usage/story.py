"""How one call went and what made its cost, told from its receipt. Pure, and careful: what the
receipt does not hold is not said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from apps.core.money import count, usd_exact
from apps.routing.pricing import PER_ONE, Pricing, TokenUsage, amount, parts, total
from apps.usage.models import Generation

KINDS = {
    "prompt": "Prompt",
    "input_cache_read": "Cached, read",
    "input_cache_write": "Cached, written",
    "completion": "Completion",
    "reasoning": "Reasoning",
    "request": "Request",
    "web_search": "Web search",
}
FROZEN = "frozen"


class Event(NamedTuple):
    """`when` is a time after the call came in, or nothing."""

    when: str
    words: str


@dataclass(frozen=True)
class Way:
    """What was noted of a call before it was sent: how long all of that took, how long the
    guardrails read it and how many values they found, and the longest answer that was asked for,
    where a budget bound it. None where nothing was noted, or nobody read it."""

    admitted_ms: int | None = None
    guardrails_ms: int | None = None
    found: int = 0
    tokens_applied: int | None = None

    @property
    def queued_ms(self) -> int:
        return max((self.admitted_ms or 0) - (self.guardrails_ms or 0), 0)


class Line(NamedTuple):
    """So many of a kind, at a price, and what that makes."""

    kind: str
    number: int
    price: Decimal
    unit: str
    amount: Decimal

    @classmethod
    def of(cls, name: str, number: int, price: Decimal) -> "Line":
        unit = "each" if name in PER_ONE else "per million"
        return cls(KINDS[name], number, price, unit, amount((name, number, price)))


def reckoned(call: Generation, prices: Mapping[str, Any], *, searches: int = 0) -> list[Line]:
    """The lines that make the cost, or none where they make another sum."""
    pricing = Pricing.parse(prices)
    found = parts(pricing.base, _usage(call, searches)) if pricing else []
    if not call.cost_usd or total(found) != call.cost_usd:
        return []
    return [Line.of(*one) for one in found]


def events_of(call: Generation, attempts: Sequence[Mapping[str, Any]], way: Way) -> list[Event]:
    if call.state == Generation.State.RELEASED:
        return [Event("0 ms", "Came in; nothing was sent to a provider")]
    return [
        *_before(call, way),
        *(event for one in attempts for event in _attempted(one, way.admitted_ms)),
        *_answered(call, way.admitted_ms or 0),
    ]


def _before(call: Generation, way: Way) -> Iterator[Event]:
    held = f"{usd_exact(call.hold_usd)} was held" if call.hold_usd else "Nothing had to be held"
    if way.admitted_ms is None:
        yield Event("0 ms", f"Came in; {held[0].lower()}{held[1:]}")
    else:
        yield Event("0 ms", "Came in")
        if way.guardrails_ms is not None:
            found = f"{count(way.found)} value{'' if way.found == 1 else 's'}"
            what = f"found {found if way.found else 'nothing'}"
            yield Event("", f"The guardrails read it in {_ms(way.guardrails_ms)} and {what}")
        yield Event(_ms(way.admitted_ms), f"{held}, after {_ms(way.queued_ms)} in the queue")
    if way.tokens_applied is not None:
        yield Event("", f"Kept to {way.tokens_applied:,} tokens at most, for its budget")


def _attempted(one: Mapping[str, Any], admitted_ms: int | None) -> Iterator[Event]:
    """One that brought the answer has its end told as the call's own."""
    name, began, took = _name(one), one["began_ms"], one["latency_ms"]
    sent_at = None if began is None or admitted_ms is None else admitted_ms + began
    if sent_at is not None:
        yield Event(_ms(sent_at), f"Sent to {name}")
    if one["error"]:
        ended_at = "" if sent_at is None or took is None else _ms(sent_at + took)
        after = f" after {_ms(took)}" if took is not None else ""
        status = f"{one['status']} " if one["status"] else ""
        yield Event(ended_at, f"{name} failed{after}: {status}{one['error']}")


def _answered(call: Generation, admitted_ms: int) -> Iterator[Event]:
    if call.latency_ms is not None:
        first = "The first of the answer came" if call.is_streamed else "The answer came"
        yield Event(_ms(admitted_ms + call.latency_ms), first)
    if call.duration_ms is not None:
        yield Event(_ms(admitted_ms + call.duration_ms), _ended(call))
    if call.state == Generation.State.CLOSED:
        yield Event("", _settled(call))


def _ended(call: Generation) -> str:
    if call.error_type == FROZEN:
        return "It was frozen"
    words = "The app hung up" if call.was_cancelled else "The answer ended"
    if call.error_type and not call.was_cancelled:
        half = "" if call.latency_ms is None else " in the middle"
        status = f"{call.status} " if call.status and call.status >= 400 else ""
        return f"It failed{half}: {status}{call.error_type}"
    return f"{words}: {call.finish_reason}" if call.finish_reason else words


def _usage(call: Generation, searches: int) -> TokenUsage:
    return TokenUsage(
        prompt=call.prompt_tokens,
        completion=call.completion_tokens,
        reasoning=call.reasoning_tokens,
        cached=call.cached_tokens,
        cache_write=call.cache_write_tokens,
        searches=searches,
    )


def _ms(milliseconds: int) -> str:
    return f"{milliseconds:,} ms"


def _settled(call: Generation) -> str:
    back = call.hold_usd - call.cost_usd
    words = f"Settled: {usd_exact(call.cost_usd)} charged"
    return f"{words}, {usd_exact(back)} of the hold given back" if back > 0 else words


def _name(attempt: Mapping[str, Any]) -> str:
    return str(attempt["provider"] or "a provider")
