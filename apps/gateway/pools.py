"""The open connections of this process to providers: a pool for each of the house's connections,
so that none is ever used for another place or another account, and one for the demo model."""

import asyncio
from collections.abc import Callable

from apps.core.outbound import Connector, Target, own_ports
from apps.gateway.candidates import DEMO_URL
from apps.routing.http1 import Connection
from apps.routing.pool import Connect, Pool
from apps.routing.types import Candidate


class Pools:
    def __init__(self, demo_socket: str) -> None:
        self._demo_socket = demo_socket
        self._open: dict[int, tuple[tuple[str, bool], Pool]] = {}

    def of(self, candidate: Candidate) -> Pool:
        """A connection whose address was changed gets a new pool: the old one's are ended."""
        place = (candidate.base_url, candidate.is_at_home)
        found = self._open.get(candidate.connection_id)
        if found is not None:
            if found[0] == place:
                return found[1]
            found[1].close()
        pool = Pool(self._connect(*place))
        self._open[candidate.connection_id] = place, pool
        return pool

    def close(self) -> None:
        for _, pool in self._open.values():
            pool.close()
        self._open.clear()

    def _connect(self, base_url: str, is_at_home: bool) -> Connect:
        if base_url == DEMO_URL:
            return self._connect_to_demo
        return Connector(Target.from_url(base_url), own_ports=own_ports(), at_home=is_at_home)

    async def _connect_to_demo(self, made: Callable[[], Connection]) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_unix_connection(made, self._demo_socket)
        return connection
