"""The guarded aiohttp session of the hot path. It tests each address at the moment of connecting,
follows no redirect, uses no proxy, reads nothing from the environment and keeps no cookies."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from apps.core.outbound.errors import OutboundRefused
from apps.core.outbound.guard import Guard, Lookup, system_lookup
from apps.core.outbound.target import Target
from apps.core.outbound.tls import trust

CONNECT_SECONDS = 5
KEEP_ALIVE_SECONDS = 60
NAMES_KEPT_SECONDS = 5
READ_BUFFER = 64 * 1024

# A provider's answer is forwarded as text, so it is asked for plain. One that compresses all the
# same is unpacked by aiohttp piece by piece; whoever reads it still counts the unpacked bytes.
HEADERS = {"User-Agent": "Gatehouse", "Accept-Encoding": "identity"}

# Resolving has threads of its own: a dead name server must not hold up other work.
_RESOLVING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")


def session(
    *,
    own_ports: frozenset[int],
    at_home: Target | None = None,
    resolver: Lookup | None = None,
    refuses_redirects: bool = True,
) -> aiohttp.ClientSession:
    """One session for all public providers, and one for each connection that runs at home: they
    share no sockets. To be made inside a running loop, closed by the caller, who also sets the
    time a call may take; only connecting (look-up, TCP, TLS) is limited here. A caller that sends
    every request with `allow_redirects=False` may switch the session's own refusal off: it costs
    the hot path a wrapper around each request."""
    guard = Guard(own_ports=own_ports, at_home=at_home, lookup=resolver or system_lookup)
    return aiohttp.ClientSession(
        connector=_Connector(guard),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
        middlewares=(_refuse_redirect,) if refuses_redirects else (),
        read_bufsize=READ_BUFFER,
        timeout=aiohttp.ClientTimeout(
            total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
        ),
        trust_env=False,
    )


def aio_url(target: Target, suffix: str = "") -> URL:
    """The target as aiohttp's own URL object; worth keeping per endpoint."""
    return URL(target.url(suffix) if target.path + suffix else f"{target}/", encoded=True)


class _Connector(aiohttp.TCPConnector):
    def __init__(self, guard: Guard) -> None:
        super().__init__(
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            limit=0,
            resolver=_Resolver(guard),
            socket_factory=self._tested_socket,
            ssl=trust(),
            ttl_dns_cache=NAMES_KEPT_SECONDS,
        )
        self._guard = guard

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,
    ) -> aiohttp.connector.Connection:
        self._guard.check_place(req.url.raw_host or "", req.url.port or 0)
        if req.proxy is not None:
            raise OutboundRefused("The house uses no proxy.")
        try:
            return await super().connect(req, traces, timeout)
        except aiohttp.ClientConnectorError as problem:
            if isinstance(problem.os_error, _RefusedSocket):
                raise OutboundRefused(problem.os_error.reason) from None
            raise

    def _tested_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Every connect passes here, also one to a bare address (for which aiohttp asks no
        resolver) and one to an address remembered from an earlier look-up."""
        family, kind, protocol, _, place = info
        try:
            self._guard.test(ip_address(place[0]), int(place[1]))
        except OutboundRefused as refused:
            raise _RefusedSocket(refused.reason) from None
        return socket.socket(family, kind, protocol)


class _RefusedSocket(OSError):
    """A refusal dressed as the only kind of error that passes through aiohttp's connecting."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Resolver(AbstractResolver):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_RESOLVING, self._guard.addresses, host, port)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET6 if address.version == 6 else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


async def _refuse_redirect(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    answer = await send(request)
    if answer.status in (301, 302, 303, 307, 308):
        answer.close()
        raise OutboundRefused(
            "The provider sent the request on to another address, which the house never follows.",
            code="redirect",
        )
    return answer
