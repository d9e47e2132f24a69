"""What the house measured, as a web process keeps it in memory: pages and API tell of it, and the
order of endpoints follows the same numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from apps.catalog.measured import Measured
from apps.gateway.snapshot import Catalog
from apps.routing.picker import Health
from apps.routing.speed import Spread
from apps.usage.health.reading import NOTHING, Reading, read


@dataclass(frozen=True)
class Measures:
    """Only where there were calls, or a probe of late. `by_name` has what somebody who asks for
    that model meets: of its endpoints the one that answers most calls, and one in trouble only
    where all are."""

    by_endpoint: Mapping[int, Measured] = field(default_factory=dict)
    by_connection: Mapping[int, Measured] = field(default_factory=dict)
    by_provider: Mapping[str, Measured] = field(default_factory=dict)
    by_name: Mapping[str, Measured] = field(default_factory=dict)

    def all_in_trouble(self, endpoints: Iterable[int]) -> bool:
        """Whether a call could go to none that answers as it should."""
        found = [self.by_endpoint.get(one, NOTHING) for one in endpoints]
        return bool(found) and all(one.is_in_trouble for one in found)


def load_measures(catalog: Catalog) -> Measures:
    reading = read(timezone.now())
    endpoints = [one for group in catalog.endpoints.values() for one in group]
    providers = {one.pk: one.provider.slug for one in endpoints}
    by_endpoint = _probed(catalog, reading)
    by_provider = reading.by(lambda place: providers.get(place.endpoint_id))
    for connection_id, probe in reading.probes.items():
        if one := catalog.connections.get(connection_id):
            slug = one.provider.slug
            by_provider[slug] = by_provider.get(slug, NOTHING)._replace(probe=probe)
    return Measures(
        by_endpoint=by_endpoint,
        by_connection=reading.by_connection,
        by_provider=by_provider,
        by_name=_by_name(catalog, by_endpoint),
    )


def _probed(catalog: Catalog, reading: Reading) -> dict[int, Measured]:
    """Each endpoint that is reached through a connection that was asked of late says so."""
    found = dict(reading.by_endpoint)
    for candidates in catalog.routes.values() if reading.probes else ():
        for one in candidates:
            if probe := reading.probes.get(one.connection_id):
                told = found.get(one.endpoint_id, NOTHING)
                found[one.endpoint_id] = told._replace(probe=probe)
    return found


def _by_name(catalog: Catalog, measured: Mapping[int, Measured]) -> dict[str, Measured]:
    found = {}
    for slug, group in catalog.endpoints.items():
        known = [measured[one.pk] for one in group if one.pk in measured]
        if known:
            found[slug] = min(known, key=lambda one: (one.is_in_trouble, -one.calls))
    return found


def seed(health: dict[int, Health], measures: Measures) -> None:
    """The order of endpoints goes by what the whole house saw, not this process alone."""
    for endpoint_id in {*health, *measures.by_endpoint}:
        told = measures.by_endpoint.get(endpoint_id, NOTHING)
        known = health.setdefault(endpoint_id, Health())
        known.measured(told.latency, told.throughput, is_down=told.last_5m.is_bad)


def as_figures(measured: Measured) -> dict[str, Any]:
    """In the API's shape: percent, milliseconds, tokens a second; null where nothing was seen."""
    return {
        "uptime_last_5m": _percent(measured.uptime_5m),
        "uptime_last_30m": _percent(measured.uptime_30m),
        "uptime_last_1d": _percent(measured.uptime_1d),
        "latency_last_30m": _shares(measured.latency_30m),
        "throughput_last_30m": _shares(measured.throughput_30m),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)


def _shares(spread: Spread | None) -> dict[str, float] | None:
    return None if spread is None else spread._asdict()
