"""What is held before a call, and what an attempt comes to after it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing import charge
from apps.routing.pricing import TokenUsage
from tests.routing.making import a_call, a_candidate

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MILLION = Decimal(1_000_000)
SEARCHING = {"prompt": "1.5", "completion": "6", "web_search": "0.01"}


def test_each_picture_is_held_for_where_it_has_a_price_of_its_own() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    words = {"type": "text", "text": "Which is larger?"}
    seen = {"role": "user", "content": [words, picture, picture]}
    drawn = {"role": "assistant", "content": "This.", "images": [picture]}
    call = a_call(messages=[seen, drawn])
    prices = {"prompt": "1.5", "completion": "6"}
    plain = charge.hold_for(call, a_candidate(prices=prices), None)
    dearer = charge.hold_for(call, a_candidate(prices={**prices, "image": "0.02"}), None)
    assert plain is not None and dearer is not None
    assert dearer - plain == Decimal("0.06")


@pytest.mark.parametrize(
    ("fields", "facts", "tokens"),
    [
        ({}, {}, 4096),
        ({"max_tokens": 100}, {}, 100),
        ({"max_completion_tokens": 100}, {}, 100),
        ({"max_tokens": 300, "max_completion_tokens": 100}, {}, 100),
        ({"max_tokens": 9999}, {}, 4096),
        ({"max_tokens": 100, "n": 3}, {}, 300),
        ({}, {"max_completion_tokens": None}, 32_000),
        ({"max_tokens": 100}, {"cap_parameter": None}, 4096),
        (
            {"max_tokens": 9999},
            {"max_completion_tokens": None, "largest_context_length": None},
            9999,
        ),
        # A cap that does not bound thinking is no bound where the model thinks.
        (
            {"max_tokens": 100},
            {"cap_bounds_reasoning": False, "abilities": frozenset({"reasoning"})},
            4096,
        ),
        ({"max_tokens": 100}, {"cap_bounds_reasoning": None}, 100),
        ({"max_tokens": 100, "prediction": {"type": "content", "content": "aa"}}, {}, 136),
    ],
)
def test_a_hold_covers_the_whole_answer(
    fields: dict[str, Any], facts: dict[str, Any], tokens: int
) -> None:
    call, candidate = a_call(**fields), a_candidate(**facts)
    bound = len(call.document.text) + 16
    expected = (bound * Decimal("1.5") + tokens * Decimal(6)) / MILLION
    assert charge.hold_for(call, candidate, call.cap) == expected


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({}, {"prices": {}}),
        ({}, {"max_completion_tokens": None, "largest_context_length": None}),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            {"largest_context_length": None},
        ),
    ],
)
def test_nothing_can_be_held_where_a_bound_is_missing(
    fields: dict[str, Any], facts: dict[str, Any]
) -> None:
    call = a_call(**fields)
    assert charge.hold_for(call, a_candidate(**facts), call.cap) is None


def test_searches_are_held_when_they_are_asked_for() -> None:
    plain, asking = a_call(), a_call(web_search_options={})
    candidate = a_candidate(prices=SEARCHING)
    held = charge.hold_for(asking, candidate, None)
    without = charge.hold_for(plain, candidate, None)
    assert held is not None
    assert without is not None
    assert held - without >= charge.MOST_SEARCHES * Decimal("0.01")


def test_a_free_endpoint_holds_and_costs_nothing() -> None:
    candidate = a_candidate(prices={}, is_free=True)
    assert charge.hold_for(a_call(), candidate, None) == 0
    assert charge.exact(candidate, TokenUsage(10, 5), moment=NOW).cost == 0


@pytest.mark.parametrize(
    ("facts", "expected"),
    [({}, "0.000045"), ({"is_openrouter": True}, "0.25")],
)
def test_openrouter_says_what_it_charged(facts: dict[str, Any], expected: str) -> None:
    usage = TokenUsage(10, 5, reported_cost=Decimal("0.25"))
    spent = charge.exact(a_candidate(**facts), usage, moment=NOW)
    assert spent.cost == Decimal(expected)
    assert not spent.is_estimated


@given(text_bytes=st.integers(0, 10**7), cap=st.none() | st.integers(1, 5000))
def test_an_estimate_never_passes_the_hold(text_bytes: int, cap: int | None) -> None:
    call = a_call(max_tokens=cap) if cap else a_call()
    candidate = a_candidate()
    hold = charge.hold_for(call, candidate, cap)
    assert hold is not None
    spent = charge.estimated(call, candidate, text_bytes=text_bytes, hold=hold, moment=NOW)
    assert 0 < spent.cost <= hold
    assert spent.is_estimated


@given(
    prompt=st.integers(0, 40_000),
    completion=st.integers(0, 5000),
    cap=st.none() | st.integers(1, 5000),
    n=st.integers(1, 4),
)
def test_a_provider_that_keeps_to_the_cap_never_passes_the_hold(
    prompt: int, completion: int, cap: int | None, n: int
) -> None:
    call = a_call(n=n, **({"max_tokens": cap} if cap else {}))
    candidate = a_candidate()
    bound = min(len(call.document.text) + 16, 32_000)
    usage = TokenUsage(min(prompt, bound), min(completion, cap or 4096, 4096) * n)
    hold = charge.hold_for(call, candidate, cap)
    assert hold is not None
    assert charge.exact(candidate, usage, moment=NOW).cost <= hold
