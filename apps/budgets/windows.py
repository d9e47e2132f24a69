"""The window of a budget that runs now, opened where the last one has ended. Whoever needs it first
opens it: a call, a page, or the minute's task; the truth waits for none of them."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Household
from apps.budgets import ledger
from apps.budgets.calendar import Calendar, span_at
from apps.budgets.models import Budget, BudgetEvent, BudgetWindow
from apps.projects.models import Project


def calendar_of(budget: Budget, household: Household) -> Calendar:
    """A project may count by a zone of its own."""
    own = budget.project.zone if budget.project else ""
    return Calendar(ZoneInfo(own or household.zone), household.week_starts_on)


def running(now: datetime) -> Q:
    """Windows that cover the moment: Span.covers as a question to the database."""
    return Q(ends_at=None) | Q(starts_at__lte=now, ends_at__gt=now)


def running_window(budget: Budget, now: datetime) -> BudgetWindow:
    """Its window at `now`, opened where there is none."""
    found = budget.windows.filter(running(now)).order_by("-starts_at").first()
    if found is not None:
        return found
    open_due([budget.pk], now)
    return budget.windows.filter(running(now)).latest("starts_at")


@transaction.atomic
def open_due(budget_ids: Iterable[int], now: datetime) -> int:
    """Opens what these budgets lack, each window once, with an event for each that follows
    another. Returns how many it opened."""
    household = Household.current()
    due = Budget.objects.active().filter(pk__in=list(budget_ids)).order_by("pk")
    # One after the other with whoever changes the interval or the limit.
    locked = due.select_for_update(of=("self",)).select_related("project")
    return sum(_open(budget, calendar_of(budget, household), now) for budget in locked)


def lacking(now: datetime) -> list[int]:
    """Active budgets without a window at `now`, of projects that live."""
    has_one = BudgetWindow.objects.filter(running(now)).values("budget_id")
    found = Budget.objects.active().exclude(pk__in=has_one)
    archived = Project.objects.archived().values("pk")
    return list(found.exclude(project__in=archived).values_list("pk", flat=True))


def _open(budget: Budget, by: Calendar, now: datetime) -> bool:
    begun = Q(starts_at__lte=now) | Q(ends_at=None)
    last = budget.windows.filter(begun).order_by("-starts_at").first()
    span = span_at(budget.interval, by, now, last.span if last else None)
    if last is not None and span.starts_at == last.starts_at:
        return False
    # Only a clock that was put back leaves a later one: the two must not overlap.
    later = budget.windows.filter(starts_at__gt=now).order_by("starts_at").first()
    ends_at = span.ends_at
    if later is not None:
        ends_at = min(later.starts_at, ends_at or later.starts_at)
    window_id, is_new = ledger.open_window(budget.pk, span.starts_at, ends_at, budget.limit_usd)
    if is_new and last is not None:
        BudgetEvent.objects.create(
            budget=budget, window_id=window_id, kind=BudgetEvent.Kind.RESET, at=now
        )
    return is_new
