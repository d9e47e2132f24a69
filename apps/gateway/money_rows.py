"""What admission and settlement hand to the money path, and what it answers. Plain dictionaries:
they travel as one JSON array into one SQL function."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

Row = dict[str, Any]


class Busy(Exception):
    """Undecided within the time limit: nothing is held, nothing was sent."""


class Verdict(NamedTuple):
    """admitted, stale, no_lease, refused, or too_fast and too_many for the key (`available` is then
    the seconds to wait). Where budgets bind: the window with the least left, how much that is, what
    calls hold there, and what each window has left with this call's hold taken, in their
    order and as text."""

    word: str
    tightest: int | None = None
    available: Decimal | None = None
    held: Decimal | None = None
    rooms: str | None = None


@dataclass(slots=True)
class Counts:
    """For /metrics."""

    reserve_batches: int = 0
    reserve_calls: int = 0
    settle_batches: int = 0
    settle_calls: int = 0
    settled_late: int = 0
    settled_above_hold: int = 0
    settled_before: int = 0
    undecided: int = 0


def released(row: Row) -> Row:
    """A call that was never sent: its hold goes back, nothing is charged."""
    return {
        "id": row["id"],
        "windows": row["windows"],
        "state": "released",
        "cost": 0,
        "is_estimated": False,
        "status": None,
        "error_type": "",
        "finish_reason": "",
        "native_finish_reason": "",
        "was_cancelled": True,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "reasoning_tokens": 0,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
    }


def bare(row: Row) -> Row:
    """The figures of a closing row without its texts and details."""
    return {
        **{name: value for name, value in row.items() if name != "details"},
        "error_type": "settle_failed",
        "finish_reason": "",
        "native_finish_reason": "",
        "model": None,
        "provider": None,
    }


def at_hold(row: Row) -> Row:
    """A closing row whose figures no column takes: it costs its hold, as an estimate."""
    return {
        **released(row),
        "state": "closed",
        "cost": None,
        "is_estimated": True,
        "error_type": "settle_failed",
        "was_cancelled": False,
    }


def packed(rows: list[Row]) -> str:
    """Raises TypeError for a value no JSON holds."""
    return orjson.dumps(rows, default=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value).__name__)
