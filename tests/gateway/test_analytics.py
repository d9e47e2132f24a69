"""Questions about what a key spent, as OpenRouter's clients ask them: split, narrowed, in order.
What has no answer here is refused with a sentence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openrouter.operations import GetAnalyticsMetaResponse

from apps.gateway.docs import questions
from apps.gateway.usage_api.questions import FIELDS
from apps.gateway.usage_api.spans import END, begin_of, in_quarters
from apps.gateway.usage_api.vocabulary import (
    DIMENSIONS,
    GRANULARITIES,
    METRICS,
    OPERATORS,
    UNANSWERED,
)
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.usage.app_names import Told, learn
from apps.usage.spend import BEGINNING
from tests.cast import Cast
from tests.catalog.shelf import offer
from tests.gateway.asking import COUNT, Key, ask, get, one_of, post, rows, said, spend

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)  # a Monday
NOBODY = "6f1c2c37-2a31-4f6b-9d3b-000000000000"


@pytest.fixture
def key(cast: Cast) -> Key:
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet"))


@pytest.fixture
def other(cast: Cast) -> Key:
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Phone"))


@pytest.fixture
def month(cast: Cast, key: Key, other: Key) -> None:
    """Three calls' worth of two models at two providers, by two apps, in two weeks of one March."""
    north, south = offer("acme/small", "north").pk, offer("acme/big", "south").pk
    small = {"model": "acme/small", "endpoint_id": north}
    spend(cast, key, "0.25", at=FIRST, **small, app="Editor", cached_tokens=25)
    free = {"model": "acme/small:free", "endpoint_id": north, "app": "Editor"}
    spend(cast, key, "0", at=FIRST + timedelta(hours=1), **free)
    big = {"model": "acme/big", "endpoint_id": south, "user": cast.viewer}
    spend(cast, key, "2.000000000001", at=FIRST + timedelta(days=7), **big, reasoning_tokens=7)
    spend(cast, key, "0", at=FIRST + timedelta(days=7), model="", endpoint_id=0, prompt_tokens=0)
    spend(cast, other, "9", at=FIRST, **small)


# --- what may be asked ---


def test_the_vocabulary_is_told(client: Client, key: Key) -> None:
    raw = get(client, "analytics/meta", key).content
    read = GetAnalyticsMetaResponse.model_validate_json(raw).data
    assert [one.name for one in read.metrics] == list(METRICS)
    assert [one.name for one in read.dimensions] == list(DIMENSIONS)
    assert [one.name for one in read.operators] == list(OPERATORS)
    assert [one.name for one in read.granularities] == list(GRANULARITIES)
    assert not set(UNANSWERED) & {*METRICS, *DIMENSIONS}


def test_every_metric_splits_by_every_dimension(client: Client, key: Key, month: None) -> None:
    for dimension in DIMENSIONS:
        for granularity in (None, "hour", "week"):
            asked = {"dimensions": [dimension], "granularity": granularity}
            for row in rows(client, key, *METRICS, **asked):
                assert set(METRICS) <= set(row)


def test_the_help_explains_all_of_it() -> None:
    assert tuple(questions.FIELDS) == FIELDS
    assert list(questions.METRICS) == list(METRICS)
    assert list(questions.DIMENSIONS) == list(DIMENSIONS)
    assert list(questions.OPERATORS) == list(OPERATORS)


# --- sums ---


def test_a_total_has_every_digit(client: Client, key: Key, month: None) -> None:
    metrics = ["total_usage", "tokens_total", "reasoning_tokens", "cache_hit_rate", *COUNT]
    answer = ask(client, key, metrics=metrics)
    assert b'"total_usage":2.250000000001,' in answer.content
    (row,) = answer.json()["data"]["data"]
    assert row == {
        "total_usage": 2.250000000001,
        "tokens_total": 340,
        "reasoning_tokens": 7,
        "cache_hit_rate": 25 / 300,
        "request_count": 8,
    }


def test_of_nothing_there_is_a_total_and_no_share(client: Client, key: Key) -> None:
    assert rows(client, key, "request_count", "total_usage", "cache_hit_rate") == [
        {"request_count": 0, "total_usage": 0, "cache_hit_rate": None}
    ]
    assert rows(client, key, dimensions=["model"]) == []


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        ("model", ["acme/big", "acme/small", "acme/small:free", None]),
        ("variant", ["standard", "free", None]),
        ("provider", ["South", "North", None]),
        ("app", [None, "Editor"]),
        ("api_key_id", ["Tablet"]),
        ("workspace", ["Home"]),
    ],
)
def test_sums_are_split(
    client: Client, key: Key, month: None, dimension: str, values: list[str]
) -> None:
    found = rows(client, key, "total_usage", dimensions=[dimension])
    assert [row[dimension] for row in found] == values
    assert sum(Decimal(str(row["total_usage"])) for row in found) == Decimal("2.250000000001")


