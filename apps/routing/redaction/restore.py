"""Reads an answer back: the values in place of their placeholders, in each text of each choice, and
nowhere else. Ids, names, links, signed and encrypted reasoning stay as the provider wrote them."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import re2

from apps.routing.redaction.lanes import History, Lane, Tally
from apps.routing.redaction.links import Links
from apps.routing.redaction.private import Private
from apps.routing.redaction.scan import options
from apps.routing.redaction.spots import Key, Spot, delta_of, spots
from apps.routing.splice import DuplicateMember, members, rebuilt

# A placeholder, or the beginning of one at the end of a JSON string or before an escape; a P that
# is escaped itself, or half of that. Where this is not found, nothing begins. The P at the end of
# “stop” stands in every stream.
_MAY_BEGIN = re2.compile(
    rb'p(?:["\\]|i(?:["\\]|i[_"\\]))|\\u00[57]0|\\\\(?:u(?:0(?:0[57]?)?)?)?"'
    rb'|finish_reason":"stop"',
    options(latin=True, ignore_case=True),
)
_STOP = b'finish_reason":"stop"'
_DATA, _DONE = b"data: ", b"data: [DONE]\n\n"


def _beginning(block: bytes, at: int = 0) -> int:
    """Where the next may begin, or the end of the block."""
    while (match := _MAY_BEGIN.search(block, at)) is not None:
        if not block.startswith(_STOP, match.start()):
            return int(match.start())
        at = match.end()
    return len(block)


class _Frame(NamedTuple):
    """The bytes around the one text of an event. Another event with the same bytes around one JSON
    string says it in the same place, and need not be read whole."""

    begin: bytes
    end: bytes
    key: Key
    is_json: bool

    @classmethod
    def of(cls, event: bytes, chunk: dict[str, Any], found: list[Spot]) -> "_Frame | None":
        choices = chunk["choices"]
        if len(found) != 1 or len(choices) != 1 or choices[0].get("finish_reason") is not None:
            return None
        spot = found[0]
        begin, written, end = event.partition(_write(spot.text))
        if not written or written in end:
            return None
        return cls(begin, end, (choices[0].get("index", 0), *spot.key), spot.is_json)

    def text(self, event: bytes) -> str | None:
        """None for an event of another shape."""
        if not (event.startswith(self.begin) and event.endswith(self.end)):
            return None
        try:
            text = orjson.loads(event[len(self.begin) : len(event) - len(self.end)])
        except orjson.JSONDecodeError:
            return None
        return text if type(text) is str else None

    def texts(self, events: list[bytes]) -> str | None:
        """All of them as one; None where one has another shape."""
        begin, end = self.begin, self.end.removesuffix(b"\n\n")
        skip, cut = len(begin), -len(end)
        if not all(event.startswith(begin) and event.endswith(end) for event in events):
            return None
        try:
            texts = orjson.loads(b"[%b]" % b",".join([event[skip:cut] for event in events]))
        except orjson.JSONDecodeError:
            return None
        is_one_each = len(texts) == len(events) and set(map(type, texts)) == {str}
        return "".join(texts) if is_one_each else None


class JsonRestorer:
    """For an answer that comes whole."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._tally = Tally()

    @property
    def missed(self) -> int:
        return self._tally.missed

    def restored(self, body: bytes) -> bytes:
        """The same bytes where nothing is put back."""
        if not self._private or _beginning(body) == len(body):
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
        self._frame: _Frame | None = None
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
        start = 0 if self._is_busy else self._next(block, 0)
        if start == len(block):
            self._history.add_block(block)
            return block
        out, at = [], 0
        while at < len(block):
            if at:
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
        while (found := _beginning(block, at)) < len(block):
            before = block.rfind(b"\n\n", at, found)
            start = at if before < 0 else before + 2
            inside = start + len(self._head)
            if found >= inside or not block.startswith(self._head, start):
                return start
            end = block.find(b"\n\n", inside) + 2
            if end < 2 or _beginning(block[inside:end]) < end - inside:
                return start
            at = end
        return len(block)

    def _event(self, event: bytes) -> bytes:
        frame = self._frame
        if frame is not None and (text := frame.text(event)) is not None:
            new = self._lane(frame.key, is_json=frame.is_json).push(text)
            self._note_busy()
            return event if new == text else b"".join((frame.begin, _write(new), frame.end))
        chunk = _chunk(event)
        if chunk is None:
            # Perhaps a comment.
            return self.rest() + event if event == _DONE else event
        self._chunk = chunk
        self._learn_head(event)
        before: list[bytes] = []
        has_changed = False
        for choice in _choices(chunk):
            found = self._spots(choice)
            self._frame = _Frame.of(event, chunk, found) or self._frame
            has_changed = self._pushed(choice, found) or has_changed
            if choice.get("finish_reason") is not None:
                index = choice.get("index", 0)
                before += self._flushed(chunk, [key for key in self._lanes if key[0] == index])
        self._note_busy()
        if has_changed:
            event = b"%b%b\n\n" % (_DATA, _with_choices(event[len(_DATA) :].rstrip(), chunk))
        return b"".join((*before, event))

    def _spots(self, choice: dict[str, Any]) -> list[Spot]:
        said = choice.get("delta")
        return list(spots(said, is_json=self._private.is_json, is_stream=True))

    def _pushed(self, choice: dict[str, Any], found: list[Spot]) -> bool:
        """Puts in the place of each text what of it may go on: all that waited where the choice
        ends. True where that is another text."""
        has_changed = False
        is_last = choice.get("finish_reason") is not None
        for place, spot in enumerate(found):
            lane = self._lane((choice.get("index", 0), *spot.key), is_json=spot.is_json)
            text = lane.push(spot.text)
            if is_last and all(spot.key != later.key for later in found[place + 1 :]):
                text += lane.flush()
            has_changed = has_changed or text != spot.text
            spot.holder[spot.name] = text
        return has_changed

    def _note_busy(self) -> None:
        self._is_busy = any(not lane.is_idle for lane in self._lanes.values())

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
        events = block.removesuffix(b"\n\n").split(b"\n\n")
        frame = self._frame
        if frame is not None and (text := frame.texts(events)) is not None:
            yield self._lane(frame.key, is_json=frame.is_json).links, text
            return
        for event in events:
            for choice in _choices(_chunk(event) or {}):
                for spot in self._spots(choice):
                    key = (choice.get("index", 0), *spot.key)
                    yield self._lane(key, is_json=spot.is_json).links, spot.text

    def _learn_head(self, event: bytes) -> None:
        head, found, _ = event.partition(b'"delta":')
        if found and _beginning(head) < len(head):
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
