"""Everything one web process keeps in memory and in flight, started and stopped as one."""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

import psycopg
import structlog
from django.conf import settings

from apps.gateway import freezing
from apps.gateway.app_notes import AppNotes
from apps.gateway.demo import Demo
from apps.gateway.free_calls import FreeCalls
from apps.gateway.freezing import Running
from apps.gateway.lease import Lease
from apps.gateway.measures import Measures, load_measures, seed
from apps.gateway.money import Money
from apps.gateway.money_pool import money_pool
from apps.gateway.pools import Pools
from apps.gateway.room import Room
from apps.gateway.rule_hits import RuleHits
from apps.gateway.sizes import load_sizes
from apps.gateway.snapshot import Catalog, in_thread, load_catalog
from apps.gateway.view import View
from apps.routing.picker import Health
from apps.routing.service import Limits

log = structlog.get_logger(__name__)

LARGE_BODIES_AT_ONCE = 4
CHECKPOINT_SECONDS = 2.0
SIZES_SECONDS = 600.0
MEASURES_SECONDS = 30.0
SETTLE_ON_STOP_SECONDS = 8.0

_current: "House | None" = None


def current() -> "House":
    """The house of this web process. Raises RuntimeError elsewhere (in a command, in a test)."""
    if _current is None:
        raise RuntimeError("no house runs in this process")
    return _current


def current_catalog() -> Catalog:
    """The web process's own view; elsewhere, such as in a command, it is read anew."""
    return _current.view.catalog if _current else load_catalog()


def current_measures(catalog: Catalog) -> Measures:
    """What the house measured, as this web process last read it; elsewhere read anew."""
    return _current.measures if _current else load_measures(catalog)


class House:
    """One per web process."""

    def __init__(self) -> None:
        conninfo = settings.DATABASE.for_libpq(connect_timeout=2)
        self.pool = money_pool(conninfo)
        self.view = View(conninfo)
        self.money = Money(self.pool)
        self.room = Room(self.pool)
        self.free_calls = FreeCalls(self.pool)
        self.sizes: Mapping[str, int] = {}
        self.measures = Measures()
        self.lease = Lease(
            self.pool,
            seconds=settings.GATEHOUSE_LEASE_SECONDS,
            renew_every=settings.GATEHOUSE_LEASE_RENEW_SECONDS,
        )
        self.demo = Demo(settings.GATEHOUSE_SOCKET_DIR)
        self.pools = Pools(self.demo.path)
        self.health: dict[int, Health] = {}
        self.limits = Limits(
            first_byte=settings.GATEHOUSE_FIRST_BYTE_SECONDS, total=settings.GATEHOUSE_CALL_SECONDS
        )
        self.large_bodies = asyncio.Semaphore(LARGE_BODIES_AT_ONCE)
        self.running: dict[str, Running] = {}
        self.hits = RuleHits()
        self.apps = AppNotes()
        self.secrets = settings.HOUSE_SECRETS
        self.is_ready = False
        self._settling: set[asyncio.Task[Any]] = set()
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        global _current
        await self.pool.open(wait=True, timeout=10)
        await self.lease.renew()
        await self.view.start()
        await self.demo.start()
        self._keepers = [
            asyncio.create_task(self.lease.keep(self.money)),
            asyncio.create_task(self._checkpoint()),
            asyncio.create_task(self._keep_sizes()),
            asyncio.create_task(self._keep_measures()),
            asyncio.create_task(freezing.keep(self)),
            asyncio.create_task(self.hits.keep()),
            asyncio.create_task(self.apps.keep()),
        ]
        _current = self
        self.is_ready = True

    async def stop(self) -> None:
        """Called when no request runs any more: settles what is left, then lets go."""
        global _current
        self.is_ready = False
        for running in list(self.running.values()):
            running.serving.abort()  # of no request: an answer of the chat outlives its own
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_ON_STOP_SECONDS):
                while self._settling:
                    await asyncio.wait(set(self._settling))
                await self.money.drained()
                await self.free_calls.drained()
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await self.hits.write()
        await self.apps.write()
        await self.view.stop()
        self.pools.close()
        await self.demo.stop()
        await self.lease.end()
        await self.pool.close()
        _current = None

    def in_background(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """A task that ends even when the call that began it is gone; `stop` waits for it."""
        task = asyncio.create_task(work)
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)
        return task

    async def _keep_sizes(self) -> None:
        while True:
            try:
                self.sizes = await asyncio.to_thread(in_thread, load_sizes)
            except Exception as problem:  # the last ones stay
                log.warning("sizes_not_read", problem=type(problem).__name__)
            await asyncio.sleep(SIZES_SECONDS)

    async def _keep_measures(self) -> None:
        while True:
            try:
                load = partial(load_measures, self.view.catalog)
                self.measures = await asyncio.to_thread(in_thread, load)
                seed(self.health, self.measures)
            except Exception as problem:  # the last ones stay
                log.warning("measures_not_read", problem=type(problem).__name__)
            await asyncio.sleep(MEASURES_SECONDS)

    async def _checkpoint(self) -> None:
        """Every 2 s, one statement: what the running streams older than that would cost now."""
        seen: set[str] = set()
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            every = ((key, running.serving) for key, running in self.running.items())
            streams = {key: serving for key, serving in every if serving.call.is_streamed}
            amounts = {key: s.cost_so_far() for key, s in streams.items() if key in seen}
            seen = set(streams)
            if not amounts:
                continue
            try:
                await self.money.checkpoint(amounts)
            except psycopg.Error as problem:
                log.warning("checkpoint_missed", problem=type(problem).__name__)
