"""Turns a provider's answer into ours, in its own bytes: our id, model and provider, normalised
finish reasons, and the usage with its exact cost. Knows JSON answers and streams."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import orjson

from apps.routing.pricing import TokenUsage
from apps.routing.splice import Document, DuplicateMember, edited_elements, elements
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
            self._document = Document(body)
            self._document.check_unique()
        except (orjson.JSONDecodeError, TypeError):
            raise ValueError("no JSON object") from None
        self.finding = self._find(self._document.value)
        # Written now, not once the call is settled: what cannot be rewritten is no answer.
        self._choices = (
            edited_elements(self._document, "choices", _named) if self.finding.is_answer else b"[]"
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
    choice = Document(raw)
    message = choice.raw("message") if type(choice.value.get("message")) is dict else b"{}"
    put = {**_named(choice.value), "delta": _numbered(message)}
    return choice.edited(put, without=("message",))


def _numbered(message: bytes) -> bytes:
    """In a stream each tool call says its place, by which clients put the pieces together."""
    document = Document(message)
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


def _named(choice: dict[str, Any]) -> dict[str, bytes]:
    """The normalised finish reason, with the provider's own word beside it."""
    native = choice.get("native_finish_reason") or choice.get("finish_reason")
    if not native:  # some providers write "" where others write null
        return {"finish_reason": b"null"} if choice.get("finish_reason") is not None else {}
    put = {"native_finish_reason": orjson.dumps(str(native))}
    normal = normal_finish(str(native))
    if normal != choice.get("finish_reason"):
        put["finish_reason"] = orjson.dumps(normal)
    return put


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes around the delta, which a provider repeats in every plain event of a stream, and
    our own beginning. Inside a JSON text the quotes in them would be escaped, so they stand nowhere
    but at an event's two ends."""

    begin: bytes
    end: bytes
    ours: bytes

    @classmethod
    def of(cls, chunk: Document, put: dict[str, bytes]) -> "Frame | None":
        """None where the event is not written compactly, or is more than one plain delta."""
        value = chunk.value
        choices = value["choices"]
        if not chunk.is_compact or len(choices) != 1 or not _is_plain(choices[0]):
            return None
        mark = b'"delta":{'
        head, found, _ = chunk.text.partition(mark)
        end = chunk.text[len(head) + len(mark) - 1 :].removeprefix(
            orjson.dumps(choices[0]["delta"])
        )
        given_id, given_model = (
            b'"%b":%b' % (name, orjson.dumps(value.get(name.decode())))
            for name in (b"id", b"model")
        )
        is_known = head.count(given_id) == 1 and head.count(given_model) == 1
        if not found or not is_known or "provider" in value or value.get("usage"):
            return None
        ours = head.replace(given_id, b'"id":' + put["id"]).replace(
            given_model, b'"model":%b,"provider":%b' % (put["model"], put["provider"])
        )
        return cls(b"data: " + head + mark, end, b"data: " + ours + mark)

    def deltas(self, block: bytes, at: int) -> tuple[list[bytes], int]:
        """The insides of the plain events that begin at `at`, and where the first of another kind
        begins. (Searching the block for the long frame itself takes three times as long.)"""
        begin, end = self.begin, self.end
        skip, cut = len(begin), -len(end)
        found = []
        for event in (block[at:] if at else block).split(b"\n\n"):
            if not event.startswith(begin) or not event.endswith(end) or b"\n" in event:
                break
            found.append(event[skip:cut])
            at += len(event) + 2
        return found, at

    def ours_around(self, deltas: list[bytes]) -> bytes:
        between = self.end + b"\n\n" + self.ours
        return b"".join((self.ours, between.join(deltas), self.end, b"\n\n"))


def _is_plain(choice: dict[str, Any]) -> bool:
    return choice.get("finish_reason") is None and type(choice.get("delta")) is dict


class StreamAnswer:
    """A streamed answer. `take` gets blocks of whole events and returns what may go out now; usage
    and [DONE] are kept back, since they follow the settlement."""

    __slots__ = ("_frame", "_put", "_uncounted", "face", "finding", "is_broken", "is_done")

    def __init__(self, face: Face) -> None:
        self.face = face
        self.finding = Finding()
        self.is_done = False
        self.is_broken = False  # nonsense came, behind what `take` returned
        self._put = face.put()
        self._frame: Frame | None = None
        self._uncounted: list[dict[str, Any]] = []

    def take(self, block: bytes) -> bytes:
        out = []
        at, end = 0, len(block)
        while at < end and not self.is_done:
            if self._frame is not None:
                deltas, at = self._frame.deltas(block, at)
                if deltas:
                    try:
                        out.append(self._passed_on(self._frame, deltas))
                    except ValueError:
                        self.is_broken = True
                        break
                    continue
            stop = block.index(b"\n\n", at)
            if stop > at:
                try:
                    piece = self._take_one(block[at:stop])
                except (ValueError, TypeError):
                    self.is_broken = True
                    break
                if piece is None:
                    continue
                out.append(piece)
            at = stop + 2
        return out[0] if len(out) == 1 else b"".join(out)

    def text_bytes(self) -> int:
        """UTF-8 bytes the model has produced so far."""
        waiting, self._uncounted = self._uncounted, []
        self.finding.text_bytes += sum(map(produced_bytes, waiting))
        return self.finding.text_bytes

    def _passed_on(self, frame: "Frame", deltas: list[bytes]) -> bytes:
        """Raises ValueError where one of them is no JSON."""
        self._uncounted += orjson.loads(b"[{%b]" % b",{".join(deltas))
        return frame.ours_around(deltas)

    def _take_one(self, text: bytes) -> bytes | None:
        """What goes out for one event; None when it showed the frame of the events from here on,
        which are then taken together."""
        data = _data(text)
        if data is None:
            return b""  # a provider's comment stays with us; we write our own
        if data == b"[DONE]":
            self.is_done = True
            return b""
        chunk = Document(data)
        value = chunk.value
        if value.get("usage") is not None:
            self.finding.usage = read_usage(value["usage"]) or self.finding.usage
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
        if self._frame is None:
            self._frame = Frame.of(chunk, self._put)
            if self._frame is not None:
                return None
        rewritten = self._rewritten(chunk)
        self._count(value)
        self._note_finish(choices)
        return b"data: %b\n\n" % rewritten

    def _rewritten(self, chunk: Document) -> bytes:
        put = self._put
        choices = chunk.value["choices"]
        if any(c.get("finish_reason") is not None for c in choices):
            named = edited_elements(chunk, "choices", _named)
            put = {**put, "choices": named}
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
