"""The guarded connections of the hot path. Every address is tested and then connected to as that
address; no redirect is known here, no proxy, and nothing is read from the environment."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import aiohappyeyeballs

from apps.core.outbound.addresses import Address
from apps.core.outbound.guard import Guard, Lookup, system_lookup
from apps.core.outbound.target import Target
from apps.core.outbound.tls import trust

CONNECT_SECONDS = 5.0
NEXT_ADDRESS_SECONDS = 0.25

# Resolving has threads of its own: a dead name server must not hold up other work.
_RESOLVING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")

Made = TypeVar("Made", bound=asyncio.Protocol)


class Connector:
    """Opens connections to one place; `at_home` says that the owner named it as one at home."""

    def __init__(
        self,
        target: Target,
        *,
        own_ports: frozenset[int],
        at_home: bool = False,
        resolver: Lookup = system_lookup,
    ) -> None:
        self._target = target
        self._guard = Guard(
            own_ports=own_ports, at_home=target if at_home else None, lookup=resolver
        )

    async def __call__(self, made: Callable[[], Made]) -> Made:
        """The protocol, connected within 5 s (look-up, TCP, TLS). Raises OutboundRefused, and
        OSError: TimeoutError, socket.gaierror, ssl.SSLError, or nothing accepts there."""
        async with asyncio.timeout(CONNECT_SECONDS):
            return await self._open(made)

    async def _open(self, made: Callable[[], Made]) -> Made:
        loop = asyncio.get_running_loop()
        target = self._target
        found = await loop.run_in_executor(
            _RESOLVING, self._guard.addresses, target.host, target.port
        )
        reached = await aiohappyeyeballs.start_connection(
            [_place(address, target.port) for address in found],
            happy_eyeballs_delay=NEXT_ADDRESS_SECONDS,
            interleave=1,
            loop=loop,
        )
        is_tls = target.scheme == "https"
        _, protocol = await loop.create_connection(
            made,
            sock=reached,
            ssl=trust() if is_tls else None,
            server_hostname=target.host if is_tls else None,
        )
        return protocol


def _place(address: Address, port: int) -> aiohappyeyeballs.AddrInfoType:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    place = (str(address), port, 0, 0) if address.version == 6 else (str(address), port)
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place
