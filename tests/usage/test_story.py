"""What a receipt tells: what made the cost to the last digit, how the call went, and why it went
where it went."""

from decimal import Decimal
from typing import Any

import pytest

from apps.usage.models import Generation
from apps.usage.story import events_of, reckoned, router_of, why_provider

OVERLOADED = {"provider": "azure", "error": "overloaded", "status": 529, "latency_ms": 204}
ANSWERED = {"provider": "openai", "error": "", "status": 200, "latency_ms": 300}
OPEN, CLOSED_BY_RULE = {"dropped_by": ""}, {"dropped_by": "does not run at home"}


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


@pytest.mark.parametrize(
    ("facts", "attempts", "words"),
    [
        (
            {"latency_ms": 900, "duration_ms": 4100},
            [OVERLOADED, ANSWERED],
            [
                ("0 ms", "Came in; $0.01 was held"),
                ("", "azure failed after 204 ms: 529 overloaded"),
                ("900 ms", "The first of the answer came"),
                ("4,100 ms", "The answer ended: stop"),
                ("", "Settled: $0.001 charged, $0.009 of the hold given back"),
            ],
        ),
        (
            {"was_cancelled": True, "finish_reason": "", "duration_ms": 50, "hold_usd": 0},
            [],
            [
                ("0 ms", "Came in; $0.00 was held"),
                ("50 ms", "The app hung up"),
                ("", "Settled: $0.001 charged"),
            ],
        ),
        (
            {"was_cancelled": True, "error_type": "frozen", "finish_reason": "", "duration_ms": 50},
            [],
            [
                ("0 ms", "Came in; $0.01 was held"),
                ("50 ms", "It was frozen"),
                ("", "Settled: $0.001 charged, $0.009 of the hold given back"),
            ],
        ),
        ({"state": "open"}, [], [("0 ms", "Came in; $0.01 was held")]),
        ({"state": "released"}, [], [("0 ms", "Came in; nothing was sent to a provider")]),
    ],
)
def test_a_call_is_told_in_order(
    facts: dict[str, Any], attempts: list[dict[str, Any]], words: list[tuple[str, str]]
) -> None:
    assert [tuple(event) for event in events_of(call(**facts), attempts)] == words


@pytest.mark.parametrize(
    ("attempts", "candidates", "begins"),
    [
        ([ANSWERED], [OPEN], "1 endpoint could be asked. openai answered and was the first asked."),
        (
            [OVERLOADED, ANSWERED],
            [OPEN, OPEN, CLOSED_BY_RULE],
            "2 endpoints could be asked, 1 could not. openai answered, after azure failed. ",
        ),
        ([OVERLOADED], [OPEN], "1 endpoint could be asked."),
        ([], [CLOSED_BY_RULE], "0 endpoints could be asked, 1 could not."),
        ([ANSWERED], [], ""),
    ],
)
def test_why_a_provider_answered(
    attempts: list[dict[str, Any]], candidates: list[dict[str, Any]], begins: str
) -> None:
    assert why_provider(call(), attempts, candidates).startswith(begins)


def test_a_call_that_its_budget_kept_short_says_so() -> None:
    told = events_of(call(state="open"), [], tokens_applied=1812)
    assert told[1].words == "Kept to 1,812 tokens at most, for its budget"


def test_a_choice_left_to_the_house_is_explained() -> None:
    router = router_of(
        {"name": "gatehouse/auto", "needs": ["tools", "image", "context:1215"], "order": "price"}
    )
    assert why_provider(call(), [ANSWERED], [OPEN, OPEN], router=router) == (
        "gatehouse/auto read from the call that it needs tools, eyes for pictures and room for "
        "1,215 tokens; of the models that have it, the cheapest come first. 2 endpoints could be "
        "asked. openai answered and was the first asked."
    )
    bare = {"name": "gatehouse/free", "needs": [], "order": "at home first"}
    told = router_of(bare)
    assert told and "needs nothing special; at home first." in told.words


@pytest.mark.parametrize("details", [None, "x", {}, {"needs": 3}, {"needs": ["context:x"]}])
def test_a_strange_receipt_of_a_choice_says_less(details: Any) -> None:
    router = router_of(details)
    assert router is None or "nothing special" in router.words
