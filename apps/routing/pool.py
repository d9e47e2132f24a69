"""Connections to one place, kept open between requests: the one used last is used next, and those
that nobody needed for a while are closed."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable

from apps.routing.http1 import Connection, NotConnected, Response

IDLE_SECONDS = 60.0

# Opens a connection for the protocol that the factory makes. Raises OSError, or errors of its own.
Connect = Callable[[Callable[[], Connection]], Awaitable[Connection]]


class Pool:
    """To be used inside one running loop."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._loop = asyncio.get_running_loop()
        self._sweeping: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def post(self, head: bytes, body: bytes) -> Response:
        """`head` as request_head makes it. Raises NotConnected, ConnectionLost, or what `connect`
        raises of its own."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return await connection.ask(head, body)
        try:
            connection = await self._connect(self._made)
        except OSError as problem:
            raise NotConnected(_word(problem)) from problem
        return await connection.ask(head, body)

    def close(self) -> None:
        """Idle connections end now, those in use when their answer is over."""
        self._is_closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def _made(self) -> Connection:
        return Connection(self._rest)

    def _rest(self, connection: Connection) -> None:
        if self._is_closed:
            connection.close()
            return
        connection.idle_since = self._loop.time()
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(IDLE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        limit = self._loop.time() - IDLE_SECONDS / 2
        for connection in self._idle:
            if connection.idle_since <= limit:
                connection.close()
        self._idle = [connection for connection in self._idle if connection.is_open]
        self._sweeping = (
            self._loop.call_later(IDLE_SECONDS / 2, self._sweep) if self._idle else None
        )


def _word(problem: OSError) -> str:
    if isinstance(problem, TimeoutError):
        return "connect_timeout"
    if isinstance(problem, socket.gaierror):
        return "dns"
    return "tls" if isinstance(problem, ssl.SSLError) else "refused"
