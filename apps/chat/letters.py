"""The text of an answer as it comes in events. A provider may cut a letter in two, each half of its
surrogate pair in an event of its own; here they become one letter again. Pure."""

import json
from typing import Any

import orjson

from apps.routing.splice import read_with_halves

UNKNOWN = "\ufffd"


def read_event(data: bytes) -> Any:
    """The JSON of one event, halves of letters as they stand."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(data)
    except RecursionError:
        return read_with_halves(data)  # which reads deeper


class Letters:
    """Feed pieces of text; get back whole letters. A half without its other half is U+FFFD."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _whole(text[: len(text) - len(self._half)])

    def rest(self) -> str:
        half, self._half = self._half, ""
        return UNKNOWN if half else ""


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
