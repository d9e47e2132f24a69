"""Finds the top-level members of a JSON object in its own bytes, so that a body can be forwarded
as it came with only some members replaced: big integers, key order and unknown fields survive."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]', re.DOTALL)
_OPEN, _CLOSE = frozenset(b"{["), frozenset(b"}]")
_COMMA, _COLON, _QUOTE = b","[0], b":"[0], b'"'[0]
_HIGH, _LOW = rb"\\u[dD][89abAB][0-9a-fA-F]{2}", rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF = re.compile(rb"%b(?!%b)|(?<!%b)%b" % (_HIGH, _LOW, _HIGH, _LOW))


class DuplicateMember(ValueError):
    """A key stands twice; which one counts would depend on who reads it."""


def read_with_halves(text: bytes) -> Any:
    """The JSON value, in which a half of a surrogate pair reads as U+FFFD: providers that cut a
    letter in two send one in each event. Raises orjson.JSONDecodeError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        plain = text.replace(rb"\\", rb"\u005c")  # from here on each backslash begins an escape
        masked, count = _HALF.subn(rb"\\ufffd", plain)
        if not count:
            raise
        return orjson.loads(masked)


class Document:
    """A JSON object with its own bytes, read by `loads`. Raises orjson.JSONDecodeError, or
    TypeError when the text is JSON but no object."""

    __slots__ = ("_is_compact", "_spans", "text", "value")

    def __init__(self, text: bytes, loads: Callable[[bytes], Any] = orjson.loads) -> None:
        self.text = text
        self.value: dict[str, Any] = loads(text)
        if type(self.value) is not dict:
            raise TypeError("not an object")
        self._is_compact: bool | None = None
        self._spans: dict[str, tuple[int, int]] | None = None

    @property
    def is_compact(self) -> bool:
        """Written exactly as orjson would: then an edit of the parsed value is an edit of the
        bytes, and much the cheaper way. Duplicate keys and big integers never pass this."""
        if self._is_compact is None:
            self._is_compact = orjson.dumps(self.value) == self.text
        return self._is_compact

    @property
    def spans(self) -> dict[str, tuple[int, int]]:
        if self._spans is None:
            self._spans = members(self.text)
        return self._spans

    def edited(self, put: dict[str, bytes], without: Iterable[str] = ()) -> bytes:
        """The bytes again: `put` replaces members in place, or adds them at the end."""
        if not self.is_compact:
            return rebuilt(self.text, self.spans, put=put, without=without)
        return orjson.dumps(_changed(self.value, put, without))

    def raw(self, name: str) -> bytes:
        """The bytes of one member's value."""
        if self.is_compact:
            return orjson.dumps(self.value[name])
        return value(self.text, self.spans[name])

    def check_unique(self) -> None:
        """Raises DuplicateMember where a top-level key stands twice."""
        if not self.is_compact:
            _ = self.spans


def edited_elements(
    document: Document, name: str, changes: Callable[[dict[str, Any]], dict[str, bytes]]
) -> bytes:
    """The array under `name`, an object each, with what `changes` answers put into every one."""
    if document.is_compact:
        return orjson.dumps([_changed(one, changes(one), ()) for one in document.value[name]])
    edited = []
    for raw in elements(document.raw(name)):
        one = Document(raw, read_with_halves)  # whether there may be any was asked of the whole
        edited.append(one.edited(changes(one.value)))
    return b"[%b]" % b",".join(edited)


def _changed(
    value: dict[str, Any], put: dict[str, bytes], without: Iterable[str]
) -> dict[str, Any]:
    changed = dict(value)
    for name in without:
        changed.pop(name, None)
    for name, raw in put.items():
        changed[name] = orjson.Fragment(raw)
    return changed


def members(text: bytes, start: int = 0) -> dict[str, tuple[int, int]]:
    """Key → (start of the quoted key, end of the value) of the object that opens at or after
    `start`. The text must be valid JSON. Raises DuplicateMember."""
    found: dict[str, tuple[int, int]] = {}
    depth, key, key_start, value_end = 0, None, -1, -1
    for token in TOKEN.finditer(text, start):
        at = token.start()
        letter = text[at]
        if letter == _QUOTE:
            if depth == 1 and key is None:
                key, key_start = token.group(), at
        elif letter in _OPEN:
            depth += 1
        elif letter in _CLOSE:
            depth -= 1
            if depth == 0:
                value_end = at
        if key is not None and (depth == 0 or (depth == 1 and letter == _COMMA)):
            _add(found, key, (key_start, value_end if depth == 0 else at))
            key = None
        if depth == 0:
            break
    return found


def _add(found: dict[str, tuple[int, int]], quoted: bytes, span: tuple[int, int]) -> None:
    name = str(read_with_halves(quoted)) if b"\\" in quoted else quoted[1:-1].decode()
    if name in found:
        raise DuplicateMember(name)
    found[name] = span


def rebuilt(
    text: bytes,
    spans: dict[str, tuple[int, int]],
    *,
    without: Iterable[str] = (),
    put: dict[str, bytes],
) -> bytes:
    """The object again: `put` replaces members in place or adds them at the end, as JSON bytes."""
    gone = frozenset(without)
    parts = []
    for name, (start, end) in spans.items():
        if name in put:
            parts.append(b'"%b":%b' % (name.encode(), put[name]))
        elif name not in gone:
            parts.append(text[start:end].rstrip())
    parts += [b'"%b":%b' % (name.encode(), put[name]) for name in put if name not in spans]
    return b"{" + b",".join(parts) + b"}"


def value(text: bytes, span: tuple[int, int]) -> bytes:
    """The raw bytes of a member's value."""
    start, end = span
    colon = text.index(b":", TOKEN.match(text, start).end())  # type: ignore[union-attr]
    return text[colon + 1 : end].strip()


def elements(text: bytes) -> list[bytes]:
    """The raw elements of a JSON array."""
    found: list[bytes] = []
    depth, start = 0, 0
    for token in TOKEN.finditer(text):
        at = token.start()
        letter = text[at]
        if letter in _OPEN:
            depth += 1
            if depth == 1:
                start = at + 1
        elif letter in _CLOSE:
            depth -= 1
            if depth == 0:
                last = text[start:at].strip()
                return [*found, last] if last else found
        elif depth == 1 and letter == _COMMA:
            found.append(text[start:at].strip())
            start = at + 1
    return found


def depth(text: bytes) -> int:
    """How deep objects and arrays nest."""
    deepest = now = 0
    for token in TOKEN.finditer(text):
        letter = text[token.start()]
        if letter in _OPEN:
            now += 1
            deepest = max(deepest, now)
        elif letter in _CLOSE:
            now -= 1
    return deepest
