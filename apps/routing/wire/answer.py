"""Turns a provider's answer into ours, in its own bytes: our id, model and provider, normalised
finish reasons, and the usage with its exact cost. Whole answers; streams are in stream.py."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import orjson

from apps.routing.pricing import TokenUsage
from apps.routing.splice import (
    Document,
    DuplicateMember,
    edited_elements,
    elements,
    read_with_halves,
)
from apps.routing.wire.tokens import produced_bytes, read_usage

# Provider words → OpenRouter's five; anything else that ends an answer is a stop.
FINISH = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "eos": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "safety": "content_filter",
    "refusal": "content_filter",
    "error": "error",
}


class Face(NamedTuple):
    """What the client sees instead of the provider's own names."""

    generation_id: str
    model: str
    provider: str
    created: int

    def put(self) -> dict[str, bytes]:
        return {
            "id": orjson.dumps(self.generation_id),
            "model": orjson.dumps(self.model),
            "provider": orjson.dumps(self.provider),
        }


def normal_finish(native: str) -> str:
    return FINISH.get(native.lower(), "stop")


def usage_block(usage: TokenUsage, cost: Decimal) -> bytes:
    """The `usage` object in OpenRouter's shape; the cost is written from the Decimal."""
    return (
        b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,"cost":%b,"is_byok":false,'
        b'"prompt_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d,"audio_tokens":0},'
        b'"cost_details":{"upstream_inference_cost":null},'
        b'"completion_tokens_details":{"reasoning_tokens":%d,"audio_tokens":0}}'
        % (
            usage.prompt,
            usage.completion,
            usage.prompt + usage.completion,
            plain_number(cost),
            usage.cached,
            usage.cache_write,
            usage.reasoning,
        )
    )


def plain_number(amount: Decimal) -> bytes:
    """A JSON number with every digit and no exponent."""
    text = format(amount, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).encode() or b"0"


@dataclass(slots=True)
class Finding:
    """What passed by in an answer."""

    usage: TokenUsage | None = None
    finish_reason: str = ""
    native_finish_reason: str = ""
    upstream_id: str = ""
    text_bytes: int = 0
    error: dict[str, Any] | None = None
    is_answer: bool = True


class JsonAnswer:
    """A whole JSON answer. Raises ValueError when it is no chat completion at all."""

    def __init__(self, body: bytes) -> None:
        try:
            self._document = Document(body, read_with_halves)
            self._document.check_unique()
        except (orjson.JSONDecodeError, TypeError):
            raise ValueError("no JSON object") from None
        self.finding = self._find(self._document.value)
        # Written now, not once the call is settled: what cannot be rewritten is no answer.
        self._choices = (
            edited_elements(self._document, "choices", named) if self.finding.is_answer else b"[]"
        )

    def _find(self, value: dict[str, Any]) -> Finding:
        choices = value.get("choices")
        found = Finding(
            usage=read_usage(value.get("usage")),
            upstream_id=str(value.get("id") or "")[:200],
            error=error_of(value),
        )
        if type(choices) is not list or not choices:
            if found.error is None:
                raise ValueError("no choices")
            found.is_answer = False
            return found
        for choice in choices:
            if type(choice) is not dict:
                raise ValueError("a choice that is no object")
            message = choice.get("message")
            if type(message) is dict:
                found.text_bytes += produced_bytes(message)
        found.native_finish_reason = str(choices[0].get("finish_reason") or "")[:60]
        found.finish_reason = normal_finish(found.native_finish_reason)
        return found

    def rewritten(self, face: Face, usage: TokenUsage, cost: Decimal) -> bytes:
        put = face.put()
        put["object"] = b'"chat.completion"'
        put["choices"] = self._choices
        put["usage"] = usage_block(usage, cost)
        if "system_fingerprint" not in self._document.value:
            put["system_fingerprint"] = b"null"  # OpenRouter's own client wants it to be there
        return self._document.edited(put)

    def as_event(self, face: Face) -> bytes:
        """The whole answer as one stream event, for a client that asked for a stream and a
        provider that does not speak in pieces."""
        put = face.put()
        put["object"] = b'"chat.completion.chunk"'
        deltas = map(_as_delta, elements(self._document.raw("choices")))
        put["choices"] = b"[%b]" % b",".join(deltas)
        return b"data: %b\n\n" % self._document.edited(put, without=("usage",))


def _as_delta(raw: bytes) -> bytes:
    choice = Document(raw, read_with_halves)
    message = choice.raw("message") if type(choice.value.get("message")) is dict else b"{}"
    put = {**named(choice.value), "delta": _numbered(message)}
    return choice.edited(put, without=("message",))


def _numbered(message: bytes) -> bytes:
    """In a stream each tool call says its place, by which clients put the pieces together."""
    document = Document(message, read_with_halves)
    tools = document.value.get("tool_calls")
    if type(tools) is not list or not all(type(tool) is dict for tool in tools):
        return message
    places = count()
    try:
        numbered = edited_elements(
            document, "tool_calls", lambda _: {"index": b"%d" % next(places)}
        )
        return document.edited({"tool_calls": numbered})
    except DuplicateMember:
        return message


def named(choice: dict[str, Any]) -> dict[str, bytes]:
    """The normalised finish reason, with the provider's own word beside it."""
    native = choice.get("native_finish_reason") or choice.get("finish_reason")
    if not native:  # some providers write "" where others write null
        return {"finish_reason": b"null"} if choice.get("finish_reason") is not None else {}
    put = {"native_finish_reason": orjson.dumps(str(native))}
    normal = normal_finish(str(native))
    if normal != choice.get("finish_reason"):
        put["finish_reason"] = orjson.dumps(normal)
    return put


def error_of(value: dict[str, Any]) -> dict[str, Any] | None:
    """An error, whether told as an object or in plain words."""
    error = value.get("error")
    if type(error) is str and error:
        return {"message": error}
    return error if type(error) is dict else None
