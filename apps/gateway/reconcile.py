"""Do the books agree? Every window is the sum of its calls, and every quarter of an hour the sum of
its receipts. Read from one moment of the database, so that calls that run meanwhile are no
difference: each of them changes all of its books in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse

from apps.accounts.models import Household
from apps.accounts.notices import tell
from apps.budgets.audience import house_admins
from apps.core.money import usd_exact

log = structlog.get_logger(__name__)

DONE = "reconciled"  # what the metrics read
SECONDS = 100  # a task of the queue has 120
SHORTEST_MONTH = 28  # days; receipts are kept at least as long as so many of them
SNAPSHOT = f"""
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL statement_timeout = '{SECONDS}s'
"""
# A window that is older than the receipts has lost some of its calls.
WINDOWS = """
    SELECT b.name, w.starts_at, w.spent_usd, coalesce(c.spent, 0), w.held_usd, coalesce(c.held, 0)
      FROM budgets_budgetwindow w
      JOIN budgets_budget b ON b.id = w.budget_id
      LEFT JOIN (
           SELECT x.id, sum(g.cost_usd) FILTER (WHERE g.closed_at IS NOT NULL) AS spent,
                  sum(g.hold_usd) FILTER (WHERE g.closed_at IS NULL) AS held
             FROM usage_generation g CROSS JOIN LATERAL unnest(g.window_ids) AS x(id)
            GROUP BY x.id) c ON c.id = w.id
     WHERE w.starts_at >= %s
       AND (w.spent_usd <> coalesce(c.spent, 0) OR w.held_usd <> coalesce(c.held, 0))
     ORDER BY w.starts_at, w.id
"""
QUARTERS = """
    SELECT coalesce(p.name, 'project ' || project_id), starts_at,
           coalesce(q.cost, 0), coalesce(r.cost, 0), coalesce(q.calls, 0), coalesce(r.calls, 0)
      FROM (SELECT starts_at, project_id, sum(cost_usd) AS cost, sum(requests) AS calls
              FROM usage_usagequarter WHERE starts_at >= %(since)s GROUP BY 1, 2) q
      FULL JOIN (
           SELECT date_bin('15 minutes', created_at, 'epoch'::timestamptz) AS starts_at, project_id,
                  sum(cost_usd) AS cost, count(*) AS calls
             FROM usage_generation WHERE state = 'closed' AND created_at >= %(since)s
            GROUP BY 1, 2) r USING (starts_at, project_id)
      LEFT JOIN projects_project p ON p.id = project_id
     WHERE q.cost IS DISTINCT FROM r.cost OR q.calls IS DISTINCT FROM r.calls
     ORDER BY starts_at, project_id
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """`book` is what the sum says, `counted` what its calls come to."""

    what: str
    name: str
    starts_at: datetime
    book: str
    counted: str


def differences(now: datetime) -> list[Difference]:
    """None where all agree. Must not be called within a transaction."""
    months = Household.current().receipt_months
    since = _quarter(now - timedelta(days=SHORTEST_MONTH * months))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        cursor.execute(WINDOWS, [since])
        windows = cursor.fetchall()
        cursor.execute(QUARTERS, {"since": since})
        quarters = cursor.fetchall()
    found = []
    for name, starts_at, spent, counted, held, holds in windows:
        found += _unequal("is spent", name, starts_at, spent, counted)
        found += _unequal("is held", name, starts_at, held, holds)
    for name, starts_at, cost, counted, calls, rows in quarters:
        found += _unequal("was spent", name, starts_at, cost, counted)
        found += _unequal("calls were made", name, starts_at, int(calls), int(rows))
    return found


def reconcile(now: datetime) -> list[Difference]:
    """The same, and remembered for the metrics."""
    found = differences(now)
    cache.set(DONE, {"at": now.timestamp(), "differences": len(found)}, timeout=None)
    return found


def tell_house(found: list[Difference]) -> None:
    """Those who look after the house, and its log."""
    if not found:
        return
    log.error("books_differ", differences=len(found), first=found[0].what)
    first, count = found[0], len(found)
    where = "one place" if count == 1 else f"{count} places"
    text = (
        f"The sums of the house do not agree in {where}. In {first.name}, {first.book} "
        f"{first.what}, but the calls come to {first.counted}. No call is wrong by that. "
        "“manage.py reconcile” on the machine of the house shows all of it."
    )
    for person in house_admins():
        tell(person, text, link=reverse("usage:activity"))


def _unequal(
    what: str, name: str, starts_at: datetime, book: Decimal | int, counted: Decimal | int
) -> list[Difference]:
    if book == counted:
        return []
    return [Difference(what, name, starts_at, _shown(book), _shown(counted))]


def _shown(value: Any) -> str:
    return usd_exact(value) if isinstance(value, Decimal) else f"{value}"


def _quarter(moment: datetime) -> datetime:
    """The start of the day: whole quarters of an hour lie behind it."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
