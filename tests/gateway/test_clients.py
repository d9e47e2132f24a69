"""The clients that people use, against a running house: the openai and the openrouter packages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import openai
import openrouter
import pytest
from openrouter.errors import BadRequestResponseError

from tests.gateway.behaviours import AsAsked, Ok, Status, Stream
from tests.gateway.running import WebHouse

TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
ASKED: list[Any] = [{"role": "user", "content": "Hello?"}]


@pytest.fixture
def client(house: WebHouse) -> Iterator[openai.OpenAI]:
    base = f"http://127.0.0.1:{house.port}/api/v1"
    with openai.OpenAI(base_url=base, api_key=house.key, max_retries=0) as one:
        yield one


@pytest.fixture
def router(house: WebHouse) -> Iterator[openrouter.OpenRouter]:
    base = f"http://127.0.0.1:{house.port}/api/v1"
    with openrouter.OpenRouter(api_key=house.key, server_url=base) as one:
        yield one


# --- openai ---


def test_openai_chats(client: openai.OpenAI, house: WebHouse) -> None:
    answer = client.chat.completions.create(model="test/one", messages=ASKED)
    assert answer.choices[0].message.content == "Hello from upstream."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 3
    extra = answer.usage.model_extra or {}
    assert Decimal(str(extra["cost"])) == house.receipt(answer.id)["cost_usd"]


def test_openai_streams(client: openai.OpenAI) -> None:
    text, usages = "", []
    with client.chat.completions.create(model="test/one", messages=ASKED, stream=True) as stream:
        for chunk in stream:
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
            usages += [chunk.usage] if chunk.usage else []
    assert text == "Hello from upstream."
    assert len(usages) == 1


def test_openais_own_stream_helper_puts_tool_calls_together(
    client: openai.OpenAI, house: WebHouse
) -> None:
    pieces = (
        {"role": "assistant", "tool_calls": [{**CALL, "index": 0}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": " "}}]},
    )
    house.first.behaviour = Stream(deltas=pieces, finish_reason="tool_calls")
    tools: Any = [TOOL]
    with client.chat.completions.stream(model="test/one", messages=ASKED, tools=tools) as stream:
        final = stream.get_final_completion()
    (call,) = final.choices[0].message.tool_calls or []
    assert call.function.name == "add"
    assert call.function.arguments == '{"a":1} '


def test_openai_calls_tools(client: openai.OpenAI, house: WebHouse) -> None:
    house.first.behaviour = Ok(
        message={"content": None, "tool_calls": [CALL]}, finish_reason="tool_calls"
    )
    tools: Any = [TOOL]
    answer = client.chat.completions.create(model="test/one", messages=ASKED, tools=tools)
    (call,) = answer.choices[0].message.tool_calls or []
    assert call.id == "c1"
    more: Any = [
        *ASKED,
        answer.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": "c1", "content": "2"},
    ]
    house.first.behaviour = AsAsked()
    final = client.chat.completions.create(model="test/one", messages=more, tools=tools)
    assert final.choices[0].message.content == "Hello from upstream."
    assert house.first.last.json["messages"][2]["tool_call_id"] == "c1"


def test_openai_lists_models(client: openai.OpenAI) -> None:
    slugs = [model.id for model in client.models.list()]
    assert {"test/one", "test/free", "gatehouse/demo:free"} <= set(slugs)
    assert client.models.retrieve("test/one").id == "test/one"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"model": "test/none"}, openai.BadRequestError),
        ({"model": "test/one", "temperature": "hot"}, openai.BadRequestError),
    ],
)
def test_openai_understands_refusals(
    client: openai.OpenAI, fields: dict[str, Any], error: type[openai.APIStatusError]
) -> None:
    with pytest.raises(error) as caught:
        client.chat.completions.create(messages=ASKED, **fields)
    assert caught.value.body is not None


def test_openai_understands_limits_and_failures(client: openai.OpenAI, house: WebHouse) -> None:
    house.first.then(Status(429), Status(500))
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(model="test/one", messages=ASKED)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="test/one", messages=ASKED)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="gate_live_no").chat.completions.create(
            model="test/one", messages=ASKED
        )


def test_openai_understands_a_failure_midway(client: openai.OpenAI, house: WebHouse) -> None:
    house.first.then(Stream(cut_after=2))
    stream = client.chat.completions.create(model="test/one", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="broke before the answer was whole"):
        list(stream)


# --- openrouter ---


def test_openrouter_chats(router: openrouter.OpenRouter, house: WebHouse) -> None:
    answer = router.chat.send(model="test/one", messages=ASKED)
    assert answer.choices[0].message.content == "Hello from upstream."
    assert answer.model == "test/one"
    assert answer.usage is not None
    assert house.receipt(answer.id)["completion_tokens"] == answer.usage.completion_tokens


def test_openrouter_streams(router: openrouter.OpenRouter) -> None:
    text, usages = "", []
    with router.chat.send(model="test/one", messages=ASKED, stream=True) as stream:
        for chunk in stream:
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
            usages += [chunk.usage] if chunk.usage else []
    assert text == "Hello from upstream."
    assert len(usages) == 1


def test_openrouter_sends_its_preferences(router: openrouter.OpenRouter, house: WebHouse) -> None:
    wish: Any = {"order": ["custom"], "allow_fallbacks": False, "sort": "price"}
    answer = router.chat.send(model="test/one", messages=ASKED, provider=wish, max_tokens=50)
    assert answer.choices[0].finish_reason == "stop"
    assert "provider" not in house.first.last.json


def test_openrouter_lists_models_and_reads_receipts(
    router: openrouter.OpenRouter, house: WebHouse
) -> None:
    slugs = {model.id for model in router.models.list().result.data}
    assert {"test/one", "gatehouse/demo:free"} <= slugs
    answer = router.chat.send(model="test/one", messages=ASKED)
    told = router.generations.get_generation(id=answer.id)
    assert told.data.id == answer.id
    assert told.data.total_cost == float(house.receipt(answer.id)["cost_usd"])


def test_openrouter_reads_what_was_spent(router: openrouter.OpenRouter, house: WebHouse) -> None:
    before = router.credits.get_credits().data
    cost = float(house.receipt(router.chat.send(model="test/one", messages=ASKED).id)["cost_usd"])
    after = router.credits.get_credits().data
    assert after.total_usage - before.total_usage == pytest.approx(cost)
    assert after.total_credits > after.total_usage
    assert router.analytics.get_user_activity().data == []
    assert "total_usage" in {one.name for one in router.analytics.get_analytics_meta().data.metrics}
    recent: Any = {"start": datetime.now(UTC) - timedelta(hours=1), "end": datetime.now(UTC)}
    told = router.analytics.query_analytics(
        metrics=["total_usage"], dimensions=["model"], granularity="hour", time_range=recent
    ).data
    assert len(told.data) == told.metadata.row_count > 0
    with pytest.raises(BadRequestResponseError, match="no metric"):
        router.analytics.query_analytics(metrics=["colour"])


def test_openrouter_reads_the_catalogue(router: openrouter.OpenRouter, house: WebHouse) -> None:
    listed = router.models.list(sort="newest", limit=3).result
    assert len(listed.data) == 3
    assert router.models.count().data.count >= 3
    mine = router.models.list_for_user(security={"bearer": house.key}).result
    assert "test/one" in {model.id for model in mine.data}
    assert router.models.get(author="test", slug="one").data.id == "test/one"
    told = router.endpoints.list(author="test", slug="one").data
    assert told.endpoints[0].context_length == 32_000
    assert router.providers.list().data
    assert router.endpoints.list_zdr_endpoints().data
    assert router.embeddings.list_models().result.data == []
