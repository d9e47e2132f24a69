"""What answered fastest here in the last day, by what the house measured."""

from collections.abc import Iterable
from typing import NamedTuple

from apps.catalog.measured import Measured
from apps.catalog.models import Endpoint
from apps.gateway.measures import Measures
from apps.gateway.snapshot import Catalog

SHOWN = 5
ENOUGH = 5  # calls, of which fewer say little


class Fast(NamedTuple):
    """One model at one provider; `figure` with its unit."""

    slug: str
    where: str
    figure: str


def writers(catalog: Catalog, measures: Measures) -> list[Fast]:
    """Most tokens a second."""
    known = [one for one in _known(catalog, measures) if one[2].throughput]
    known.sort(key=lambda one: -one[2].throughput.p50 if one[2].throughput else 0)
    return [
        Fast(slug, endpoint.provider.name, f"{seen.throughput.p50:.0f} tokens a second")
        for slug, endpoint, seen in known[:SHOWN]
        if seen.throughput
    ]


def beginners(catalog: Catalog, measures: Measures) -> list[Fast]:
    """The shortest wait for the first token."""
    known = [one for one in _known(catalog, measures) if one[2].latency]
    known.sort(key=lambda one: one[2].latency.p50 if one[2].latency else 0)
    return [
        Fast(slug, endpoint.provider.name, f"after {seen.shown_latency}")
        for slug, endpoint, seen in known[:SHOWN]
    ]


def _known(catalog: Catalog, measures: Measures) -> list[tuple[str, Endpoint, Measured]]:
    return [
        (slug, endpoint, seen)
        for slug, group in catalog.endpoints.items()
        for endpoint, seen in _seen(group, measures)
        if seen.calls >= ENOUGH
    ]


def _seen(group: Iterable[Endpoint], measures: Measures) -> Iterable[tuple[Endpoint, Measured]]:
    for endpoint in group:
        if seen := measures.by_endpoint.get(endpoint.pk):
            yield endpoint, seen
