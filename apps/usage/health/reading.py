"""What the counts of the last day say: of an endpoint, a connection, or any group of them."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from django.db import connection

from apps.catalog.measured import Measured, Probe, Tried
from apps.connections.asking import lately_asked
from apps.usage.health.buckets import spread_of
from apps.usage.health.rollup import MINUTES, Slot, Tally

FIVE, HALF_HOUR, DAY = timedelta(minutes=5), timedelta(minutes=30), timedelta(days=1)
SUMS = """
    WITH counted AS MATERIALIZED (
        SELECT max(starts_at) OVER (PARTITION BY endpoint_id, connection_id,
                   starts_at > %(half_hour)s, starts_at > %(five)s) AS newest,
               endpoint_id, connection_id, calls, limited, errors, latency, throughput
          FROM usage_endpointhealth WHERE starts_at > %(day)s
    )
    SELECT newest, endpoint_id, connection_id, what, key, sum(figure)::bigint
      FROM counted, LATERAL (
          VALUES ('calls', '', calls), ('limited', '', limited)
          UNION ALL SELECT 'errors', key, value::int FROM jsonb_each_text(errors)
          UNION ALL SELECT 'latency', key, value::int FROM jsonb_each_text(latency)
          UNION ALL SELECT 'throughput', key, value::int FROM jsonb_each_text(throughput)
      ) AS told(what, key, figure)
     GROUP BY newest, endpoint_id, connection_id, what, key
"""
ENOUGH = 5  # streamed answers: fewer of the last half hour give way to those of the day

NOTHING = Measured()

Group = TypeVar("Group", bound=Hashable)


class Place(NamedTuple):
    """One endpoint through one connection."""

    endpoint_id: int
    connection_id: int


@dataclass(slots=True)
class Spans:
    five: Tally = field(default_factory=Tally)
    half_hour: Tally = field(default_factory=Tally)
    day: Tally = field(default_factory=Tally)

    def add(self, other: "Spans") -> None:
        self.five.add(other.five)
        self.half_hour.add(other.half_hour)
        self.day.add(other.day)


class Reading:
    """The last day as it stood at one moment."""

    def __init__(
        self, spans: Mapping[Place, Spans], probes: Mapping[int, Probe] | None = None
    ) -> None:
        """`probes` by connection."""
        self._spans = spans
        self.probes = probes or {}

    @cached_property
    def by_endpoint(self) -> dict[int, Measured]:
        return self.by(lambda place: place.endpoint_id)

    @cached_property
    def by_connection(self) -> dict[int, Measured]:
        """With the probes of late, also where nobody called."""
        found = self.by(lambda place: place.connection_id)
        for connection_id, probe in self.probes.items():
            found[connection_id] = found.get(connection_id, NOTHING)._replace(probe=probe)
        return found

    def by(self, group_of: Callable[[Place], Group | None]) -> dict[Group, Measured]:
        """What belongs to no group is left out."""
        sums: dict[Group, Spans] = {}
        for place, spans in self._spans.items():
            group = group_of(place)
            if group is not None:
                sums.setdefault(group, Spans()).add(spans)
        return {group: measured_of(spans) for group, spans in sums.items()}


def read(now: datetime) -> Reading:
    """For two queries, however many counts there are."""
    asked = lately_asked(now)
    probes = {one.connection_id: Probe(one.code, one.told_at or now) for one in asked}
    return Reading(spans_of(_sums(now).items(), now), probes)


def _sums(now: datetime) -> dict[Slot, Tally]:
    """The database adds up what belongs to the same spans; a slot stands for all of them."""
    found: dict[Slot, Tally] = {}
    moments = {"day": begin(now, DAY), "half_hour": begin(now, HALF_HOUR), "five": begin(now, FIVE)}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, moments)
        for *place, what, key, figure in cursor.fetchall():
            tally = found.setdefault(Slot(*place), Tally())
            if key:
                getattr(tally, what)[key] = figure
            else:
                setattr(tally, what, figure)
    return found


def begin(now: datetime, span: timedelta) -> datetime:
    """A span has all five minutes that it touches: those that began after this."""
    return now - span - timedelta(minutes=MINUTES)


def spans_of(counts: Iterable[tuple[Slot, Tally]], now: datetime) -> dict[Place, Spans]:
    found: dict[Place, Spans] = {}
    for slot, tally in counts:
        spans = found.setdefault(Place(slot.endpoint_id, slot.connection_id), Spans())
        for span, length in ((spans.five, FIVE), (spans.half_hour, HALF_HOUR), (spans.day, DAY)):
            if slot.starts_at > begin(now, length):
                span.add(tally)
    return found


def measured_of(spans: Spans) -> Measured:
    recent, day = spans.half_hour, spans.day
    latency, usual = spread_of(recent.latency), spread_of(day.latency)
    speed = spread_of(recent.throughput, more_is_better=True)
    speed_of_day = spread_of(day.throughput, more_is_better=True)
    has_latency = sum(recent.latency.values()) >= ENOUGH
    has_speed = sum(recent.throughput.values()) >= ENOUGH
    return Measured(
        uptime_5m=_uptime(spans.five),
        uptime_30m=_uptime(recent),
        uptime_1d=_uptime(day),
        latency=latency if has_latency else usual,
        throughput=speed if has_speed else speed_of_day,
        calls=day.calls,
        errors=dict(day.errors),
        limited=day.limited,
        last_5m=Tried(spans.five.calls, spans.five.failed),
        last_30m=Tried(recent.calls, recent.failed),
        latency_30m=latency,
        throughput_30m=speed,
        usual_latency=usual.p50 if usual and has_latency else None,
    )


def _uptime(tally: Tally) -> float | None:
    return (tally.calls - tally.failed) / tally.calls if tally.calls else None
