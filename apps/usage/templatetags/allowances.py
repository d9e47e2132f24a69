"""Budgets on pages of other rooms: what is left today, those of a key, and what another zone would
mean for them."""

from typing import Any

from django import template
from django.utils import timezone

from apps.accounts.models import User
from apps.budgets.models import Budget
from apps.keys.models import ApiKey
from apps.projects.access import may_change
from apps.projects.models import Project
from apps.usage.budget_pages.board import readable
from apps.usage.budget_pages.figures import shown, tightest
from apps.usage.budget_pages.zones import Move, moves_to

register = template.Library()


@register.inclusion_tag("budgets/_left.html")
def left_today(user: User, place: Project | None) -> dict[str, Any]:
    """One quiet line, or nothing where no budget binds."""
    return {"meter": tightest(user, place, timezone.now())}


@register.inclusion_tag("budgets/_of_key.html")
def budgets_of_key(key: ApiKey, user: User) -> dict[str, Any]:
    """Its own, and those it shares with other keys."""
    mine = Budget.objects.for_user(user).active().filter(keys=key)
    may_make = may_change(user, key.project_id)
    return {"found": shown(readable(mine), timezone.now()), "key": key, "may_make": may_make}


@register.simple_tag
def moved_windows(zone: str, week_starts_on: int, project: Project | None = None) -> list[Move]:
    return moves_to(zone, week_starts_on, timezone.now(), project)
