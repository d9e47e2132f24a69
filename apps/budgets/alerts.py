"""Alerts: a threshold that a running window reached is told once, to those it concerns."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from apps.budgets import words
from apps.budgets.models import BudgetAlert, BudgetWindow
from apps.budgets.telling import Teller
from apps.core.alone import alone

LOCK = 2

# Whoever inserts a row has it to tell; somebody faster leaves nothing to insert. The highest
# first: where a slice ends within a window, what is left of it is lower and stays silent.
REACHED = """
    INSERT INTO budgets_budgetalert (window_id, percent, at)
    SELECT w.id, p.value::smallint, %(now)s
      FROM budgets_budgetwindow w
      JOIN budgets_budget b ON b.id = w.budget_id AND b.is_active
      LEFT JOIN projects_project r ON r.id = b.project_id
     CROSS JOIN LATERAL jsonb_array_elements_text(b.alert_at) p
     WHERE (w.ends_at IS NULL OR w.starts_at <= %(now)s AND w.ends_at > %(now)s)
       AND w.limit_usd + w.extra_usd > 0 AND r.archived_at IS NULL
       AND w.spent_usd * 100 >= p.value::smallint * (w.limit_usd + w.extra_usd)
       AND NOT EXISTS (SELECT 1 FROM budgets_budgetalert a
                        WHERE a.window_id = w.id AND a.percent = p.value::smallint)
     ORDER BY w.id, p.value::smallint DESC
     LIMIT %(most)s
    ON CONFLICT DO NOTHING
    RETURNING window_id, percent
"""


@transaction.atomic
def tell_alerts(now: datetime, *, most: int) -> int:
    """Finds up to so many and tells them, in the one transaction that notes them. Returns how many
    were new, none while somebody else is at it. Several of one window at once are told as the
    highest alone."""
    if not alone(LOCK):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(REACHED, {"now": now, "most": most})
        found: list[tuple[int, int]] = cursor.fetchall()
    highest = _highest({window for window, _ in found})
    for window, percent in found:
        if highest[window] == percent:
            _tell(window, percent, now)
    return len(found)


def _highest(windows: Iterable[int]) -> dict[int, int]:
    """What each has reached at most, now and before."""
    rows = BudgetAlert.objects.filter(window__in=windows).order_by("percent")
    return dict(rows.values_list("window", "percent"))


def _tell(window_id: int, percent: int, now: datetime) -> None:
    window = BudgetWindow.objects.select_related("budget__project").get(pk=window_id)
    teller = Teller.of(window.budget)
    teller.tell(
        "budget.alert",
        window,
        lambda who: words.used(window, who, now=now, zone=teller.zone),
        now=now,
        percent=percent,
    )
