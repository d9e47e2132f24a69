"""Clients that keep calling a house, with streams and JSON by turns, while it is being killed; and
what each of them heard. They give up on nothing and expect nothing."""

import asyncio
import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import aiohttp

TROUBLE = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


@dataclass
class Heard:
    """What one client heard of one call. Only of a whole answer it knows what it cost."""

    mark: str
    status: int = 0
    generation: str = ""
    is_whole: bool = False
    cost: Decimal = Decimal(0)
    problem: str = ""
    ended_at: float = 0.0


class Load:
    """`heard` grows while it runs."""

    def __init__(self, url: str, key: str, model: str, clients: int) -> None:
        self.heard: list[Heard] = []
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._model = model
        self._clients = clients
        self._numbers = itertools.count(1)
        self._is_over = threading.Event()

    def one_call(self, mark: str, *, stream: bool) -> Heard:
        """A single call from here."""
        self._is_over.set()
        return asyncio.run(self._alone(mark, stream))

    @contextlib.contextmanager
    def running(self) -> Iterator["Load"]:
        """Clients that call one after the other; at the end each finishes the call it is in."""
        with self._in_a_thread(self._keep_calling()):
            yield self
            self._is_over.set()

    @contextlib.contextmanager
    def streams(self, marks: list[str]) -> Iterator["Load"]:
        """One stream for each mark, all at once, until each has ended somehow."""
        with self._in_a_thread(self._together(marks)):
            yield self

    @contextlib.contextmanager
    def _in_a_thread(self, story: Any) -> Iterator[None]:
        thread = threading.Thread(target=asyncio.run, args=(story,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join(60)
            assert not thread.is_alive(), "a client never heard the end of its call"

    async def _keep_calling(self) -> None:
        async with self._session() as session:
            await asyncio.gather(
                *[self._one_after_the_other(session) for _ in range(self._clients)]
            )

    async def _one_after_the_other(self, session: aiohttp.ClientSession) -> None:
        while not self._is_over.is_set():
            number = next(self._numbers)
            heard = await self._call(session, f"m{number}", number % 2 == 0)
            await asyncio.sleep(0.02 if heard.is_whole else 0.2)

    async def _together(self, marks: list[str]) -> None:
        async with self._session() as session:
            await asyncio.gather(*[self._until_admitted(session, mark) for mark in marks])

    async def _until_admitted(self, session: aiohttp.ClientSession, mark: str) -> None:
        """As clients do: a 503 says that nothing was sent and asks for another try."""
        while (await self._call(session, mark, True)).status == 503 and not self._is_over.is_set():
            await asyncio.sleep(0.2)

    async def _alone(self, mark: str, stream: bool) -> Heard:
        async with self._session() as session:
            return await self._call(session, mark, stream)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=40),
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
        )

    async def _call(self, session: aiohttp.ClientSession, mark: str, stream: bool) -> Heard:
        heard = Heard(mark)
        self.heard.append(heard)
        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": f"Say something about {mark}."}],
            "stream": stream,
            "call_mark": mark,
        }
        try:
            async with session.post(self._url, json=body) as response:
                heard.status = response.status
                heard.generation = response.headers.get("X-Generation-Id", "")
                raw = await response.read()
                if response.status == 200:
                    (_read_stream if stream else _read_whole)(heard, raw)
        except TROUBLE as problem:
            heard.problem = type(problem).__name__
        heard.ended_at = time.monotonic()
        return heard


def _read_whole(heard: Heard, raw: bytes) -> None:
    heard.cost = _cost(json.loads(raw, parse_float=Decimal))
    heard.is_whole = True


def _read_stream(heard: Heard, raw: bytes) -> None:
    """Whole where the usage and [DONE] came and no error did."""
    events = [line[6:] for line in raw.split(b"\n") if line.startswith(b"data: ")]
    values = [json.loads(event, parse_float=Decimal) for event in events if event != b"[DONE]"]
    if events[-1:] == [b"[DONE]"] and not any("error" in value for value in values):
        heard.cost = _cost(next(value for value in values if value.get("usage")))
        heard.is_whole = True


def _cost(value: dict[str, Any]) -> Decimal:
    return Decimal(value["usage"]["cost"])
