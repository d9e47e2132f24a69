"""The demonstration's house: full, exact, the same for the same seed, and only where there was
nothing before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from apps.accounts.models import User
from apps.budgets.models import BudgetWindow
from apps.gateway.demo_house.timetable import quarters
from apps.gateway.reconcile import differences
from apps.keys.models import ApiKey
from apps.usage.models import Generation, GenerationDetail
from apps.usage.receipt import receipt_of
from tests.commands import typed

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
COUNT = 3000


@pytest.fixture
def house(transactional_db: None) -> Iterator[None]:
    cache.clear()
    call_command("load_catalog", verbosity=0)
    yield
    cache.clear()


def test_a_year_of_calls_is_in_books_that_agree(house: None) -> None:
    said = typed("seed_demo", generations=COUNT)
    assert Generation.objects.count() == COUNT and f"{COUNT:,} calls" in said
    assert differences() == []
    assert (User.objects.count(), ApiKey.objects.count()) == (20, 50)
    over = BudgetWindow.objects.filter(spent_usd__gt=F("limit_usd"))
    assert BudgetWindow.objects.filter(spent_usd__gt=0).exists() and not over.exists()
    each_receipt_reckons_its_cost()
    every_page_shows_it(said.split()[-1])
    with pytest.raises(CommandError, match="has calls already"):
        typed("seed_demo", generations=1)
    assert Generation.objects.count() == COUNT


def each_receipt_reckons_its_cost() -> None:
    assert GenerationDetail.objects.count() > COUNT * 0.9
    owner = User.objects.get(role=User.Role.OWNER)
    for call in Generation.objects.filter(cost_usd__gt=0).order_by("-id")[:50]:
        receipt = receipt_of(call, owner)
        assert sum((line.amount for line in receipt.reckoning), Decimal(0)) == call.cost_usd
        assert receipt.is_kept and receipt.candidates and len(receipt.attempts) == 1


def every_page_shows_it(password: str) -> None:
    web = Client()
    form = {"login": "owner@house.example", "password": password}
    assert web.post("/accounts/login/", form).status_code == 302
    for address in ("/activity/", "/calls/", "/budgets/", "/keys/"):
        assert web.get(address, follow=True).status_code == 200, address


def test_what_cannot_be_is_refused(house: None) -> None:
    with pytest.raises(CommandError, match="whole number"):
        typed("seed_demo", generations=0)
    User.objects.create_user(email="partner@house.example")
    with pytest.raises(CommandError, match="partner@house.example lives in"):
        typed("seed_demo", generations=1)
    assert User.objects.count() == 1


def test_the_timetable_holds_every_call_once_and_none_to_come() -> None:
    now = datetime(2026, 11, 23, 4, 7, tzinfo=UTC)
    for zone in ("Asia/Kathmandu", "America/St_Johns"):
        for count in (1, 9000):
            found = list(quarters(count, now, ZoneInfo(zone), seed=3))
            assert sum(one.calls for one in found) == count
            assert [one.starts_at for one in found] == sorted({one.starts_at for one in found})
            assert all(one.starts_at.minute % 15 == 0 for one in found)
            assert (now - found[-1].starts_at).total_seconds() >= 900
    assert found == list(quarters(count, now, ZoneInfo(zone), seed=3))
