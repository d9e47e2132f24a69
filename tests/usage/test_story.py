"""What a receipt tells: what made the cost to the last digit, and how the call went."""

from decimal import Decimal
from typing import Any

import pytest

from apps.usage.models import Generation
from apps.usage.story import Way, events_of, reckoned

OVERLOADED: dict[str, Any] = {"provider": "azure", "error": "overloaded", "status": 529}
OVERLOADED |= {"began_ms": 1, "latency_ms": 204}
ANSWERED: dict[str, Any] = {
    "provider": "openai",
    "error": "",
    "status": 200,
    "began_ms": 206,
    "latency_ms": 300,
}


def call(**facts: Any) -> Generation:
    known: dict[str, Any] = {
        "state": Generation.State.CLOSED,
        "provider": "openai",
        "hold_usd": Decimal("0.01"),
        "cost_usd": Decimal("0.001"),
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "reasoning_tokens": 0,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "finish_reason": "stop",
        "error_type": "",
        "status": 200,
        "is_streamed": False,
        "was_cancelled": False,
    }
    return Generation(**{**known, **facts})


def test_the_lines_make_the_cost_to_the_last_digit() -> None:
    prices = {"prompt": "0.25", "completion": "2", "input_cache_read": "0.025", "request": "0.001"}
    tokens = {"prompt_tokens": 1003, "cached_tokens": 1000, "completion_tokens": 7}
    one = call(**tokens, reasoning_tokens=5, cost_usd=Decimal("0.00103975"))
    lines = reckoned(one, prices)
    assert [(line.kind, line.number, line.amount) for line in lines] == [
        ("Prompt", 3, Decimal("0.00000075")),
        ("Cached, read", 1000, Decimal("0.000025")),
        ("Completion", 2, Decimal("0.000004")),
        ("Reasoning", 5, Decimal("0.00001")),
        ("Request", 1, Decimal("0.001")),
    ]
    assert sum(line.amount for line in lines) == one.cost_usd


@pytest.mark.parametrize(
    "prices",
    [
        {},
        {"prompt": "1", "completion": "1"},  # another sum than was charged
        {"prompt": "x", "completion": None},
        {"prompt": "NaN", "completion": "-1"},
    ],
)
def test_lines_that_make_another_sum_are_not_shown(prices: dict[str, Any]) -> None:
    assert reckoned(call(prompt_tokens=10, completion_tokens=1), prices) == []


def test_searches_have_their_line_too() -> None:
    prices = {"prompt": "1", "completion": "1", "web_search": "0.01"}
    one = call(prompt_tokens=10, cost_usd=Decimal("0.02001"))
    assert reckoned(one, prices) == []
    assert [line.kind for line in reckoned(one, prices, searches=2)] == ["Prompt", "Web search"]


@pytest.mark.parametrize(
    ("facts", "attempts", "way", "words"),
    [
        (
            {"is_streamed": True, "latency_ms": 506, "duration_ms": 4100},
            [OVERLOADED, ANSWERED],
            Way(admitted_ms=12, guardrails_ms=5, found=2, tokens_applied=1812),
            [
                ("0 ms", "Came in"),
                ("", "The guardrails read it in 5 ms and found 2 values"),
                ("12 ms", "$0.01 was held, after 7 ms in the queue"),
                ("", "Kept to 1,812 tokens at most, for its budget"),
                ("13 ms", "Sent to azure"),
                ("217 ms", "azure failed after 204 ms: 529 overloaded"),
                ("218 ms", "Sent to openai"),
                ("518 ms", "The first of the answer came"),
                ("4,112 ms", "The answer ended: stop"),
                ("", "Settled: $0.001 charged, $0.009 of the hold given back"),
            ],
        ),
        (  # of a version that noted less
            {"is_streamed": True, "latency_ms": 900, "duration_ms": 4100},
            [{**OVERLOADED, "began_ms": None}, {**ANSWERED, "began_ms": None}],
            Way(),
            [
                ("0 ms", "Came in; $0.01 was held"),
                ("", "azure failed after 204 ms: 529 overloaded"),
                ("900 ms", "The first of the answer came"),
                ("4,100 ms", "The answer ended: stop"),
                ("", "Settled: $0.001 charged, $0.009 of the hold given back"),
            ],
        ),
        (
            {"latency_ms": 20, "duration_ms": 21, "hold_usd": 0, "cost_usd": 0},
            [{**ANSWERED, "began_ms": 0}],
            Way(admitted_ms=1, guardrails_ms=1),
            [
                ("0 ms", "Came in"),
                ("", "The guardrails read it in 1 ms and found nothing"),
                ("1 ms", "Nothing had to be held, after 0 ms in the queue"),
                ("1 ms", "Sent to openai"),
                ("21 ms", "The answer came"),
                ("22 ms", "The answer ended: stop"),
                ("", "Settled: $0.00 charged"),
            ],
        ),
        (
            {"status": 502, "error_type": "provider_unavailable", "finish_reason": ""}
            | {"duration_ms": 205, "cost_usd": 0},
            [OVERLOADED],
            Way(admitted_ms=0),
            [
                ("0 ms", "Came in"),
                ("0 ms", "$0.01 was held, after 0 ms in the queue"),
                ("1 ms", "Sent to azure"),
                ("205 ms", "azure failed after 204 ms: 529 overloaded"),
                ("205 ms", "It failed: 502 provider_unavailable"),
                ("", "Settled: $0.00 charged, $0.01 of the hold given back"),
            ],
        ),
        (
            {"was_cancelled": True, "finish_reason": "", "duration_ms": 50, "hold_usd": 0},
            [],
            Way(),
            [
                ("0 ms", "Came in; nothing had to be held"),
                ("50 ms", "The app hung up"),
                ("", "Settled: $0.001 charged"),
            ],
        ),
        (
            {"was_cancelled": True, "error_type": "frozen", "finish_reason": "", "duration_ms": 50},
            [],
            Way(),
            [
                ("0 ms", "Came in; $0.01 was held"),
                ("50 ms", "It was frozen"),
                ("", "Settled: $0.001 charged, $0.009 of the hold given back"),
            ],
        ),
        ({"state": "open"}, [], Way(), [("0 ms", "Came in; $0.01 was held")]),
        ({"state": "released"}, [], Way(), [("0 ms", "Came in; nothing was sent to a provider")]),
    ],
)
def test_a_call_is_told_in_order(
    facts: dict[str, Any], attempts: list[dict[str, Any]], way: Way, words: list[tuple[str, str]]
) -> None:
    assert [tuple(event) for event in events_of(call(**facts), attempts, way)] == words
