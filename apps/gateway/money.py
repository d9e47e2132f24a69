"""The two moments a call touches the database: reserve and settle, each micro-batched into one
round trip. Nothing here decides; the SQL functions of budgets, usage and gateway do."""

import time
from collections.abc import Callable
from decimal import Decimal

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from apps.gateway.money_pool import fetch, is_lost
from apps.gateway.money_rows import Busy, Counts, Row, Verdict
from apps.gateway.reserving import Reserving
from apps.gateway.settling import Settling

__all__ = ["Busy", "Counts", "Money", "Row", "Verdict"]
log = structlog.get_logger(__name__)

EXTEND = "SELECT gateway_extend(%s, %s)"
CHECKPOINT = "SELECT recorder_checkpoint(%s, %s::numeric[])"
SWEEP = "SELECT gateway_sweep(%s)"
LOST = "SELECT id FROM gateway_lost() ORDER BY random() LIMIT %s"
SWEEP_ONE = "SELECT gateway_sweep(1, %s)"
SWEEP_SECONDS = 2.0


class Money:
    """One per process. `pool` connections are autocommit with short lock and statement limits."""

    def __init__(
        self, pool: AsyncConnectionPool, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.counts = Counts()
        self._pool = pool
        self._clock = clock
        self._settling = Settling(pool, self.counts, clock=clock)
        self._reserving = Reserving(pool, self.counts, self._settling.release, clock=clock)

    async def reserve(self, row: Row) -> Verdict:
        """Raises Busy. A caller that is cancelled while waiting gets its hold released."""
        return await self._reserving.reserve(row)

    async def settle(self, row: Row) -> bool:
        """True once it is durable; False when that took over 2 s: it goes on by itself."""
        return await self._settling.settle(row)

    async def extend(self, generation: str, amount: Decimal) -> bool:
        """More money for a running call; False where a budget has no room, or is busy."""
        try:
            rows = await fetch(self._pool, EXTEND, generation, amount)
        except psycopg.Error:
            return False
        return bool(rows[0][0])

    async def checkpoint(self, amounts: dict[str, Decimal]) -> None:
        await fetch(self._pool, CHECKPOINT, list(amounts), list(amounts.values()))

    async def sweep(self, most: int = 500) -> int:
        """Closes calls of processes whose lease ran out, together or, where one of them cannot be
        closed now, each alone."""
        try:
            return int((await fetch(self._pool, SWEEP, most))[0][0])
        except psycopg.Error as problem:
            if is_lost(problem):
                raise
        deadline = self._clock() + SWEEP_SECONDS
        swept = 0
        for (generation,) in await fetch(self._pool, LOST, most):
            if self._clock() > deadline:
                break
            try:
                swept += (await fetch(self._pool, SWEEP_ONE, generation))[0][0]
            except psycopg.Error as problem:
                word = type(problem).__name__
                log.warning("not_swept", generation=generation, problem=word)
        return swept

    async def drained(self) -> None:
        await self._reserving.drained()
        await self._settling.drained()
