"""What a client gets: JSON and streams in OpenRouter's shape, at the exact cost on the receipt."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.gateway.behaviours import AsAsked, Ok, Stream
from tests.gateway.running import PATH, Row, WebHouse, decoded

TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


def test_a_whole_answer(house: WebHouse) -> None:
    response = house.ask()
    assert response.status_code == 200, response.text
    answer = decoded(response.text)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-generation-id"] == answer["id"]
    assert answer["id"].startswith("gen-")
    assert answer["object"] == "chat.completion"
    assert (answer["model"], answer["provider"]) == ("test/one", "First")
    assert answer["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello from upstream."},
            "finish_reason": "stop",
            "native_finish_reason": "stop",
        }
    ]
    assert_exact(house, answer["id"], answer["usage"])


def test_a_stream(house: WebHouse) -> None:
    stream = house.stream()
    headers = stream.response.headers
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-cache"
    assert headers["access-control-allow-origin"] == "*"
    assert stream.text == "Hello from upstream."
    assert stream.is_done
    assert {event["id"] for event in stream.events} == {headers["x-generation-id"]}
    assert {event["object"] for event in stream.events} == {"chat.completion.chunk"}
    assert {event["provider"] for event in stream.events} == {"First"}
    assert {event["model"] for event in stream.events} == {"test/one"}
    assert stream.finish_reasons == ["stop"]
    assert stream.events[-1]["choices"] == []
    (usage,) = stream.usages
    assert usage is stream.events[-1]["usage"]
    assert_exact(house, headers["x-generation-id"], usage)


def test_both_paths_are_one(house: WebHouse) -> None:
    for path in (PATH, PATH.removeprefix("/api")):
        body = json.dumps({"model": "test/one", "messages": [{"role": "user", "content": "a"}]})
        assert house.post(body.encode(), path=path).status_code == 200


@pytest.mark.parametrize(
    "behaviour",
    [
        Stream(usage="own"),
        Stream(usage="last"),
        Stream(usage="each"),
        Stream(usage="own", has_null_usage=True),
        Stream(usage="own", done=None),
        Stream(usage="last", done=None),
        Stream(line_end=b"\r\n"),
        Stream(line_end=b"\r\n", piece=1, words=("Hello from upstream.",)),
        Stream(line_end=b"\r", is_burst=True),
        Stream(has_bom=True, has_comments=True),
        Stream(has_bom=True, piece=1, words=("Hello from upstream.",)),
        Stream(piece=7),
        Stream(piece=64),
        Stream(is_burst=True),
        Stream(is_spaced=True),
        Stream(pace=0.02),
        Stream(extra={"provider": "Somebody", "usage_hint": 1}),
        Stream(extra={"id": None}),
        Stream(extra={"model": "x", "system_fingerprint": "fp"}),
        Ok(),
        Ok(is_pretty=True),
    ],
)
def test_a_stream_is_the_same_however_the_provider_writes_it(
    house: WebHouse, behaviour: Any
) -> None:
    house.first.then(behaviour)
    stream = house.stream()
    assert stream.text == "Hello from upstream."
    assert stream.finish_reasons == ["stop"]
    assert stream.is_done
    (usage,) = stream.usages
    id_ = stream.response.headers["x-generation-id"]
    assert {event["id"] for event in stream.events} == {id_}
    assert {event["provider"] for event in stream.events} == {"First"}
    assert_exact(house, id_, usage)


@pytest.mark.parametrize("is_pretty", [False, True])
def test_an_answer_keeps_what_the_house_does_not_know(house: WebHouse, is_pretty: bool) -> None:
    extra = {"system_fingerprint": "fp", "big": 2**70, "zeta": [1.0, {"b": 1, "a": None}]}
    house.first.then(Ok(is_pretty=is_pretty, extra=extra))
    answer = json.loads(house.ask().text)
    assert {name: answer[name] for name in extra} == extra


@pytest.mark.parametrize("stream", [False, True])
def test_tool_calls(house: WebHouse, stream: bool) -> None:
    pieces = (
        {"role": "assistant", "tool_calls": [{**TOOL_CALL, "index": 0}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]},
    )
    house.first.behaviour = AsAsked(
        Ok(message={"content": None, "tool_calls": [TOOL_CALL]}, finish_reason="tool_calls"),
        Stream(deltas=pieces, finish_reason="tool_use"),
    )
    response = house.ask(tools=TOOLS, tool_choice="auto", stream=stream)
    assert house.first.last.json["tools"] == TOOLS
    if stream:
        assert '"arguments":"}"' in response.text
        assert '"finish_reason":"tool_calls"' in response.text
        assert '"native_finish_reason":"tool_use"' in response.text
    else:
        assert response.json()["choices"][0]["message"]["tool_calls"] == [TOOL_CALL]


@pytest.mark.parametrize(
    ("usage", "is_estimated"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 3}, False),
        ({"prompt_tokens": 0, "completion_tokens": 0}, False),
        ({"prompt_tokens": "10", "completion_tokens": "3"}, False),
        (None, True),
        ({}, True),
        ("many", True),
        ({"prompt_tokens": -5, "completion_tokens": 3}, True),
        ({"prompt_tokens": 10, "completion_tokens": None}, True),
        ({"prompt_tokens": 10**15, "completion_tokens": 10**15}, True),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_usage_that_cannot_be_is_estimated(
    house: WebHouse, usage: Any, is_estimated: bool, stream: bool
) -> None:
    place = "never" if usage is None else "own"
    house.first.behaviour = AsAsked(Ok(usage=usage), Stream(usage=place, usage_value=usage))
    response = house.ask(stream=stream)
    receipt = house.receipt(response.headers["x-generation-id"])
    assert receipt["is_estimated"] is is_estimated
    assert receipt["cost_usd"] <= receipt["hold_usd"]
    if is_estimated:
        assert receipt["cost_usd"] > 0
        assert receipt["completion_tokens"] > 0
    assert '"cost":' in response.text


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 1000, "completion_tokens": 10}, "0.00356"),
        ({"prompt_tokens": 1001, "completion_tokens": 10}, "0.005093"),
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 10,
                "prompt_tokens_details": {"cached_tokens": 60},
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            "0.002133",
        ),
    ],
)
def test_tiers_caches_reasoning_and_fees_are_charged(
    house: WebHouse, usage: Row, expected: str
) -> None:
    house.first.then(Ok(usage=usage))
    response = house.ask("test/tiered", messages=[{"role": "user", "content": "a" * 4000}])
    answer = decoded(response.text)
    assert answer["usage"]["cost"] == Decimal(expected)
    receipt = house.receipt(answer["id"])
    assert receipt["cost_usd"] == Decimal(expected) <= receipt["hold_usd"]


def test_openrouters_own_count_of_cost_is_the_truth(house: WebHouse) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 3, "cost": 0.0000123}
    house.first.then(Ok(usage=usage))
    answer = decoded(house.ask("test/router").text)
    assert answer["usage"]["cost"] == Decimal("0.0000123")


def test_a_model_at_home_without_a_price_is_free(house: WebHouse) -> None:
    answer = decoded(house.ask("test/free").text)
    assert answer["usage"]["cost"] == 0
    receipt = house.receipt(answer["id"])
    assert (receipt["cost_usd"], receipt["hold_usd"]) == (0, 0)


def test_a_search_is_held_for_and_charged(house: WebHouse) -> None:
    counted = {"prompt_tokens": 10, "completion_tokens": 3}
    usage = {**counted, "server_tool_use": {"web_search_requests": 2}}
    house.first.then(Ok(usage=usage))
    answer = decoded(house.ask("test/searching", web_search_options={}).text)
    assert answer["usage"]["cost"] == Decimal("0.020033")
    assert house.receipt(answer["id"])["hold_usd"] > Decimal("0.1")
    refused = house.ask("test/one", web_search_options={})
    assert refused.status_code == 400
    assert "web_search" in refused.json()["error"]["message"]


def test_a_generation_is_right_the_moment_the_answer_ends(house: WebHouse) -> None:
    answer = decoded(house.ask().text)
    told = house.client.get(f"/api/v1/generation?id={answer['id']}", headers=house.headers)
    data = told.json()["data"]
    assert data["total_cost_exact"] == "0.000033000000"
    assert Decimal(data["total_cost_exact"]) == answer["usage"]["cost"]
    assert data["upstream_id"] == house.first.last.id
    assert [one["event"] for one in data["timeline"]][0] == "Came in"
    (attempt,) = data["provider_responses"]
    assert attempt["status"] == 200
    assert attempt["provider_name"] == data["provider_name"]
    assert "answered" in data["why"]
    assert data["candidates"][0]["rank"] == 1


def assert_exact(house: WebHouse, id_: str, usage: Row) -> None:
    """The client's figure, the receipt's and the provider's bill are one."""
    receipt, served = house.receipt(id_), house.first.last
    assert receipt["state"] == "closed"
    assert usage["cost"] == receipt["cost_usd"] == served.cost
    assert not receipt["is_estimated"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (
        served.prompt_tokens,
        served.completion_tokens,
    )
    assert usage["total_tokens"] == served.prompt_tokens + served.completion_tokens
    assert receipt["details"]["upstream_id"] in (served.id, "")
    assert receipt["status"] == 200
    assert receipt["cost_usd"] <= receipt["hold_usd"]
