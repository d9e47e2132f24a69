"""Answers of providers as the client sees them: the same JSON by the fast and by the slow way, the
provider's own bytes wherever nothing must change, and no answer that is none."""

import json
import time
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.pricing import TokenUsage
from apps.routing.wire.answer import Face, JsonAnswer, normal_finish, plain_number, usage_block
from apps.routing.wire.stream import StreamAnswer, error_events

FACE = Face("gen-1", "test/one", "First", 1_790_000_000)
USAGE = TokenUsage(prompt=10, completion=3)
COST = Decimal("0.000033000000")


def chunk(delta: dict[str, Any] | None = None, reason: Any = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted-1",
        "choices": [choice],
        **more,
    }


def event(value: Any, *, is_spaced: bool = False) -> bytes:
    text = json.dumps(value).encode() if is_spaced else orjson.dumps(value)
    return b"data: " + text + b"\n\n"


def seen(blocks: list[bytes]) -> tuple[list[Any], StreamAnswer]:
    """What the client reads, and the answer that wrote it."""
    answer = StreamAnswer(FACE)
    out = b"".join(answer.take(block) for block in blocks)
    return [orjson.loads(one[6:]) for one in out.split(b"\n\n") if one], answer


# --- streams ---

_words = st.text(max_size=6) | st.sampled_from(
    ['"id":"chatcmpl-1"', '_reason":"stop"', "[DONE]", '"usage":{', "data: x", "\n\n", "🙂", "\\"]
)
_words = _words.filter(lambda text: text.isprintable() or "\n" in text).filter(
    lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)
)
_delta = st.one_of(
    st.fixed_dictionaries({"content": _words}),
    st.fixed_dictionaries({"reasoning": _words}),
    st.fixed_dictionaries(
        {"tool_calls": st.just([{"index": 0, "id": "chatcmpl-1", "function": {"arguments": "{}"}}])}
    ),
    st.just({"role": "assistant", "content": ""}),
)
_more = st.sampled_from(
    [{}, {"usage": None}, {"system_fingerprint": "id"}, {"x": {"id": "chatcmpl-1"}}]
    + [{"usage": {"prompt_tokens": 10, "completion_tokens": 3}}, {"choices": []}]
)
_chunk = st.builds(
    lambda delta, reason, more: chunk(delta, reason, **more),
    _delta,
    st.sampled_from([None, None, None, None, "stop", "", "end_turn"]),
    _more,
)


@given(
    chunks=st.lists(st.tuples(_chunk, st.booleans()), max_size=8),
    is_done=st.booleans(),
    sizes=st.lists(st.integers(1, 4), min_size=8, max_size=8),
)
def test_the_fast_way_shows_what_the_slow_way_shows(
    chunks: list[tuple[dict[str, Any], bool]], is_done: bool, sizes: list[int]
) -> None:
    events = [event(value, is_spaced=spaced) for value, spaced in chunks]
    events += [b"data: [DONE]\n\n"] if is_done else []
    blocks, rest = [], list(events)
    for size in sizes:
        blocks.append(b"".join(rest[:size]))
        rest = rest[size:]
    blocks.append(b"".join(rest))
    fast, fast_answer = seen([block for block in blocks if block])
    slow_answer = StreamAnswer(FACE)
    slow = []
    for one in events:
        slow_answer._frame = None  # every event on its own, read and written in full
        out = slow_answer.take(one)
        slow += [orjson.loads(part[6:]) for part in out.split(b"\n\n") if part]
    assert fast == slow
    assert fast_answer.text_bytes() == slow_answer.text_bytes()
    assert fast_answer.finding == slow_answer.finding
    assert fast_answer.is_done == slow_answer.is_done == is_done


