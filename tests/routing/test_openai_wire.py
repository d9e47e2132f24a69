"""What goes upstream: the client's own bytes with only what must change."""

import json
from typing import Any

import orjson
import pytest

from apps.routing import policy
from apps.routing.providers.openai import body_for
from apps.routing.types import Policy
from apps.routing.wire import chat
from tests.routing.making import MESSAGES, a_call, a_candidate

KEPT_AT_HOME = {
    "user": "anna",
    "metadata": {"a": "b"},
    "store": True,
    "models": ["test/two"],
    "provider": {"order": ["custom"]},
    "route": "fallback",
    "transforms": ["middle-out"],
    "session_id": "s",
    "trace": {"trace_id": "t"},
    "debug": {"echo": True},
    "usage": {"include": True},
    "include_reasoning": True,
    "stream_options": {"include_usage": False},
    "plugins": [{"id": "web", "enabled": False}],
    "service_tier": "auto",
    "modalities": ["text"],
    "web_search_options": None,
}


def sent(candidate: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    call = a_call(**fields)
    return dict(orjson.loads(body_for(call, a_candidate(**(candidate or {})), cap=call.cap)))


def test_only_the_models_name_changes() -> None:
    text = (
        b'{\n "seed": 1180591620717411303424, "zeta":1.0,\t"messages": [ {"role":"user",'
        b' "content" : "\\u00e9\xc3\xa9"} ],\n "model" :"test/one", "alpha":[1e2, {"z":1,"a":2}] }'
    )
    body = body_for(chat.read(text), a_candidate(), cap=None)
    assert body == (
        b'{"seed": 1180591620717411303424,"zeta":1.0,"messages": [ {"role":"user",'
        b' "content" : "\\u00e9\xc3\xa9"} ],'
        b'"model":"scripted-1","alpha":[1e2, {"z":1,"a":2}]}'
    )


def test_unknown_fields_keep_integers_past_64_bits() -> None:
    body = json.dumps({"model": "test/one", "messages": MESSAGES, "big": 2**70}).encode()
    assert b'"big": 1180591620717411303424' in body_for(chat.read(body), a_candidate(), cap=None)


@pytest.mark.parametrize("is_pretty", [False, True])
def test_what_concerns_the_house_stays_in_the_house(is_pretty: bool) -> None:
    given = {"model": "test/one", "messages": MESSAGES, **KEPT_AT_HOME, "temperature": 0}
    call = chat.read(json.dumps(given, indent=1).encode() if is_pretty else orjson.dumps(given))
    body = orjson.loads(body_for(call, a_candidate(), cap=call.cap))
    assert body == {"model": "scripted-1", "messages": MESSAGES, "temperature": 0}


@pytest.mark.parametrize(
    ("fields", "facts", "expected"),
    [
        ({}, {}, {}),
        ({"max_tokens": 5}, {}, {"max_tokens": 5}),
        ({"max_completion_tokens": 5}, {}, {"max_tokens": 5}),
        ({"max_tokens": 9999}, {}, {"max_tokens": 4096}),
        ({"max_tokens": 9999}, {"max_completion_tokens": None}, {"max_tokens": 9999}),
        (
            {"max_tokens": 5},
            {"cap_parameter": "max_completion_tokens"},
            {"max_completion_tokens": 5},
        ),
        ({"max_tokens": 9, "max_completion_tokens": 5}, {}, {"max_tokens": 5}),
        ({"max_tokens": 5}, {"cap_parameter": None}, {"max_tokens": 5}),
        ({"reasoning": {"effort": "low"}}, {}, {"reasoning_effort": "low"}),
        ({"reasoning": {"enabled": True}}, {}, {}),
        ({"stream": False}, {}, {}),
        ({"stream": True}, {}, {"stream": True, "stream_options": {"include_usage": True}}),
        (
            {"stream": True, "stream_options": {"include_usage": False, "x": 1}},
            {},
            {"stream": True, "stream_options": {"include_usage": True}},
        ),
        ({"stream": True}, {"provider": "mistral"}, {"stream": True}),
        ({}, {"provider": "openai"}, {"store": False}),
        ({"store": True}, {"provider": "openai"}, {"store": False}),
    ],
)
def test_what_is_written_anew(
    fields: dict[str, Any], facts: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert sent(facts, **fields) == {"model": "scripted-1", "messages": MESSAGES, **expected}


def test_openrouter_gets_the_tightening_wishes_and_no_dearer_price() -> None:
    wish = {"zdr": True, "data_collection": "deny", "order": ["x"], "only": ["y"], "sort": "price"}
    body = sent({"is_openrouter": True}, provider=wish, models=["test/two"])
    assert body["provider"] == {
        "zdr": True,
        "data_collection": "deny",
        "max_price": {"prompt": 1.5, "completion": 6.0},
    }
    assert body["usage"] == {"include": True}
    assert "models" not in body


def test_openrouter_is_told_what_the_house_demands_of_every_provider() -> None:
    closed = frozenset({"deepseek", "google"})
    demands = Policy(zero_retention=True, no_training=True, denied_providers=closed)
    call = policy.tightened(a_call(provider={"data_collection": "allow"}), demands)
    body = orjson.loads(body_for(call, a_candidate(is_openrouter=True), cap=None))
    assert (body["provider"]["zdr"], body["provider"]["data_collection"]) == (True, "deny")
    assert body["provider"]["ignore"] == ["deepseek", "google-ai-studio"]
