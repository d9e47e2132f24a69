"""This process's lease: while it is renewed its open calls are its own; once it runs out, the sweep
closes them."""

import asyncio
import os
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from apps.gateway.money_pool import fetch

if TYPE_CHECKING:
    from apps.gateway.money import Money

log = structlog.get_logger(__name__)

# A lease that had run out begins anew: `started_at` says since when it was never broken.
RENEW = """
    INSERT INTO gateway_processlease AS l (process_id, started_at, expires_at)
    VALUES (%s, now(), now() + %s * interval '1 second')
    ON CONFLICT (process_id) DO UPDATE
       SET expires_at = excluded.expires_at,
           started_at = CASE WHEN l.expires_at < now() THEN now() ELSE l.started_at END
    RETURNING 1
"""
END = "DELETE FROM gateway_processlease WHERE process_id = %s RETURNING 1"
RETRY_SECONDS = 0.5


class Lease:
    """`process_id` is new for every start, so that a restarted process never inherits calls."""

    def __init__(self, pool: AsyncConnectionPool, *, seconds: int, renew_every: int) -> None:
        self.process_id = f"{os.getpid()}-{os.urandom(6).hex()}"
        self._pool = pool
        self._seconds = seconds
        self._renew_every = renew_every

    async def renew(self) -> None:
        """Raises psycopg.Error."""
        await self._run(RENEW, self.process_id, self._seconds)

    async def end(self) -> None:
        """Called when every call of this process is settled."""
        try:
            await self._run(END, self.process_id)
        except psycopg.Error as problem:  # it runs out by itself
            log.warning("lease_not_ended", problem=type(problem).__name__)

    async def keep(self, money: "Money") -> None:
        """Renews for ever, and sweeps along the way: what dead processes left must not wait for
        the worker. The sweep may take its time, so it holds up no renewal."""
        await asyncio.gather(self._keep_renewed(), self._keep_swept(money))

    async def _keep_renewed(self) -> None:
        while True:
            await asyncio.sleep(self._renew_every if await self._is_renewed() else RETRY_SECONDS)

    async def _is_renewed(self) -> bool:
        try:
            await self.renew()
        except Exception as problem:  # whatever it is: to stop trying would lose every call
            log.warning("lease_not_renewed", problem=type(problem).__name__)
            return False
        return True

    async def _keep_swept(self, money: "Money") -> None:
        while True:
            await asyncio.sleep(self._renew_every)
            try:
                swept = await money.sweep()
            except Exception as problem:
                log.warning("sweep_failed", problem=type(problem).__name__)
                continue
            if swept:
                log.warning("swept", calls=swept)

    async def _run(self, sql: str, *values: object) -> None:
        await fetch(self._pool, sql, *values)
