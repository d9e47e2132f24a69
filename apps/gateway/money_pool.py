"""The database connections of the money path, and what their failures mean. Kept apart from
Django's own, so that no page can take the last connection a call needs."""

import asyncio
import contextlib
import os
import socket
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

CONNECTIONS = 4  # with the listener and Django's own four: nine for a process
# Every money statement finds its few rows by key. A plan made while the tables were small would
# read them whole for as long as the connection lives.
LIMITS = (
    "-c lock_timeout=250 -c statement_timeout=2000 -c jit=off"
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)
# The server ends a statement after 2 s; one that says nothing for longer is not heard any more.
SECONDS_TO_ANSWER = 2.5
SECONDS_TO_CONNECT = 1.0
# A pool that keeps trying waits twice as long each time; one that gives up after a second tries
# anew whenever somebody asks.
RECONNECT_SECONDS = 1.0


def money_pool(conninfo: str) -> AsyncConnectionPool:
    """Not open yet. Every statement is its own transaction."""
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=CONNECTIONS,
        timeout=SECONDS_TO_CONNECT,
        reconnect_timeout=RECONNECT_SECONDS,
        kwargs={"autocommit": True, "options": LIMITS},
        open=False,
        name="money",
    )


async def fetch(
    pool: AsyncConnectionPool, sql: str, *values: Any, seconds: float = SECONDS_TO_ANSWER
) -> list[tuple[Any, ...]]:
    """One statement on a connection of its own; as `Line.fetch`."""
    line = Line(pool)
    try:
        return await line.fetch(sql, *values, seconds=seconds)
    finally:
        await line.rest()


class Line:
    """One connection of the pool, kept from one statement to the next: asking the pool each time
    costs more than the statement. For one user at a time; after any trouble the pool decides what
    becomes of the connection, and the next statement asks it for one."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._kept: psycopg.AsyncConnection[Any] | None = None

    async def fetch(
        self, sql: str, *values: Any, seconds: float = SECONDS_TO_ANSWER
    ) -> list[tuple[Any, ...]]:
        """One statement, prepared. Raises psycopg.Error, also for a server that is silent for so
        many seconds. Not to be cancelled for taking too long: the driver would then wait for the
        server."""
        connection, self._kept = self._kept, None
        if connection is None or connection.closed:
            await self._give_back(connection)
            connection = await self._pool.getconn(min(seconds, SECONDS_TO_CONNECT))
        limit = asyncio.get_running_loop().call_later(seconds, _hang_up, connection)
        try:
            cursor = await connection.execute(sql, values, prepare=True)
            found = await cursor.fetchall()
        except BaseException:
            await self._give_back(connection)
            raise
        finally:
            limit.cancel()
        self._kept = connection
        return found

    async def rest(self) -> None:
        """Gives the connection back until the next statement."""
        connection, self._kept = self._kept, None
        await self._give_back(connection)

    async def _give_back(self, connection: "psycopg.AsyncConnection[Any] | None") -> None:
        if connection is not None:
            await self._pool.putconn(connection)


def _hang_up(connection: "psycopg.AsyncConnection[Any]") -> None:
    """Ends the conversation below the driver, which then sees a lost connection. Asking the driver
    to cancel would wait for the silent server once more."""
    with (
        contextlib.suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)


def is_lost(problem: Exception) -> bool:
    """No answer came: the connection broke, or none could be had."""
    if isinstance(problem, PoolTimeout | psycopg.InterfaceError | TimeoutError):
        return True
    return isinstance(problem, psycopg.OperationalError) and (
        problem.sqlstate is None or problem.sqlstate.startswith(("57P", "08"))
    )


def may_have_worked(problem: Exception) -> bool:
    """Lost behind the request: only the table can tell what came of it."""
    return is_lost(problem) and not isinstance(problem, PoolTimeout)


def is_refused(problem: Exception) -> bool:
    """The row itself cannot be written, now or later: it does not fit a column, breaks a rule of
    the table, or is no JSON. Everything else (locks, a full disk, a restart) passes."""
    if isinstance(problem, psycopg.Error):
        return isinstance(problem, psycopg.DataError | psycopg.IntegrityError)
    return not is_lost(problem)
