"""Cuts a growing Markdown text into blocks that cannot change any more, each exactly once, so that
an answer is rendered in linear time however long it gets. Pure."""

import re

FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
LIST = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)")


class Blocks:
    """Feed pieces of text; get back the blocks that closed. `rest` is the block still open."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._tail: list[str] = []
        self._fence = ""
        self._is_list = False
        self._saw_blank = False

    def feed(self, piece: str) -> list[str]:
        *whole, tail = piece.split("\n")
        closed: list[str] = []
        for line in whole:
            self._tail.append(line)
            closed += self._take("".join(self._tail).removesuffix("\r"))
            self._tail = []
        if tail:
            self._tail.append(tail)
        return closed

    @property
    def rest(self) -> str:
        return "\n".join([*self._lines, "".join(self._tail)])

    def _take(self, line: str) -> list[str]:
        if self._fence:
            return self._inside_fence(line)
        if not line.strip():
            self._saw_blank = bool(self._lines)
            if self._lines:
                self._lines.append(line)
            return []
        closed = self._close() if self._begins_anew(line) else []
        if not self._lines:
            self._is_list = bool(LIST.match(line))
        self._saw_blank = False
        self._lines.append(line)
        fence = FENCE.match(line)
        if fence and not (fence[1][0] == "`" and "`" in fence[2]):
            self._fence = fence[1]
        return closed

    def _inside_fence(self, line: str) -> list[str]:
        self._lines.append(line)
        found = FENCE.match(line)
        if not found or not found[1].startswith(self._fence) or found[2].strip():
            return []
        self._fence = ""
        return [] if self._is_list else self._close()

    def _begins_anew(self, line: str) -> bool:
        """Behind an empty line a block is over, unless the line still belongs to a list."""
        if not self._saw_blank:
            return False
        is_inside = line[0] in " \t" or (self._is_list and LIST.match(line))
        return not is_inside

    def _close(self) -> list[str]:
        block = "\n".join(self._lines)
        self._lines, self._is_list, self._saw_blank = [], False, False
        return [block]
