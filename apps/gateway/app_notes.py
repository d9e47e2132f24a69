"""What apps said of themselves, kept in the process and written every few seconds, and how many
apps one key may bring in a day: sums are kept for each app, so whoever holds a key could else make
as many rows as calls. What comes beyond counts as an app nobody knows."""

import asyncio
import time
from collections.abc import Iterable

import structlog
from django.db import DatabaseError
from django.utils import timezone

from apps.gateway.snapshot import in_thread
from apps.usage.app_names import MOST_A_DAY, Told, learn
from apps.usage.models import UsageQuarter

log = structlog.get_logger(__name__)

WRITE_SECONDS = 5.0
DAY_SECONDS = 86_400
Brought = set[tuple[int, str]]


class AppNotes:
    """Of one web process. What others let in is read with each writing, so all of them together
    keep to the bound but for what begins within those seconds."""

    def __init__(self) -> None:
        self._day = self._read_on = 0
        self._of_key: dict[int, set[str]] = {}
        self._full: set[int] = set()
        self._told: dict[str, Told] = {}  # as it is known here
        self._unwritten: dict[str, Told] = {}

    def identity(self, key_id: int | None, told: Told) -> str:
        """What a call of this key is noted under."""
        self._turn()
        if not told.identity or not self._lets_in(key_id, told.identity):
            return ""
        if self._told.get(told.identity) != told:
            self._told[told.identity] = self._unwritten[told.identity] = told
        return told.identity

    async def keep(self) -> None:
        while True:
            await self.write()
            await asyncio.sleep(WRITE_SECONDS)

    async def write(self) -> None:
        """The first time in a day, what was brought before is read all the same."""
        self._turn()
        told, self._unwritten = self._unwritten, {}
        if not told and self._read_on == self._day:
            return
        try:
            brought = await asyncio.to_thread(in_thread, lambda: _written(told.values()))
        except DatabaseError as problem:
            self._unwritten = told | self._unwritten
            log.warning("apps_not_written", problem=type(problem).__name__)
            return
        self._read_on = self._day
        for key_id, identity in brought:
            self._of_key.setdefault(key_id, set()).add(identity)

    def _lets_in(self, key_id: int | None, identity: str) -> bool:
        brought = self._of_key.setdefault(key_id or 0, set())
        if identity in brought:
            return True
        if len(brought) < MOST_A_DAY:
            brought.add(identity)
            return True
        if key_id not in self._full:
            log.warning("too_many_apps", key=key_id, most=MOST_A_DAY)
            self._full.add(key_id or 0)
        return False

    def _turn(self) -> None:
        """A new day begins with nothing."""
        day = int(time.time()) // DAY_SECONDS
        if day != self._day:
            self._day = day
            self._of_key, self._full, self._told = {}, set(), {}


def _written(told: Iterable[Told]) -> Brought:
    """Writes them, and reads which apps each key brought today; one of those that was never
    written, since its process was killed before, is met now."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = UsageQuarter.objects.filter(starts_at__gte=today).exclude(app="")
    brought = set(rows.values_list("key_id", "app").distinct())
    learn([*(Told(identity) for _, identity in brought), *told])
    return brought
