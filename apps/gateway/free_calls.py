"""Counts the calls of free endpoints before they are made, for all processes together: the account
at the provider is one, whoever asks. What cannot be counted is not sent."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg_pool import AsyncConnectionPool

from apps.connections.free_calls import day_of
from apps.gateway.batcher import Batcher
from apps.gateway.money_pool import fetch
from apps.routing.errors import Refusal, busy
from apps.routing.types import Candidate, FreeLimits

COUNT = "SELECT place, verdict, used FROM gateway_count_free(%s::jsonb)"
DAY = "day"
LIMITS = {DAY: "free_calls_per_day", "minute": "free_calls_per_minute"}


class Counted(NamedTuple):
    """`verdict` is taken, or what is used up: the day or the minute, with what was used of it."""

    verdict: str
    used: int


class FreeCalls:
    """One per process; one statement in flight."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._batcher: Batcher[dict[str, Any], Counted] = Batcher(self._count)

    async def take(self, candidate: Candidate) -> Refusal | None:
        """None where the call may be made, which is counted from then on."""
        limits, now = candidate.free_limits, datetime.now(UTC)
        if limits is None:
            return None
        begun, ends_at = day_of(limits.zone, now)
        item = {
            "connection": candidate.connection_id,
            "day": begun.isoformat(),
            "per_day": limits.per_day,
            "per_minute": limits.per_minute,
        }
        try:
            counted = await self._batcher.put(item)
        except (psycopg.Error, KeyError):
            return busy("The house could not count this free call in time; try again in a moment.")
        if counted.verdict == "taken":
            return None
        return used_up(candidate, limits, counted, now, ends_at)

    async def drained(self) -> None:
        await self._batcher.drained()

    async def _count(self, items: list[dict[str, Any]]) -> list[Counted | Exception]:
        told = orjson.dumps([{**item, "place": place} for place, item in enumerate(items)])
        rows = await fetch(self._pool, COUNT, told.decode())
        found = {place: Counted(verdict, used) for place, verdict, used in rows}
        return [found[place] for place in range(len(items))]


def used_up(
    candidate: Candidate, limits: FreeLimits, counted: Counted, now: datetime, ends_at: datetime
) -> Refusal:
    """In OpenRouter's shape, whose clients read the headers in `metadata` as well."""
    is_day = counted.verdict == DAY
    most = (limits.per_day if is_day else limits.per_minute) or 0
    again = ends_at if is_day else now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    wait = max(math.ceil((again - now).total_seconds()), 1)
    span = "a day" if is_day else "a minute"
    then = f"They begin again at {again.astimezone(UTC):%H:%M} UTC" if is_day else f"Wait {wait} s"
    return Refusal(
        429,
        "rate_limit_exceeded",
        f"The house’s account at {candidate.provider_name} gets {most:,} free calls {span} for "
        f"everybody together, and {counted.used:,} were made. {then}, or use a model that is paid.",
        metadata={
            "limit": LIMITS[counted.verdict],
            "limit_value": most,
            "used": counted.used,
            "remaining": 0,
            "resets_at": again.isoformat(),
            "retry_after_seconds": wait,
            "headers": {
                "X-RateLimit-Limit": str(most),
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset": str(int(again.timestamp() * 1000)),
            },
        },
        retry_after=wait,
    )
