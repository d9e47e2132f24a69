"""Holding money for calls, many in one statement. A batch that fails is decided call by call, so
that none suffers for its neighbour; what stays undecided is refused and leaves nothing held."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from apps.gateway.batcher import Batcher
from apps.gateway.money_pool import Line, fetch, is_lost, may_have_worked
from apps.gateway.money_rows import Busy, Counts, Row, Verdict, packed

log = structlog.get_logger(__name__)

RESERVE = "SELECT * FROM gateway_reserve(%s::jsonb)"
EXISTING = "SELECT id FROM usage_generation WHERE id = ANY(%s)"
SECONDS_TO_DECIDE = 2.0
# A statement whose connection broke may run on for as long as the server's own limit.
SECONDS_UNTIL_SURE = 4.0


class Reserving:
    """One statement in flight. `release` gives a hold back without anybody waiting for it."""

    def __init__(
        self,
        pool: AsyncConnectionPool,
        counts: Counts,
        release: Callable[[Row], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._line = Line(pool)
        self._counts = counts
        self._release = release
        self._clock = clock
        self._batcher: Batcher[Row, Verdict] = Batcher(self._batch, orphaned=self._give_back)

    async def reserve(self, row: Row) -> Verdict:
        """Raises Busy after 2 s. What is decided for a caller who is gone by then is released."""
        decided = self._batcher.put(row)
        loop = asyncio.get_running_loop()
        limit = loop.call_later(SECONDS_TO_DECIDE, self._too_late, decided)
        try:
            return await decided
        except asyncio.CancelledError:
            with suppress(asyncio.CancelledError, Busy, asyncio.InvalidStateError):
                self._give_back(row, decided.result())  # it came in the same moment
            raise
        finally:
            limit.cancel()

    async def drained(self) -> None:
        await self._batcher.drained()
        await self._line.rest()

    def _too_late(self, decided: "asyncio.Future[Verdict]") -> None:
        if not decided.done():
            self._counts.undecided += 1
            decided.set_exception(Busy("timeout"))

    def _give_back(self, row: Row, verdict: Verdict) -> None:
        if verdict.word == "admitted":
            self._release(row)

    async def _batch(self, rows: list[Row]) -> list[Verdict | Exception]:
        self._counts.reserve_batches += 1
        self._counts.reserve_calls += len(rows)
        deadline = self._clock() + SECONDS_TO_DECIDE
        try:
            return list(await self._decide(rows))
        except Exception as problem:
            if len(rows) == 1 and not is_lost(problem):
                return [self._undecided(rows[0], problem)]
            return await self._each_alone(rows, problem, deadline)

    async def _decide(self, rows: list[Row]) -> list[Verdict]:
        found = {
            call_id: Verdict(*verdict)
            for call_id, *verdict in await self._line.fetch(RESERVE, packed(rows))
        }
        return [found[row["id"]] for row in rows]

    async def _each_alone(
        self, rows: list[Row], problem: Exception, deadline: float
    ) -> list[Verdict | Exception]:
        """Each call once by itself, so that one that is poisoned, or waits for a window somebody
        else holds, stops no other. What stands in the table already was admitted."""
        unsure = may_have_worked(problem)
        try:
            known = await self._existing(rows, deadline) if is_lost(problem) else set()
        except psycopg.Error as away:
            return [self._undecided(row, away, unsure=unsure) for row in rows]
        results: list[Verdict | Exception] = []
        locked: set[int] = set()
        for row in rows:
            if row["id"] in known:
                results.append(Verdict("admitted"))
            elif locked.intersection(row["windows"]) or self._clock() > deadline:
                results.append(self._undecided(row, problem, unsure=unsure))
            else:
                results.append(await self._one(row, locked, deadline, unsure=unsure))
        return results

    async def _one(
        self, row: Row, locked: set[int], deadline: float, *, unsure: bool
    ) -> Verdict | Exception:
        try:
            return (await self._decide([row]))[0]
        except psycopg.errors.UniqueViolation as problem:
            if unsure:  # the lost statement was committed after we looked
                return Verdict("admitted")
            return self._undecided(row, problem)
        except Exception as problem:
            if may_have_worked(problem) and self._clock() < deadline:
                await asyncio.sleep(0.02)  # one dead connection seldom comes alone
                return await self._one(row, locked, deadline, unsure=True)
            if isinstance(problem, psycopg.errors.LockNotAvailable):
                locked.update(row["windows"])
            return self._undecided(row, problem, unsure=unsure)

    async def _existing(self, rows: list[Row], deadline: float) -> set[str]:
        """Raises psycopg.Error when the database stays away until the deadline."""
        ids = [row["id"] for row in rows]
        while True:
            left = max(deadline - self._clock(), 0.1)
            try:
                return {found for (found,) in await fetch(self._pool, EXISTING, ids, seconds=left)}
            except psycopg.Error:
                if self._clock() + 0.1 > deadline:
                    raise
                await asyncio.sleep(0.1)

    def _undecided(self, row: Row, problem: Exception, *, unsure: bool = False) -> Busy:
        """The row may exist after all, or come to: releasing it settles the question, once now and
        once when the server has surely ended whatever it was doing."""
        self._counts.undecided += 1
        log.warning("reserve_undecided", generation=row["id"], problem=type(problem).__name__)
        if unsure or may_have_worked(problem):
            self._release(row)
            asyncio.get_running_loop().call_later(SECONDS_UNTIL_SURE, self._release, row)
        return Busy(type(problem).__name__)
