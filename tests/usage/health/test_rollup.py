"""Which call counts against whom, and what five minutes say of a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.catalog.measured import Measured
from apps.usage.health.buckets import bucket_of, middle_of, spread_of
from apps.usage.health.reading import Reading, spans_of
from apps.usage.health.rollup import Closed, Slot, Tally, start_of, tallies
from tests.usage.health.calling import NOON, a_call, an_attempt


def told(*calls: Closed) -> dict[int, tuple[int, int, dict[str, int]]]:
    """By endpoint: calls, limited ones, errors by kind."""
    found: dict[int, tuple[int, int, dict[str, int]]] = {}
    for slot, tally in tallies(calls).items():
        found[slot.endpoint_id] = (tally.calls, tally.limited, dict(tally.errors))
    return found


@pytest.mark.parametrize(
    ("attempt", "facts", "expected"),
    [
        (an_attempt(), {}, (1, 0, {})),
        (an_attempt("status_500", 500), {"status": 502}, (1, 0, {"server_error": 1})),
        (an_attempt("status_529", 529), {"status": 502}, (1, 0, {"server_error": 1})),
        (an_attempt("status_302", 302), {"status": 502}, (1, 0, {"nonsense": 1})),
        (an_attempt("timeout"), {"status": 504}, (1, 0, {"timeout": 1})),
        (an_attempt("timeout", 200), {"status": 504}, (1, 0, {"timeout": 1})),
        (an_attempt("refused"), {"status": 502}, (1, 0, {"unreachable": 1})),
        (an_attempt("connection_lost", 200), {}, (1, 0, {"connection_lost": 1})),
        (an_attempt("provider_error", 200), {"status": 502}, (1, 0, {"server_error": 1})),
        (an_attempt("status_401", 401), {"status": 502}, (1, 0, {"account": 1})),
        (an_attempt("status_404", 404), {"status": 404}, (1, 0, {"missing": 1})),
        (an_attempt("unheard_of"), {"status": 502}, (1, 0, {"other": 1})),
        (an_attempt("status_429", 429), {"status": 429}, (0, 1, {})),
        # Nobody's downtime: what no model takes, who left, a fault of the house, a closed address.
        (an_attempt("status_400", 400), {"status": 400}, None),
        (an_attempt("status_413", 413), {"status": 413}, None),
        (an_attempt(status=200), {"was_cancelled": True}, None),
        (an_attempt(status=200), {"status": 500}, None),
        (an_attempt("not_permitted"), {"status": 502}, None),
        # Of an older version, which did not say where it went.
        ({"status": 200, "error": "", "latency_ms": 500}, {}, None),
    ],
)
def test_what_an_attempt_counts_as(
    attempt: dict[str, Any], facts: dict[str, Any], expected: object
) -> None:
    assert told(a_call(attempt, **facts)).get(1) == expected


def test_who_failed_before_another_answered_is_counted_too() -> None:
    call = a_call(
        an_attempt("status_500", 500),
        an_attempt("status_429", 429, endpoint_id=2),
        an_attempt(endpoint_id=3),
    )
    assert told(call) == {
        1: (1, 0, {"server_error": 1}),
        2: (0, 1, {}),
        3: (1, 0, {}),
    }


def test_who_failed_before_the_client_left_is_counted_and_the_last_one_is_not() -> None:
    call = a_call(an_attempt("timeout"), an_attempt(endpoint_id=2), was_cancelled=True)
    assert told(call) == {1: (1, 0, {"timeout": 1})}


@pytest.mark.parametrize(
    ("facts", "latency", "speed"),
    [
        ({}, 500, 50),
        ({"is_streamed": False}, None, None),
        ({"completion": 19}, 500, None),
        ({"duration_ms": 549}, 500, None),
        ({"reasoning": 50}, 500, 40),  # of all 2.5 s
        ({"duration_ms": None}, 500, None),
    ],
)
def test_speed_is_that_of_streamed_answers_of_some_length(
    facts: dict[str, Any], latency: float | None, speed: float | None
) -> None:
    (tally,) = tallies([a_call(**facts)]).values()
    assert dict(tally.latency) == ({bucket_of(latency): 1} if latency else {})
    assert dict(tally.throughput) == ({bucket_of(speed): 1} if speed else {})


@pytest.mark.parametrize("figure", [1.0, 3.7, 12.0, 99.0, 480.0, 12_345.0, 600_000.0])
def test_a_bucket_is_within_a_twentieth_of_the_truth(figure: float) -> None:
    assert middle_of(bucket_of(figure)) == pytest.approx(figure, rel=0.05)


def test_percentiles_of_a_sum_of_buckets() -> None:
    figures = {bucket_of(n): 0 for n in range(1, 1001)}
    for n in range(1, 1001):
        figures[bucket_of(n)] += 1
    slower_first = spread_of(figures)
    faster_first = spread_of(figures, more_is_better=True)
    assert slower_first is not None
    assert faster_first is not None
    assert list(slower_first) == pytest.approx([500, 750, 900, 990], rel=0.06)
    assert list(faster_first) == pytest.approx([500, 250, 100, 10], rel=0.1)
    assert spread_of({}) is None
    alone = spread_of({bucket_of(700): 1})
    assert alone is not None
    assert len(set(alone)) == 1


@pytest.mark.parametrize(
    ("moment", "start"), [("12:00:00", 0), ("12:04:59", 0), ("12:05:00", 5), ("12:59:59", 55)]
)
def test_five_minutes_begin_with_the_clock(moment: str, start: int) -> None:
    found = start_of(datetime.fromisoformat(f"2026-11-23T{moment}+00:00"))
    assert found == NOON + timedelta(minutes=start)


def measured(*ended: tuple[int, Closed]) -> Measured:
    """At half past the hour after noon, of calls that ended so many minutes before."""
    now = NOON + timedelta(minutes=90)
    calls = [one._replace(closed_at=now - timedelta(minutes=ago)) for ago, one in ended]
    return Reading(spans_of(tallies(calls).items(), now)).by_endpoint.get(1, Measured())


BROKEN = a_call(an_attempt("status_500", 500), status=502)


def test_uptime_over_three_spans() -> None:
    found = measured((2, BROKEN), (3, a_call()), (20, a_call()), (25, a_call()), (70, BROKEN))
    assert (found.uptime_5m, found.uptime_30m, found.uptime_1d) == (0.5, 0.75, 0.6)
    assert (found.last_5m, found.last_30m, found.last_day) == ((2, 1), (4, 1), (5, 2))
    assert found.errors == {"server_error": 2}
    assert measured().uptime_1d is None


def test_what_is_older_than_a_day_is_not_told_of() -> None:
    assert measured((60 * 24 + 6, a_call())) == Measured()


def test_speed_of_the_last_half_hour_where_there_is_enough_of_it_else_of_the_day() -> None:
    slow = a_call(an_attempt(latency_ms=4000), latency_ms=4000, duration_ms=14_000)
    few = measured(*[(2, slow)] * 4, *[(60, a_call())] * 20)
    assert few.latency is not None
    assert few.latency.p50 == pytest.approx(500, rel=0.05)
    assert few.latency_30m is not None
    assert few.latency_30m.p50 == pytest.approx(4000, rel=0.05)
    assert not few.is_slow
    many = measured(*[(2, slow)] * 5, *[(60, a_call())] * 20)
    assert many.latency is not None
    assert many.throughput is not None
    assert many.latency.p50 == pytest.approx(4000, rel=0.05)
    assert many.throughput.p50 == pytest.approx(10, rel=0.05)
    assert (many.is_slow, many.dot) == (True, "slow")


def test_groups_are_summed_before_they_are_told() -> None:
    slots = {
        Slot(NOON, 1, 1): Tally(calls=4),
        Slot(NOON, 1, 2): Tally(calls=2),
        Slot(NOON, 2, 2): Tally(calls=3),
    }
    reading = Reading(spans_of(slots.items(), NOON))
    assert {key: one.calls for key, one in reading.by_endpoint.items()} == {1: 6, 2: 3}
    assert {key: one.calls for key, one in reading.by_connection.items()} == {1: 4, 2: 5}
    named = reading.by(lambda place: {1: "one"}.get(place.endpoint_id))
    assert {key: one.calls for key, one in named.items()} == {"one": 6}
