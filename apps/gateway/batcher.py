"""Natural micro-batching: one batch in flight, and whoever arrives meanwhile forms the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGEST = 256


class Batcher(Generic[Item, Result]):
    """`run` gets up to 256 items and answers one result, or exception, for each, in order.
    `orphaned` gets the results that nobody waits for any more."""

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[list[Result | Exception]]],
        *,
        orphaned: Callable[[Item, Result], None] | None = None,
        most: int = LARGEST,
    ) -> None:
        self._run = run
        self._orphaned = orphaned
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    def put(self, item: Item) -> "asyncio.Future[Result]":
        """The future of the item's result. Cancelling it does not take the item back."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return future

    async def drained(self) -> None:
        """Returns when nothing waits and nothing runs."""
        while self._worker is not None:
            await asyncio.wait({self._worker})

    async def _work(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), self._most)
                batch = [self._waiting.popleft() for _ in range(count)]
                await self._run_one(batch)
        finally:
            self._worker = None

    async def _run_one(self, batch: "list[tuple[Item, asyncio.Future[Result]]]") -> None:
        try:
            results = await self._run([item for item, _ in batch])
            if len(results) != len(batch):
                raise ValueError(f"{len(results)} results for {len(batch)} items")
        except Exception as problem:
            results = [problem] * len(batch)
        for (item, future), result in zip(batch, results, strict=False):
            if future.done():
                if self._orphaned is not None and not isinstance(result, Exception):
                    self._orphaned(item, result)
            elif isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