def test_apps_are_named_and_go_by_either_name(client: Client, cast: Cast, key: Key) -> None:
    learn([Told("openwebui.com", "Open WebUI"), Told("elsewhere.example", "Open WebUI")])
    for app in ("openwebui.com", "elsewhere.example", "curl"):
        spend(cast, key, "1", at=FIRST, app=app)
    named = [row["app"] for row in rows(client, key, dimensions=["app"])]
    assert named == ["curl", "Open WebUI", "Open WebUI"]
    for wanted, requests in (("openwebui.com", 2), ("Open WebUI", 4), ("curl", 2)):
        found = rows(client, key, **one_of("app", "eq", wanted))
        assert found == [{"request_count": requests}]


def test_people_are_named(client: Client, cast: Cast, key: Key, month: None) -> None:
    found = rows(client, key, dimensions=["user"])
    assert found == [
        {"user": cast.member.shown_name, "user_email": cast.member.email, "request_count": 6},
        {"user": cast.viewer.shown_name, "user_email": cast.viewer.email, "request_count": 2},
    ]


def test_two_dimensions_cross(client: Client, key: Key, month: None) -> None:
    found = rows(client, key, "total_usage", dimensions=["provider", "variant"])
    crossed = [(row["provider"], row["variant"], row["total_usage"]) for row in found]
    assert crossed == [
        ("South", "standard", 2.000000000001),
        ("North", "standard", 0.25),
        ("North", "free", 0),
        (None, None, 0),
    ]


@pytest.mark.parametrize(
    ("granularity", "begins"),
    [
        ("hour", ["2026-03-09T10", "2026-03-02T11", "2026-03-02T10"]),
        ("day", ["2026-03-09T00", "2026-03-02T00"]),
        ("week", ["2026-03-09T00", "2026-03-02T00"]),
        ("month", ["2026-03-01T00"]),
    ],
)
def test_time_is_cut_into_columns_the_latest_first(
    client: Client, key: Key, month: None, granularity: str, begins: list[str]
) -> None:
    found = rows(client, key, granularity=granularity)
    assert [row[f"date__{granularity}"] for row in found] == [
        f"{moment}:00:00.000Z" for moment in begins
    ]


def test_the_last_week_is_meant_where_no_time_is_said(client: Client, cast: Cast, key: Key) -> None:
    spend(cast, key, "1", at=timezone.now() - timedelta(days=6))
    spend(cast, key, "5", at=timezone.now() - timedelta(days=8))
    answer = post(client, key, b'{"metrics":["total_usage"]}')
    assert answer.json()["data"]["data"] == [{"total_usage": 1}]
    assert "warnings" not in answer.json()["data"]


def test_a_span_is_widened_to_whole_quarters_and_says_so(
    client: Client, key: Key, month: None
) -> None:
    span = {"start": "2026-03-02T11:44:59+01:00", "end": "2026-03-02T10:45:00Z"}
    data = ask(client, key, time_range=span).json()["data"]
    assert data["data"] == [{"request_count": 2}]
    assert data["warnings"] == [
        "Sums are kept by the quarter of an hour: counted was from 2026-03-02T10:30:00Z to "
        "2026-03-02T10:45:00Z."
    ]


# --- filters ---


@pytest.mark.parametrize(
    ("field", "operator", "value", "more", "requests"),
    [
        ("model", "eq", "acme/small", {}, 2),
        ("model", "neq", "acme/small", {}, 6),
        ("model", "in", ["acme/small", "acme/big"], {}, 4),
        ("model", "in", ["acme/small"], {"include_unset": True}, 4),
        ("model", "not_in", ["acme/small"], {}, 4),
        ("model", "not_in", ["acme/small"], {"include_unset": True}, 6),
        ("model", "in", ["acme/small"], {"include_unset": False}, 2),
        ("model", "eq", "\0", {}, 0),
        ("variant", "eq", "free", {}, 2),
        ("provider", "eq", "North", {}, 4),
        ("app", "neq", "Editor", {}, 4),
        ("finish_reason", "eq", "stop", {}, 0),
    ],
)
def test_sums_are_narrowed(
    client: Client,
    key: Key,
    month: None,
    field: str,
    operator: str,
    value: Any,
    more: dict[str, Any],
    requests: int,
) -> None:
    assert rows(client, key, **one_of(field, operator, value, **more)) == [
        {"request_count": requests}
    ]


