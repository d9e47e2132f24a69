"""When a key was last used and by what, as the list of keys tells it, and what it spent."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.usage.key_uses import uses_of
from apps.usage.spend import KeySpend, key_spend
from tests.cast import Cast, make_call, make_quarter
from tests.pages.asking import queries


def aged(cast: Cast, name: str, days: int) -> ApiKey:
    key, _ = make_key(Rules(name), project=cast.project, owner=cast.member, actor=None)
    ApiKey.objects.filter(pk=key.pk).update(created_at=timezone.now() - timedelta(days=days))
    key.refresh_from_db()
    return key


def test_the_newest_call_tells_when_and_by_what(cast: Cast) -> None:
    key, other = aged(cast, "Laptop", 100), aged(cast, "Desk", 100)
    for number, (days, app) in enumerate([(9, "curl"), (2, "Open WebUI"), (5, "Cline")]):
        when = timezone.now() - timedelta(days=days)
        make_call(cast, cast.member, number=number, key_id=key.pk, app=app, created_at=when)
    use, unused = uses_of([key, other])
    assert (use.key, use.app) == (key, "Open WebUI")
    assert round((timezone.now() - use.last_used).total_seconds() / 86400) == 2
    assert (unused.key, unused.last_used) == (other, None)


@pytest.mark.parametrize(
    ("made", "used", "badge"),
    [
        (1, None, None),
        (8, None, "never used"),
        (200, 89, None),
        (200, 91, "idle"),
    ],
)
def test_a_key_nobody_uses_is_marked(
    cast: Cast, client: Client, made: int, used: int | None, badge: str | None
) -> None:
    key = aged(cast, "Laptop", made)
    if used is not None:
        when = timezone.now() - timedelta(days=used)
        make_call(cast, cast.member, key_id=key.pk, app="curl", created_at=when)
    client.force_login(cast.member)
    page = client.get("/keys/").content.decode()
    assert ("never used" in page) is (badge == "never used")
    assert (">idle<" in page) is (badge == "idle")
    assert ("not yet" in page) is (used is None)
    assert ("curl" in page) is (used is not None)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=5), "ends today"),
        (timedelta(days=1, hours=1), "1 day left"),
        (timedelta(days=6, hours=1), "6 days left"),
        (timedelta(days=15), None),
        (None, "no end date"),
    ],
)
def test_a_key_that_ends_soon_says_so(
    cast: Cast, client: Client, left: timedelta | None, words: str | None
) -> None:
    ends = timezone.now() + left if left else None
    make_key(Rules("Laptop", expires_at=ends), project=cast.project, owner=cast.member, actor=None)
    client.force_login(cast.member)
    page = client.get("/keys/").content.decode()
    told = [
        one for one in ("ends today", "1 day left", "6 days left", "no end date") if one in page
    ]
    assert told == ([words] if words else [])


def test_the_list_costs_the_same_for_one_key_and_for_many(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    asked = []
    for number in range(12):
        key = aged(cast, f"Key {number}", 20)
        make_call(cast, cast.member, number=number, key_id=key.pk)
        asked.append(queries(client, "/keys/"))
    assert asked[0] == asked[-1]


def test_what_a_key_spent_is_counted_by_days_of_the_household(cast: Cast) -> None:
    """A Monday in Nepal, whose midnight is a quarter past six in UTC: the month began on Sunday."""
    Household.objects.update(zone="Asia/Kathmandu", week_starts_on=0)
    now = datetime(2026, 11, 2, 0, 20, tzinfo=ZoneInfo("Asia/Kathmandu"))
    for minutes, cost in ((5, "1"), (30, "0.000000000001"), (26 * 60, "0.01"), (99 * 60, "0.001")):
        at = now - timedelta(minutes=minutes)
        make_quarter(cast, cast.member, cost, at=at - timedelta(minutes=at.minute % 15), key_id=7)
    make_quarter(cast, cast.member, "5", at=now, key_id=8)
    assert key_spend(7, now=now) == KeySpend(
        ever=Decimal("1.011000000001"),
        today=Decimal("1.000000000000"),
        week=Decimal("1.000000000000"),
        month=Decimal("1.000000000001"),
    )
    assert key_spend(9, now=now) == KeySpend(*[Decimal(0)] * 4)
