"""A line to PostgreSQL that a test can cut, or silence, at the worst moment: a small proxy on a
Unix socket of its own. Lives in the test's own event loop."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo


@dataclass
class Line:
    """`loses_replies`: what the server answers is dropped and the line cut, once it has answered.
    `cuts_requests`: the next statement reaches the server and the line is cut at once.
    `is_mute`: nothing comes back, and nothing is cut. `is_down`: nobody answers at all."""

    conninfo: str
    loses_replies: bool = False
    cuts_requests: bool = False
    is_mute: bool = False
    is_down: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    def take_down(self) -> None:
        self.is_down = True
        self.cut()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        upstream = await self._dial()
        self._open |= {writer, upstream[1]}
        try:
            await asyncio.gather(
                self._requests(reader, upstream[1]), self._replies(upstream[0], writer)
            )
        except (OSError, ConnectionResetError):
            pass
        finally:
            self._open -= {writer, upstream[1]}
            writer.transport.abort()
            upstream[1].transport.abort()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = conninfo_to_dict(self.conninfo)
        host, port = str(place["host"]), str(place["port"])
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _requests(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            upstream.write(data)
            await upstream.drain()
            if self.cuts_requests:
                raise ConnectionResetError
        raise ConnectionResetError

    async def _replies(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await upstream.read(65536):
            if self.loses_replies:
                raise ConnectionResetError
            if not self.is_mute:
                writer.write(data)
                await writer.drain()
        raise ConnectionResetError


@contextlib.asynccontextmanager
async def a_line(conninfo: str) -> AsyncIterator[tuple[Line, str]]:
    """The line, and the connection string that leads over it."""
    line = Line(conninfo)
    with tempfile.TemporaryDirectory(prefix="line-") as folder:
        path = Path(folder) / ".s.PGSQL.5432"
        server = await asyncio.start_unix_server(line.carry, path)
        try:
            yield line, make_conninfo(conninfo, host=folder, port=5432)
        finally:
            server.close()
            line.take_down()
            await asyncio.sleep(0)
