"""Home: the address, what is left to do, what was spent."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Household
from apps.catalog.models import Provider
from apps.connections.models import Connection
from apps.keys.making import make_key
from apps.usage.models import UsageQuarter
from apps.usage.spend import spend_for
from tests.cast import Cast, make_call


def spend(cast: Cast, starts_at: str, cost: str, who: str = "member") -> None:
    UsageQuarter.objects.create(
        starts_at=datetime.fromisoformat(starts_at),
        project_id=cast.project.pk,
        key_id=0,
        user_id=getattr(cast, who).pk,
        app="",
        model="openai/gpt-5-mini",
        endpoint_id=1,
        requests=2,
        cost_usd=Decimal(cost),
        prompt_tokens=1,
        completion_tokens=1,
        reasoning_tokens=0,
        cached_tokens=0,
    )


def test_an_empty_house_says_what_comes_next(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    page = client.get("/").content.decode()
    assert 'value="http://localhost:8000/api/v1"' in page
    for step in ("Connect a provider", "Make an API key", "Make the first call"):
        assert step in page


def test_a_house_at_work_shows_calls_instead_of_steps(cast: Cast, client: Client) -> None:
    provider = Provider.objects.create(slug="openai", name="OpenAI")
    Connection.objects.create(provider=provider, name="OpenAI", base_url="https://a.example/v1")
    make_key(project=cast.project, owner=cast.owner, name="Laptop", actor=None)
    make_call(cast, cast.owner)
    client.force_login(cast.owner)
    page = client.get("/").content.decode()
    assert "1 provider connected" in page
    assert "1 API key in use" in page
    assert "Last calls" in page
    assert "Next steps" not in page


def test_a_member_is_not_offered_what_only_the_house_may(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get("/").content.decode()
    assert "/connections/" not in page
    assert "Spent by you" in page


@pytest.mark.parametrize(
    ("who", "zone", "today", "month"),
    [
        ("member", "UTC", "6", "7"),
        ("owner", "UTC", "14", "15"),
        ("stranger", "UTC", "0", "0"),
        ("member", "Asia/Tokyo", "4", "7"),  # the day began at 15:00 UTC
        ("member", "America/Los_Angeles", "6", "6"),  # November began at 07:00 UTC
    ],
)
def test_days_and_months_are_the_households(
    cast: Cast, who: str, zone: str, today: str, month: str
) -> None:
    Household.objects.update_or_create(id=1, defaults={"zone": zone})
    spend(cast, "2026-11-01T06:45Z", "1")
    spend(cast, "2026-11-22T09:00Z", "2")
    spend(cast, "2026-11-22T15:00Z", "4")
    spend(cast, "2026-11-22T15:00Z", "8", "owner")
    found = spend_for(getattr(cast, who), now=datetime.fromisoformat("2026-11-22T18:00Z"))
    assert (found.today_usd, found.month_usd) == (Decimal(today), Decimal(month))


def test_the_number_of_questions_to_the_database_does_not_grow(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for number in range(30):
        make_call(cast, cast.member, number=number, created_at=now - timedelta(minutes=number))
    client.force_login(cast.owner)
    with django_assert_max_num_queries(14):
        client.get("/")
