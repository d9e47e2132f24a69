"""Budgets of a household whose day is Vienna's."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from apps.budgets.models import Budget


@pytest.fixture
def a_budget(db: None) -> "Callable[..., Budget]":
    """Makes budgets of a dollar a day that have no window yet."""
    from apps.accounts.models import Household
    from apps.budgets.models import Budget

    Household.objects.update_or_create(
        pk=1, defaults={"zone": "Europe/Vienna", "week_starts_on": 0}
    )

    def make(**own: Any) -> Budget:
        plain: dict[str, Any] = {"name": "Day", "covers": "household", "interval": "daily"}
        return Budget.objects.create(**{**plain, "limit_usd": Decimal(1), **own})

    return make
