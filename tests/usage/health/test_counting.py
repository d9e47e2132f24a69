"""Each call is counted exactly once: in slices, by two at once, late, and whoever is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from apps.usage.health import counting
from apps.usage.health.reading import read
from apps.usage.models import EndpointHealth, GenerationDetail, HealthMark
from tests.cast import Cast, make_call, make_cast
from tests.database import database_url
from tests.usage.health.calling import an_attempt

AT_ONCE = 0.0
CALLS = 60
PROGRAM = """
import django
django.setup()
from apps.usage.health import counting
while counting.count_slice(2):
    print("slice", flush=True)
"""


def closed(cast: Cast, number: int, *attempts: dict[str, Any], **facts: Any) -> str:
    """A call that ended ten minutes ago."""
    ended = timezone.now() - timedelta(minutes=10)
    call = make_call(cast, cast.owner, number=number, created_at=ended, **facts)
    rows = list(attempts) or [an_attempt()]
    GenerationDetail.objects.filter(pk=call.pk).update(details={"attempts": rows})
    return call.pk


def counted() -> int:
    return sum(EndpointHealth.objects.values_list("calls", flat=True))


def test_slices_add_up_and_nothing_is_counted_twice(cast: Cast) -> None:
    for number in range(7):
        closed(cast, number, an_attempt("status_500", 500), an_attempt(endpoint_id=2))
    counting.count(seconds=30, most=2)
    counting.count(seconds=30, most=2)
    (failing,) = EndpointHealth.objects.filter(endpoint_id=1)
    assert (failing.calls, failing.errors) == (7, {"server_error": 7})
    closed(cast, 7, an_attempt(endpoint_id=2))
    HealthMark.objects.update(closed_at=timezone.now() - timedelta(minutes=9))
    assert counting.count_slice(10) == 0, "what is older than the mark was closed before it"
    told = read(timezone.now()).by_endpoint
    assert (told[1].uptime_30m, told[2].uptime_30m) == (0.0, 1.0)


def test_calls_without_a_receipts_details_are_passed_over(cast: Cast) -> None:
    GenerationDetail.objects.filter(pk=closed(cast, 1)).delete()
    closed(cast, 2, state="released")
    closed(cast, 3)
    assert counting.count_slice(10) == 3
    assert counted() == 1


def test_the_database_adds_up_the_same_spans(cast: Cast) -> None:
    broken = an_attempt("timeout", endpoint_id=2, connection_id=3)
    for number, (ago, error) in enumerate([(1, ""), (2, "x"), (20, ""), (29, ""), (70, "x")]):
        ended = timezone.now() - timedelta(minutes=ago)
        attempts = [broken] if error else [an_attempt(endpoint_id=2, connection_id=3)]
        closed(cast, number, *attempts, closed_at=ended, is_streamed=True, latency_ms=500)
    counting.count(seconds=30)
    reading = read(timezone.now())
    told = reading.by_endpoint[2]
    assert told == reading.by_connection[3]
    assert (told.uptime_5m, told.uptime_30m, told.uptime_1d) == (0.5, 0.75, 0.6)
    assert told.errors == {"timeout": 2}
    assert told.latency_30m is not None


def test_old_counts_are_removed(cast: Cast) -> None:
    now = timezone.now()
    for days in (34, 36):
        EndpointHealth.objects.create(
            starts_at=now - timedelta(days=days),
            endpoint_id=1,
            connection_id=1,
            calls=1,
            limited=0,
            errors={},
            latency={},
            throughput={},
        )
    counting.prune(now)
    assert EndpointHealth.objects.count() == 1


# --- with others, who really commit ---


@pytest.fixture
def house(django_db_serialized_rollback: None, transactional_db: None) -> Iterator[Cast]:
    yield make_cast()


def test_a_call_whose_closing_takes_long_is_counted_once_it_is_closed(house: Cast) -> None:
    late = closed(house, 1, closed_at=None, state="open")
    with psycopg.connect(database_url()) as closing:
        closing.execute(
            "UPDATE usage_generation SET closed_at = now(), state = 'closed' WHERE id = %s", (late,)
        )
        with psycopg.connect(database_url(), autocommit=True) as quick:
            other = closed(house, 2)
            quick.execute("UPDATE usage_generation SET closed_at = now() WHERE id = %s", (other,))
        counting.count_slice(10, margin=AT_ONCE)
        assert counted() == 0, "the mark would pass what is still closing"
        closing.commit()
    assert counting.count_slice(10, margin=AT_ONCE) == 2
    assert counting.count_slice(10, margin=AT_ONCE) == 0
    assert counted() == 2


def test_who_counts_is_alone(house: Cast) -> None:
    closed(house, 1)
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (7446023, counting.LOCK))
        assert counting.count_slice(10) == 0
    assert counting.count_slice(10) == 1


def test_a_killed_counter_leaves_the_counts_exact(house: Cast) -> None:
    for number in range(CALLS):
        closed(house, number, an_attempt("timeout"), an_attempt(endpoint_id=2))
    for _ in range(3):
        kill_after(2)
    assert 0 < counted() < CALLS * 2
    counting.count(seconds=30)
    by_endpoint = {row.endpoint_id: row.calls for row in EndpointHealth.objects.all()}
    assert by_endpoint == {1: CALLS, 2: CALLS}


def kill_after(slices: int) -> None:
    """The counter in a process of its own, killed in the middle of whatever it does then."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(slices):
            assert process.stdout.readline() == "slice\n"
        process.send_signal(signal.SIGKILL)
