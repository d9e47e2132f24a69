"""What a key is told of itself: what it spent, and the budgets that bind it, in OpenRouter's newest
shape (`GET /key`, `budgets` and `effective_budget`; openrouter.ai API reference, read 2026-11)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.budgets.models import Budget
from apps.connections.free_calls import standings
from apps.connections.models import Connection
from apps.gateway import limits
from apps.keys.models import ApiKey
from apps.usage.budget_pages.figures import Shown, shown
from apps.usage.spend import key_spend

# The household's own has no word there: an organisation is what a workspace belongs to.
SCOPES = {
    Budget.Covers.HOUSEHOLD: "organization",
    Budget.Covers.PERSON: "member",
    Budget.Covers.PROJECT: "workspace",
    Budget.Covers.MEMBERS: "member",
    Budget.Covers.KEYS: "api_key",
}


def facts_of(key: ApiKey, now: datetime) -> dict[str, Any]:
    """`limit` and its kin are those of the budget with the least left, whichever it is: that is
    where the next call ends."""
    binding = binding_budgets(key, now)
    effective = tightest(binding)
    limit = as_told(effective) if effective else None
    spent = key_spend(key.pk, now=now)
    return {
        "label": key.label,
        "limit": limit and limit["limit_usd"],
        "limit_reset": limit and limit["reset_interval"],
        "limit_remaining": limit and limit["remaining_usd"],
        "include_byok_in_limit": False,
        "usage": float(spent.ever),
        "usage_daily": float(spent.today),
        "usage_weekly": float(spent.week),
        "usage_monthly": float(spent.month),
        "byok_usage": 0,
        "byok_usage_daily": 0,
        "byok_usage_weekly": 0,
        "byok_usage_monthly": 0,
        "budgets": [as_told(one) for one in binding],
        "effective_budget": limit,
        "is_free_tier": False,
        "free_model_daily_requests": free_calls(now),
        "is_management_key": False,
        "is_provisioning_key": False,
        "creator_user_id": str(key.owner.public_id),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "rate_limit": limits.as_told(key.requests_per_minute, key.max_in_flight),
    }


def free_calls(now: datetime) -> dict[str, int] | None:
    """Of all accounts that are counted, together: they are shared by every key of the house. None
    where nothing is counted."""
    connections = Connection.objects.enabled().select_related("provider")
    counted = [one for one in standings(connections, now).values() if one.per_day is not None]
    if not counted:
        return None
    return {
        "limit": sum(one.per_day or 0 for one in counted),
        "used": sum(one.used for one in counted),
        "remaining": sum(one.left or 0 for one in counted),
    }


def binding_budgets(key: ApiKey, now: datetime) -> list[Shown]:
    """Every budget that a call of this key meets, the widest first."""
    binding = Budget.objects.binding(key.owner, key.project) | key.budgets.active()
    found = shown(binding.distinct().select_related("project", "user").order_by("pk"), now)
    order = list(SCOPES)
    return sorted(found, key=lambda one: order.index(Budget.Covers(one.budget.covers)))


def tightest(binding: Iterable[Shown]) -> Shown | None:
    return min(binding, key=lambda one: one.left, default=None)


def as_told(one: Shown) -> dict[str, Any]:
    budget, window = one.budget, one.window
    once = budget.interval == Budget.Interval.ONCE
    return {
        "budget_id": str(budget.pk),
        "name": budget.name,
        "scope": SCOPES[Budget.Covers(budget.covers)],
        "limit_usd": float(window.allowed_usd),
        "spend_usd": float(window.spent_usd),
        "held_usd": float(window.held_usd),
        "remaining_usd": float(one.left),
        "reset_interval": None if once else budget.interval,
        "resets_at": window.ends_at.isoformat() if window.ends_at else None,
        "include_byok": False,
        "guardrail_id": None,
    }
