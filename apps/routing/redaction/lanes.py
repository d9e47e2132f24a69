"""Puts values back into one text that comes in pieces. Only what may still become a placeholder of
this call waits for the next piece; all other text goes on at once."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from apps.routing.redaction import placeholders
from apps.routing.redaction.links import Links, split_escape
from apps.routing.redaction.private import Private
from apps.routing.redaction.tree import write_string

_LONGEST_BEGUN = placeholders.LONGEST_LABEL + placeholders.TAIL + 12
_MOST_UNREAD = 256 * 1024
_ESCAPE = re.compile(r"\\(?:u00([3-7][0-9a-fA-F])|.)", re.DOTALL)


@dataclass(slots=True)
class Tally:
    """`missed`: words that looked like placeholders and stood for nothing known here."""

    restored: int = 0
    missed: int = 0


class History:
    """What came, in its order, as texts or as whole blocks of events. It is read only when a value
    is about to be put back, since only then it matters whether a link is open."""

    __slots__ = ("_open_block", "_pieces", "_size")

    def __init__(
        self, open_block: Callable[[bytes], Iterable[tuple[Links, str]]] | None = None
    ) -> None:
        self._open_block = open_block
        self._pieces: list[tuple[Links, str] | bytes] = []
        self._size = 0

    def add(self, links: Links, text: str) -> None:
        if text:
            self._pieces.append((links, text))

    def add_block(self, block: bytes) -> None:
        self._pieces.append(block)
        self._size += len(block)
        if self._size > _MOST_UNREAD:
            for links in self._read():
                links.is_open()

    def is_open(self, links: Links) -> bool:
        self._read()
        return links.is_open()

    def _read(self) -> set[Links]:
        pieces, self._pieces, self._size = self._pieces, [], 0
        told = set()
        for piece in pieces:
            if isinstance(piece, tuple):
                both: Iterable[tuple[Links, str]] = (piece,)
            else:
                both = self._open_block(piece) if self._open_block else ()
            for links, text in both:
                links.saw(text)
                told.add(links)
        return told


class Lane:
    """One text: what a choice says in one field, or one function's arguments."""

    __slots__ = ("_half", "_history", "_is_json", "_private", "_shown", "_tail", "_tally", "links")

    def __init__(
        self, private: Private, tally: Tally, history: History, *, is_json: bool = False
    ) -> None:
        self.links = Links(is_json)
        self._private = private
        self._tally = tally
        self._history = history
        self._is_json = is_json
        self._half = ""  # a begun JSON escape
        # A word that is begun at the end of what came: `_shown` of it have gone on already, since
        # it cannot become one of ours, and the rest is held.
        self._tail = ""
        self._shown = 0

    @property
    def is_idle(self) -> bool:
        """Nothing is begun: a piece without the beginning of a placeholder may pass it by."""
        return not self._tail and not self._half

    @property
    def held(self) -> int:
        """Characters that wait; in JSON an escape is one."""
        held = self._tail[self._shown :]
        return len(held.replace("\\\\", "\\") if self._is_json else held) + bool(self._half)

    def push(self, piece: str) -> str:
        """What may go on now."""
        if self._is_json:
            piece = self._in_whole_escapes(piece)
        text = self._tail + piece if self._tail else piece
        upper = text.upper()
        if "PII" not in upper:
            return self._plain(text, upper)
        told = len(self._tail)
        out, at, floor = [], self._shown, 0
        look = 0
        pattern = placeholders.IN_JSON if self._is_json else placeholders.IN_TEXT
        while match := pattern.search(text, look):
            start, end = match.span()
            look = start + 1
            meant = self._private.meant(match.group()) if start >= at else None
            if meant is None:
                self._count_miss(match.group(), is_new=end > len(self._tail))
                continue
            self._history.add(self.links, text[told:start])
            told = max(told, start)
            if self._history.is_open(self.links):
                continue
            out += [text[at:start], self._value(meant)]
            self._tally.restored += 1
            at = floor = look = end
        self._history.add(self.links, text[told:])
        out.append(self._going_on(text, at, floor))
        return "".join(out)

    def flush(self) -> str:
        """What was held: no more is coming."""
        held = self._tail[self._shown :] + self._half
        self._tail, self._shown, self._half = "", 0, ""
        return held

    def _plain(self, text: str, upper: str) -> str:
        """The same for a text in which at most the first two letters of one stand at the end."""
        self._history.add(self.links, text[len(self._tail) :])
        begun = 1 if upper.endswith("P") else 2 if upper.endswith("PI") else 0
        if begun and not text[-begun:].isascii():  # there are other letters with these capitals
            begun = 0
        at, held = self._shown, len(text) - begun
        self._tail, self._shown = text[held:], 0
        return text[at:held]

    def _going_on(self, text: str, at: int, floor: int) -> str:
        """The text from `at` on, without what waits. `floor` is where the last value ended."""
        pattern = placeholders.BEGUN_IN_JSON if self._is_json else placeholders.BEGUN_IN_TEXT
        look = max(floor, len(text) - _LONGEST_BEGUN)
        first = held = len(text)
        while match := pattern.search(text, look):
            look = match.start() + 1
            first = min(first, match.start())
            if match.start() >= at and self._private.may_begin(match.group()):
                held = match.start()
                break
        self._tail, self._shown = text[first:], held - first
        return text[at:held]

    def _count_miss(self, word: str, *, is_new: bool) -> None:
        if is_new and placeholders.plain(word) not in self._private.typed:
            self._tally.missed += 1

    def _value(self, placeholder: str) -> str:
        value = self._private[placeholder]
        return write_string(value)[1:-1].decode() if self._is_json else value

    def _in_whole_escapes(self, piece: str) -> str:
        """JSON text with letters, digits and underscores as themselves, up to the last escape that
        is whole."""
        text, self._half = split_escape(self._half + piece)
        return _ESCAPE.sub(_as_letter, text) if "\\u00" in text else text


def _as_letter(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16)) if match[1] else ""
    return letter if letter.isalnum() or letter == "_" else match.group()
