"""Activity and the filters of the calls list: whose figures, of which days, and what fits."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.keys.making import make_key
from apps.projects.models import Project
from apps.usage.activity import Figures, by_model, cards, figures, span_of
from apps.usage.models import Generation, UsageQuarter
from tests.cast import Cast, make_call
from tests.pages.markup import Page

UTC = ZoneInfo("UTC")
NOW = datetime.fromisoformat("2026-11-22T18:00Z")
OPEN, RELEASED = Generation.State.OPEN, Generation.State.RELEASED


def quarter(
    cast: Cast, at: datetime, cost: str, *, who: User | None = None, **more: object
) -> None:
    known = {
        "starts_at": at,
        "project_id": cast.project.pk,
        "key_id": 0,
        "user_id": (who or cast.member).pk,
        "app": "",
        "model": "openai/gpt-5-mini",
        "endpoint_id": 1,
        "requests": 2,
        "cost_usd": Decimal(cost),
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "reasoning_tokens": 0,
        "cached_tokens": 0,
    }
    UsageQuarter.objects.create(**{**known, **more})


@pytest.mark.parametrize(
    ("period", "zone", "now", "start", "before_start", "before_end"),
    [
        ("today", "UTC", NOW.isoformat(), "11-22T00", "11-21T00", "11-21T18"),
        ("7d", "UTC", NOW.isoformat(), "11-16T00", "11-09T00", "11-15T18"),
        ("30d", "UTC", NOW.isoformat(), "10-24T00", "09-24T00", "10-23T18"),
        ("today", "Asia/Tokyo", NOW.isoformat(), "11-22T15", "11-21T15", "11-21T18"),
        # Berlin's clocks went back on 25 October, so that week began an hour earlier in UTC.
        ("7d", "Europe/Berlin", "2026-10-28T12:00Z", "10-21T22", "10-14T22", "10-21T11"),
    ],
)
def test_periods_are_whole_days_of_the_household(
    period: str, zone: str, now: str, start: str, before_start: str, before_end: str
) -> None:
    span = span_of(period, now=datetime.fromisoformat(now), zone=ZoneInfo(zone))
    found = [f"{at.astimezone(UTC):%m-%dT%H}" for at in (span.start, span.before_start)]
    assert [*found, f"{span.before_end.astimezone(UTC):%m-%dT%H}"] == [
        start,
        before_start,
        before_end,
    ]


def test_figures_are_of_the_period_and_of_the_one_before(cast: Cast) -> None:
    for at, cost in (
        ("2026-11-22T17:45Z", "1"),
        ("2026-11-16T00:00Z", "2"),
        ("2026-11-15T18:00Z", "4"),  # after the hour the period before ends at
        ("2026-11-15T17:45Z", "8"),
        ("2026-11-08T23:45Z", "16"),
    ):
        quarter(cast, datetime.fromisoformat(at), cost)
    span = span_of("7d", now=NOW, zone=UTC)
    now, before = figures(UsageQuarter.objects.all(), span)
    assert now == Figures(spend=Decimal(3), tokens=220, requests=4)
    assert before == Figures(spend=Decimal(8), tokens=110, requests=2)


def test_models_come_dearest_first_with_their_share(cast: Cast) -> None:
    quarter(cast, NOW, "1", model="a/a")
    quarter(cast, NOW, "3", model="b/b")
    quarter(cast, NOW, "0", model="")
    rows = by_model(UsageQuarter.objects.all(), span_of("today", now=NOW, zone=UTC))
    found = [(row.model, row.share, row.average) for row in rows]
    assert found == [("b/b", 75, Decimal("1.5")), ("a/a", 25, Decimal("0.5")), ("", 0, Decimal(0))]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("5", "3", "$2.00 more than the 7 days before"),
        ("3", "5", "$2.00 less than the 7 days before"),
        ("3", "3", "the same as the 7 days before"),
        ("3", "0", "nothing in the 7 days before"),
        ("0", "0", ""),
    ],
)
def test_a_change_is_a_sum_in_words(now: str, before: str, words: str) -> None:
    made = [Figures(Decimal(sum_), 0, 0) for sum_ in (now, before)]
    assert cards(made[0], made[1], period="7d")[0].against == words


def test_people_see_their_own_activity_and_the_house_sees_all(cast: Cast, client: Client) -> None:
    at = timezone.now() - timedelta(minutes=1)
    quarter(cast, at, "1.25")
    quarter(cast, at, "2.50", who=cast.owner)
    other = Project.start(name="Other", owner=cast.owner)
    quarter(cast, at, "4", who=cast.owner, project_id=other.pk)
    for person, address, spent in (
        (cast.owner, "/activity/?period=30d", "$7.75"),
        (cast.owner, "/activity/?period=30d&project=home", "$3.75"),
        (cast.member, "/activity/?period=30d", "$1.25"),
        (cast.member, "/activity/?period=nonsense&project=home", "$1.25"),
        (cast.stranger, "/activity/?period=30d", "$0.00"),
    ):
        client.force_login(person)
        page = client.get(address).content.decode()
        assert f'<dd class="figure">{spent}</dd>' in page, address
        assert Page(page).problems == []
    for path in ("/activity/", "/calls/"):
        assert client.get(f"{path}?project=other").status_code == 404
        assert client.get(f"{path}?project=%00").status_code == 404


def test_activity_costs_the_same_for_one_call_and_for_many(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        quarter(cast, timezone.now(), "1", model=f"a/{number}", endpoint_id=number)
    client.force_login(cast.owner)
    with django_assert_max_num_queries(7):
        client.get("/activity/")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {1, 2, 3, 4, 5, 6}),
        ("model=GEMMA", {2}),
        ("model=%00", {1, 2, 3, 4, 5, 6}),
        ("outcome=done", {1, 2}),
        ("outcome=failed", {3}),
        ("outcome=stopped", {4}),
        ("outcome=unsent", {5}),
        ("outcome=running", {6}),
        ("outcome=x&key=x", {1, 2, 3, 4, 5, 6}),
        ("key=KEY", {1}),
        ("key=OTHERS", {1, 2, 3, 4, 5, 6}),
        ("project=home&outcome=done", {1, 2}),
        ("model=nothing", set()),
    ],
)
def test_calls_are_narrowed_by_model_key_and_outcome(
    cast: Cast, client: Client, query: str, numbers: set[int]
) -> None:
    key, _ = make_key(project=cast.project, owner=cast.member, name="Laptop", actor=None)
    others, _ = make_key(project=cast.project, owner=cast.owner, name="Theirs", actor=None)
    for number, facts in enumerate(
        (
            {"key_id": key.pk},
            {"model": "google/gemma-3"},
            {"status": 502, "error_type": "provider_error"},
            {"was_cancelled": True, "status": 499},
            {"state": RELEASED, "status": 402},
            {"state": OPEN, "status": None},
        ),
        start=1,
    ):
        make_call(cast, cast.member, number=number, **facts)
    client.force_login(cast.member)
    query = query.replace("KEY", str(key.pk)).replace("OTHERS", str(others.pk))
    answer = client.get(f"/calls/?{query}")
    assert {int(call.pk[-6:]) for call in answer.context["calls"]} == numbers
    page = answer.content.decode()
    assert Page(page).problems == []
    assert "Theirs" not in page


def test_pages_of_narrowed_calls_stay_narrowed(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.usage.views.PAGE", 2)
    for number in range(3):
        make_call(cast, cast.member, number=number)
    make_call(cast, cast.member, number=9, model="x/y", requested_model="x/y")
    client.force_login(cast.member)
    first = client.get("/calls/?model=mini&project=home")
    assert "project=home" in first.context["older_address"]
    rest = client.get("/calls/" + first.context["older_address"])
    assert [call.pk[-6:] for call in rest.context["calls"]] == ["000000"]
