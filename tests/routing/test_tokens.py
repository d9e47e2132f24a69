"""Reading a provider's count, however it spells it, and bounds where nobody counted."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.pricing import TokenUsage
from apps.routing.wire.tokens import estimate_text, produced_bytes, prompt_bound, read_usage
from tests.routing.making import a_call

BOTH = {"prompt_tokens": 10, "completion_tokens": 5}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (BOTH, TokenUsage(10, 5)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, TokenUsage()),
        ({"prompt_tokens": "10", "completion_tokens": "5"}, TokenUsage(10, 5)),
        ({"prompt_tokens": 10.0, "completion_tokens": 5.0}, TokenUsage(10, 5)),
        ({**BOTH, "prompt_tokens_details": {"cached_tokens": 4}}, TokenUsage(10, 5, cached=4)),
        ({**BOTH, "prompt_tokens_details": {"cached_tokens": 99}}, TokenUsage(10, 5, cached=10)),
        ({**BOTH, "prompt_tokens_details": None}, TokenUsage(10, 5)),
        ({**BOTH, "prompt_cache_hit_tokens": 4}, TokenUsage(10, 5, cached=4)),
        (
            {**BOTH, "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 9}},
            TokenUsage(10, 5, cached=4, cache_write=6),
        ),
        (
            {**BOTH, "completion_tokens_details": {"reasoning_tokens": 2}},
            TokenUsage(10, 5, reasoning=2),
        ),
        (
            {**BOTH, "completion_tokens_details": {"reasoning_tokens": 7}, "total_tokens": 22},
            TokenUsage(10, 12, reasoning=7),
        ),
        ({**BOTH, "cost": 0.25}, TokenUsage(10, 5, reported_cost=Decimal("0.25"))),
        ({**BOTH, "cost": -1}, TokenUsage(10, 5)),
        ({**BOTH, "cost": "nan"}, TokenUsage(10, 5)),
        ({**BOTH, "cost": 1e30}, TokenUsage(10, 5)),
        (
            {**BOTH, "server_tool_use": {"web_search_requests": 3}},
            TokenUsage(10, 5, searches=3),
        ),
        (None, None),
        ({}, None),
        ([], None),
        ("10", None),
        ({"prompt_tokens": 10}, None),
        ({"prompt_tokens": None, "completion_tokens": None}, None),
        ({"prompt_tokens": -1, "completion_tokens": 5}, None),
        ({"prompt_tokens": True, "completion_tokens": 5}, None),
        ({"prompt_tokens": 1.5, "completion_tokens": 5}, None),
        ({"prompt_tokens": "ten", "completion_tokens": 5}, None),
        ({"prompt_tokens": 10**11, "completion_tokens": 5}, None),
    ],
)
def test_a_count_is_read(given: Any, expected: TokenUsage | None) -> None:
    assert read_usage(given) == expected


_any = st.recursive(
    st.none() | st.integers() | st.floats() | st.text("0-9", max_size=3),
    lambda inner: st.dictionaries(
        st.sampled_from(
            [
                "prompt_tokens",
                "completion_tokens",
                "total_tokens",
                "prompt_tokens_details",
                "completion_tokens_details",
                "cached_tokens",
                "reasoning_tokens",
                "cost",
                "server_tool_use",
                "web_search_requests",
            ]
        ),
        inner,
        max_size=6,
    ),
)


@given(value=_any)
def test_a_count_of_any_shape_is_whole_or_none(value: Any) -> None:
    usage = read_usage(value)
    if usage is not None:
        assert 0 <= usage.cached + usage.cache_write <= usage.prompt
        assert 0 <= usage.reasoning <= usage.completion


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({}, 0),
        ({"content": "aé"}, 3),
        ({"content": None, "reasoning": "ab", "refusal": "c"}, 3),
        ({"reasoning_content": "ab"}, 2),
        ({"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}, 3),
        ({"tool_calls": [{}, 7, None, {"function": 7}]}, 0),
        ({"tool_calls": 7, "audio": 7, "content": 7}, 0),
        ({"audio": {"transcript": "ab", "data": "c"}}, 3),
    ],
)
def test_produced_bytes(part: dict[str, Any], expected: int) -> None:
    assert produced_bytes(part) == expected


def test_an_estimate_is_never_nothing_for_text() -> None:
    assert [estimate_text(n) for n in (0, 1, 3, 4)] == [0, 1, 1, 2]


def test_a_prompt_is_bound_by_its_bytes_or_the_context() -> None:
    text = a_call(messages=[{"role": "user", "content": "é" * 1000}])
    assert prompt_bound(text, None) == len(text.document.text) + 16 > 2000
    assert prompt_bound(text, 500) == 500
    with_tools = a_call(tools=[{"type": "function", "function": {"name": "f"}}])
    bound = prompt_bound(with_tools, None)
    assert bound is not None
    assert bound > len(with_tools.document.text) + 1000


def test_no_bytes_bound_a_picture() -> None:
    part = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    call = a_call(messages=[{"role": "user", "content": [part]}])
    assert call.has_media
    assert prompt_bound(call, None) is None
    assert prompt_bound(call, 32_000) == 32_000
