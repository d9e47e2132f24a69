"""Turns a provider's streamed answer into ours, in its own bytes, block by block."""

from decimal import Decimal
from typing import Any

import orjson

from apps.routing.pricing import TokenUsage
from apps.routing.splice import Document, edited_elements, read_with_halves
from apps.routing.wire.answer import Face, Finding, error_of, named, normal_finish, usage_block
from apps.routing.wire.frame import Frame
from apps.routing.wire.tokens import produced_bytes, read_usage


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
        found = read_with_halves(b"[{%b]" % b",{".join(deltas))
        if len(found) != len(deltas):
            raise ValueError("a delta that is more than one")
        self._uncounted += found
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
        chunk = Document(data, read_with_halves)
        value = chunk.value
        if value.get("usage") is not None:
            self.finding.usage = read_usage(value["usage"]) or self.finding.usage
        self.finding.error = error_of(value)
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
            put = {**put, "choices": edited_elements(chunk, "choices", named)}
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


def _data(text: bytes) -> bytes | None:
    if text.startswith(b"data: ") and b"\n" not in text:
        return text[6:]
    lines = [
        line[6:] if line.startswith(b"data: ") else line[5:]
        for line in text.split(b"\n")
        if line.startswith(b"data:")
    ]
    return b"\n".join(lines) if lines else None