@pytest.mark.parametrize("alike", [1, 40])
def test_a_burst_of_differing_events_takes_no_longer_than_its_length(alike: int) -> None:
    other = chunk({"content": "a"}, system_fingerprint="id")
    few = event(chunk({"content": "a"})) * alike + event(other)
    block = few * (4_000_000 // len(few))
    began = time.monotonic()
    values, answer = seen([block])
    assert time.monotonic() - began < 20, "looked through again for every event"
    assert answer.text_bytes() == len(values) == block.count(b"\n\n")


@given(chunks=st.lists(_chunk, max_size=6))
def test_every_event_carries_our_names_and_no_usage(chunks: list[dict[str, Any]]) -> None:
    for value in seen([b"".join(event(one) for one in chunks)])[0]:
        assert (value["id"], value["model"], value["provider"]) == ("gen-1", "test/one", "First")
        assert not value.get("usage")
        assert value["choices"]


def test_a_plain_stream_keeps_the_providers_bytes() -> None:
    first, second = event(chunk({"content": "a"})), event(chunk({"content": "b"}, x=2**63))
    answer = StreamAnswer(FACE)
    out = answer.take(first) + answer.take(second + second)
    assert out.count(b'"x":9223372036854775808') == 2
    assert b"chatcmpl-1" not in out
    assert answer.text_bytes() == 3


def test_integers_past_64_bits_survive_a_stream() -> None:
    text = json.dumps(chunk({"content": "a"}, big=2**70)).encode()
    answer = StreamAnswer(FACE)
    out = answer.take(b"data: " + text + b"\n\n") * 2 + answer.take(b"data: " + text + b"\n\n")
    assert out.count(b"1180591620717411303424") == 3


@pytest.mark.parametrize(
    ("native", "normal"),
    [
        ("stop", "stop"),
        ("STOP", "stop"),
        ("end_turn", "stop"),
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("tool_calls", "tool_calls"),
        ("tool_use", "tool_calls"),
        ("SAFETY", "content_filter"),
        ("error", "error"),
        ("something new", "stop"),
    ],
)
def test_finish_reasons(native: str, normal: str) -> None:
    assert normal_finish(native) == normal
    (value,), answer = seen([event(chunk({}, native))])
    assert value["choices"][0]["finish_reason"] == normal
    assert value["choices"][0]["native_finish_reason"] == native
    assert (answer.finding.finish_reason, answer.finding.native_finish_reason) == (normal, native)


def test_an_empty_finish_reason_is_none_yet() -> None:
    values, answer = seen([event(chunk({"content": "a"}, "")), event(chunk({"content": "b"}, ""))])
    assert [value["choices"][0]["finish_reason"] for value in values] == [None, None]
    assert answer.finding.finish_reason == ""


def test_the_last_count_of_a_running_usage_wins() -> None:
    blocks = [
        event(chunk({"content": "a"}, usage={"prompt_tokens": 1, "completion_tokens": n}))
        for n in range(4)
    ]
    values, answer = seen(blocks)
    assert answer.finding.usage == TokenUsage(prompt=1, completion=3)
    assert not any("usage" in value for value in values)


@pytest.mark.parametrize(
    "text",
    [
        b": a comment",
        b"event: ping\ndata: {}",
        b'data: {"type":"ping"}',
        b"id: 7",
        b"retry: 10",
        b'data: {"choices":[],"prompt_filter_results":[]}',
        b'data: {"choices":null}',
    ],
)
def test_what_is_no_piece_of_an_answer_is_passed_over(text: bytes) -> None:
    answer = StreamAnswer(FACE)
    assert answer.take(text + b"\n\n") == b""
    assert answer.finding.error is None


@pytest.mark.parametrize(
    "text",
    [
        b"data: {not json}",
        b"data: [1]",
        b"data: 7",
        b'data: {"choices":{"a":1}}',
        b'data: {"choices":[{"finish_reason":"stop","finish_reason":"stop"}],"a":1,"a":2}',
        b'data: {"choices":[7, {"finish_reason":"stop"}]}',
        b'data: {"id":"\xff"}',
    ],
)
def test_nonsense_is_noticed_and_what_stood_before_it_passes(text: bytes) -> None:
    answer = StreamAnswer(FACE)
    out = answer.take(event(chunk({"content": "a"})) + text + b"\n\n" + event(chunk()))
    assert out.count(b"data: ") == 1
    assert answer.is_broken
    assert answer.finding.finish_reason == ""


@pytest.mark.parametrize("error", [{"message": "no"}, "no"])
def test_an_error_event_ends_the_stream(error: Any) -> None:
    answer = StreamAnswer(FACE)
    out = answer.take(event(chunk({"content": "a"})) + event({"error": error}) + event(chunk()))
    assert out.count(b"data: ") == 1
    assert answer.finding.error is not None
    assert answer.is_done


def test_the_usage_event() -> None:
    (value,) = _events(StreamAnswer(FACE).usage_event(USAGE, COST))
    assert value["choices"] == []
    assert value["usage"]["cost"] == Decimal("0.000033")
    assert value["usage"]["total_tokens"] == 13


def test_the_error_events() -> None:
    text = error_events(FACE, {"code": 502, "message": "“no”"})
    (value,) = _events(text.removesuffix(b"data: [DONE]\n\n"))
    assert value["error"]["code"] == 502
    assert value["choices"][0]["finish_reason"] == "error"
    assert text.endswith(b"data: [DONE]\n\n")


# --- whole answers ---

WHOLE = {
    "id": "chatcmpl-1",
    "created": 1,
    "model": "scripted-1",
    "big": 2**70,
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "é"}, "finish_reason": "end_turn"},
        {"index": 1, "message": {"role": "assistant", "content": "b"}, "finish_reason": None},
    ],
    "usage": {"prompt_tokens": 10, "completion_tokens": 3},
}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_whole_answer(indent: int | None) -> None:
    answer = JsonAnswer(json.dumps(WHOLE, indent=indent).encode())
    value = json.loads(answer.rewritten(FACE, USAGE, COST), parse_float=Decimal)
    assert (value["id"], value["model"], value["provider"]) == ("gen-1", "test/one", "First")
    assert value["big"] == 2**70
    assert value["object"] == "chat.completion"
    assert value["system_fingerprint"] is None
    assert [choice["finish_reason"] for choice in value["choices"]] == ["stop", None]
    assert value["choices"][0]["native_finish_reason"] == "end_turn"
    assert value["usage"]["cost"] == Decimal("0.000033")
    assert answer.finding.usage == USAGE
    assert answer.finding.text_bytes == 3


