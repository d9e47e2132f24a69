"""The outbound sessions of this process: one shared by all public providers, one for each
connection that runs at home, one for the demo model's Unix socket. routing/relay.py sends on
them and follows no redirect."""

import asyncio
from collections.abc import Callable

import aiohttp

from apps.connections.models import Connection
from apps.core.outbound import Target, own_ports, session
from apps.gateway.candidates import DEMO_URL
from apps.routing.types import Candidate


class Sessions:
    """`connections` gives the present row of a connection id."""

    def __init__(self, connections: Callable[[int], Connection], demo_socket: str) -> None:
        self._connections = connections
        self._demo_socket = demo_socket
        self._open: dict[object, aiohttp.ClientSession] = {}

    def of(self, candidate: Candidate) -> aiohttp.ClientSession:
        connection = self._connections(candidate.connection_id)
        if connection.base_url == DEMO_URL:
            key: object = DEMO_URL
        elif candidate.is_at_home:
            key = (connection.id, connection.base_url)
        else:
            key = "public"
        found = self._open.get(key)
        if found is None:
            found = self._open[key] = self._made(key, connection)
        return found

    def _made(self, key: object, connection: Connection) -> aiohttp.ClientSession:
        if key == DEMO_URL:
            return aiohttp.ClientSession(connector=aiohttp.UnixConnector(self._demo_socket))
        if key == "public":
            return session(own_ports=own_ports(), refuses_redirects=False)
        return session(
            own_ports=own_ports(),
            at_home=Target.from_url(connection.base_url),
            refuses_redirects=False,
        )

    async def close(self) -> None:
        await asyncio.gather(*(one.close() for one in self._open.values()))
        self._open.clear()
