"""Takes one list: read it, match it, weigh it, write it. All or nothing, and one at a time
in the house, whichever process or person started it."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from django.db import OperationalError, connection, transaction

from apps.accounts.models import Household
from apps.catalog import allow_list, history, seed
from apps.catalog.naming.aliases import Aliases
from apps.catalog.refresh import (
    applying,
    genai_prices,
    guard,
    models_dev,
    openrouter,
    sources,
    telling,
    validate,
)
from apps.catalog.refresh import plan as plans
from apps.catalog.refresh.offers import Said
from apps.catalog.refresh.sources import Source
from apps.catalog.refresh.standing import Standing, place_of
from apps.catalog.refresh.validate import Clock, PayloadError

MOST_SECONDS = 110.0
LOCK_SECONDS = 30
BUSY = "Another refresh of the catalogue is still running; try again in a minute."
EMPTY = "The list names no model that this house could know; nothing of it was taken."
UNREADABLE = "{count:,} of the list’s {rows:,} entries make no sense, so nothing of it was taken."
MOST_UNREAD = 0.2


class Done(NamedTuple):
    words: str
    changes: int


class Refused(Exception):
    """The plan needs somebody's word first; `preview` says what it would do."""

    def __init__(self, words: str, preview: dict[str, Any]) -> None:
        super().__init__(words)
        self.words, self.preview = words, preview


def take(source: Source, content: bytes, *, day: date, accept: bool, clock: Clock) -> Done:
    """Brings the catalogue to what the list says. Raises PayloadError and Refused, having changed
    nothing."""
    payload = validate.parse(content)
    clock.check()
    try:
        with transaction.atomic():
            _alone()
            standing = Standing.read()
            said = _read(source, payload, standing, day=day, clock=clock)
            _check(said)
            free = allow_list.free_places()
            plan = plans.make(source, said, standing, day=day, aliases=Aliases(), free=free)
            clock.check()
            objection = guard.objection(plan, standing)
            if objection and not accept:
                raise Refused(objection, telling.preview(plan, standing))
            with history.watched(source.name) as changes:
                applying.write(plan, standing)
            if changes:
                Household.judge_anew()  # what rules ask for may be stricter than before
    except OperationalError as problem:
        if "lock timeout" in str(problem):
            raise PayloadError(BUSY) from None
        raise
    return Done(telling.done(changes, plan), len(changes))


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _alone() -> None:
    """The seed's own lock: no load and no other refresh meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [seed.LOCK])


def _read(source: Source, payload: Any, standing: Standing, *, day: date, clock: Clock) -> Said:
    slugs = standing.refreshable
    if source.name == openrouter.PROVIDER:
        return openrouter.read(payload, free=allow_list.free_places())
    if source.name == "models.dev":
        return models_dev.read(payload, ours=sources.models_dev_ids(slugs))
    asked = [place_of(one) for one in standing.by_place.values() if one.is_listed]
    theirs = sources.genai_ids(slugs)
    return genai_prices.read(payload, theirs=theirs, asked=asked, day=day, clock=clock)


def _check(said: Said) -> None:
    if not said.offers:
        raise PayloadError(EMPTY)
    listed = len(said.offers) + len(said.unread)
    if len(said.unread) > MOST_UNREAD * listed:
        raise PayloadError(UNREADABLE.format(count=len(said.unread), rows=listed))
