"""What is said of a place that was measured: a dot, and words that say the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.catalog.measured import Measured, Probe, Tried
from apps.routing.speed import Spread


def at(p50: float) -> Spread:
    return Spread(p50, p50, p50, p50)


@pytest.mark.parametrize(
    ("facts", "dot", "words"),
    [
        ({}, "none", "Not used lately"),
        ({"limited": 1}, "slow", "Limits requests: put off once in the last day"),
        ({"limited": 4}, "slow", "Limits requests: put off 4 times in the last day"),
        ({"calls": 420, "errors": {"timeout": 2}}, "ok", "Answers well"),
        ({"calls": 1}, "ok", "Answered the one call of the last day"),
        ({"calls": 19}, "ok", "Answered all 19 calls of the last day"),
        ({"calls": 20}, "ok", "Answers well"),
        (
            {"calls": 60, "errors": {"timeout": 12}, "last_30m": Tried(40, 12)},
            "down",
            "In trouble: 12 of 40 calls failed in the last half hour",
        ),
        (
            {"calls": 9, "errors": {"timeout": 2}, "last_30m": Tried(2, 2)},
            "down",
            "In trouble: 2 of 2 calls failed in the last half hour",
        ),
        (
            {"calls": 9, "errors": {"timeout": 2}, "last_30m": Tried(9, 2)},
            "slow",
            "2 of 9 calls failed in the last half hour",
        ),
        (
            {"calls": 30, "errors": {"timeout": 1}, "last_30m": Tried(1, 1)},
            "slow",
            "1 call in the last half hour, which failed",
        ),
        (
            {"calls": 400, "errors": {"timeout": 5}, "last_30m": Tried(400, 5)},
            "ok",
            "Answers well",
        ),
        (
            {"calls": 40, "errors": {"timeout": 12}, "last_30m": Tried(10, 0)},
            "slow",
            "12 of 40 calls failed in the last day",
        ),
        (
            {"calls": 40, "latency_30m": at(4200), "usual_latency": 1100.0},
            "slow",
            "Slower than usual: begins after 4.2 s instead of 1.1 s",
        ),
        ({"calls": 40, "latency_30m": at(900), "usual_latency": 300.0}, "ok", "Answers well"),
        ({"calls": 40, "latency_30m": at(9000), "usual_latency": 8000.0}, "ok", "Answers well"),
    ],
)
def test_dot_and_words(facts: dict[str, Any], dot: str, words: str) -> None:
    told = Measured(**facts)
    assert (told.dot, told.words) == (dot, words)


def test_where_nobody_called_the_last_probe_is_told() -> None:
    asked = timezone.now() - timedelta(minutes=4)
    well, ill = Probe("ok", asked), Probe("dns", timezone.now())
    assert (Measured(probe=well).dot, Measured(probe=well).words) == (
        "ok",
        "Answers, asked 4 minutes ago",
    )
    assert Measured(probe=ill).words == "Does not answer, asked a moment ago"
    assert Measured(calls=50, probe=ill).words == "Answers well"


@pytest.mark.parametrize(
    ("calls", "failed", "expected"),
    [(0, 0, ""), (3, 1, "2 of 3"), (20, 0, "100 %"), (2000, 1, "99.9 %"), (40, 10, "75.0 %")],
)
def test_few_calls_are_counted_and_many_are_a_share(calls: int, failed: int, expected: str) -> None:
    assert Measured(calls=calls, errors={"timeout": failed}).shown_uptime == expected


def test_speeds_are_told_as_people_read_them() -> None:
    told = Measured(latency=at(943.2), throughput=at(51.7))
    assert (told.shown_latency, told.shown_throughput) == ("0.9 s", "52/s")
    assert Measured(latency=at(20)).shown_latency == "under 0.1 s"
    assert Measured(latency=at(12_400)).shown_latency == "12 s"
    assert (Measured().shown_latency, Measured().shown_throughput) == ("", "")


def test_what_went_wrong_is_told_with_the_most_frequent_first() -> None:
    told = Measured(errors={"timeout": 2, "account": 5, "new_kind": 1}).troubles
    assert told == [
        "5 were turned away with the house’s account",
        "2 had no answer in time",
        "1 failed otherwise",
    ]
