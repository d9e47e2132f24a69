"""Reads an answer back: the values in place of their placeholders, in each text of each choice, and
nowhere else. Ids, names, links, signed and encrypted reasoning stay as the provider wrote them."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import re2

from apps.routing.redaction.lanes import History, Lane, Tally
from apps.routing.redaction.links import Links
from apps.routing.redaction.private import Private
from apps.routing.redaction.scan import options
from apps.routing.redaction.spots import Key, delta_of, spots
from apps.routing.splice import DuplicateMember, members, rebuilt

# A placeholder, or the beginning of one at the end of a JSON string or before an escape; a P that
# is escaped itself, or half of that. Where this is not found, nothing begins.
_MAY_BEGIN = re2.compile(
    rb'p(?:["\\]|i(?:["\\]|i[_"\\]))|\\u00[57]0|\\\\(?:u(?:0(?:0[57]?)?)?)?"',
    options(latin=True, ignore_case=True),
)
_DATA, _DONE = b"data: ", b"data: [DONE]\n\n"


class JsonRestorer:
    """For an answer that comes whole."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._tally = Tally()

    @property
    def restored_count(self) -> int:
        return self._tally.restored

    @property
    def missed(self) -> int:
        return self._tally.missed

    def restored(self, body: bytes) -> bytes:
        """The same bytes where nothing is put back."""
        if not self._private or not _MAY_BEGIN.search(body):
            return body
        try:
            value = _read(body)
        except (ValueError, RecursionError):
            return body
        has_changed = False
        for choice in _choices(value):
            said = choice.get("message")
            for spot in spots(said, is_json=self._private.is_json, is_stream=False):
                history = History()
                lane = Lane(self._private, self._tally, history, is_json=spot.is_json)
                text = lane.push(spot.text) + lane.flush()
                if text != spot.text:
                    spot.holder[spot.name] = text
                    has_changed = True
        return _with_choices(body, value) if has_changed else body


