"""The two moments a call touches the database: reserve and settle, each micro-batched into one
round trip. Nothing here decides; the SQL functions of budgets, usage and gateway do."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from apps.gateway.batcher import Batcher

log = structlog.get_logger(__name__)

RESERVE = "SELECT call_id, verdict, refused_by, available FROM gateway_reserve(%s::jsonb)"
SETTLE = "SELECT gateway_settle(%s::jsonb)"
EXISTING = "SELECT id FROM usage_generation WHERE id = ANY(%s)"
SECONDS_TO_DECIDE = 2.0
Row = dict[str, Any]


class Busy(Exception):
    """Undecided within the time limit: nothing is held, nothing was sent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """admitted, stale, no_lease, or refused by a window with what is left there."""

    word: str
    refused_by: int | None = None
    available: Decimal | None = None


@dataclass(slots=True)
class Counts:
    """For /metrics."""

    reserve_batches: int = 0
    reserve_calls: int = 0
    settle_batches: int = 0
    settle_calls: int = 0
    settled_late: int = 0
    settled_above_hold: int = 0
    undecided: int = 0


@dataclass(slots=True)
class Closing:
    """A call to be closed, and who waits for it to be durable."""

    row: Row
    written: "asyncio.Future[bool] | None" = None
    tries: int = 0

    def note(self, is_written: bool) -> None:
        if self.written is not None and not self.written.done():
            self.written.set_result(is_written)


