"""What is left in windows, as far as this process has heard, and the line of those who wait until
others' calls give their holds back."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from psycopg_pool import AsyncConnectionPool

from apps.gateway.batcher import Batcher
from apps.gateway.money_pool import fetch
from apps.gateway.money_rows import Verdict

NOTHING = Decimal(0)
FRESH_SECONDS = 1.0
ASK_AGAIN_SECONDS = 0.05  # other processes settle too, and nobody tells
MOST_REMEMBERED = 5_000

READ = """
    SELECT id, limit_usd + extra_usd, spent_usd, held_usd FROM budgets_budgetwindow
     WHERE id = ANY(%s)
"""


class Figures(NamedTuple):
    """Of the window with the least left. `limit` is with its extra; None where only what is left
    is known."""

    window: int
    left: Decimal
    held: Decimal
    limit: Decimal | None = None
    spent: Decimal | None = None

    @property
    def is_whole(self) -> bool:
        return self.limit is not None


class Queue:
    """Those who wait for one window."""

    def __init__(self) -> None:
        self.length = 0
        self.first = asyncio.Lock()
        self.freed = asyncio.Event()


class Room:
    """One per process."""

    def __init__(
        self, pool: AsyncConnectionPool, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._reader: Batcher[tuple[int, ...], Figures] = Batcher(self._read_batch)
        self._clock = clock
        self._seen: dict[tuple[int, ...], tuple[float, Figures]] = {}
        self._queues: dict[int, Queue] = {}
        self.opening = asyncio.Lock()  # of windows: one asks, the others find them there

    def seen(self, windows: tuple[int, ...]) -> Figures | None:
        """What was heard within the last second."""
        at, figures = self._seen.get(windows, (0.0, None))
        return figures if figures and self._clock() - at <= FRESH_SECONDS else None

    def note(self, windows: tuple[int, ...], verdict: Verdict) -> Figures | None:
        if verdict.tightest is None or verdict.available is None:
            return None
        figures = Figures(verdict.tightest, verdict.available, verdict.held or NOTHING)
        self._keep(windows, figures)
        return figures

    async def read(self, windows: tuple[int, ...]) -> Figures:
        """Raises psycopg.Error. Who asks at the same moment shares one statement."""
        figures = await self._reader.put(windows)
        self._keep(windows, figures)
        return figures

    async def _read_batch(self, asked: list[tuple[int, ...]]) -> list[Figures | Exception]:
        ids = sorted({window for windows in asked for window in windows})
        found = {
            window: Figures(window, limit - spent - held, held, limit, spent)
            for window, limit, spent, held in await fetch(self._pool, READ, ids)
        }
        return [self._tightest(windows, found) for windows in asked]

    @staticmethod
    def _tightest(windows: tuple[int, ...], found: Mapping[int, Figures]) -> Figures:
        """A window that is gone has nothing."""
        gone = (Figures(window, NOTHING, NOTHING, NOTHING, NOTHING) for window in windows)
        return min((found.get(one.window, one) for one in gone), key=lambda figures: figures.left)

    @contextlib.asynccontextmanager
    async def line(self, window: int, until: float) -> AsyncIterator[None]:
        """First come, first served among those of this process who wait for the same window.
        Raises TimeoutError for who does not come first until then (by the loop's clock)."""
        queue = self._queues.setdefault(window, Queue())
        queue.length += 1
        try:
            async with asyncio.timeout_at(until):
                await queue.first.acquire()
            try:
                yield
            finally:
                queue.first.release()
        finally:
            queue.length -= 1
            if not queue.length:
                del self._queues[window]

    async def freed(self, window: int, seconds: float) -> None:
        """For the first in line: returns when a call of this process gave something back there, or
        a moment later."""
        event = self._queues[window].freed
        event.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, ASK_AGAIN_SECONDS)):
                await event.wait()

    def settled(self, windows: Iterable[int]) -> None:
        for window in windows:
            if (queue := self._queues.get(window)) is not None:
                queue.freed.set()

    def _keep(self, windows: tuple[int, ...], figures: Figures) -> None:
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        self._seen[windows] = self._clock(), figures
