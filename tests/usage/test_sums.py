"""Activity shows what the receipts add up to, to the last digit, in each period and each split."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.core.money import usd_exact
from apps.gateway.money_rows import packed
from apps.usage.models import Generation
from apps.usage.periods import periods
from tests.cast import Cast, make_call
from tests.money.money_house import closing

STILL_OPEN = {"state": Generation.State.OPEN, "closed_at": None, "status": None, "cost_usd": 0}
ZONE = "Australia/Lord_Howe"  # half an hour off, and its summer shifts by half an hour


@pytest.fixture
def calls(cast: Cast) -> list[Generation]:
    """Over the last seventy days, summed by the very statement that settles."""
    Household.objects.update_or_create(id=1, defaults={"zone": ZONE, "week_starts_on": 6})
    dice, now = random.Random(7), timezone.now()
    for number in range(150):
        make_call(
            cast,
            dice.choice([cast.owner, cast.member]),
            number=number,
            created_at=now - timedelta(minutes=dice.randrange(70 * 24 * 60)),
            model=dice.choice(["a/a", "b/b", "c/c:free", ""]),
            **STILL_OPEN,
        )
    items = [
        closing(
            {"id": pk, "windows": []},
            f"0.{dice.randrange(10**11):012}",
            prompt_tokens=dice.randrange(10_000),
        )
        for pk in Generation.objects.values_list("pk", flat=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT recorder_close(%s::jsonb)", [packed(items)])
    return list(Generation.objects.all())


@pytest.mark.parametrize("name", ["today", "week", "month", "last_month", "30d"])
def test_the_page_equals_the_receipts(
    cast: Cast, client: Client, calls: list[Generation], name: str
) -> None:
    span = periods(now=timezone.now(), zone=ZoneInfo(ZONE), first=6)[name].span
    for person in (cast.owner, cast.member):
        seen = [one for one in calls if person == cast.owner or one.user_id == person.pk]
        inside = within(seen, span.start, span.end)
        client.force_login(person)
        answer = client.get(f"/activity/?period={name}")
        now, rows = answer.context["now"], answer.context["rows"]
        assert (now.spend, now.requests) == (total(inside), len(inside))
        assert now.tokens == sum(one.prompt_tokens + one.completion_tokens for one in inside)
        assert sum((row.group.spend for row in rows), Decimal(0)) == total(inside)
        assert usd_exact(total(inside)) in answer.content.decode()
        listed = client.get(f"/calls/?period={name}").context["calls"]
        assert {one.pk for one in listed} <= {one.pk for one in inside}
        assert len(listed) == min(len(inside), 50)


def within(calls: Iterable[Generation], start: datetime, end: datetime) -> list[Generation]:
    return [one for one in calls if start <= one.created_at < end]


def total(calls: Iterable[Generation]) -> Decimal:
    return sum((one.cost_usd for one in calls), Decimal(0))