def test_filters_all_hold_at_once(client: Client, key: Key, month: None) -> None:
    both = one_of("provider", "eq", "North")["filters"] + one_of("app", "eq", "Editor")["filters"]
    assert rows(client, key, filters=both, dimensions=["variant"]) == [
        {"variant": "free", "request_count": 2},
        {"variant": "standard", "request_count": 2},
    ]


def test_a_key_its_project_and_its_people_go_by_their_ids(
    client: Client, cast: Cast, key: Key, month: None
) -> None:
    mine = [
        ("api_key_id", key.row.pk, 8),
        ("api_key_id", str(key.row.pk), 8),
        ("api_key_id", key.digest, 8),
        ("workspace", str(cast.project.pk), 8),
        ("user", str(cast.member.public_id), 6),
        ("user", str(cast.viewer.public_id).upper(), 2),
    ]
    for field, value, requests in mine:
        found = rows(client, key, **one_of(field, "eq", value))
        assert found == [{"request_count": requests}], field


def test_others_ids_mean_nothing(
    client: Client, cast: Cast, key: Key, other: Key, month: None
) -> None:
    elsewhere = Project.start(name="Elsewhere", owner=cast.owner)
    foreign = [
        ("api_key_id", other.row.pk),
        ("api_key_id", other.digest),
        ("api_key_id", 10**12),
        ("workspace", str(elsewhere.pk)),
        ("user", str(cast.owner.public_id)),
        ("user", NOBODY),
        ("user", "7"),
    ]
    words = {said(ask(client, key, **one_of(field, "eq", value))) for field, value in foreign}
    assert {sentence.partition(": ")[2] for sentence in words} == {
        f"a key reads its own calls only, and none of them has that {field}."
        for field in ("api_key_id", "workspace", "user")
    }


# --- order and limits ---


@pytest.mark.parametrize(
    ("field", "direction", "models"),
    [
        ("request_count", "desc", ["acme/small", "acme/big"]),
        ("tokens_total", "asc", ["acme/big", "acme/small"]),
        ("model", "asc", ["acme/big", "acme/small"]),
        ("model", "desc", ["acme/small", "acme/big"]),
    ],
)
def test_rows_stand_in_the_order_asked_for(
    client: Client, cast: Cast, key: Key, field: str, direction: str, models: list[str]
) -> None:
    spend(cast, key, "1", at=FIRST, model="acme/big", requests=3)
    spend(cast, key, "1", at=FIRST, model="acme/small", requests=4, completion_tokens=11)
    spend(cast, key, "1", at=FIRST, model="", requests=4)
    order = {"field": field, "direction": direction}
    found = rows(client, key, "tokens_total", dimensions=["model"], order_by=order)
    assert [row["model"] for row in found if row["model"]] == models
    if field == "model":
        assert found[-1]["model"] is None, "who has no value comes last"


def test_limits_cut_and_say_so(client: Client, key: Key, month: None) -> None:
    by_day = {"dimensions": ["provider"], "granularity": "hour"}
    for limits, count, truncated in (
        ({}, 4, False),
        ({"limit": 2}, 2, True),
        ({"limit": 4}, 4, False),
        ({"group_limit": 1}, 3, True),
    ):
        data = ask(client, key, **by_day, **limits).json()["data"]
        assert data["metadata"]["row_count"] == len(data["data"]) == count
        assert data["metadata"]["truncated"] is truncated
    order = {"field": "date", "direction": "asc"}
    first, *_ = rows(client, key, **by_day, order_by=order, limit=1)
    assert first["date__hour"] == "2026-03-02T10:00:00.000Z"
    dated = {"field": "date__hour", "direction": "asc"}
    assert rows(client, key, **by_day, order_by=dated, limit=1) == [first]


# --- spans ---


@settings(deadline=None)
@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)), st.timedeltas(timedelta(0)))
def test_quarters_hold_the_span_and_no_more(start: datetime, length: timedelta) -> None:
    start = start.replace(tzinfo=UTC)
    end = start + min(length, timedelta(days=300))
    wide = in_quarters(start, end)
    assert BEGINNING <= wide.start <= start <= end <= wide.end <= END
    assert start - wide.start < timedelta(minutes=15) > wide.end - end
    assert all(at.minute % 15 == at.second == at.microsecond == 0 for at in wide)


def test_weeks_begin_on_monday() -> None:
    sunday = datetime(2026, 3, 1, 23, 59, 59, 5, tzinfo=UTC)
    begins = {each: f"{begin_of(sunday, each):%m-%d %H:%M:%S.%f}" for each in GRANULARITIES}
    assert begins == {
        "minute": "03-01 23:59:00.000000",
        "hour": "03-01 23:00:00.000000",
        "day": "03-01 00:00:00.000000",
        "week": "02-23 00:00:00.000000",
        "month": "03-01 00:00:00.000000",
    }
