"""Budgets that begin again: their windows are opened as soon as they are due, and whoever was
stopped by the last one is told that they may go on."""

import time
from datetime import datetime
from functools import partial

import structlog
from django.db import transaction

from apps.budgets import words
from apps.budgets.models import BudgetEvent, BudgetWindow
from apps.budgets.telling import Teller
from apps.budgets.windows import lacking, open_due
from apps.core.alone import alone

log = structlog.get_logger(__name__)
LOCK = 1


def open_windows(now: datetime, *, seconds: float) -> int:
    """Each in a transaction of its own, so that one that cannot be opened holds up no other. What
    there is no time for, a call, a page or the next minute opens. Returns how many it opened."""
    stop, opened = time.monotonic() + seconds, 0
    for budget_id in lacking(now):
        if time.monotonic() > stop:
            break
        try:
            opened += open_due([budget_id], now)
        except Exception as problem:  # whatever it is: the others have to begin again
            log.warning("window_not_opened", budget=budget_id, problem=type(problem).__name__)
    return opened


@transaction.atomic
def tell_resets(now: datetime, *, most: int) -> int:
    """Of a budget with several untold ones, after an outage, the newest alone is told. Returns how
    many it has dealt with, told or not; none while somebody else is at it."""
    if not alone(LOCK):
        return 0
    untold = BudgetEvent.objects.filter(kind=BudgetEvent.Kind.RESET, told_at=None)
    # All of one budget together: its older ones would else be told by another slice.
    budgets = set(untold.order_by("id").values_list("budget", flat=True)[:most])
    events = list(
        untold.filter(budget__in=budgets).select_related("window__budget__project").order_by("id")
    )
    newest = {event.budget_id: event.window for event in events}
    for window in newest.values():
        if window is not None and _is_news(window, now):
            teller = Teller.of(window.budget)
            teller.tell("budget.reset", window, partial(words.again, window), now=now)
    untold.filter(pk__in=[event.pk for event in events]).update(told_at=now)
    return len(events)


def _is_news(window: BudgetWindow, now: datetime) -> bool:
    """Only where the window before was used up to its last alert: people who never met the limit
    would hear of it every midnight."""
    budget = window.budget
    is_gone = not budget.is_active or (budget.project and budget.project.archived_at)
    is_over = window.ends_at is not None and window.ends_at <= now
    if is_gone or is_over or _is_used_up(window):
        return False
    before = budget.windows.filter(starts_at__lt=window.starts_at).order_by("-starts_at").first()
    return before is not None and window.allowed_usd > 0 and _is_used_up(before)


def _is_used_up(window: BudgetWindow) -> bool:
    """To its last alert; a budget without alerts, or without any money, says nothing."""
    last, allowed = max(window.budget.alert_at, default=0), window.allowed_usd
    return bool(last and allowed > 0 and window.spent_usd * 100 >= last * allowed)
