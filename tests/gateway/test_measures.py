"""What was measured is what the order of endpoints and the pages go by: a whole trip from failing
calls to words and order, through the task that counts them."""

import pytest

from apps.catalog.measured import Measured, Tried
from apps.gateway.measures import Measures, as_figures, seed
from apps.routing.picker import Health
from apps.routing.speed import Spread

QUICK, FAST = Spread(400.0, 500.0, 600.0, 900.0), Spread(90.0, 80.0, 60.0, 20.0)


def test_every_known_endpoint_follows_what_was_measured() -> None:
    lost, kept = Health(is_down=True), Health(latency_ms=50.0)
    health = {1: lost, 2: kept}
    told = {
        2: Measured(latency=QUICK, throughput=FAST, last_5m=Tried(4, 3)),
        3: Measured(last_5m=Tried(9, 3)),
    }
    seed(health, Measures(by_endpoint=told))
    assert not lost.is_down
    assert (kept.is_down, kept.latency_ms, kept.tokens_per_second) == (True, 400.0, 90.0)
    assert not health[3].is_down


def test_figures_are_percent_and_null_where_nothing_was_seen() -> None:
    told = as_figures(Measured(uptime_5m=0.98765, latency_30m=QUICK))
    assert told["uptime_last_5m"] == 98.77
    assert told["uptime_last_1d"] is None
    assert told["latency_last_30m"] == {"p50": 400.0, "p75": 500.0, "p90": 600.0, "p99": 900.0}
    assert told["throughput_last_30m"] is None


BAD = Measured(calls=5, errors={"timeout": 5}, last_30m=Tried(5, 5))


@pytest.mark.parametrize(
    ("endpoints", "expected"), [((1,), True), ((1, 2), False), ((1, 3), False), ((), False)]
)
def test_a_model_is_in_trouble_where_each_of_its_endpoints_is(
    endpoints: tuple[int, ...], expected: bool
) -> None:
    told = Measures(by_endpoint={1: BAD, 2: Measured(calls=1, last_30m=Tried(1, 0))})
    assert told.all_in_trouble(endpoints) is expected
