"""Ends the running calls of what was frozen. Each process looks at its own, every half second and
by the newest view, so a freeze reaches all of them whether or not they heard of it."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from apps.gateway.frozen import Frozen
from apps.gateway.snapshot import Caller
from apps.routing.errors import Refusal, frozen
from apps.routing.service import Serving
from apps.routing.wire.stream import StreamAnswer, error_events

if TYPE_CHECKING:
    from apps.gateway.house import House
    from apps.gateway.pipeline import Client

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5


@dataclass(slots=True)
class Running:
    """A call in flight. `told` says its last words to the client where they come before its end."""

    caller: Caller
    serving: Serving
    client: "Client"
    told: "asyncio.Task[None] | None" = None

    def stopped_by(self, found: Frozen) -> str:
        if self.serving.has_left:
            return ""
        who = self.caller
        return found.stops(project_id=who.project_id, user_id=who.user_id, key_id=who.key_id)


async def keep(house: "House") -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await end_frozen(house)
        except Exception as problem:  # the next look comes soon
            log.exception("freeze_not_obeyed", problem=type(problem).__name__)


async def end_frozen(house: "House") -> None:
    if not _stopped(house):
        return
    try:
        await house.view.refresh()  # it may have been thawed a moment ago
    except Exception as problem:  # the database is away, so nobody thawed anything
        log.warning("view_not_refreshed", problem=type(problem).__name__)
    for running, what in _stopped(house):
        _end(house, running, frozen(what))


def _stopped(house: "House") -> list[tuple[Running, str]]:
    found = house.view.keys.frozen
    if not found:
        return []
    return [(one, what) for one in house.running.values() if (what := one.stopped_by(found))]


def _end(house: "House", running: Running, refusal: Refusal) -> None:
    """Where the provider stops, the call is settled and its last event follows. Where it bills the
    whole answer all the same, the client hears the last event now and the house reads on."""
    answer, client = running.serving.answer, running.client
    if running.serving.end(refusal):
        return
    if isinstance(answer, StreamAnswer):
        last_words = client.end_stream(error_events(answer.face, refusal.as_error()))
    else:
        last_words = client.refuse(refusal)
    running.told = house.in_background(last_words)
