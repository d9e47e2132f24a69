"""Budgets of the cast's house, spent as a test wishes, and what people were told of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.accounts.models import Household, Notice, User
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.windows import running_window
from tests.cast import Cast


def in_zone(zone: str) -> None:
    Household.current()
    Household.objects.update(zone=zone)


def budget_of(cast: Cast, **own: Any) -> Budget:
    """A dollar a day for the member, who is called Mia."""
    User.objects.filter(pk=cast.member.pk).update(name="Mia")
    plain: dict[str, Any] = {"name": "Mia’s day", "covers": "person", "user": cast.member}
    if "covers" in own and own["covers"] != "person":
        plain["user"] = None
    return Budget.objects.create(**{**plain, "limit_usd": Decimal(1), "interval": "daily", **own})


def spend(budget: Budget, amount: str, now: datetime) -> BudgetWindow:
    """So much in all of the window at `now`."""
    window = running_window(budget, now)
    BudgetWindow.objects.filter(pk=window.pk).update(spent_usd=Decimal(amount))
    window.refresh_from_db()
    return window


def told(person: User) -> list[str]:
    return list(Notice.objects.filter(user=person).order_by("id").values_list("text", flat=True))
