"""Questions about spending that have no answer here, and whatever else somebody sends: a sentence
in the API's shape, never a failure."""

from datetime import datetime
from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openrouter.operations import QueryAnalyticsResponse

from apps.gateway.api import LARGEST_QUESTION
from apps.gateway.usage_api.questions import FIELDS
from apps.gateway.usage_api.vocabulary import (
    DIMENSIONS,
    GRANULARITIES,
    METRICS,
    OPERATORS,
    UNANSWERED,
)
from apps.keys.models import ApiKey
from tests.cast import Cast, make_call
from tests.gateway.asking import COUNT, MONTH, Key, ask, get, one_of, post, said, spend
from tests.gateway.running import WebHouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(cast: Cast) -> Key:
    """With something to tell."""
    made = Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet"))
    at = datetime.fromisoformat(MONTH["start"])
    spend(cast, made, "0.25", at=at, app="Editor")
    spend(cast, made, "0", at=at, model="", endpoint_id=0)
    make_call(cast, cast.member, created_at=at, key_id=made.row.pk, is_streamed=True, latency_ms=9)
    return made


ONE = {"field": "model", "operator": "eq", "value": "x"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no metrics": ({"metrics": []}, "at least one metric"),
    "metrics null": ({"metrics": None}, "at least one metric"),
    "metrics no list": ({"metrics": "request_count"}, "a list of names"),
    "metric no text": ({"metrics": [1]}, "named by a text"),
    "metric unknown": ({"metrics": ["request_cont"]}, "Did you mean request_count?"),
    "metric of another": ({"metrics": ["byok_usage"]}, "the house's own accounts"),
    "part of a cost": ({"metrics": ["usage_web"]}, "kept as one sum"),
    "dimension unknown": ({"dimensions": ["colour"]}, "“colour” is no dimension."),
    "dimension of another": ({"dimensions": ["country"]}, "nothing of the kind"),
    "dimensions too many": ({"dimensions": ["model", "app", "user"]}, "At most 2 dimensions"),
    "dimension long": ({"dimensions": ["x" * 5000]}, "is no dimension"),
    "granularity unknown": ({"granularity": "year"}, "one of minute, hour, day"),
    "granularity no text": ({"granularity": ["day"]}, "one of minute, hour, day"),
    "field unknown": ({"metric": COUNT}, "“metric” is no field"),
    "classifier": ({"classifier_dimensions": {}}, "no classifiers here"),
    "backwards": ({"time_range": {**MONTH, "end": MONTH["start"]}}, "ends before it starts"),
    "no end": ({"time_range": {"start": MONTH["start"]}}, "a start and an end"),
    "no span": ({"time_range": "march"}, "a start and an end"),
    "no moment": ({"time_range": {**MONTH, "start": "March"}}, "must be a moment such as"),
    "a number": ({"time_range": {**MONTH, "start": 1767225600}}, "must be a moment such as"),
    "no zone": ({"time_range": {**MONTH, "start": "2026-03-01T00:00:00"}}, "say its zone"),
    "long ago": ({"time_range": {**MONTH, "start": "0001-01-01T00:00:00+14:00"}}, "years 2000"),
    "far off": ({"time_range": {**MONTH, "end": "9999-12-31T23:59:59Z"}}, "years 2000 and 2100"),
    "absurd": ({"time_range": {**MONTH, "start": "2001-01-01T00:00:00Z"}}, "ten years"),
    "minutes of a day": ({"granularity": "minute"}, "3 hours at most"),
    "hours of a year": (
        {"granularity": "hour", "time_range": {**MONTH, "start": "2025-04-01T00:00:00Z"}},
        "31 days at most",
    ),
    "calls of a year": (
        {"metrics": ["p90_latency"], "time_range": {**MONTH, "start": "2025-04-01T00:00:00Z"}},
        "p90_latency is read from single calls",
    ),
    "limit 0": ({"limit": 0}, "from 1 to 10,000"),
    "limit huge": ({"limit": 10_001}, "from 1 to 10,000"),
    "limit a float": ({"limit": 10.0}, "from 1 to 10,000"),
    "limit true": ({"limit": True}, "from 1 to 10,000"),
    "limit a text": ({"limit": "10"}, "from 1 to 10,000"),
    "group_limit negative": ({"group_limit": -1}, "from 1 to 10,000"),
    "order no object": ({"order_by": "date"}, "a field and a direction"),
    "order of what is not asked": (
        {"order_by": {"field": "total_usage", "direction": "asc"}},
        "a metric or dimension of the question",
    ),
    "order by a date that is not": (
        {"order_by": {"field": "date", "direction": "asc"}},
        "where there is a granularity",
    ),
    "order unhashable": ({"order_by": {"field": {}, "direction": "asc"}}, "a metric or dimension"),
    "order sideways": ({"order_by": {"field": "request_count", "direction": "up"}}, "asc or desc"),
    "filters no list": ({"filters": ONE}, "a list of at most 20"),
    "filters too many": ({"filters": [ONE] * 21}, "a list of at most 20"),
    "filter no object": ({"filters": ["model=x"]}, "filters[0] must have a field"),
    "filter half": ({"filters": [ONE, {"field": "model"}]}, "filters[1] must have a field"),
    "filter more": ({"filters": [{**ONE, "not": True}]}, "must have a field"),
    "filter of nothing": ({"filters": [{**ONE, "field": "modle"}]}, "Did you mean model?"),
    "filter on a metric": ({"filters": [{**ONE, "field": "total_usage"}]}, "no dimension"),
    "filter unhashable": ({"filters": [{**ONE, "field": []}]}, "named by a text"),
    "operator unknown": ({"filters": [{**ONE, "operator": "like"}]}, "must be one of eq"),
    "operator of order": ({"filters": [{**ONE, "operator": "gt"}]}, "only generation_id"),
    "value a list": ({"filters": [{**ONE, "value": ["x"]}]}, "one text or number for eq"),
    "value no list": ({"filters": [{**ONE, "operator": "in"}]}, "a list for in"),
    "value empty": ({"filters": [{**ONE, "operator": "in", "value": []}]}, "1 to 500 entries"),
    "values many": (
        {"filters": [{**ONE, "operator": "in", "value": ["x"] * 501}]},
        "1 to 500 entries",
    ),
    "value a float": ({"filters": [{**ONE, "value": 1.5}]}, "texts or whole numbers"),
    "value true": ({"filters": [{**ONE, "value": True}]}, "texts or whole numbers"),
    "value null": ({"filters": [{**ONE, "value": None}]}, "texts or whole numbers"),
    "value an object": ({"filters": [{**ONE, "value": {}}]}, "texts or whole numbers"),
    "unset of eq": ({"filters": [{**ONE, "include_unset": True}]}, "in and not_in alone"),
    "unset of what is set": (
        {"filters": [{"field": "user", "operator": "in", "value": ["{person}"]}]},
        "none of them has that user",
    ),
    "unset no truth": ({"filters": [{**ONE, "include_unset": 1}]}, "true or false"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_question_without_an_answer_is_refused(client: Client, key: Key, what: str) -> None:
    question, words = WRONG[what]
    assert words in said(ask(client, key, **question))


def test_only_what_may_be_unset_has_an_unset_bucket(client: Client, cast: Cast, key: Key) -> None:
    me = [str(cast.member.public_id)]
    answer = ask(client, key, **one_of("user", "in", me, include_unset=True))
    assert "no call is without user" in said(answer)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"metrics":["request_count"],"metrics":[]}', "stands twice"),
        (b'{"filters":' + b"[" * 200 + b"]" * 200 + b"}", "nests deeper"),
        (b'{"filters":' + b"[" * 30_000, "not valid JSON"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_is_no_question_is_refused(
    client: Client, key: Key, body: bytes, words: str
) -> None:
    assert words in said(post(client, key, body))


def test_questions_come_by_post_plain_and_with_a_key(client: Client, key: Key) -> None:
    assert "use POST" in said(get(client, "analytics/query", key), 405)
    assert "not compressed" in said(post(client, key, b"{}", **{"Content-Encoding": "gzip"}), 415)
    for path in ("analytics/meta", "analytics/query"):
        ask_without = client.get if path.endswith("meta") else client.post
        assert "No API key" in said(ask_without(f"/api/v1/{path}"), 401)
    preflight = client.options("/api/v1/analytics/query")
    assert "POST" in preflight["Access-Control-Allow-Methods"]


NAMES = st.sampled_from([*METRICS, *DIMENSIONS, *UNANSWERED, *OPERATORS, *GRANULARITIES, *FIELDS])
SCALARS = st.one_of(
    NAMES, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=9)
)
MOMENTS = st.one_of(
    SCALARS, st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()), NAMES
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, st.text(max_size=5)), inner)
    ),
    max_leaves=8,
)
LIKELY = st.fixed_dictionaries(
    {"metrics": st.lists(st.sampled_from(list(METRICS)), min_size=1, max_size=3)},
    optional={
        "dimensions": st.lists(st.sampled_from(list(DIMENSIONS)), max_size=3) | ANYTHING,
        "granularity": st.sampled_from(list(GRANULARITIES)) | ANYTHING,
        "time_range": st.fixed_dictionaries({"start": MOMENTS, "end": MOMENTS}) | ANYTHING,
        "filters": st.lists(
            st.fixed_dictionaries(
                {
                    "field": st.sampled_from(list(DIMENSIONS)),
                    "operator": st.sampled_from(list(OPERATORS)),
                    "value": SCALARS | st.lists(SCALARS, max_size=3),
                },
                optional={"include_unset": SCALARS},
            ),
            max_size=3,
        )
        | ANYTHING,
        "order_by": st.fixed_dictionaries(
            {"field": NAMES, "direction": st.sampled_from(["asc", "desc"])}
        )
        | ANYTHING,
        "limit": st.integers(1, 20) | ANYTHING,
        "group_limit": st.integers(1, 3) | ANYTHING,
    },
)


