"""Counts closed calls into EndpointHealth, each exactly once: sums and mark move in one
transaction, and the mark passes no moment at which a call may still be closing unseen."""

import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from apps.core.alone import alone
from apps.usage.health.rollup import Closed, Slot, Tally, tallies
from apps.usage.models import EndpointHealth, HealthMark

LOCK = 3
SLICE = 1000
MARGIN = 2.0
KEPT = timedelta(days=35)
# A house that never counted begins with what its pages tell of.
FIRST = timedelta(days=1)

# A call is stamped with the moment its closing began. Whichever closing may still go on began at
# or after this one: what is older is to be seen, or will never be. A statement of the money path
# ends within seconds, so two minutes are waited for nobody, such as for a long backup.
HORIZON = """
    SELECT greatest(
        clock_timestamp() - interval '2 minutes',
        least(clock_timestamp() - make_interval(secs => %s), (
            SELECT min(xact_start) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND backend_type = 'client backend')))
"""
CLOSED = """
    SELECT g.id, g.closed_at, g.status, g.was_cancelled, g.is_streamed, g.completion_tokens,
           g.reasoning_tokens, g.latency_ms, g.duration_ms, d.details -> 'attempts'
      FROM usage_generation g
      LEFT JOIN usage_generationdetail d ON d.generation_id = g.id AND g.state = 'closed'
     WHERE g.closed_at >= %(at)s AND g.closed_at < %(horizon)s
       AND (g.closed_at, g.id) > (%(at)s, %(id)s)
     ORDER BY g.closed_at, g.id LIMIT %(most)s
"""


def count(*, seconds: float, most: int = SLICE) -> None:
    """Slice by slice; what there is no time for, the next minute counts."""
    stop = time.monotonic() + seconds
    while count_slice(most) >= most and time.monotonic() < stop:
        pass


@transaction.atomic
def count_slice(most: int, *, margin: float = MARGIN) -> int:
    """Returns how many calls it counted; none while somebody else is at it. `margin`: within how
    many seconds others see of a transaction that it has begun."""
    if not alone(LOCK):
        return 0
    start = {"closed_at": timezone.now() - FIRST, "generation_id": ""}
    mark, _ = HealthMark.objects.get_or_create(id=1, defaults=start)
    with connection.cursor() as cursor:
        cursor.execute(HORIZON, [margin])
        (horizon,) = cursor.fetchone()
        place = {"at": mark.closed_at, "id": mark.generation_id, "horizon": horizon, "most": most}
        cursor.execute(CLOSED, place)
        rows = cursor.fetchall()
    _add(tallies(_call(row) for row in rows))
    if len(rows) == most:
        mark.generation_id, mark.closed_at = rows[-1][:2]
    elif horizon > mark.closed_at:
        mark.generation_id, mark.closed_at = "", horizon
    mark.save()
    return len(rows)


def prune(now: datetime) -> None:
    EndpointHealth.objects.filter(starts_at__lt=now - KEPT).delete()


def _call(row: tuple[Any, ...]) -> Closed:
    attempts = orjson.loads(row[-1]) if row[-1] else []
    return Closed._make([*row[1:-1], attempts])


def _add(found: Mapping[Slot, Tally]) -> None:
    """On top of what stands there: who counts is alone."""
    moments, endpoints = {slot.starts_at for slot in found}, {slot.endpoint_id for slot in found}
    standing = EndpointHealth.objects.filter(starts_at__in=moments, endpoint_id__in=endpoints)
    for row in standing:
        if tally := found.get(Slot(row.starts_at, row.endpoint_id, row.connection_id)):
            tally.add(_tally_of(row))
    EndpointHealth.objects.bulk_create(
        _rows(found),
        update_conflicts=True,
        unique_fields=["starts_at", "endpoint_id", "connection_id"],
        update_fields=list(Tally.__slots__),
    )


def _tally_of(row: EndpointHealth) -> Tally:
    tally = Tally(row.calls, row.limited)
    for name in ("errors", "latency", "throughput"):
        getattr(tally, name).update(getattr(row, name))
    return tally


def _rows(found: Mapping[Slot, Tally]) -> Iterable[EndpointHealth]:
    for slot, tally in found.items():
        figures = {name: getattr(tally, name) for name in Tally.__slots__}
        yield EndpointHealth(**slot._asdict(), **figures)
