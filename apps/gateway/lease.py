"""This process's lease: while it is renewed its open calls are its own; once it runs out, the sweep
closes them."""

import asyncio
import os
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

if TYPE_CHECKING:
    from apps.gateway.money import Money

log = structlog.get_logger(__name__)

RENEW = """
    INSERT INTO gateway_processlease (process_id, started_at, expires_at)
    VALUES (%s, now(), now() + %s * interval '1 second')
    ON CONFLICT (process_id) DO UPDATE SET expires_at = excluded.expires_at
"""
END = "DELETE FROM gateway_processlease WHERE process_id = %s"


class Lease:
    """`process_id` is new for every start, so that a restarted process never inherits calls."""

    def __init__(self, pool: AsyncConnectionPool, *, seconds: int, renew_every: int) -> None:
        self.process_id = f"{os.getpid()}-{os.urandom(6).hex()}"
        self._pool = pool
        self._seconds = seconds
        self._renew_every = renew_every

    async def renew(self) -> None:
        await self._run(RENEW, self.process_id, self._seconds)

    async def end(self) -> None:
        """Called when every call of this process is settled."""
        try:
            await self._run(END, self.process_id)
        except psycopg.Error as problem:  # it runs out by itself
            log.warning("lease_not_ended", problem=type(problem).__name__)

    async def keep(self, money: "Money") -> None:
        """Renews for ever, and sweeps along the way: what dead processes left must not wait for
        the worker."""
        while True:
            try:
                await self.renew()
                swept = await money.sweep()
                if swept:
                    log.warning("swept", calls=swept)
            except psycopg.Error as problem:
                log.warning("lease_not_renewed", problem=type(problem).__name__)
            await asyncio.sleep(self._renew_every)

    async def _run(self, sql: str, *values: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(sql, values)
