"""The guarded httpx client for everything that is not the hot path: tests of connections, refresh,
webhooks. Same rules as the session; an answer is read up to a size and for a time, not further."""

import time
import zlib
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from apps.core.outbound.guard import Guard, Lookup, system_lookup
from apps.core.outbound.target import Target
from apps.core.outbound.tls import trust

CONNECT_SECONDS = 5
READ_SECONDS = 20
LARGEST_ANSWER = 8 * 1024 * 1024
HEADERS = {"User-Agent": "Gatehouse", "Accept-Encoding": "identity"}


class AnswerTooLarge(Exception):
    """The other side sent more, or took longer, than the house reads."""


def client(
    *,
    own_ports: frozenset[int],
    at_home: Target | None = None,
    resolver: Lookup | None = None,
) -> httpx.Client:
    """Closed by the caller. Raises OutboundRefused from any request that must not go out."""
    guard = Guard(own_ports=own_ports, at_home=at_home, lookup=resolver or system_lookup)
    return httpx.Client(
        follow_redirects=False,
        headers=HEADERS,
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        transport=_Transport(guard),
        trust_env=False,
    )


def read(
    answer: httpx.Response, *, limit: int = LARGEST_ANSWER, seconds: float = 2 * READ_SECONDS
) -> bytes:
    """The body of a streamed answer, unpacked; AnswerTooLarge as soon as it passes the limit."""
    deadline = time.monotonic() + seconds
    unpack = _unpacker(answer.headers.get("content-encoding", ""))
    parts: list[bytes] = []
    left = limit
    for piece in answer.iter_raw():
        part = unpack(piece, left + 1)
        left -= len(part)
        if left < 0 or time.monotonic() > deadline:
            raise AnswerTooLarge
        parts.append(part)
    return b"".join(parts)


def _unpacker(encoding: str) -> Any:
    """Plain text was asked for; gzip and deflate are understood, never beyond the limit at once."""
    if encoding.strip().lower() in {"gzip", "deflate"}:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress
    return lambda piece, _: piece


class _Transport(httpx.HTTPTransport):
    def __init__(self, guard: Guard) -> None:
        super().__init__(verify=trust(), trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust(), network_backend=_Backend(guard), http1=True, http2=False
        )


class _Backend(httpcore.SyncBackend):
    """Connects to the addresses that were tested, in their order; TLS still names the host."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._guard.addresses(host, port)
        except OSError as problem:
            raise httpcore.ConnectError(problem) from problem
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return super().connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                failure = problem
        raise failure

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no socket files")
