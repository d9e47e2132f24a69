"""Budgets of keys. A key points down to the budgets that bind it, so they are tied here, in the
transaction that makes or changes the budget."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.budgets import changing
from apps.budgets.changing import Terms
from apps.budgets.models import Budget
from apps.keys.models import ApiKey


@transaction.atomic
def make_for_keys(
    terms: Terms, keys: Iterable[ApiKey], *, actor: User | None, **fields: Any
) -> Budget:
    """Raises ValidationError where more than 16 would bind one call."""
    budget = changing.make(terms, actor=actor, **fields)
    _tie(budget, keys)
    return budget


@transaction.atomic
def change_for_keys(
    budget: Budget, terms: Terms, keys: Iterable[ApiKey], *, actor: User | None
) -> None:
    """Raises ValidationError as well."""
    changing.change(budget, terms, actor=actor)
    _tie(budget, keys)


def limit_key(key: ApiKey, limit_usd: Decimal, interval: str, *, actor: User | None) -> Budget:
    """A budget of this key alone, called as it is."""
    terms = Terms(
        name=key.name,
        covers=Budget.Covers.KEYS,
        limit_usd=limit_usd,
        interval=interval,
        project=key.project,
    )
    return make_for_keys(terms, [key], actor=actor)


def _tie(budget: Budget, keys: Iterable[ApiKey]) -> None:
    budget.keys.set(list(keys))
    changing.check_room()
