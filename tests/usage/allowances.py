"""Budgets as the tests of pages make them, spend them, and read their pages."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client

from apps.budgets import changing
from apps.budgets.changing import Terms
from apps.budgets.models import Budget
from tests.cast import Cast
from tests.pages.markup import Page


def make(cast: Cast, covers: str = "project", limit: str = "5", **more: Any) -> Budget:
    facts = {"project": None if covers in {"household", "person"} else cast.project, **more}
    terms = Terms(
        name=facts.pop("name", covers),
        covers=covers,
        limit_usd=Decimal(limit),
        interval=facts.pop("interval", "daily"),
        **facts,
    )
    return changing.make(terms, actor=cast.owner)


def spend(budget: Budget, spent: str, held: str = "0") -> None:
    """As calls would have left it; only the ledger writes windows in the product."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE budgets_budgetwindow SET spent_usd = %s, held_usd = %s WHERE budget_id = %s",
            [spent, held, budget.pk],
        )


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Page(page).problems == []
    return " ".join(page.split())
