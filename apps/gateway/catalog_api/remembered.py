"""Answers that were made once: apps ask for the same list again and again. Kept in the process for
as long as everything they were made from stands."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

MOST = 16  # of up to a megabyte each


class Body:
    """`effort` from 1 to 9: what is asked for often is packed well."""

    def __init__(self, plain: bytes, *, effort: int = 1) -> None:
        self.plain, self._effort = plain, effort

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.plain, self._effort, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'


class Remembered:
    """One for each process; the oldest give way."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._state: tuple[Any, ...] = ()
        self._bodies: dict[Hashable, Body] = {}
        self._lock = threading.Lock()

    def get(self, state: tuple[Any, ...], asked: Hashable, make: Callable[[], bytes]) -> Body:
        """`state` are the objects it is made from, told apart by identity."""
        with self._lock:
            if not _is_same(state, self._state):
                self._state, self._bodies = state, {}
            bodies = self._bodies
            found = bodies.get(asked)
        if found is None:
            found = Body(make())
            with self._lock:
                while len(bodies) >= self._most:
                    bodies.pop(next(iter(bodies)))
                bodies[asked] = found
        return found


def _is_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
