"""Turns a provider's answer into ours, in its own bytes: our id, model and provider, normalised
finish reasons, and the usage with its exact cost. Knows JSON answers and streams."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import orjson

from apps.routing.pricing import TokenUsage
from apps.routing.splice import Document, DuplicateMember, edited_elements
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


# What makes an event more than plain content. Inside a JSON text these quotes would be escaped.
SPECIAL = (b'_reason":"', b'_reason": "', b'"usage":{', b'"usage": {', b'"error"', b"[DONE]")


@dataclass(frozen=True, slots=True)
class Face:
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
            self._document = Document(body)
            self._document.check_unique()
        except (orjson.JSONDecodeError, TypeError):
            raise ValueError("no JSON object") from None
        self.finding = self._find(self._document.value)
        # Written now, not once the call is settled: what cannot be rewritten is no answer.
        self._choices = (
            edited_elements(self._document, "choices", _named_choice)
            if self.finding.is_answer
            else b"[]"
        )

    def _find(self, value: dict[str, Any]) -> Finding:
        choices = value.get("choices")
        found = Finding(
            usage=read_usage(value.get("usage")),
            upstream_id=str(value.get("id") or "")[:200],
            error=_error(value),
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
        return self._document.edited(put)

    def as_event(self, face: Face) -> bytes:
        """The whole answer as one stream event, for a client that asked for a stream and a
        provider that does not speak in pieces."""
        put = face.put()
        put["object"] = b'"chat.completion.chunk"'
        put["choices"] = edited_elements(self._document, "choices", _as_delta)
        return b"data: %b\n\n" % self._document.edited(put, without=("usage",))


def _as_delta(choice: Document) -> bytes:
    named = Document(_named_choice(choice))
    delta = named.raw("message") if type(named.value.get("message")) is dict else b"{}"
    return named.edited({"delta": _numbered(delta)}, without=("message",))


def _numbered(message: bytes) -> bytes:
    """In a stream each tool call says its place, by which clients put the pieces together."""
    document = Document(message)
    tools = document.value.get("tool_calls")
    if type(tools) is not list or not all(type(tool) is dict for tool in tools):
        return message
    places = count()
    try:
        numbered = edited_elements(
            document, "tool_calls", lambda tool: tool.edited({"index": b"%d" % next(places)})
        )
        return document.edited({"tool_calls": numbered})
    except DuplicateMember:
        return message


def _named_choice(choice: Document) -> bytes:
    """One choice with its finish reason normalised and the provider's own word beside it."""
    native = choice.value.get("native_finish_reason") or choice.value.get("finish_reason")
    if not native:  # some providers write "" where others write null
        is_empty = choice.value.get("finish_reason") is not None
        return choice.edited({"finish_reason": b"null"}) if is_empty else choice.text
    put = {"native_finish_reason": orjson.dumps(str(native))}
    normal = normal_finish(str(native))
    if normal != choice.value.get("finish_reason"):
        put["finish_reason"] = orjson.dumps(normal)
    return choice.edited(put)


@dataclass(slots=True)
class _Swap:
    """The provider's own bytes of id and model in this stream, and what replaces them."""

    id_from: bytes
    id_to: bytes
    model_from: bytes
    model_to: bytes


