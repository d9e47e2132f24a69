"""Keeps this process's snapshot fresh: a listener hears of changes at once, a poll once a second
catches what it missed, and reloads run in a thread, one topic at a time."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import psycopg
import structlog
from django.utils import timezone

from apps.gateway import snapshot
from apps.gateway.budgets import Budgets, load_budgets
from apps.gateway.snapshot import Catalog, Keys

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
Mark = tuple[int, date]
CHANNEL = "gatehouse_changed"


def _today() -> date:
    return timezone.now().date()


class View:
    """`keys`, `catalog` and `budgets` are replaced whole, never changed; a call holds on to what
    it read."""

    def __init__(self, conninfo: str, *, today: Callable[[], date] = _today) -> None:
        self.keys = Keys()
        self.catalog = Catalog()
        self.budgets = Budgets()
        self.is_listening = False
        self._conninfo = conninfo
        self._today = today
        self._marks: dict[str, Mark] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="view")
        self._refreshing: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._loaders: dict[str, Callable[[], Any]] = {
            "keys": snapshot.load_keys,
            "budgets": load_budgets,
            "catalog": snapshot.load_catalog,  # last: never older than the versions of the others
        }

    async def start(self) -> None:
        await self._reload()
        self._tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._thread.shutdown(wait=False)

    async def refresh(self) -> None:
        """Returns when the view is at least as new as the moment of this call. Callers that come
        while a reload runs share the one after it."""
        running = self._refreshing
        if running is not None and not running.done():
            await asyncio.wait({running})
        if self._refreshing is running:
            self._refreshing = asyncio.create_task(self._reload())
        await asyncio.shield(self._refreshing)  # type: ignore[arg-type]

    async def _reload(self) -> None:
        """All that changed is put in place at once. What raises the policy version is seen with
        that version, or before it: each part is asked for after those before it were read. With
        the day free endpoints end, which nobody writes down."""
        fresh: dict[str, tuple[Mark, Any]] = {}
        for topic, load in self._loaders.items():
            version = (await self._in_thread(snapshot.versions)).get(topic, 0)
            mark = version, self._today()
            if mark != self._marks.get(topic):
                fresh[topic] = mark, await self._in_thread(load)
        for topic, (mark, loaded) in fresh.items():
            self._marks[topic] = mark
            setattr(self, topic, loaded)

    async def _in_thread(self, load: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, snapshot.in_thread, load)

    async def _poll(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self.refresh()
            except Exception as problem:  # the database is away: the last view stays
                log.warning("view_not_refreshed", problem=type(problem).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.is_listening = True
                    self._changed.set()  # what happened while nobody listened
                    async for _ in connection.notifies():
                        self._changed.set()
            except (psycopg.Error, OSError) as problem:
                log.warning("listener_lost", problem=type(problem).__name__)
            self.is_listening = False
            await asyncio.sleep(POLL_SECONDS)
