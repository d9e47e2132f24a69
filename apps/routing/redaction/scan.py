"""RE2 on the bytes of a shadow: compiled once, linear in the text, and silent about a pattern."""

from collections.abc import Iterator
from typing import Any

import re2

MEMORY = 8 << 20


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

    def at(self, text: bytes, start: int, end: int | None = None) -> int | None:
        """Where the pattern ends that begins right here."""
        hit = self._pattern.match(text, start, end)
        return None if hit is None else int(hit.end())

    def next(self, text: bytes, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
        return next(self.spans(text, start, end), None)

    def meets(self, text: bytes, start: int = 0, end: int | None = None) -> bool:
        return self.next(text, max(0, start), end) is not None
