"""What a key is told of what it spent: its balance, and its days. Of its own calls alone, in the
shapes that OpenRouter's clients read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from openrouter.components import ActivityResponse
from openrouter.operations import GetCreditsResponse

from apps.budgets.models import Budget, BudgetWindow
from apps.gateway.docs import questions
from apps.gateway.usage_api.activity import PARAMETERS
from apps.keys.models import ApiKey
from tests.cast import Cast
from tests.catalog.shelf import offer
from tests.gateway.asking import Key, days_ago, get, said, spend, told

pytestmark = pytest.mark.django_db
NOBODY = "6f1c2c37-2a31-4f6b-9d3b-000000000000"


@pytest.fixture
def key(cast: Cast) -> Key:
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet"))


@pytest.fixture
def other(cast: Cast) -> Key:
    """Of the same person, in the same project: what it spent is as foreign as anybody's."""
    return Key(*ApiKey.mint(project=cast.project, owner=cast.member, name="Phone"))


# --- credits ---


def test_the_balance_is_what_the_tightest_budget_leaves(
    client: Client, cast: Cast, key: Key, other: Key
) -> None:
    spend(cast, key, "1.000000000001", at=days_ago(400))
    spend(cast, key, "0.5", at=timezone.now())
    spend(cast, other, "7")
    for limit in ("10", "3"):
        budget = Budget.objects.create(
            name=limit, covers=Budget.Covers.KEYS, project=cast.project, limit_usd=Decimal(limit)
        )
        key.row.budgets.add(budget)
    raw = get(client, "credits", key).content
    assert b'"total_credits":4.500000000001,"total_usage":1.500000000001,' in raw
    data = told(client, "credits", key)["data"]
    assert data["effective_budget"] == told(client, "key", key)["data"]["effective_budget"]
    read = GetCreditsResponse.model_validate_json(raw).data
    assert read.total_credits - read.total_usage == pytest.approx(3)


def test_without_a_budget_the_balance_never_runs_low(client: Client, key: Key) -> None:
    data = told(client, "credits", key)["data"]
    assert data == {"total_credits": 1_000_000, "total_usage": 0, "effective_budget": None}


def test_a_budget_that_is_overdrawn_leaves_nothing(client: Client, cast: Cast, key: Key) -> None:
    budget = Budget.objects.create(
        name="All", covers=Budget.Covers.KEYS, project=cast.project, limit_usd=Decimal(1)
    )
    key.row.budgets.add(budget)
    told(client, "credits", key)
    BudgetWindow.objects.update(spent_usd=Decimal("1.2"))
    spend(cast, key, "1.2")
    data = told(client, "credits", key)["data"]
    assert (data["total_credits"], data["total_usage"]) == (1.2, 1.2)


# --- activity ---


@pytest.fixture
def days(cast: Cast, key: Key, other: Key) -> int:
    """Three days of two models, and what is none of the key's. The endpoint's number."""
    endpoint = offer("acme/small", "north").pk
    small = {"model": "acme/small:free", "endpoint_id": endpoint}
    spend(cast, key, "0.25", at=days_ago(1), **small, reasoning_tokens=4, cached_tokens=50)
    spend(cast, key, "0.000000000001", at=days_ago(1) + timedelta(hours=1), **small, app="x")
    spend(cast, key, "1", at=days_ago(1), endpoint_id=10**6)  # one that is gone
    spend(cast, key, "0", at=days_ago(30), model="", endpoint_id=0)
    spend(cast, key, "9", at=days_ago(31))
    spend(cast, key, "9", at=timezone.now())
    spend(cast, other, "9", at=days_ago(1))
    return endpoint


def test_activity_is_the_last_thirty_days_that_are_over(
    client: Client, key: Key, days: int
) -> None:
    raw = get(client, "activity", key).content
    first, second, third = orjson.loads(raw)["data"]
    assert second == {
        "date": f"{days_ago(1):%Y-%m-%d}",
        "model": "acme/small:free",
        "model_permaslug": "acme/small",
        "endpoint_id": str(days),
        "provider_name": "North",
        "usage": 0.250000000001,
        "byok_usage_inference": 0,
        "requests": 4,
        "prompt_tokens": 200,
        "completion_tokens": 20,
        "reasoning_tokens": 4,
        "cached_tokens": 50,
    }
    assert (first["usage"], first["model"], first["provider_name"]) == (1, "openai/gpt-5-mini", "")
    assert (third["date"], third["endpoint_id"]) == (f"{days_ago(30):%Y-%m-%d}", "0")
    assert len(ActivityResponse.model_validate_json(raw).data) == 3


def test_activity_can_be_narrowed(client: Client, cast: Cast, key: Key, days: int) -> None:
    spend(cast, key, "0.125", at=days_ago(1), user=cast.viewer, endpoint_id=10**6)

    def usage(query: str) -> list[float]:
        return [one["usage"] for one in told(client, f"activity?{query}", key)["data"]]

    assert usage(f"date={days_ago(30):%Y-%m-%d}") == [0]
    assert usage(f"date={days_ago(2):%Y-%m-%d}") == []
    everything = [1.125, 0.250000000001, 0]
    assert usage(f"api_key_hash={key.digest}") == everything
    assert usage(f"workspace_id={cast.project.pk}") == everything
    assert usage(f"user_id={cast.member.public_id}") == [1, 0.250000000001, 0]
    assert usage(f"user_id={cast.viewer.public_id}") == [0.125]
    split = told(client, "activity?group_by=workspace", key)["data"]
    assert {one["workspace_id"] for one in split} == {str(cast.project.pk)}


def test_whoever_asks_for_the_days_of_others_learns_nothing(
    client: Client, cast: Cast, key: Key, other: Key, days: int
) -> None:
    foreign = [
        f"api_key_hash={other.digest}",
        f"api_key_hash={'0' * 64}",
        f"user_id={cast.owner.public_id}",
        f"user_id={NOBODY}",
        f"workspace_id={cast.project.pk + 1}",
        "workspace_id=nonsense",
        "api_key_hash=abc",
        "user_id=7",
        "user_id=%00",
    ]
    for query in foreign:
        assert "own calls only" in said(get(client, f"activity?{query}", key), 404)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("date=yesterday", "such as 2026-11-20"),
        ("date=20261120", "such as 2026-11-20"),
        ("date=2026-02-30", "such as 2026-11-20"),
        ("date=", "such as 2026-11-20"),
        ("date=%00", "such as 2026-11-20"),
        ("date=1999-01-01", "one of the last 30 days"),
        ("date={today:%Y-%m-%d}", "one of the last 30 days"),
        ("group_by=model", "workspace, or left out"),
        ("days=3", "“days” is not asked here"),
    ],
)
def test_activity_says_what_is_wrong_with_a_question(
    client: Client, key: Key, query: str, words: str
) -> None:
    asked = query.format(today=datetime.now(UTC))
    assert words in said(get(client, f"activity?{asked}", key))


@pytest.mark.parametrize("path", ["credits", "activity"])
def test_nothing_is_told_without_a_key(client: Client, path: str) -> None:
    assert "No API key" in said(client.get(f"/api/v1/{path}"), 401)
    assert "use GET" in said(client.post(f"/api/v1/{path}"), 405)


def test_the_help_names_what_activity_may_be_asked() -> None:
    assert tuple(questions.ACTIVITY) == PARAMETERS
