"""How fast an answer was, and what preferring the fast ones does to the order of endpoints."""

from typing import Any

import pytest

from apps.routing import picker
from apps.routing.errors import Refusal
from apps.routing.picker import Health
from apps.routing.speed import Spread, tokens_per_second
from tests.routing.making import a_call, a_candidate

CHEAP, DEAR, NEW = (
    a_candidate(number, provider=name, prices={"prompt": price, "completion": price})
    for number, name, price in ((1, "cheap", "1"), (2, "dear", "9"), (3, "new", "5"))
)


def known(latency_ms: float, speed: float, *, is_down: bool = False) -> Health:
    """As the house measured it; nine of ten took twice as long."""
    found = Health()
    found.measured(
        Spread(latency_ms, latency_ms * 1.5, latency_ms * 2, latency_ms * 3),
        Spread(speed, speed / 1.5, speed / 2, speed / 3),
        is_down=is_down,
    )
    return found


def order(wish: dict[str, Any], *, sort: str = "", **changed: Health) -> str:
    health = {1: known(3000, 10), 2: known(500, 90)}
    health |= {{"cheap": 1, "dear": 2, "new": 3}[name]: one for name, one in changed.items()}
    call = a_call(provider=wish) if wish else a_call()
    found = picker.order([NEW, DEAR, CHEAP], call, health, now=0.0, sort=sort)
    return " ".join(candidate.provider for candidate in found)


@pytest.mark.parametrize(
    ("wish", "sort", "expected"),
    [
        ({}, "", "cheap new dear"),
        ({"sort": "latency"}, "", "dear cheap new"),
        ({"sort": "throughput"}, "", "dear cheap new"),
        ({}, "throughput", "dear cheap new"),
        ({"preferred_max_latency": 4}, "", "cheap dear new"),
        ({"preferred_max_latency": 1}, "", "dear new cheap"),
        ({"preferred_max_latency": {"p90": 1}}, "", "dear new cheap"),
        ({"preferred_max_latency": {"p90": 0.9}}, "", "new cheap dear"),
        ({"preferred_min_throughput": 10}, "", "cheap dear new"),
        ({"preferred_min_throughput": 11}, "", "dear new cheap"),
        ({"preferred_min_throughput": {"p99": 30}}, "", "dear new cheap"),
        ({"preferred_min_throughput": {"p50": 10, "p99": 31}}, "", "new cheap dear"),
        ({"preferred_min_throughput": 99, "preferred_max_latency": 1}, "", "new cheap dear"),
        ({"preferred_max_latency": 1, "order": ["cheap"]}, "", "cheap dear new"),
        ({"preferred_max_latency": 1, "sort": "price"}, "", "dear new cheap"),
    ],
)
def test_a_preferred_speed_orders_and_excludes_nobody(
    wish: dict[str, Any], sort: str, expected: str
) -> None:
    assert order(wish, sort=sort) == expected


def test_who_failed_most_of_the_last_calls_of_the_house_comes_last() -> None:
    assert order({}, cheap=known(3000, 10, is_down=True)) == "new dear cheap"
    forgiven = known(3000, 10, is_down=True)
    forgiven.answered(100.0, None)
    assert order({}, cheap=forgiven) == "cheap new dear"


def test_an_answer_of_this_process_counts_beside_what_the_house_measured() -> None:
    one = known(1000, 50)
    one.answered(2000.0, 100.0)
    assert (one.latency_ms, one.tokens_per_second) == (1200.0, 60.0)
    one.answered(None, None)
    assert (one.latency_ms, one.tokens_per_second) == (1200.0, 60.0)
    one.measured(None, None)  # nobody measured any more: what was seen here stays
    assert (one.latency_ms, one.tokens_per_second) == (1200.0, 60.0)


@pytest.mark.parametrize("name", ["preferred_min_throughput", "preferred_max_latency"])
@pytest.mark.parametrize("value", [0, -1, "fast", True, [1], {"p95": 1}, {"p50": "1"}, {"p50": 0}])
def test_a_speed_that_means_nothing_is_refused(name: str, value: object) -> None:
    with pytest.raises(Refusal, match=name):
        a_call(provider={name: value})


@pytest.mark.parametrize(
    ("completion", "reasoning", "latency", "writing", "expected"),
    [
        (100, 0, 900, 2000, 50.0),
        (100, 60, 2000, 2000, 25.0),  # the thinking may have been the wait
        (19, 0, 900, 2000, None),
        (500, 0, 900, 49, None),  # it came in one piece
        (100, 60, 2000, 0, 50.0),
    ],
)
def test_tokens_per_second(
    completion: int, reasoning: int, latency: int, writing: int, expected: float | None
) -> None:
    found = tokens_per_second(completion, reasoning, latency_ms=latency, writing_ms=writing)
    assert found == expected
