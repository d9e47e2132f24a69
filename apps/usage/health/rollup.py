"""From closed calls to sums: which attempt counts against whom, and what it says of speed. Pure;
of a call it knows times, counts and words of our own, never a text."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from apps.routing.speed import tokens_per_second
from apps.usage.health.buckets import bucket_of

MINUTES = 5
ANSWERED, LIMITED = "answered", "limited"
# The words of routing/relay.py and service.py for attempts that failed → the kinds that are told.
KINDS = {
    "timeout": "timeout",
    "connect_timeout": "unreachable",
    "dns": "unreachable",
    "tls": "unreachable",
    "refused": "unreachable",
    "connection_lost": "connection_lost",
    "nonsense": "nonsense",
    "too_long": "nonsense",
    "provider_error": "server_error",
}
BY_STATUS = {
    401: "account",
    402: "account",
    403: "account",
    404: "missing",
    408: "timeout",
    410: "missing",
    429: LIMITED,
}
OURS = "not_permitted"  # the house itself does not call that address


class Closed(NamedTuple):
    """A call that ended, and the attempts of its receipt."""

    closed_at: datetime
    status: int | None
    was_cancelled: bool
    is_streamed: bool
    completion: int
    reasoning: int
    latency_ms: int | None
    duration_ms: int | None
    attempts: list[Mapping[str, Any]]


class Slot(NamedTuple):
    """Five minutes of one endpoint through one connection."""

    starts_at: datetime
    endpoint_id: int
    connection_id: int


@dataclass(slots=True)
class Tally:
    """`calls` were answered or failed; `limited` ones were told to come back later."""

    calls: int = 0
    limited: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    latency: Counter[str] = field(default_factory=Counter)
    throughput: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return sum(self.errors.values())

    def add(self, other: "Tally") -> None:
        self.calls += other.calls
        self.limited += other.limited
        for name in ("errors", "latency", "throughput"):
            getattr(self, name).update(getattr(other, name))


def tallies(calls: Iterable[Closed]) -> dict[Slot, Tally]:
    found: dict[Slot, Tally] = {}
    for call in calls:
        starts_at = start_of(call.closed_at)
        for attempt in call.attempts:
            verdict = verdict_on(attempt, call)
            endpoint_id, connection_id = attempt.get("endpoint_id"), attempt.get("connection_id")
            if verdict is None or endpoint_id is None or connection_id is None:
                continue  # it says nothing, or is of a version that did not say where it went
            tally = found.setdefault(Slot(starts_at, endpoint_id, connection_id), Tally())
            _count(tally, verdict, attempt, call)
    return found


def start_of(moment: datetime) -> datetime:
    into = timedelta(
        minutes=moment.minute % MINUTES, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment - into


def verdict_on(attempt: Mapping[str, Any], call: Closed) -> str | None:
    """ANSWERED, LIMITED, a kind of failure, or None: a client that left, a fault of the house, and
    a request that no model takes are nobody's downtime."""
    status, word = attempt.get("status"), attempt.get("error") or ""
    if not word:
        is_whole = status == 200 and call.status == 200 and not call.was_cancelled
        return ANSWERED if is_whole else None
    if word == OURS:
        return None
    if status is not None and status >= 300:
        return _by_status(status)
    return KINDS.get(word, "other")


def _by_status(status: int) -> str | None:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return "server_error"
    return None if status >= 400 else "nonsense"


def _count(tally: Tally, verdict: str, attempt: Mapping[str, Any], call: Closed) -> None:
    if verdict == LIMITED:
        tally.limited += 1
        return
    tally.calls += 1
    if verdict != ANSWERED:
        tally.errors[verdict] += 1
        return
    latency = attempt.get("latency_ms")
    if not call.is_streamed or latency is None:
        return  # an answer that came whole has no first token
    tally.latency[bucket_of(latency)] += 1
    if call.duration_ms is None or call.latency_ms is None:
        return
    speed = tokens_per_second(
        call.completion,
        call.reasoning,
        latency_ms=latency,
        writing_ms=call.duration_ms - call.latency_ms,
    )
    if speed is not None:
        tally.throughput[bucket_of(speed)] += 1
