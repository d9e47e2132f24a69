"""How soon and how fast an endpoint answers: one way to count it, wherever it is measured."""

from typing import NamedTuple

FEWEST_TOKENS = 20  # a shorter answer says nothing about speed
SHORTEST_MS = 50  # what comes at once was written before


class Spread(NamedTuple):
    """Half of the calls did at least as well as p50, nine of ten as p90: a latency grows from p50
    to p99, a throughput shrinks."""

    p50: float
    p75: float
    p90: float
    p99: float


def tokens_per_second(
    completion: int, reasoning: int, *, latency_ms: int, writing_ms: int
) -> float | None:
    """Of a streamed answer that began after `latency_ms` and was written for `writing_ms`. What
    was thought may have come before the first word, unseen: then the wait counts as well."""
    took = writing_ms + latency_ms if reasoning else writing_ms
    if completion < FEWEST_TOKENS or took < SHORTEST_MS:
        return None
    return completion / took * 1000
