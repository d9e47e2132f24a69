"""Closing calls, many in one statement, each exactly once. What cannot be written now is tried
again by itself until it is written, and holds up nobody else meanwhile."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from apps.gateway.batcher import Batcher
from apps.gateway.money_pool import Line, is_lost, is_refused
from apps.gateway.money_rows import Counts, Row, at_hold, bare, packed, released

log = structlog.get_logger(__name__)

SETTLE = "SELECT gateway_settle(%s::jsonb)"
SECONDS_TO_WRITE = 2.0
LONGEST_PAUSE = 1.0


@dataclass(slots=True)
class Closing:
    """A call to be closed, and who waits for it to be durable. One whose statement was `lost` may
    be closed already, by us."""

    row: Row
    written: "asyncio.Future[bool] | None" = None
    pause: float = 0.05
    refusals: int = 0
    was_lost: bool = False

    def note(self, is_written: bool) -> None:
        if self.written is not None and not self.written.done():
            self.written.set_result(is_written)


class Settling:
    """One statement in flight."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        counts: Counts,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = Line(pool)
        self._counts = counts
        self._clock = clock
        self._batcher: Batcher[Closing, None] = Batcher(self._batch)
        self._again: set[asyncio.Task[None]] = set()

    async def settle(self, row: Row) -> bool:
        """True once it is durable; False when that took over 2 s: it is then retried until it is
        written, and the sweep stands behind it. It goes on when the caller is cancelled."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[bool] = loop.create_future()
        limit = loop.call_later(SECONDS_TO_WRITE, self._too_late, written)
        self._batcher.put(Closing(row, written))
        try:
            return await written
        finally:
            limit.cancel()

    def release(self, row: Row) -> None:
        """Gives a hold back without anybody waiting for it; retried until it is written."""
        self._batcher.put(Closing(released(row)))

    async def drained(self) -> None:
        await self._batcher.drained()
        while self._again:
            await asyncio.wait(set(self._again))
            await self._batcher.drained()
        await self._line.rest()

    def _too_late(self, written: "asyncio.Future[bool]") -> None:
        if not written.done():
            self._counts.settled_late += 1
            written.set_result(False)

    async def _batch(self, items: list[Closing]) -> list[None | Exception]:
        self._counts.settle_batches += 1
        self._counts.settle_calls += len(items)
        try:
            await self._write(items)
        except Exception as problem:
            if len(items) == 1 or is_lost(problem):
                for item in items:
                    self._retry(item, problem)
            else:
                await self._each_alone(items)
        return [None] * len(items)

    async def _write(self, items: list[Closing]) -> None:
        rows = [item.row for item in items]
        ((closed,),) = await self._line.fetch(SETTLE, packed(rows))
        done = set(closed)
        for item in items:
            if item.row["id"] not in done and item.row["state"] == "closed" and not item.was_lost:
                self._counts.settled_before += 1
                log.warning("settled_before", generation=item.row["id"])
            item.note(True)

    async def _each_alone(self, items: list[Closing]) -> None:
        """Once each, and for 2 s at most: others wait behind this batch."""
        locked: set[int] = set()
        deadline = self._clock() + SECONDS_TO_WRITE
        for item in items:
            if locked.intersection(item.row["windows"]) or self._clock() > deadline:
                self._retry(item, None)
                continue
            try:
                await self._write([item])
            except Exception as problem:
                if isinstance(problem, psycopg.errors.LockNotAvailable):
                    locked.update(item.row["windows"])
                self._retry(item, problem)

    def _retry(self, item: Closing, problem: Exception | None) -> None:
        item.was_lost = item.was_lost or (problem is not None and is_lost(problem))
        if problem is not None and is_refused(problem) and not self._made_simpler(item, problem):
            item.note(False)
            return
        task = asyncio.create_task(self._put_again(item))
        self._again.add(task)
        task.add_done_callback(self._again.discard)

    def _made_simpler(self, item: Closing, problem: Exception) -> bool:
        """Not a matter of time: the row does not fit. First its texts go, then its figures; the
        sums matter more than the rest."""
        item.refusals += 1
        log.error("settle_refused", generation=item.row["id"], problem=type(problem).__name__)
        if item.refusals == 1:
            item.row = bare(item.row)
        else:
            item.row = at_hold(item.row)
        return item.refusals <= 2

    async def _put_again(self, item: Closing) -> None:
        await asyncio.sleep(item.pause)
        item.pause = min(item.pause * 2, LONGEST_PAUSE)
        self._batcher.put(item)
