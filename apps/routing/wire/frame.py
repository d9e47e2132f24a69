"""The plain events of a stream, many at once: they differ in their delta alone, so the bytes around
it are compared and replaced without reading each event."""

from dataclasses import dataclass
from typing import Any

import orjson

from apps.routing.splice import Document

WINDOW = 16 * 1024


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
        """The insides of the plain events that begin at `at`, or of the first of them, and where
        they end. A run is cut at fixed places and put together again: where that gives back the
        same bytes, every event in it is plain. (Looking at each by itself costs four times as
        much, searching the block for the long frame twice as much again.)"""
        begin, end = self.begin, self.end
        stop = block.index(b"\n\n", at)
        if not (block.startswith(begin, at) and block.endswith(end, at + len(begin), stop)):
            return [], at
        events = _window(block, at, stop).split(b"\n\n")
        count = len(events) - 1  # behind the last empty line stands nothing
        while not (events[count - 1].startswith(begin) and events[count - 1].endswith(end)):
            count -= 1
        skip, cut = len(begin), -len(end)
        found = [event[skip:cut] for event in events[:count]]
        run = b"%b%b%b" % (begin, (end + b"\n\n" + begin).join(found), end)
        if not block.startswith(run, at) or b"\n" in b"".join(found):
            return self._deltas_one_by_one(events[:count], at)
        return found, at + len(run) + 2

    def _deltas_one_by_one(self, events: list[bytes], at: int) -> tuple[list[bytes], int]:
        begin, end = self.begin, self.end
        skip, cut = len(begin), -len(end)
        found = []
        for event in events:
            is_whole = len(event) >= skip - cut and event.startswith(begin) and event.endswith(end)
            if not is_whole or b"\n" in event:
                break
            found.append(event[skip:cut])
            at += len(event) + 2
        return found, at

    def ours_around(self, deltas: list[bytes]) -> bytes:
        between = self.end + b"\n\n" + self.ours
        return b"".join((self.ours, between.join(deltas), self.end, b"\n\n"))


def _window(block: bytes, at: int, stop: int) -> bytes:
    """Whole events, few enough that looking at them again after each that differs stays cheap."""
    if len(block) - at <= WINDOW:
        return block[at:] if at else block
    return block[at : max(block.rfind(b"\n\n", at, at + WINDOW), stop) + 2]


def _is_plain(choice: dict[str, Any]) -> bool:
    return choice.get("finish_reason") is None and type(choice.get("delta")) is dict
