"""What was spent through connections since the household's month began. A call names its endpoint:
one of a connection's own is that connection's; one of the catalogue is its provider's, which
several connections may share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from apps.accounts.zone import household_zone, month_start
from apps.catalog.models import Endpoint
from apps.connections.models import Connection
from apps.usage.models import UsageQuarter


@dataclass(frozen=True)
class ConnectionSpend:
    """`shared_by` counts the connections that the figures are those of, together."""

    month_usd: Decimal
    requests: int
    shared_by: int


def spending(
    connections: Iterable[Connection], *, now: datetime
) -> list[tuple[Connection, ConnectionSpend]]:
    """In the same order, for two queries."""
    connections = list(connections)
    own, shared = _sums(month_start(now, household_zone()))
    found = []
    for one in connections:
        mates = sum(other.provider_id == one.provider_id for other in connections)
        usd, requests = own.get(one.pk, (Decimal(0), 0))
        at_provider, calls_there = shared.get(one.provider_id, (Decimal(0), 0))
        spent = ConnectionSpend(
            usd + at_provider, requests + calls_there, mates if calls_there else 1
        )
        found.append((one, spent))
    return found


Sums = dict[int, tuple[Decimal, int]]


def _sums(since: datetime) -> tuple[Sums, Sums]:
    """By connection, for endpoints of its own; by provider, for those of the catalogue."""
    rows = UsageQuarter.objects.filter(starts_at__gte=since).values("endpoint_id")
    spent = {
        row["endpoint_id"]: (row["usd"], row["calls"])
        for row in rows.annotate(usd=Sum("cost_usd"), calls=Sum("requests")).order_by()
    }
    own: Sums = {}
    shared: Sums = {}
    known = Endpoint.objects.filter(pk__in=spent)
    for pk, provider, connection in known.values_list(
        "pk", "provider_id", "own_link__connection_id"
    ):
        place, key = (own, connection) if connection else (shared, provider)
        usd, calls = place.get(key, (Decimal(0), 0))
        place[key] = usd + spent[pk][0], calls + spent[pk][1]
    return own, shared
