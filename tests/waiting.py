"""Waiting for what will be so."""

import time
from collections.abc import Callable


def until(
    is_so: Callable[[], object], seconds: float = 60, otherwise: str = "it did not come about"
) -> None:
    """The limit is for what hangs, not for speed."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
