"""What another zone, or another first day of the week, means for windows that run."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.accounts.models import Household
from apps.budgets.calendar import Calendar, span_at
from apps.budgets.models import Budget
from apps.projects.models import Project
from apps.usage.budget_pages.figures import shown


class Move(NamedTuple):
    """The running window of a budget keeps its end; the one after it runs until `next_ends_at`."""

    budget: Budget
    ends_at: datetime
    next_ends_at: datetime | None


def moves_to(
    zone: str, week_starts_on: int, now: datetime, project: Project | None = None
) -> list[Move]:
    """Of one project, or of everything that counts by the household's zone."""
    budgets = Budget.objects.active().select_related("project").order_by("name")
    if project is not None:
        budgets = budgets.filter(project=project)
    else:
        budgets = budgets.exclude(project__archived_at__isnull=False)
    by_zone = Calendar(ZoneInfo(zone or Household.current().zone), week_starts_on)
    found = []
    for one in shown(budgets, now):
        own = one.budget.project.zone if one.budget.project and project is None else ""
        by = Calendar(ZoneInfo(own), week_starts_on) if own else by_zone
        ends_at = one.window.ends_at
        if ends_at is not None:
            after = span_at(one.budget.interval, by, ends_at, one.window.span)
            found.append(Move(one.budget, ends_at, after.ends_at))
    return found
