"""A scripted provider on loopback: a real HTTP server in a thread of its own that answers as told,
also with broken HTTP, and remembers each request and what it would bill for it. What an answer
looks like stands in behaviours.py, what a provider makes of steering fields in flavours.py."""

import asyncio
import contextlib
import itertools
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.gateway.flavours import Flavour, Reading, openai

MODEL = "scripted-1"
PRICES = {"prompt": Decimal("1.5"), "completion": Decimal("6")}  # USD per million
ANOTHER_MODEL_COSTS = 100  # times as much: steering to it shows in the bill
MILLION = Decimal(1_000_000)
POLL_SECONDS = 0.005


@dataclass
class Served:
    """One request as it arrived, and what came of it. `id` is the answer's own id, which the house
    keeps on the receipt; `mark` is the request's own `call_mark`, a field nobody knows."""

    id: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    reading: Reading
    prices: Mapping[str, Decimal]
    prompt_tokens: int = 0
    completion_tokens: int = 0
    is_whole: bool = False  # the answer was handed over to its last byte
    closed_at: float | None = None  # when the house hung up before the end

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def mark(self) -> str:
        return str(self.json.get("call_mark", ""))

    @property
    def wants_stream(self) -> bool:
        return self.reading.is_streamed

    @property
    def cost(self) -> Decimal:
        """What this provider bills."""
        tokens = (
            self.prompt_tokens * self.prices["prompt"]
            + self.completion_tokens * self.prices["completion"]
        )
        times = 1 if self.reading.model == MODEL else ANOTHER_MODEL_COSTS
        return tokens / MILLION * times + self.reading.extra_cost


class Behaviour(Protocol):
    async def __call__(self, exchange: "Exchange") -> None: ...


class Hangup(Exception):
    """The behaviour wants the connection closed."""


class Exchange:
    """One request and the connection it came on, as a behaviour sees them."""

    def __init__(
        self, served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.served = served
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Raises Hangup once the house has hung up."""
        if self.is_left:
            self._note_left()
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError:
            self._note_left()

    async def wait(self, seconds: float) -> None:
        """Like a sleep that ends, with Hangup, when the house hangs up."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            await asyncio.sleep(min(left, POLL_SECONDS))
            if self.is_left:
                self._note_left()

    @property
    def is_left(self) -> bool:
        gone = self._reader.at_eof() or self._reader.exception() is not None
        return gone or self._writer.transport.is_closing()

    def reset(self) -> None:
        """Ends the connection with a reset instead of a proper end."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Hangup

    def _note_left(self) -> None:
        self.served.closed_at = self.served.closed_at or time.monotonic()
        raise Hangup


class Upstream:
    """`behaviour` answers every request, after those of `next_ones` have answered one each.
    `by_mark` answers requests that carry that `call_mark`."""

    def __init__(self, behaviour: Behaviour, flavour: Flavour = openai) -> None:
        self.behaviour = behaviour
        self.flavour = flavour
        self.next_ones: deque[Behaviour] = deque()
        self.by_mark: dict[str, Behaviour] = {}
        self.models = [MODEL]
        self.prices: Mapping[str, Decimal] = PRICES
        self.served: list[Served] = []
        self.connections = 0
        self.port = 0
        self._numbers = itertools.count(1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def last(self) -> Served:
        return self.served[-1]

    def of(self, mark: str) -> list[Served]:
        return [one for one in list(self.served) if one.mark == mark]

    def forget(self) -> None:
        """A clean sheet for the next test."""
        self.served.clear()
        self.next_ones.clear()
        self.by_mark.clear()

    def then(self, *behaviours: Behaviour) -> None:
        self.next_ones.extend(behaviours)

    def chosen(self, mark: str) -> Behaviour:
        if mark in self.by_mark:
            return self.by_mark[mark]
        with contextlib.suppress(IndexError):
            return self.next_ones.popleft()
        return self.behaviour

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept alive for as long as requests come on it."""
        self.connections += 1
        try:
            while (request := await _request(reader)) is not None:
                await self._answer(request, reader, writer)
        except (Hangup, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, request: "_Request", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if request.path.endswith("/models"):
            await _send_models(self.models, writer)
            return
        served = Served(
            id=f"chatcmpl-{next(self._numbers)}",
            method=request.method,
            path=request.path,
            headers=request.headers,
            body=request.body,
            reading=self.flavour(request.body),
            prices=self.prices,
        )
        self.served.append(served)
        await self.chosen(served.mark)(Exchange(served, reader, writer))


@contextlib.contextmanager
def scripted_upstream(behaviour: Behaviour, flavour: Flavour = openai) -> Iterator[Upstream]:
    """Listens on a free port of 127.0.0.1 until the block ends."""
    upstream, started = Upstream(behaviour, flavour), threading.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(
            upstream.accept, "127.0.0.1", 0, limit=64 * 1024 * 1024, backlog=512
        )

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(listen())
        upstream.port = server.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        server.close()
        _end_all(loop)

    thread = threading.Thread(target=run, name="upstream", daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield upstream
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def _request(reader: asyncio.StreamReader) -> _Request | None:
    """None when the house closes a connection between two requests."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, OSError):
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return _Request(method, path, headers, body)


async def _send_models(models: list[str], writer: asyncio.StreamWriter) -> None:
    data = [{"id": name, "object": "model"} for name in models]
    body = json.dumps({"object": "list", "data": data}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    await writer.drain()
