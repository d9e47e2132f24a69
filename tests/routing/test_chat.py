"""A body is read or refused with a sentence; nothing else happens, whatever stands in it."""

import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.errors import Refusal
from apps.routing.wire import chat
from apps.routing.wire.fields import KINDS
from tests.routing.making import MESSAGES, a_call

GOOD = {"model": "test/one", "messages": MESSAGES}


def refusal_of(body: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        chat.read(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"hello", "not valid JSON"),
        (b'{"model":"\xff"}', "not valid JSON"),
        (b'{"model":"\\ud800"}', "not valid JSON"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
        (b'{"temperature":NaN}', "not valid JSON"),
        (b"[" * 2000 + b"]" * 2000, "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b'{"x":' + b"[" * 128 + b"]" * 128 + b"}", "deeper than 128"),
        (b'{"model":"a","model":"b"}', "stands twice"),
        (b'{"model":"a","\\u006dodel":"b"}', "stands twice"),
        (b"{}", "“messages” must be a list"),
    ],
)
def test_what_is_no_request(body: bytes, words: str) -> None:
    refusal = refusal_of(body)
    assert (refusal.status, refusal.error_type) == (400, "invalid_request")
    assert words in refusal.message


def test_a_body_of_128_levels_passes() -> None:
    deep: Any = 1
    for _ in range(127):
        deep = [deep]
    assert chat.read(json.dumps({**GOOD, "x": deep}).encode()).models == ("test/one",)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": None}, "“model” is missing"),
        ({"model": ""}, "“model” is missing"),
        ({"model": 7}, "“model” must be a text"),
        ({"model": ["a"]}, "“model” must be a text"),
        ({"model": "a" * 201}, "at most 200"),
        ({"model": "a\x00b"}, "“model”"),
        ({"models": ["a\nb"]}, "“model”"),
        ({"models": "a"}, "“models” must be a list"),
        ({"models": [7]}, "“models” must be a list"),
        ({"models": [f"m{n}" for n in range(11)]}, "at most 10"),
        ({"messages": []}, "at least one message"),
        ({"messages": {}}, "at least one message"),
        ({"messages": "hello"}, "at least one message"),
        ({"messages": ["hello"]}, "Message 1"),
        ({"messages": [{"content": "x"}]}, "“role”"),
        ({"messages": [{"role": 1}]}, "“role”"),
        ({"messages": [{"role": "user", "content": 7}]}, "content"),
        ({"messages": [{"role": "user", "content": ["x"]}]}, "“type”"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "no “text”"),
        ({"messages": [{"role": "user"}] * 10_001}, "10001"),
        ({"temperature": "hot"}, "“temperature” must be a number"),
        ({"temperature": True}, "“temperature” must be a number"),
        ({"max_tokens": 1.5}, "whole number"),
        ({"max_tokens": "5"}, "whole number"),
        ({"max_tokens": 0}, "1 or more"),
        ({"max_tokens": -1}, "1 or more"),
        ({"max_tokens": 2**40}, "“max_tokens”"),
        ({"max_completion_tokens": 2**64}, "whole number"),
        ({"n": 0}, "“n”"),
        ({"n": 129}, "“n”"),
        ({"n": True}, "“n”"),
        ({"stream": "yes"}, "“stream” must be true or false"),
        ({"stream": 1}, "“stream” must be true or false"),
        ({"tools": {}}, "“tools” must be a list"),
        ({"tools": ["search"]}, "Each tool"),
        ({"tools": [{"type": "web_search"}]}, "web_search"),
        ({"tools": [{"type": "openrouter:web_search"}]}, "openrouter:web_search"),
        ({"plugins": [{"id": "web"}]}, "plugin"),
        ({"plugins": ["web"]}, "plugin"),
        ({"reasoning": "high"}, "“reasoning” must be an object"),
        ({"reasoning": {"effort": []}}, "reasoning_effort"),
        ({"reasoning": {"effort": "huge"}}, "reasoning_effort"),
        ({"reasoning_effort": 5}, "“reasoning_effort” must be a text"),
        ({"reasoning_effort": "low", "reasoning": {"effort": "high"}}, "disagree"),
        ({"provider": "openai"}, "“provider” must be an object"),
        ({"provider": {"order": "openai"}}, "provider.order"),
        ({"provider": {"only": [1]}}, "provider.only"),
        ({"provider": {"zdr": "yes"}}, "provider.zdr"),
        ({"provider": {"sort": "magic"}}, "provider.sort"),
        ({"provider": {"sort": {"by": []}}}, "provider.sort"),
        ({"provider": {"data_collection": "maybe"}}, "data_collection"),
        ({"provider": {"max_price": 5}}, "max_price"),
        ({"provider": {"max_price": {"prompt": "cheap"}}}, "max_price"),
        ({"provider": {"max_price": {"prompt": -1}}}, "max_price"),
        ({"stop": 5}, "“stop”"),
        ({"response_format": "json"}, "“response_format” must be an object"),
        ({"logit_bias": []}, "“logit_bias” must be an object"),
        ({"stream_options": True}, "“stream_options” must be an object"),
        ({"api_base": "http://x"}, "“api_base” is not accepted"),
        ({"Model": "other"}, "“Model” is not accepted"),
    ],
)
def test_what_is_refused_says_which_field(fields: dict[str, Any], words: str) -> None:
    refusal = refusal_of(json.dumps({**GOOD, **fields}).encode())
    assert refusal.status == 400
    assert words in refusal.message


def test_a_call_as_it_was_meant() -> None:
    call = a_call(
        models=["test/two", "test/one"],
        stream=True,
        max_tokens=50,
        n=2,
        tools=[{"type": "function", "function": {"name": "f"}}],
        reasoning={"effort": "low"},
        provider={"order": ["b"], "zdr": True, "max_price": {"prompt": "1.5"}, "sort": "latency"},
        plugins=[{"id": "web", "enabled": False}],
        web_search_options={},
    )
    assert call.models == ("test/one", "test/two")
    assert (call.is_streamed, call.cap, call.n, call.tool_count) == (True, 50, 2, 1)
    assert call.reasoning_effort == "low"
    assert call.priced_fields == {"web_search"}
    assert call.wish.order == ("b",)
    assert call.wish.zdr
    assert call.wish.sort == "latency"
    assert call.wish.max_price == {"prompt": Decimal("1.5")}


def test_a_wish_can_only_tighten() -> None:
    wish = a_call(provider={"zdr": False, "data_collection": "allow"}).wish
    assert not wish.zdr
    assert not wish.deny_training


_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "user", "text", "test/one", "low", "a\x00b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "content",
                    "type",
                    "text",
                    "effort",
                    "order",
                    "sort",
                    "by",
                    "id",
                    "enabled",
                ]
                + ["max_price", "function", "images", "audio"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(
    fields=st.dictionaries(st.sampled_from(sorted(KINDS)) | st.text(max_size=3), _value, max_size=5)
)
def test_a_body_of_any_shape_is_read_or_refused(fields: dict[str, Any]) -> None:
    for body in ({**GOOD, **fields}, {**fields, **GOOD}, fields):
        try:
            chat.read(json.dumps(body).encode())
        except Refusal as refusal:
            assert 400 <= refusal.status < 500
            assert refusal.message.endswith(".")
            assert orjson.dumps(refusal.as_error())


@given(text=st.binary(max_size=60))
def test_bytes_of_any_kind_are_read_or_refused(text: bytes) -> None:
    with pytest.raises(Refusal):
        chat.read(text)