class Money:
    """One per process. `pool` connections are autocommit with short lock and statement limits."""

    def __init__(self, pool: AsyncConnectionPool, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts = Counts()
        self._pool = pool
        self._clock = clock
        self._reserving: Batcher[Row, Verdict] = Batcher(
            self._reserve_batch, orphaned=self._release_unwanted
        )
        self._settling: Batcher[Closing, None] = Batcher(self._settle_batch)
        self._again: set[asyncio.Task[None]] = set()

    # --- reserve ---

    async def reserve(self, row: Row) -> Verdict:
        """Raises Busy. A caller that is cancelled while waiting gets its hold released."""
        return await self._reserving.put(row)

    def _release_unwanted(self, row: Row, verdict: Verdict) -> None:
        if verdict.word == "admitted":
            self.release_later(row)

    def release_later(self, row: Row) -> None:
        """Gives a hold back without anybody waiting for it; retried until it is written."""
        self._settling.put(Closing(released(row)))

    async def _reserve_batch(self, rows: list[Row]) -> list[Verdict | Exception]:
        self.counts.reserve_batches += 1
        self.counts.reserve_calls += len(rows)
        deadline = self._clock() + SECONDS_TO_DECIDE
        try:
            return list(await self._reserve_rows(rows))
        except psycopg.Error as problem:
            if len(rows) == 1 and not _is_lost(problem):
                return [self._undecided(rows[0], problem)]
            return await self._reserve_alone(rows, problem, deadline)

    async def _reserve_rows(self, rows: list[Row]) -> list[Verdict]:
        found = {
            call_id: Verdict(word, refused_by, available)
            for call_id, word, refused_by, available in await self._fetch(RESERVE, packed(rows))
        }
        return [found[row["id"]] for row in rows]

    async def _reserve_alone(
        self, rows: list[Row], problem: psycopg.Error, deadline: float
    ) -> list[Verdict | Exception]:
        """After a failed batch: each call once by itself, so that one that is poisoned, or waits
        for a window somebody else holds, stops no other. A lost connection may have committed:
        what stands in the table was admitted."""
        results: list[Verdict | Exception] = []
        locked: set[int] = set()
        try:
            known = await self._existing(rows, deadline) if _is_lost(problem) else set()
        except (psycopg.Error, TimeoutError) as away:
            return [self._undecided(row, away) for row in rows]
        for row in rows:
            if row["id"] in known:
                results.append(Verdict("admitted"))
            elif locked.intersection(row["windows"]) or self._clock() > deadline:
                results.append(self._undecided(row, problem))
            else:
                results.append(await self._reserve_single(row, locked))
        return results

    async def _reserve_single(self, row: Row, locked: set[int]) -> Verdict | Exception:
        try:
            return (await self._reserve_rows([row]))[0]
        except psycopg.Error as problem:
            if isinstance(problem, psycopg.errors.LockNotAvailable):
                locked.update(row["windows"])
            return self._undecided(row, problem)

    async def _existing(self, rows: list[Row], deadline: float) -> set[str]:
        ids = [row["id"] for row in rows]
        async with asyncio.timeout(max(deadline - self._clock(), 0.1)):
            while True:
                try:
                    return {found for (found,) in await self._fetch(EXISTING, ids)}
                except psycopg.Error:
                    await asyncio.sleep(0.1)

    def _undecided(self, row: Row, problem: Exception) -> Busy:
        """The row may exist after all: closing it as released settles the question later."""
        self.counts.undecided += 1
        log.warning("reserve_undecided", generation=row["id"], problem=type(problem).__name__)
        if _is_lost(problem):
            self.release_later(row)
        return Busy(type(problem).__name__)

    # --- settle ---

    async def settle(self, row: Row) -> bool:
        """True once it is durable; False when that took over 2 s: it is then retried until it is
        written, and the sweep stands behind it. It goes on when the caller is cancelled."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[bool] = loop.create_future()
        limit = loop.call_later(SECONDS_TO_DECIDE, self._too_late, written)
        self._settling.put(Closing(row, written))
        try:
            return await written
        finally:
            limit.cancel()

    def _too_late(self, written: "asyncio.Future[bool]") -> None:
        if not written.done():
            self.counts.settled_late += 1
            written.set_result(False)

    async def _settle_batch(self, items: "list[Closing]") -> list[None | Exception]:
        """Whatever cannot be written now is tried again by itself: it holds up nobody else."""
        self.counts.settle_batches += 1
        self.counts.settle_calls += len(items)
        try:
            await self._settle_rows(items)
        except psycopg.Error as problem:
            if len(items) == 1 or _is_lost(problem):
                for item in items:
                    self._settle_again(item, problem)
            else:
                for item in items:
                    await self._settle_alone(item)
        return [None] * len(items)

    async def _settle_alone(self, item: "Closing") -> None:
        try:
            await self._settle_rows([item])
        except psycopg.Error as problem:
            self._settle_again(item, problem)

    async def _settle_rows(self, items: "list[Closing]") -> None:
        (closed,) = (await self._fetch(SETTLE, packed([item.row for item in items])))[0]
        done = set(closed)
        for item in items:
            if item.row["id"] not in done and item.row["state"] == "closed":
                log.warning("settled_before", generation=item.row["id"])
            item.note(True)

    def _settle_again(self, item: "Closing", problem: psycopg.Error) -> None:
        item.tries += 1
        if not _is_lost(problem) and not _is_contended(problem):
            # Not a matter of time: the row itself does not fit. The sums matter more than the rest.
            log.error("settle_refused", generation=item.row["id"], problem=type(problem).__name__)
            if item.tries > 2:
                item.note(False)
                return
            item.row = bare(item.row)
        task = asyncio.create_task(self._put_again(item))
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    async def _put_again(self, item: "Closing") -> None:
        await asyncio.sleep(min(0.05 * 2 ** min(item.tries, 5), 1.0))
        self._settling.put(item)

    # --- small ones ---

    async def extend(self, generation: str, amount: Decimal) -> bool:
        """More money for a running call; False where a budget has no room, or is busy."""
        try:
            rows = await self._fetch("SELECT gateway_extend(%s, %s)", generation, amount)
        except psycopg.Error:
            return False
        return bool(rows[0][0])

    async def checkpoint(self, amounts: dict[str, Decimal]) -> None:
        await self._fetch(
            "SELECT recorder_checkpoint(%s, %s::numeric[])", list(amounts), list(amounts.values())
        )

    async def sweep(self, most: int = 500) -> int:
        return int((await self._fetch("SELECT gateway_sweep(%s)", most))[0][0])

    async def drained(self) -> None:
        await self._reserving.drained()
        await self._settling.drained()
        while self._again:
            await asyncio.wait(set(self._again))
            await self._settling.drained()

    async def _fetch(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(sql, values, prepare=True)
            return await cursor.fetchall()


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


def packed(rows: list[Row]) -> str:
    return orjson.dumps(rows, default=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value).__name__)


def _is_lost(problem: Exception) -> bool:
    """No answer came: the connection broke, or none could be had; the outcome is unknown."""
    if isinstance(problem, PoolTimeout | psycopg.InterfaceError | TimeoutError):
        return True
    return isinstance(problem, psycopg.OperationalError) and (
        problem.sqlstate is None or problem.sqlstate.startswith(("57P", "08"))
    )


def _is_contended(problem: Exception) -> bool:
    return isinstance(
        problem,
        psycopg.errors.LockNotAvailable
        | psycopg.errors.QueryCanceled
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.SerializationFailure,
    )