class StreamRestorer:
    """For the events of a stream, in our own wire's shape. Events in which no placeholder begins,
    while none is begun, are never read."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._tally = Tally()
        self._history = History(self._texts_of)
        self._lanes: dict[Key, Lane] = {}
        self._is_busy = False  # a lane waits for what comes next
        self._chunk: dict[str, Any] = {}  # the last that was read: how an event looks
        self._head = b""  # what events begin with, where that alone would look like a beginning

    @property
    def restored(self) -> int:
        return self._tally.restored

    @property
    def missed(self) -> int:
        return self._tally.missed

    @property
    def held(self) -> int:
        """Characters that wait, of the text that waits longest."""
        return max((lane.held for lane in self._lanes.values()), default=0)

    def feed(self, block: bytes) -> bytes:
        """Whole events in, whole events out."""
        if not self._private:
            return block
        if not self._is_busy and not _MAY_BEGIN.search(block):
            self._history.add_block(block)
            return block
        out, at = [], 0
        while at < len(block):
            start = at if self._is_busy else self._next(block, at)
            if start > at:
                self._history.add_block(block[at:start])
                out.append(block[at:start])
            end = block.find(b"\n\n", start) + 2
            at = end if end > 1 else len(block)
            if start < at:
                out.append(self._event(block[start:at]))
        return b"".join(out)

    def rest(self) -> bytes:
        """What was held: nothing more comes."""
        self._is_busy = False
        return b"".join(self._flushed(self._chunk, list(self._lanes)))

    def _next(self, block: bytes, at: int) -> int:
        """Where the next event begins that must be read."""
        while (match := _MAY_BEGIN.search(block, at)) is not None:
            before = block.rfind(b"\n\n", at, match.start())
            start = at if before < 0 else before + 2
            inside = start + len(self._head)
            if match.start() >= inside or not block.startswith(self._head, start):
                return start
            end = block.find(b"\n\n", inside) + 2
            if end < 2 or _MAY_BEGIN.search(block[inside:end]):
                return start
            at = end
        return len(block)

    def _event(self, event: bytes) -> bytes:
        chunk = _chunk(event)
        if chunk is None:
            if event != _DONE:
                return event  # a comment
            return self.rest() + event
        self._chunk = chunk
        self._learn_head(event)
        before: list[bytes] = []
        has_changed = False
        for choice in _choices(chunk):
            index = choice.get("index", 0)
            last: dict[Key, Any] = {}
            for spot in spots(choice.get("delta"), is_json=self._private.is_json, is_stream=True):
                key = (index, *spot.key)
                text = self._lane(key, is_json=spot.is_json).push(spot.text)
                has_changed = has_changed or text != spot.text
                spot.holder[spot.name] = text
                last[key] = spot
            if choice.get("finish_reason") is None:
                continue
            for key, spot in last.items():
                if held := self._lanes[key].flush():
                    spot.holder[spot.name] += held
                    has_changed = True
            before += self._flushed(chunk, [key for key in self._lanes if key[0] == index])
        self._is_busy = any(not lane.is_idle for lane in self._lanes.values())
        if has_changed:
            event = b"%b%b\n\n" % (_DATA, _with_choices(event[len(_DATA) :].rstrip(), chunk))
        return b"".join((*before, event))

    def _lane(self, key: Key, *, is_json: bool) -> Lane:
        lane = self._lanes.get(key)
        if lane is None:
            lane = Lane(self._private, self._tally, self._history, is_json=is_json)
            self._lanes[key] = lane
        return lane

    def _flushed(self, chunk: dict[str, Any], keys: list[Key]) -> Iterator[bytes]:
        """An event of its own for each text that is still held."""
        for key in keys:
            if held := self._lanes[key].flush():
                index, *spot = key
                event = {name: value for name, value in chunk.items() if name != "usage"}
                delta = delta_of(tuple(spot), held)
                event["choices"] = [{"index": index, "delta": delta, "finish_reason": None}]
                yield b"%b%b\n\n" % (_DATA, _write(event))

    def _texts_of(self, block: bytes) -> Iterator[tuple[Links, str]]:
        """What events said that passed without being read."""
        for event in block.split(b"\n\n"):
            for choice in _choices(_chunk(event) or {}):
                said = choice.get("delta")
                for spot in spots(said, is_json=self._private.is_json, is_stream=True):
                    key = (choice.get("index", 0), *spot.key)
                    yield self._lane(key, is_json=spot.is_json).links, spot.text

    def _learn_head(self, event: bytes) -> None:
        head, found, _ = event.partition(b'"delta":')
        if found and _MAY_BEGIN.search(head):
            self._head = head + found


def _choices(value: Any) -> list[dict[str, Any]]:
    choices = value.get("choices") if type(value) is dict else None
    return [one for one in choices if type(one) is dict] if type(choices) is list else []


def _chunk(event: bytes) -> dict[str, Any] | None:
    """None for a comment, for [DONE], and for whatever is no event of ours."""
    if not event.startswith(b"data: {"):
        return None
    try:
        value = _read(event[len(_DATA) :])
    except (ValueError, RecursionError):
        return None
    return value if type(value) is dict else None


def _read(text: bytes) -> Any:
    """Halves of surrogate pairs stay: the other half may come in the next event."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _write(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def _with_choices(text: bytes, value: dict[str, Any]) -> bytes:
    """All else keeps its bytes."""
    written = _write(value["choices"])
    head, mark, rest = text.partition(b'"choices":')
    # In our own events they come last, behind plain members: no need to look for their end.
    if next(reversed(value)) == "choices" and mark not in rest and head.count(b"{") == 1:
        return b"%b%b%b}" % (head, mark, written)
    try:
        return rebuilt(text, members(text), put={"choices": written})
    except DuplicateMember:
        return _write(value)
