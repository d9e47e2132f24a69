"""Fields by which a client could have another model run, at another place, on another account, or
for more than was held: refused, or harmless at every kind of provider."""

from typing import Any

import pytest

from tests.gateway.behaviours import Greedy
from tests.gateway.flavours import FLAVOURS
from tests.gateway.running import WebHouse
from tests.gateway.upstream import MODEL

DEAR = "openai/gpt-5-pro"
ELSEWHERE = "http://127.0.0.1:1/v1"
STEERING: list[tuple[str, Any]] = [
    # another model
    ("models", [DEAR]),
    ("route", "fallback"),
    ("preset", "dear"),
    ("fallbacks", [{"model": DEAR}]),
    ("fallback_models", [DEAR]),
    ("context_window_fallbacks", [{"scripted-1": [DEAR]}]),
    ("content_policy_fallbacks", [{"scripted-1": [DEAR]}]),
    ("default_fallbacks", [DEAR]),
    ("model_list", [{"model_name": "scripted-1", "litellm_params": {"model": DEAR}}]),
    ("deployment_id", DEAR),
    ("deployment", DEAR),
    ("specific_deployment", True),
    ("engine", DEAR),
    ("base_model", DEAR),
    ("custom_llm_provider", "openai"),
    ("litellm_params", {"model": DEAR}),
    ("router_settings", {"fallbacks": [DEAR]}),
    ("user_config", {"model_list": []}),
    ("override_params", {"model": DEAR}),
    ("targets", [{"virtual_key": "x"}]),
    ("strategy", {"mode": "fallback"}),
    ("config", {"targets": []}),
    ("MODEL", DEAR),
    ("Model", DEAR),
    (" model", DEAR),
    ("\uff4dodel", DEAR),
    ("Models", [DEAR]),
    # another place or account
    ("provider", {"order": ["dear"], "only": ["custom"]}),
    ("api_base", ELSEWHERE),
    ("base_url", ELSEWHERE),
    ("apiBase", ELSEWHERE),
    ("api_key", "sk-somebody"),
    ("api_version", "2020"),
    ("organization", "org-x"),
    ("virtual_key", "vk"),
    ("credentials", {}),
    ("headers", {"x-model": DEAR}),
    ("extra_headers", {"x-model": DEAR}),
    ("extra_body", {"model": DEAR, "max_tokens": 10**6}),
    ("extra_query", {"model": DEAR}),
    ("aws_region_name", "us-east-1"),
    ("vertex_project", "p"),
    ("azure_ad_token", "t"),
    ("proxy", ELSEWHERE),
    ("region_name", "x"),
    # more than was held
    ("max_output_tokens", 10**6),
    ("max_new_tokens", 10**6),
    ("max_length", 10**6),
    ("num_predict", 10**6),
    ("n_predict", 10**6),
    ("maxOutputTokens", 10**6),
    ("Max_Tokens", 10**6),
    ("max_completion_tokens", 10**6),
    ("n", 3),
    ("best_of", 20),
    ("num_retries", 20),
    ("service_tier", "priority"),
    ("service_tier", "auto"),
    ("web_search_options", {"search_context_size": "high"}),
    ("web_search", True),
    ("enable_search", True),
    ("search_parameters", {"mode": "on"}),
    ("plugins", [{"id": "web"}]),
    ("tools", [{"type": "web_search"}]),
    ("tools", [{"type": "function", "function": {"name": "f"}}]),
    ("modalities", ["text", "audio"]),
    ("audio", {"voice": "x", "format": "wav"}),
    ("image_config", {"n": 9}),
    ("reasoning", {"effort": "high", "max_tokens": 10**6}),
    ("reasoning_effort", "high"),
    ("thinking", {"type": "enabled", "budget_tokens": 10**6}),
    ("prediction", {"type": "content", "content": "a" * 500}),
    ("background", True),
    ("cached_content", "x"),
    # a guardrail or the record switched off
    ("guardrails", []),
    ("disable_global_guardrails", True),
    ("mock_response", "free"),
    ("mock_tool_calls", []),
    ("input_cost_per_token", 0),
    ("output_cost_per_token", 0),
    ("no-log", True),
    ("cache", {"no-cache": True}),
    ("litellm_metadata", {"x": 1}),
    ("litellm_call_id", "x"),
    ("metadata", {"tags": ["x"], "model": DEAR}),
    ("user", "somebody"),
    ("store", True),
    ("tags", ["paid"]),
    ("transforms", ["middle-out"]),
    ("debug", {"echo_upstream_body": True}),
    ("usage", {"include": False}),
    ("stream_options", {"include_usage": False}),
    ("session_id", "x"),
]


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_what_runs_is_what_was_permitted_within_what_was_held(
    house: WebHouse, flavour: str
) -> None:
    house.first.flavour = FLAVOURS[flavour]
    house.first.behaviour = Greedy()
    steered, dearer, passed = [], [], 0
    for name, value in STEERING:
        for fields in ({}, {"max_tokens": 7}):
            house.first.forget()
            response = house.ask(**fields | {name: value})
            assert response.status_code in (200, 400), f"{name}: {response.text}"
            if response.status_code == 400:
                assert house.first.served == [], name
                continue
            passed += 1
            served = house.first.last
            if served.reading.model != MODEL or served.reading.steered_by:
                steered.append((name, served.reading.steered_by))
            receipt = house.receipt(response.headers["x-generation-id"])
            if not served.cost == receipt["cost_usd"] <= receipt["hold_usd"]:
                dearer.append((name, served.cost, receipt["cost_usd"], receipt["hold_usd"]))
    assert steered == []
    assert dearer == []
    assert passed >= 20


def test_the_flavours_would_notice(house: WebHouse) -> None:
    """The proof is worth what its providers see: each of these would have steered one of them."""
    for body, flavour in (
        (b'{"model":"scripted-1","models":["x"]}', "openrouter-like"),
        (b'{"model":"scripted-1","provider":{"order":["x"]}}', "openrouter-like"),
        (b'{"model":"scripted-1","fallbacks":["x"]}', "litellm-like"),
        (b'{"model":"scripted-1","API_BASE":"x"}', "litellm-like"),
        (b'{"model":"scripted-1","litellm_x":1}', "litellm-like"),
    ):
        assert FLAVOURS[flavour](body).steered_by
    assert FLAVOURS["openai"](b'{"model":"a","MODEL":"b"}').model == "b"
    assert FLAVOURS["openai"](b'{"max_tokens":5,"max_output_tokens":500}').most_tokens == 500
    assert FLAVOURS["openai"](b'{"service_tier":"priority"}').extra_cost > 0
