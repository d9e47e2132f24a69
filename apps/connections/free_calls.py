"""How many free calls an account gets and has had: known of its provider, or as somebody who looks
after the house says. They are counted by the provider's own day where that is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.accounts.zone import day_start
from apps.catalog.data_policy import FREE
from apps.catalog.free import KnownLimits, known_limits
from apps.catalog.models import Endpoint
from apps.connections.models import Connection, FreeCalls
from apps.routing.types import FreeLimits

MOST_A_DAY = 1_000_000


@dataclass(frozen=True)
class Standing:
    """Free calls of one account today. `minute_left` is None where no minute is limited."""

    connection: Connection
    known: KnownLimits
    per_day: int | None
    used: int
    begins_again_at: datetime
    per_minute: int | None = None
    minute_used: int = 0

    @property
    def left(self) -> int | None:
        return None if self.per_day is None else max(self.per_day - self.used, 0)

    @property
    def is_spent(self) -> bool:
        return self.left == 0

    @property
    def minute_left(self) -> int | None:
        return None if self.per_minute is None else max(self.per_minute - self.minute_used, 0)


def limits_of(connection: Connection) -> FreeLimits | None:
    """None where nothing is known, and so nothing is counted."""
    known = known_limits(connection.provider.slug)
    per_day = connection.free_calls_per_day
    per_day = known.per_day if per_day is None else per_day
    if per_day is None and known.per_minute is None:
        return None
    return FreeLimits(known.per_minute, per_day, known.zone or Household.current().zone)


def day_of(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """When the day began whose calls are counted together, and when the next one does."""
    place = ZoneInfo(zone)
    begun = day_start(now, place)
    return begun, day_start(begun + timedelta(hours=36), place)


def standings(connections: Iterable[Connection], now: datetime) -> dict[int, Standing]:
    """By the connection's number; only those whose provider has free endpoints."""
    wanted = {one.pk: one for one in connections if not one.is_built_in}
    free = Endpoint.objects.filter(variant=FREE, is_listed=True)
    having = set(free.values_list("provider_id", flat=True))
    found = {one.pk: one for one in wanted.values() if one.provider_id in having}
    house = Household.current().zone
    zones = {pk: known_limits(one.provider.slug).zone or house for pk, one in found.items()}
    days = {pk: day_of(zone, now) for pk, zone in zones.items()}
    rows = FreeCalls.objects.filter(
        connection__in=found, day_starts_at__gte=now - timedelta(days=2)
    )
    counts = {(row.connection_id, row.day_starts_at): row for row in rows}
    return {
        pk: _standing(one, days[pk][1], counts.get((pk, days[pk][0])), now)
        for pk, one in found.items()
    }


def _standing(
    connection: Connection, ends_at: datetime, row: FreeCalls | None, now: datetime
) -> Standing:
    limits = limits_of(connection)
    is_this_minute = row is not None and row.minute_at > now - timedelta(minutes=1)
    return Standing(
        connection=connection,
        known=known_limits(connection.provider.slug),
        per_day=limits.per_day if limits else None,
        used=row.used if row else 0,
        begins_again_at=ends_at,
        per_minute=limits.per_minute if limits else None,
        minute_used=row.minute_used if row and is_this_minute else 0,
    )


@transaction.atomic
def set_daily_limit(connection: Connection, per_day: int | None, *, by: User) -> None:
    """None: what is known of the provider counts. The caller has checked that `by` may."""
    held = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    if held.free_calls_per_day == per_day:
        return
    held.free_calls_per_day = per_day
    held.save(update_fields=["free_calls_per_day"])
    audit.record(
        actor=by,
        verb="connection.free_limit_set",
        subject=held.name,
        details={"free_calls_per_day": per_day},
    )
