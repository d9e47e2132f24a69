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


def options(*, latin: bool, ignore_case: bool = False) -> Any:
    chosen = re2.Options()
    chosen.max_mem = MEMORY
    chosen.log_errors = False  # RE2 would print the pattern, and it may be private
    chosen.case_sensitive = not ignore_case
    if latin:
        chosen.encoding = re2.Options.Encoding.LATIN1
    return chosen


class Scanner:
    """One pattern of ours over the bytes of a shadow."""

    __slots__ = ("_pattern",)

    def __init__(self, pattern: str, *, ignore_case: bool = False) -> None:
        chosen = options(latin=True, ignore_case=ignore_case)
        self._pattern = re2.compile(pattern.encode("latin-1"), options=chosen)

    def spans(
        self, text: bytes, start: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, int]]:
        for hit in self._pattern.finditer(text, start, end):
            yield hit.span()

    def groups(self, text: bytes, group: int = 1) -> Iterator[tuple[int, int]]:
        for hit in self._pattern.finditer(text):
            yield hit.span(group)

    def next_group(self, text: bytes, start: int) -> tuple[int, int, int] | None:
        """Where the next hit begins, and from where to where its group stands."""
        hit = self._pattern.search(text, start)
        return None if hit is None else (hit.start(), *hit.span(1))

    def at(self, text: bytes, start: int) -> int | None:
        """Where the pattern ends that begins right here."""
        hit = self._pattern.match(text, start)
        return None if hit is None else int(hit.end())

    def fills(self, text: bytes) -> bool:
        return self._pattern.fullmatch(text) is not None

    def next(self, text: bytes, start: int = 0) -> tuple[int, int] | None:
        return next(self.spans(text, start), None)

    def meets(self, text: bytes) -> bool:
        return self.next(text) is not None


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
