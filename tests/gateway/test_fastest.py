"""What answered fastest here, by what was measured."""

from apps.catalog.measured import Measured
from apps.catalog.models import Endpoint, Provider
from apps.gateway.measures import Measures
from apps.gateway.rankings_pages.fastest import beginners, writers
from apps.gateway.snapshot import Catalog
from apps.routing.speed import Spread


def spread(middle: float) -> Spread:
    return Spread(p50=middle, p75=middle, p90=middle, p99=middle)


def test_the_fastest_are_those_with_enough_calls_in_their_own_order() -> None:
    acme = Provider(slug="acme", name="Acme")
    places = {
        slug: [Endpoint(pk=number, provider=acme)]
        for number, slug in enumerate(("a/slow", "a/quick", "a/once", "a/silent", "a/whole"), 1)
    }
    seen = {
        1: Measured(calls=90, latency=spread(400), throughput=spread(30)),
        2: Measured(calls=5, latency=spread(900), throughput=spread(180.4)),
        3: Measured(calls=4, latency=spread(10), throughput=spread(999)),
        5: Measured(calls=50),  # whole answers have no first token
    }
    catalog, measures = Catalog(endpoints=places), Measures(by_endpoint=seen)
    assert [(one.slug, one.where, one.figure) for one in writers(catalog, measures)] == [
        ("a/quick", "Acme", "180 tokens a second"),
        ("a/slow", "Acme", "30 tokens a second"),
    ]
    assert [(one.slug, one.figure) for one in beginners(catalog, measures)] == [
        ("a/slow", "after 0.4 s"),
        ("a/quick", "after 0.9 s"),
    ]