@dataclass(slots=True)
class StreamAnswer:
    """A streamed answer. `take` gets blocks of whole events and returns what may go out now; usage
    and [DONE] are kept back, since they follow the settlement."""

    face: Face
    finding: Finding = field(default_factory=Finding)
    is_done: bool = False
    is_broken: bool = False  # nonsense came, behind what `take` returned
    _swap: _Swap | None = None
    _uncounted: list[bytes] = field(default_factory=list)

    def take(self, block: bytes) -> bytes:
        out = []
        at, end = 0, len(block)
        while at < end and not self.is_done:
            plain_until = self._plain_until(block, at)
            fast = self._take_fast(block[at:plain_until]) if plain_until > at else None
            if fast is not None:
                out.append(fast)
                at = plain_until
                continue
            stop = block.index(b"\n\n", at)
            if stop > at:
                try:
                    out.append(self._take_one(block[at:stop]))
                except (ValueError, TypeError):
                    self.is_broken = True
                    break
            at = stop + 2
        return out[0] if len(out) == 1 else b"".join(out)

    def _plain_until(self, block: bytes, at: int) -> int:
        """Where the run of plain content events that starts at `at` ends."""
        if self._swap is None:
            return at
        found = [place for mark in SPECIAL if (place := block.find(mark, at)) >= 0]
        if not found:
            return len(block)
        before = block.rfind(b"\n\n", at, min(found))
        return at if before < 0 else before + 2

    def text_bytes(self) -> int:
        """UTF-8 bytes the model has produced so far."""
        waiting, self._uncounted = self._uncounted, []
        for joined in waiting:
            for chunk in orjson.loads(joined):
                self._count(chunk)
        return self.finding.text_bytes

    def _take_fast(self, block: bytes) -> bytes | None:
        """Plain content events are rewritten all at once: the exact byte pairs `"id":"…"` and
        `"model":"…"` cannot stand inside a JSON text, where their quotes would be escaped."""
        swap = self._swap
        events = block.count(b"\n\n")
        if (
            swap is None
            or not block.startswith(b"data: {")
            or block.count(b"\ndata: {") != events - 1
            or block.count(b"\n") != 2 * events
            or block.count(swap.id_from) != events
            or block.count(swap.model_from) != events
        ):
            return None
        joined = b"[" + block[6:-2].replace(b"\n\ndata: ", b",") + b"]"
        try:
            chunks = orjson.loads(joined)
        except orjson.JSONDecodeError:
            return None
        if len(chunks) != events or not all(map(_is_plain, chunks)):
            return None
        self._uncounted.append(joined)
        return block.replace(swap.id_from, swap.id_to).replace(swap.model_from, swap.model_to)

    def _take_one(self, text: bytes) -> bytes:
        data = _data(text)
        if data is None:
            return b""  # a provider's comment stays with us; we write our own
        if data == b"[DONE]":
            self.is_done = True
            return b""
        chunk = Document(data)
        value = chunk.value
        usage = read_usage(value.get("usage"))
        if usage is not None:
            self.finding.usage = usage
        self.finding.error = _error(value)
        if self.finding.error is not None:
            self.is_done = True
            return b""
        if not self.finding.upstream_id:
            self.finding.upstream_id = str(value.get("id") or "")[:200]
        choices = value.get("choices")
        if not choices:
            return b""  # a ping, a filter's result, or usage alone
        if type(choices) is not list or not all(type(choice) is dict for choice in choices):
            raise ValueError("choices that are no list of objects")
        rewritten = self._rewritten(chunk)
        self._count(value)
        self._note_finish(choices)
        return b"data: %b\n\n" % rewritten

    def _rewritten(self, chunk: Document) -> bytes:
        put = self.face.put()
        choices = chunk.value["choices"]
        if any(c.get("finish_reason") is not None for c in choices):
            put["choices"] = edited_elements(chunk, "choices", _named_choice)
        elif self._swap is None:
            self._swap = _swap_for(chunk, self.face)
        without = ("usage",) if chunk.value.get("usage") is not None else ()
        return chunk.edited(put, without)

    def _note_finish(self, choices: list[Any]) -> None:
        native = choices[0].get("finish_reason")
        if native:
            self.finding.native_finish_reason = str(native)[:60]
            self.finding.finish_reason = normal_finish(str(native))

    def _count(self, chunk: Any) -> None:
        for choice in chunk["choices"]:
            delta = choice.get("delta")
            if type(delta) is dict:
                self.finding.text_bytes += produced_bytes(delta)

    def usage_event(self, usage: TokenUsage, cost: Decimal) -> bytes:
        """The one event that carries usage; its choices are empty."""
        return (
            b'data: {"id":%b,"object":"chat.completion.chunk","created":%d,"model":%b,'
            b'"provider":%b,"choices":[],"usage":%b}\n\n'
            % (
                orjson.dumps(self.face.generation_id),
                self.face.created,
                orjson.dumps(self.face.model),
                orjson.dumps(self.face.provider),
                usage_block(usage, cost),
            )
        )


def error_events(face: Face, error: dict[str, Any], extra: bytes = b"") -> bytes:
    """A failure after the first byte: one event with finish_reason "error", then [DONE]."""
    data = orjson.dumps(
        {
            "id": face.generation_id,
            "object": "chat.completion.chunk",
            "created": face.created,
            "model": face.model,
            "provider": face.provider,
            "error": error,
            "choices": [
                {
                    "index": 0,
                    "delta": {"content": ""},
                    "finish_reason": "error",
                    "native_finish_reason": None,
                }
            ],
        }
    )
    return b"data: %b\n\n%bdata: [DONE]\n\n" % (data, extra)


def _swap_for(chunk: Document, face: Face) -> _Swap | None:
    """None where the provider's id or model is missing, or written with spaces: then every event
    is rewritten on its own."""
    given_id, given_model = chunk.value.get("id"), chunk.value.get("model")
    if type(given_id) is not str or type(given_model) is not str or not chunk.is_compact:
        return None
    if "provider" in chunk.value:
        return None
    id_from = b'"id":' + orjson.dumps(given_id)
    model_from = b'"model":' + orjson.dumps(given_model)
    if chunk.text.count(id_from) != 1 or chunk.text.count(model_from) != 1:
        return None
    put = face.put()
    return _Swap(
        id_from=id_from,
        id_to=b'"id":' + put["id"],
        model_from=model_from,
        model_to=b'"model":' + put["model"] + b',"provider":' + put["provider"],
    )


def _is_plain(chunk: Any) -> bool:
    """Whether an event is one that the client gets, with its id where the swap looks for it."""
    choices = chunk.get("choices")
    return (
        type(choices) is list
        and len(choices) > 0
        and all(type(choice) is dict for choice in choices)
        and "id" in chunk
        and "model" in chunk
    )


def _error(value: dict[str, Any]) -> dict[str, Any] | None:
    """An error, whether told as an object or in plain words."""
    error = value.get("error")
    if type(error) is str and error:
        return {"message": error}
    return error if type(error) is dict else None


def _data(text: bytes) -> bytes | None:
    if text.startswith(b"data: ") and b"\n" not in text:
        return text[6:]
    lines = [
        line[6:] if line.startswith(b"data: ") else line[5:]
        for line in text.split(b"\n")
        if line.startswith(b"data:")
    ]
    return b"\n".join(lines) if lines else None
