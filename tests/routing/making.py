"""Calls and candidates for the routing tests, with plain facts where a test names none."""

from typing import Any

import orjson

from apps.routing.pricing import Pricing
from apps.routing.types import Call, Candidate
from apps.routing.wire import chat

MESSAGES = [{"role": "user", "content": "Hello?"}]
PRICES = {"prompt": "1.5", "completion": "6"}


def a_call(**fields: Any) -> Call:
    return chat.read(orjson.dumps({"model": "test/one", "messages": MESSAGES, **fields}))


def a_candidate(number: int = 1, **facts: Any) -> Candidate:
    prices = facts.pop("prices", PRICES)
    provider = facts.pop("provider", "custom")
    known: dict[str, Any] = {
        "endpoint_id": number,
        "endpoint": f"test/one@{provider}",
        "connection_id": 1,
        "model": "test/one",
        "provider": provider,
        "provider_name": provider.title(),
        "upstream_id": "scripted-1",
        "base_url": "http://127.0.0.1:1/v1",
        "head": b"",
        "pricing": Pricing.parse(prices),
        "is_free": False,
        "context_length": 32_000,
        "largest_context_length": 32_000,
        "max_completion_tokens": 4096,
        "cap_parameter": "max_tokens",
        "cap_bounds_reasoning": True,
        "stops_on_cancel": "yes",
        "abilities": frozenset({"tools"}),
        "quantization": "unknown",
        "is_at_home": False,
        "stays_home": False,
        "is_openrouter": False,
        "keeps_nothing": False,
        "may_train": False,
    }
    return Candidate(**{**known, **facts})
