"""Where the household wishes it: each connection is asked every ten minutes for its list of models.
That tells whether it answers and nothing else: what it lists is not taken over, and no call goes
elsewhere because of it."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Household
from apps.connections import probe
from apps.connections.models import Connection, ConnectionProbe
from apps.connections.probe import TestResult

EVERY = timedelta(minutes=10)
TOLD_FOR = timedelta(minutes=25)  # older ones say nothing any more


def ask_due(*, seconds: float, ask: Callable[[Connection], TestResult] = probe.test) -> None:
    """Those that wait longest first; what there is no time for, the next minute asks."""
    stop = time.monotonic() + seconds
    if not Household.current().asks_providers:
        return
    longest_ago = timezone.now() - EVERY
    due = (
        Connection.objects.enabled()
        .real()
        .filter(Q(probe=None) | Q(probe__asked_at__lte=longest_ago))
    )
    for connection in due.order_by(F("probe__asked_at").asc(nulls_first=True), "pk"):
        if time.monotonic() > stop:
            break
        if _is_ours(connection):
            _note(connection, ask(connection))


def _is_ours(connection: Connection) -> bool:
    """Nobody else asks it at the same time."""
    now = timezone.now()
    _, is_first = ConnectionProbe.objects.get_or_create(
        connection=connection, defaults={"asked_at": now}
    )
    if is_first:
        return True
    mine = ConnectionProbe.objects.filter(connection=connection, asked_at__lte=now - EVERY)
    return mine.update(asked_at=now) == 1


def _note(connection: Connection, result: TestResult) -> None:
    asked = ConnectionProbe.objects.filter(connection=connection)
    asked.update(code=result.code, told_at=timezone.now())


def lately_asked(now: datetime) -> QuerySet[ConnectionProbe]:
    """What was found by those of late."""
    return ConnectionProbe.objects.filter(told_at__gt=now - TOLD_FOR)
