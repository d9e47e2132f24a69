"""RE2 on the bytes of a shadow: compiled once, linear in the text, and silent about a pattern."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import re2

MEMORY = 8 << 20
_WORD = re.compile(rb"[A-Za-z0-9]++")
# What may stand right before a word. The n of a written \\n is no letter.
FRESH = r"(?:^|[^A-Za-z0-9]|\\[nrt])"


def options(*, latin: bool, ignore_case: bool = False, memory: int = MEMORY) -> Any:
    chosen = re2.Options()
    chosen.max_mem = memory
    chosen.log_errors = False  # RE2 would print the pattern, and it may be private
    chosen.case_sensitive = not ignore_case
    if latin:
        chosen.encoding = re2.Options.Encoding.LATIN1
    return chosen


_ANYWHERE, _HERE = re2._re2.RE2.Anchor.UNANCHORED, re2._re2.RE2.Anchor.ANCHOR_START
_WHOLE = re2._re2.RE2.Anchor.ANCHOR_BOTH


class Scanner:
    """One pattern of ours over the bytes of a shadow; it never matches nothing. It asks RE2 itself:
    the match objects around it take longer than the matching."""

    __slots__ = ("_match", "_pattern")

    def __init__(self, pattern: str, *, ignore_case: bool = False, memory: int = MEMORY) -> None:
        """`memory`: what a large pattern has no room in makes RE2 forty times as slow."""
        chosen = options(latin=True, ignore_case=ignore_case, memory=memory)
        self._pattern = re2.compile(pattern.encode("latin-1"), options=chosen)
        self._match = self._pattern._regexp.Match

    def spans(
        self, text: bytes, start: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, int]]:
        match, last = self._match, len(text) if end is None else min(end, len(text))
        while start <= last:
            hit: tuple[int, int] = match(_ANYWHERE, text, start, last)[0]
            if hit[0] < 0:
                return
            yield hit
            start = hit[1]

    def groups(self, text: bytes, group: int = 1) -> Iterator[tuple[int, int]]:
        at = 0
        while at <= len(text):
            hit = self._match(_ANYWHERE, text, at, len(text))
            if hit[0][0] < 0:
                return
            yield hit[group]
            at = hit[0][1]

    def at(self, text: bytes, start: int) -> int | None:
        """Where the pattern ends that begins right here."""
        end: int = self._match(_HERE, text, start, len(text))[0][1]
        return None if end < 0 else end

    def fills(self, text: bytes) -> bool:
        return bool(self._match(_WHOLE, text, 0, len(text))[0][0] >= 0)

    def next(self, text: bytes, start: int = 0) -> tuple[int, int] | None:
        if start > len(text):
            return None
        hit: tuple[int, int] = self._match(_ANYWHERE, text, start, len(text))[0]
        return None if hit[0] < 0 else hit

    def meets(self, text: bytes) -> bool:
        return bool(self._match(_ANYWHERE, text, 0, len(text))[0][0] >= 0)


def word_end(text: bytes, start: int) -> int:
    """Where the letters and digits end that go on from here: no sooner begins another word."""
    hit = _WORD.match(text, start)
    return start + 1 if hit is None else hit.end()


def before(text: bytes, start: int, near: int) -> bytes:
    return text[max(0, start - near) : start]


ALNUM = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def stands_alone(text: bytes, start: int, end: int) -> bool:
    """Is it no piece of a longer word or number? Letters of other alphabets are no obstacle:
    Chinese writes them right beside a number."""
    return (start == 0 or text[start - 1] not in ALNUM) and (
        end == len(text) or text[end] not in ALNUM
    )


def meets_one(found: list[tuple[int, int]], start: int, end: int) -> bool:
    """Does it share a character with one of these, which are in order and apart?"""
    last_before = bisect_left(found, (end, end)) - 1
    return last_before >= 0 and found[last_before][1] > start
