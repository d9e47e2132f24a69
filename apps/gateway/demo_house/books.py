"""Writes the demonstration's calls into the books of an empty house, as if they had been made: each
with its receipt, its share of its quarter of an hour and of its budgets' windows. The only writer
beside the recorder, since COPY takes minutes for what the money path would take hours for."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, NamedTuple

from django.db import connection

from apps.gateway.demo_house.calls import Drawn, Ending
from apps.gateway.demo_house.receipts import details_of
from apps.gateway.demo_house.shelf import DOLLAR, Place
from apps.gateway.demo_house.wallet import Purse, Wallet

AT_ONCE = 20_000  # rows that wait for the next COPY
HOUR = 3_600_000  # milliseconds
PROCESS = "demonstration"
NONE = "\\N"  # as COPY reads it
CALLS = """
    COPY usage_generation (
        id, created_at, closed_at, state, process_id, project_id, key_id, user_id, app,
        requested_model, model, endpoint_id, provider, is_estimated, was_cancelled, is_streamed,
        bills_whole, status, error_type, finish_reason, native_finish_reason, prompt_estimate_usd,
        window_ids, hold_usd, cost_usd, prompt_tokens, completion_tokens, reasoning_tokens,
        cached_tokens, latency_ms, duration_ms
    ) FROM STDIN
"""
DETAILS = "COPY usage_generationdetail (generation_id, details) FROM STDIN"
QUARTERS = """
    COPY usage_usagequarter (
        starts_at, project_id, key_id, user_id, app, model, endpoint_id, requests, cost_usd,
        prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens
    ) FROM STDIN
"""
SETTLE = "SELECT ledger_settle(%s::jsonb)"


class Caller(NamedTuple):
    """Whose calls a use makes, as numbers of rows. No key: the house's own chat."""

    project_id: int
    key_id: int | None
    user_id: int
    app: str
    streams: bool


class Books:
    """Within one transaction. `shelf` says what else each call could have gone to; the newest
    `detailed` of `count` calls get the long part of their receipts."""

    def __init__(
        self,
        callers: Sequence[Caller],
        shelf: dict[str, list[Place]],
        wallet: Wallet,
        *,
        count: int,
        detailed: int,
        now: datetime,
        seed: int,
    ) -> None:
        self._callers = [_Words.of(caller) for caller in callers]
        self._shelf = shelf
        self._wallet = wallet
        self._plain = count - detailed
        self._now = int(now.timestamp() * 1000)
        self._luck = Random(f"{seed} ids")
        self._same: dict[tuple[int, int, Ending], str] = {}
        self._written = 0
        self._waiting: dict[str, list[str]] = {CALLS: [], DETAILS: [], QUARTERS: []}

    def write(self, starts_at: datetime, calls: Iterable[Drawn]) -> None:
        """One quarter of an hour, whole."""
        began = int(starts_at.timestamp() * 1000)
        sums: dict[tuple[int, int], list[Any]] = {}
        for call in calls:
            self._call(began, call)
            if not call.ending.is_released:
                _add(sums, call)
        moment = starts_at.isoformat()
        self._waiting[QUARTERS] += [
            self._sum(moment, use, *found) for (use, _), found in sums.items()
        ]
        if len(self._waiting[CALLS]) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        with connection.cursor() as cursor:
            for statement, rows in self._waiting.items():
                with cursor.copy(statement) as copy:
                    copy.write("".join(rows))
                rows.clear()

    def settle(self, purses: Sequence[Purse]) -> None:
        """What its calls cost, into every window."""
        spent = [
            {"windows": [window.id], "hold": "0", "cost": usd(window.spent)}
            for purse in purses
            for window in purse.windows
        ]
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [json.dumps(spent)])

    def _call(self, began: int, call: Drawn) -> None:
        place, end = call.place, call.ending
        at = began + call.at_ms
        closed = min(at + call.duration_ms, self._now)
        name = f"gen-{at}-{self._luck.getrandbits(64):016x}"
        self._waiting[CALLS].append(
            f"{name}\t{stamp(at)}\t{stamp(closed)}\t{self._said(call.use, place, end)}\t"
            f"{{{self._wallet.numbers[call.use]}}}\t{usd(call.hold)}\t{usd(call.cost)}\t"
            f"{call.prompt}\t{call.completion}\t{call.reasoning}\t{call.cached}\t"
            f"{call.latency_ms or NONE}\t{call.duration_ms}\n"
        )
        self._written += 1
        if self._written > self._plain and not end.is_released:
            left = [[number, usd(room)] for number, room in self._wallet.left(call.use)]
            details = details_of(call, self._shelf[place.model], usd(call.cost), left)
            self._waiting[DETAILS].append(f"{name}\t{details}\n")

    def _said(self, use: int, place: Place, end: Ending) -> str:
        """What is the same for many calls."""
        key = (use, place.endpoint_id, end)
        if key not in self._same:
            caller = self._callers[use]
            state = "released" if end.is_released else "closed"
            ended = f"{NONE if end.status is None else end.status}\t{end.error}\t{end.finish}"
            flags = f"{_flag(end.is_estimated)}\t{_flag(end.was_cancelled)}\t{caller.streams}\tf"
            self._same[key] = (
                f"{state}\t{PROCESS}\t{caller.who}\t{caller.app}\t{place.model}\t{place.model}\t"
                f"{place.endpoint_id}\t{place.provider}\t{flags}\t{ended}\t{end.finish}\t0"
            )
        return self._same[key]

    def _sum(self, moment: str, use: int, place: Place, calls: int, cost: int, *tokens: int) -> str:
        caller = self._callers[use]
        figures = "\t".join(map(str, tokens))
        return (
            f"{moment}\t{caller.who_or_none}\t{caller.app}\t{place.model}\t"
            f"{place.endpoint_id}\t{calls}\t{usd(cost)}\t{figures}\n"
        )


class _Words(NamedTuple):
    """A caller as COPY reads it."""

    who: str
    who_or_none: str
    app: str
    streams: str

    @classmethod
    def of(cls, caller: Caller) -> "_Words":
        key = NONE if caller.key_id is None else caller.key_id
        return cls(
            f"{caller.project_id}\t{key}\t{caller.user_id}",
            f"{caller.project_id}\t{caller.key_id or 0}\t{caller.user_id}",
            caller.app,
            _flag(caller.streams),
        )


def _add(sums: dict[tuple[int, int], list[Any]], call: Drawn) -> None:
    found = sums.get((call.use, call.place.endpoint_id))
    figures = (1, call.cost, call.prompt, call.completion, call.reasoning, call.cached)
    if found is None:
        sums[call.use, call.place.endpoint_id] = [call.place, *figures]
    else:
        for at, figure in enumerate(figures, 1):
            found[at] += figure


def usd(amount: int) -> str:
    return f"{amount // DOLLAR}.{amount % DOLLAR:012d}"


def stamp(at_ms: int) -> str:
    hour, rest = divmod(at_ms, HOUR)
    return f"{_hour(hour)}{rest // 60_000:02}:{rest // 1000 % 60:02}.{rest % 1000:03}+00"


@cache
def _hour(number: int) -> str:
    return datetime.fromtimestamp(number * 3600, UTC).strftime("%Y-%m-%d %H:")


def _flag(value: bool) -> str:
    return "t" if value else "f"