def test_a_whole_answer_as_an_event() -> None:
    message = {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "f"}}]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    answer = JsonAnswer(json.dumps({**WHOLE, "choices": [choice]}).encode())
    (value,) = _events(answer.as_event(FACE))
    assert value["object"] == "chat.completion.chunk"
    assert "usage" not in value
    delta = value["choices"][0]["delta"]
    assert "message" not in value["choices"][0]
    assert delta["tool_calls"][0]["index"] == 0
    assert value["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[1]",
        b'"a"',
        b"{}",
        b'{"choices":[]}',
        b'{"choices":{}}',
        b'{"choices":[7]}',
        b'{"choices":[{"message":{}}, 7]}',
        b'{"choices":[{"message":{}}],"id":"a","id":"b"}',
        b'{"choices":[{"finish_reason":"stop","index":0,"index":0}]}',
        b'{"choices":[{"message":{"content":"\xff"}}]}',
        b'{"choices":[{"mess',
    ],
)
def test_what_is_no_answer_is_refused_before_anything_is_charged(body: bytes) -> None:
    with pytest.raises(ValueError):
        JsonAnswer(body)


@pytest.mark.parametrize("error", [{"message": "no"}, "no"])
def test_an_error_with_status_200_is_no_answer(error: Any) -> None:
    assert not JsonAnswer(orjson.dumps({"error": error})).finding.is_answer


KEYS = ["choices", "message", "content", "usage", "error", "finish_reason", "tool_calls", "audio"]


_any = st.recursive(
    st.none() | st.integers() | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
_choices = st.dictionaries(st.sampled_from(KEYS), _any, max_size=4)


@given(value=_any | st.fixed_dictionaries({"choices": st.lists(_choices, max_size=2)}))
def test_an_answer_of_any_shape_is_refused_or_rewritten(value: Any) -> None:
    try:
        answer = JsonAnswer(json.dumps(value).encode())
    except ValueError:
        return
    if answer.finding.is_answer:
        assert json.loads(answer.rewritten(FACE, USAGE, COST))["id"] == "gen-1"
        assert _events(answer.as_event(FACE))[0]["id"] == "gen-1"


# --- numbers ---


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", b"0"),
        ("0E-12", b"0"),
        ("0.000000000001", b"0.000000000001"),
        ("1E-12", b"0.000000000001"),
        ("100", b"100"),
        ("1E+2", b"100"),
        ("12.340000", b"12.34"),
    ],
)
def test_a_cost_is_written_with_every_digit(amount: str, expected: bytes) -> None:
    assert plain_number(Decimal(amount)) == expected
    assert b'"cost":%b,' % expected in usage_block(TokenUsage(), Decimal(amount))


def _events(text: bytes) -> list[dict[str, Any]]:
    return [
        json.loads(one.removeprefix(b"data: "), parse_float=Decimal)
        for one in text.split(b"\n\n")
        if one
    ]


# --- halves of letters ---

HIGH, LOW = '"content":"\\ud83d"', '"content":"\\\\ \\uDE00 \\ud83d\\ude00"'


@pytest.mark.parametrize("block_of", [1, 4])
@pytest.mark.parametrize("is_first", [True, False])
def test_halves_of_a_letter_pass_through_a_stream_as_they_came(
    block_of: int, is_first: bool
) -> None:
    plain = event(chunk({"content": "a"}))
    cut = [plain.replace(b'"content":"a"', half.encode()) for half in (HIGH, LOW)]
    events = [*([] if is_first else [plain]), *cut, plain]
    answer = StreamAnswer(FACE)
    blocks = [b"".join(events[at : at + block_of]) for at in range(0, len(events), block_of)]
    out = b"".join(map(answer.take, blocks))
    assert not answer.is_broken
    assert out.count(HIGH.encode()) == out.count(LOW.encode()) == 1
    assert out.count(b'"id":"gen-1"') == len(events)
    assert answer.text_bytes() == 3 + (1 + 1 + 3 + 1 + 4) + len(events) - 2


def test_halves_of_a_letter_pass_through_a_whole_answer() -> None:
    body = {"id": "x", "choices": [{"message": {"content": "a\ud83d"}, "finish_reason": "eos"}]}
    answer = JsonAnswer(json.dumps(body).encode())
    assert b'"a\\ud83d"' in answer.rewritten(FACE, USAGE, COST)
    assert b'"a\\ud83d"' in answer.as_event(FACE)


@pytest.mark.parametrize(
    "text", [b'{"a":"\\ud83d"', b'{"a":\\ud83d}', b'{"\\ud83d":1,"\\ud83d":2}']
)
def test_a_half_makes_no_json_of_what_is_none(text: bytes) -> None:
    with pytest.raises(ValueError):
        JsonAnswer(text)