@pytest.mark.parametrize("path", ["/api/v1/analytics/query", "/v1/analytics/query"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_question_of_any_length_is_refused_at_the_door(
    house: WebHouse, path: str, is_chunked: bool
) -> None:
    body = b'{"metrics":["' + b"x" * LARGEST_QUESTION + b'"]}'
    sent: Any = iter([body[:9000], body[9000:]]) if is_chunked else body
    answered = house.client.post(path, content=sent, headers=house.headers)
    error = answered.json()["error"]
    assert (answered.status_code, error["metadata"]["error_type"]) == (413, "payload_too_large")
    assert error["message"] == "A question is larger than 64 KB."
    assert answered.headers["access-control-allow-origin"] == "*"
    most = b'{"metrics":["request_count"]' + b" " * (LARGEST_QUESTION - 29) + b"}"
    assert house.post(most, path=path).status_code == 200


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=LIKELY | ANYTHING | st.binary(max_size=20))
def test_whatever_is_asked_is_answered_or_refused_with_a_sentence(
    client: Client, key: Key, question: Any
) -> None:
    is_raw = isinstance(question, bytes)
    try:
        body = question if is_raw else orjson.dumps(question)
    except TypeError:  # numbers past 64 bits and lone surrogates are nothing JSON can carry
        return
    answer = post(client, key, body)
    if answer.status_code == 200:
        QueryAnalyticsResponse.model_validate_json(answer.content)
    else:
        said(answer)
