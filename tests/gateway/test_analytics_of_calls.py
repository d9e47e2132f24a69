"""Questions that only single calls can answer: each by itself, by the minute, how long it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.gateway.usage_api import reading
from apps.gateway.usage_api.vocabulary import METRICS
from apps.keys.models import ApiKey
from tests.cast import Cast, make_call
from tests.gateway.asking import COUNT, Key, ask, one_of, rows, said, spend

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def key(cast: Cast) -> Key:
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet"))


@pytest.fixture
def other(cast: Cast) -> Key:
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Phone"))


@pytest.fixture
def calls(cast: Cast, key: Key, other: Key) -> list[str]:
    """Four of the key's within three minutes, and others. The ids, the latest first."""
    streamed = {"key_id": key.row.pk, "is_streamed": True}
    made = [
        make_call(cast, cast.member, created_at=FIRST, **streamed, latency_ms=100, duration_ms=300),
        make_call(
            cast,
            cast.member,
            created_at=FIRST + timedelta(seconds=59),
            number=2,
            **streamed,
            latency_ms=200,
            duration_ms=5200,
            completion_tokens=100,
        ),
        make_call(
            cast,
            cast.member,
            created_at=FIRST + timedelta(minutes=2),
            number=3,
            key_id=key.row.pk,
            latency_ms=9000,
            finish_reason="length",
            cost_usd=Decimal("0.5"),
        ),
        make_call(
            cast,
            cast.member,
            created_at=FIRST + timedelta(minutes=2),
            number=4,
            **streamed,
            latency_ms=7000,
            status=502,
            finish_reason="",
            cost_usd=Decimal(0),
        ),
    ]
    make_call(cast, cast.member, created_at=FIRST, number=5, key_id=other.row.pk)
    make_call(cast, cast.member, created_at=FIRST, number=6)
    running = {"key_id": key.row.pk, "state": "open", "created_at": FIRST}
    make_call(cast, cast.member, number=7, **running)
    return [call.pk for call in reversed(made)]


def test_calls_are_told_one_by_one(client: Client, key: Key, calls: list[str]) -> None:
    order = {"field": "generation_id", "direction": "desc"}
    asked = {"dimensions": ["generation_id", "finish_reason"], "order_by": order}
    found = rows(client, key, "total_usage", **asked)
    assert [row["generation_id"] for row in found] == calls
    assert [row["finish_reason"] for row in found] == [None, "length", "stop", "stop"]
    before = one_of("generation_id", "lt", calls[1])
    assert len(rows(client, key, **asked, **before)) == 2, "one page behind the other"


def test_minutes_are_cut_exactly(client: Client, key: Key, calls: list[str]) -> None:
    span = {"start": FIRST.isoformat(), "end": (FIRST + timedelta(minutes=2)).isoformat()}
    answer = ask(client, key, granularity="minute", time_range=span).json()["data"]
    assert answer["data"] == [{"date__minute": "2026-03-02T10:30:00.000Z", "request_count": 2}]
    assert "warnings" not in answer


def test_waits_and_speeds_are_those_of_streamed_answers(
    client: Client, key: Key, calls: list[str]
) -> None:
    (row,) = rows(client, key, *METRICS)
    assert row["request_count"] == 4
    assert (row["avg_latency"], row["p50_latency"], row["p90_latency"]) == (150, 150, 190)
    # 567 tokens in 0.2 s, 100 in 5 s: nine of ten were at least about as fast as the slower one.
    assert row["avg_throughput"] == pytest.approx((2835 + 20) / 2)
    assert row["p90_throughput"] == pytest.approx(20 + 281.5)
    assert row["p99_throughput"] < row["p90_throughput"] < row["p50_throughput"]
    empty = rows(client, key, "p90_latency", **one_of("model", "eq", "none/such"))
    assert empty == [{"p90_latency": None}]


def test_sums_and_calls_agree(client: Client, cast: Cast, key: Key, calls: list[str]) -> None:
    for pk in calls:
        cost = Decimal("0.5") if pk == calls[1] else Decimal("0.000341000002")
        spend(cast, key, str(cost if pk != calls[0] else 0), at=FIRST, requests=1, app=pk)
    by_sums = rows(client, key, "total_usage", *COUNT, dimensions=["workspace"])
    by_calls = rows(client, key, "total_usage", "request_count", "avg_latency")
    assert by_sums[0]["total_usage"] == by_calls[0]["total_usage"]
    assert by_sums[0]["request_count"] == by_calls[0]["request_count"]


def test_too_many_calls_are_refused(
    client: Client, key: Key, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_CALLS", 3)
    asked = ask(client, key, dimensions=["generation_id"])
    assert "generation_id is read from single calls, and there are more than 3" in said(asked)


def test_what_takes_too_long_is_given_up() -> None:
    @contextmanager
    def slowly() -> Iterator[None]:
        from django.db import connection

        with reading.at_most(1), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10ms'")
            cursor.execute("SELECT pg_sleep(2)")
            yield

    with pytest.raises(reading.Refusal, match="shorter time_range") as caught, slowly():
        pass
    assert (caught.value.status, caught.value.error_type) == (408, "timeout")
