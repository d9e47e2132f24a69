"""Budgets of a family on an ordinary evening: some nearly used, one used up, one used once."""

from decimal import Decimal
from typing import Any

from django.db import connection

from apps.budgets import changing
from apps.budgets.changing import Terms
from apps.budgets.models import Budget
from apps.keys.limiting import limit_key
from apps.keys.models import ApiKey
from apps.projects.models import Membership

# Whom it covers, how often it comes back, its limit, what is spent and held.
OF_HOUSE = (("household", "", "monthly", "40", "24.18", "0.41"),)
OF_PEOPLE = (
    ("Anna", "owner", "daily", "1.50", "0.38", "0.04"),
    ("Ben", "member", "daily", "0.50", "0.4642", "0.0042"),
)
OF_KEYS = (
    ("Laptop scripts", "weekly", "5", "2.10", "0.33"),
    ("Garden sensors", "once", "3", "3", "0"),
)


def have_budgets(people: dict[str, Any], home: Any, keys: dict[str, Any]) -> int:
    """Returns that of the member."""
    owner = people["owner"]
    for covers, _, interval, limit, spent, held in OF_HOUSE:
        terms = Terms("Mill Lane", covers, Decimal(limit), interval)
        _used(changing.make(terms, actor=owner), spent, held)
    for name, who, interval, limit, spent, held in OF_PEOPLE:
        terms = Terms(name, "person", Decimal(limit), interval, user=people[who])
        last = changing.make(terms, actor=owner)
        _used(last, spent, held)
    place = Terms(str(home), "project", Decimal(10), "weekly", project=home)
    _used(changing.make(place, actor=owner), "3.20", "0")
    members = tuple(Membership.objects.filter(project=home, user=people["member"]))
    terms = Terms("Ben at home", "members", Decimal(4), "monthly", project=home, members=members)
    _used(changing.make(terms, actor=owner), "1.93", "0.04")
    for name, interval, limit, spent, held in OF_KEYS:
        key = ApiKey.objects.get(pk=keys[name]["id"])
        _used(limit_key(key, Decimal(limit), interval, actor=owner), spent, held)
    changing.grant(last, Decimal("0.1"), actor=owner, reason="Two more questions for the report")
    return last.pk


def _used(budget: Budget, spent: str, held: str) -> None:
    """As calls leave it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE budgets_budgetwindow SET spent_usd = %s, held_usd = %s WHERE budget_id = %s",
            [spent, held, budget.pk],
        )
