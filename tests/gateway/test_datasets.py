"""Rankings for programs: the whole house's use, in the shapes OpenRouter's clients read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from django.utils import timezone
from openrouter.components import AppRankingsResponse, RankingsDailyResponse

from apps.gateway.datasets_api import app_rows, model_rows
from apps.gateway.docs import questions
from apps.keys.models import ApiKey
from apps.usage.app_names import CATEGORIES
from apps.usage.models import App
from tests.cast import Cast, make_quarter

pytestmark = pytest.mark.django_db
MODELS, APPS = "/api/v1/datasets/rankings-daily", "/api/v1/datasets/app-rankings"


@pytest.fixture
def key(cast: Cast) -> dict[str, str]:
    """Of somebody who made none of the calls."""
    _, secret = ApiKey.mint(project=cast.project, owner=cast.owner, name="Board")
    return {"Authorization": f"Bearer {secret}"}


def told(client: Client, key: dict[str, str], address: str) -> Any:
    answer = client.get(address, headers=key)
    assert answer.status_code == 200, answer.content
    return orjson.loads(answer.content)


def noon(days_ago: int) -> datetime:
    now = timezone.now().astimezone(UTC)
    return now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)


def use(cast: Cast, tokens: int, days_ago: int, **fields: Any) -> None:
    make_quarter(
        cast,
        cast.member,
        "0.5",
        at=noon(days_ago),
        prompt_tokens=tokens,
        completion_tokens=0,
        **fields,
    )


def test_models_come_by_day_the_most_used_first_and_the_rest_as_other(
    cast: Cast, client: Client, key: dict[str, str]
) -> None:
    for number in range(52):
        use(cast, 100 + number, 2, model=f"acme/m{number:02d}")
    use(cast, 7, 1, model="b/same")
    use(cast, 7, 1, model="a/same")
    use(cast, 7, 1, model="")
    use(cast, 0, 1, model="a/silent")
    use(cast, 1, 0, model="a/today")
    found = told(client, key, MODELS)
    RankingsDailyResponse.model_validate(found)
    rows = found["data"]
    first, second = f"{noon(2):%Y-%m-%d}", f"{noon(1):%Y-%m-%d}"
    assert len(rows) == 53
    assert rows[0] == {"date": first, "model_permaslug": "acme/m51", "total_tokens": "151"}
    assert rows[50] == {"date": first, "model_permaslug": "other", "total_tokens": "201"}
    assert [(row["date"], row["model_permaslug"]) for row in rows[51:]] == [
        (second, "a/same"),
        (second, "b/same"),
    ]
    assert found["meta"]["end_date"] == second
    assert found["meta"]["start_date"] == f"{noon(30):%Y-%m-%d}"


def test_weeks_begin_on_monday_and_months_on_their_first(
    cast: Cast, client: Client, key: dict[str, str]
) -> None:
    make_quarter(cast, cast.member, "1", at=datetime(2026, 2, 1, 23, 45, tzinfo=UTC))  # a Sunday
    make_quarter(cast, cast.member, "1", at=datetime(2026, 2, 2, tzinfo=UTC))
    span = "start_date=2026-01-15&end_date=2026-02-10"
    for period, dates in {
        "day": ["2026-02-01", "2026-02-02"],
        "week": ["2026-01-26", "2026-02-02"],
        "month": ["2026-02-01"],
    }.items():
        rows = told(client, key, f"{MODELS}?{span}&period={period}")["data"]
        assert [row["date"] for row in rows] == dates


def test_apps_are_popular_by_tokens_and_trending_by_what_is_above_the_mean(
    cast: Cast, client: Client, key: dict[str, str]
) -> None:
    App.objects.create(identity="acme.app", slug="acme", name="Acme", categories=["cli-agent"])
    App.objects.create(identity="Plain", slug="plain", name="Plain", categories=["game"])
    use(cast, 500, 1, app="acme.app")
    use(cast, 900, 1, app="Plain", requests=3)
    use(cast, 9000, 1, app="")
    use(cast, 900, 2, app="Plain")
    use(cast, 900, 3, app="Plain")
    use(cast, 900, 4, app="Plain")
    use(cast, 1200, 4, app="acme.app")
    span = f"start_date={noon(1):%Y-%m-%d}&end_date={noon(1):%Y-%m-%d}"
    found = told(client, key, f"{APPS}?{span}")
    AppRankingsResponse.model_validate(found)
    assert [(row["rank"], row["app_name"], row["total_tokens"]) for row in found["data"]] == [
        (1, "Plain", "900"),
        (2, "Acme", "500"),
    ]
    assert found["data"][0]["total_requests"] == 3
    for query, names in {
        "sort=trending": ["Acme"],
        "category=coding": ["Acme"],
        "category=entertainment&subcategory=game": ["Plain"],
        "category=creative": [],
        "offset=1": ["Acme"],
        "limit=1": ["Plain"],
    }.items():
        rows = told(client, key, f"{APPS}?{span}&{query}")["data"]
        assert [row["app_name"] for row in rows] == names, query
    assert told(client, key, f"{APPS}?{span}&offset=1")["data"][0]["rank"] == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"{MODELS}?end_date=2024-12-31", "2025-01-01 or later"),
        (f"{MODELS}?start_date=2026-02-02&end_date=2026-02-01", "must not be after"),
        (f"{MODELS}?start_date=2025-01-01&end_date=2026-01-02", "At most 366 days"),
        (f"{MODELS}?start_date=20260101", "a day such as"),
        (f"{MODELS}?end_date=2026-02-30", "a day such as"),
        (f"{MODELS}?end_date=", "a day such as"),
        (f"{MODELS}?period=hour", "period must be one of day, week, month"),
        (f"{MODELS}?modality=text", "no word of it is kept"),
        (f"{MODELS}?category=programming", "no word of it is kept"),
        (f"{MODELS}?days=3", "days is not asked here"),
        (f"{APPS}?sort=best", "sort must be one of"),
        (f"{APPS}?category=games", "category must be one of"),
        (f"{APPS}?category=coding&subcategory=game", "game is no subcategory of coding"),
        (f"{APPS}?limit=0", "limit must be a whole number from 1 to 100"),
        (f"{APPS}?limit=٣", "limit must be a whole number"),
        (f"{APPS}?offset=101", "offset must be a whole number from 0 to 100"),
        (f"{APPS}?period=day", "period is not asked here"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    client: Client, key: dict[str, str], address: str, words: str
) -> None:
    answer = client.get(address, headers=key)
    assert answer.status_code == 400
    assert words in orjson.loads(answer.content)["error"]["message"]


def test_days_to_come_and_days_before_all_data_are_cut_off(
    client: Client, key: dict[str, str]
) -> None:
    found = told(client, key, f"{MODELS}?end_date=2999-01-01")["meta"]
    assert found["end_date"] == f"{timezone.now().astimezone(UTC):%Y-%m-%d}"
    found = told(client, key, f"{APPS}?start_date=2020-01-01&end_date=2025-02-01")["meta"]
    assert found["start_date"] == "2025-01-01"


@pytest.mark.parametrize("address", [MODELS, APPS])
def test_nobody_without_a_key_is_told_anything(client: Client, cast: Cast, address: str) -> None:
    assert client.get(address).status_code == 401
    client.force_login(cast.owner)
    assert client.get(address).status_code == 401


def test_the_help_names_what_may_be_asked() -> None:
    assert tuple(questions.RANKINGS_DAILY) == model_rows.PARAMETERS
    assert tuple(questions.APP_RANKINGS) == app_rows.PARAMETERS


def test_every_kind_of_app_is_of_one_group() -> None:
    kinds = [kind for group in app_rows.GROUPS.values() for kind in group]
    assert sorted(kinds) == sorted(CATEGORIES)
