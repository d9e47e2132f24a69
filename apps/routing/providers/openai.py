"""Speaks OpenAI's chat-completions wire to one candidate: the client's own bytes with only what
must change. A provider that speaks it is data; what differs is named here with its source."""

from typing import Any

import orjson

from apps.routing.types import Call, Candidate
from apps.routing.wire import fields

# Mistral answers 422 to fields it does not know and sends usage in the last chunk unasked
# (docs.mistral.ai, chat completion endpoint, read 2026-11).
NO_STREAM_OPTIONS = frozenset({"mistral"})
# What OpenRouter calls a provider, where that is not what the catalogue calls it.
OPENROUTERS_NAMES = {"google": "google-ai-studio"}
# OpenAI keeps answers for its dashboard where an account is set so, unless the call says no.
STORES_UNLESS_TOLD = "openai"


def body_for(call: Call, candidate: Candidate, *, cap: int | None) -> bytes:
    """The request body. `cap` is the output cap to send, None to send none."""
    given = call.document.value
    put = {"model": orjson.dumps(candidate.upstream_id)}
    if call.is_streamed:
        put["stream"] = b"true"
        if candidate.provider not in NO_STREAM_OPTIONS:
            put["stream_options"] = b'{"include_usage":true}'
    if cap is not None:  # no more than was held for, should the endpoint know a higher limit
        most = candidate.max_completion_tokens or cap
        put[candidate.cap_parameter or "max_tokens"] = b"%d" % min(cap, most)
    if candidate.provider == STORES_UNLESS_TOLD:
        put["store"] = b"false"
    if candidate.is_openrouter:
        put["usage"] = b'{"include":true}'
        put["provider"] = orjson.dumps(_tightened(call, candidate))
        if "reasoning" in given:
            put["reasoning"] = call.document.raw("reasoning")
    if call.reasoning_effort is not None and "reasoning" not in put:
        put["reasoning_effort"] = orjson.dumps(call.reasoning_effort)
    without = [name for name in given if name not in put and _stays(name, given[name])]
    return call.document.edited(put, without)


def _stays(name: str, value: Any) -> bool:
    """Stays in the house: consumed here, or asks for nothing."""
    return name in fields.OURS or (name in fields.PRICED and fields.is_off(name, value))


def _tightened(call: Call, candidate: Candidate) -> dict[str, Any]:
    """OpenRouter chooses among providers itself: it gets the caller's wish, and no dearer price
    than the one the hold was made with."""
    wish = call.wish
    out: dict[str, Any] = {}
    if wish.zdr:
        out["zdr"] = True
    if wish.deny_training:
        out["data_collection"] = "deny"
    if wish.ignore:
        out["ignore"] = [OPENROUTERS_NAMES.get(slug, slug) for slug in wish.ignore]
    if wish.require_parameters:
        out["require_parameters"] = True
    if candidate.pricing is not None:
        out["max_price"] = {
            "prompt": float(candidate.pricing.dearest_prompt),
            "completion": float(candidate.pricing.dearest_completion),
        }
    return out
