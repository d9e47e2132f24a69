"""Do the books agree? Every window is the sum of its calls, every quarter of an hour the sum of its
receipts, and every day that of its quarters. Read from one moment of the database, so that calls
that run meanwhile are no difference: each of them changes all of its books in one transaction."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import Min
from django.urls import reverse
from psycopg.errors import QueryCanceled

from apps.accounts.notices import tell
from apps.budgets.audience import house_admins
from apps.core.money import usd_exact
from apps.usage.days import NEVER, ONE_DAY, day_begins, days_between
from apps.usage.models import UsageDay, UsageDayMark, UsageQuarter
from apps.usage.retention import kept_since

log = structlog.get_logger(__name__)

DONE = "reconciled"  # what the metrics read
# For the nightly task, which has 120 seconds; who asks by hand waits. In a house with millions of
# calls the night looks at the last weeks alone: what lies behind them changes no more.
SECONDS, SECONDS_LATELY = 60, 50
LATELY = timedelta(days=35)
SLACK = timedelta(minutes=15)  # at most between an id's moment and the birth its row tells
MOST = 1000  # of each kind; who has that many needs no more to know
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
SNAPSHOT = """
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL work_mem = '64MB'
"""
# A window that is older than the receipts has lost some of its calls.
WINDOWS = f"""
    SELECT b.name, w.starts_at, w.spent_usd, coalesce(c.spent, 0), w.held_usd, coalesce(c.held, 0)
      FROM budgets_budgetwindow w
      JOIN budgets_budget b ON b.id = w.budget_id
      LEFT JOIN (
           SELECT x.id, sum(g.cost_usd) FILTER (WHERE g.closed_at IS NOT NULL) AS spent,
                  sum(g.hold_usd) FILTER (WHERE g.closed_at IS NULL) AS held
             FROM usage_generation g CROSS JOIN LATERAL unnest(g.window_ids) AS x(id)
           WHERE g.id >= %(first)s GROUP BY x.id) c ON c.id = w.id
     WHERE w.starts_at >= %(since)s
       AND (w.spent_usd <> coalesce(c.spent, 0) OR w.held_usd <> coalesce(c.held, 0))
     ORDER BY w.starts_at, w.id LIMIT {MOST}
"""
ALIKE, FIGURES = ", ".join(UsageDay.ALIKE), ", ".join(UsageDay.FIGURES)
TOTALS = ", ".join(f"sum({one}) AS {one}" for one in UsageDay.FIGURES)
# Two books of rows that are alike in `at` and all of ALIKE: those that are not the same in both.
UNLIKE = f"""
    SELECT coalesce(p.name, 'project ' || project_id), at,
           {", ".join(f"coalesce({book}.{one}, 0)" for book in "br" for one in UsageDay.FIGURES)}
      FROM ({{book}}) b FULL JOIN ({{counted}}) r USING (at, {ALIKE})
      LEFT JOIN projects_project p ON p.id = project_id
     WHERE ({", ".join(f"b.{one}" for one in UsageDay.FIGURES)})
           IS DISTINCT FROM ({", ".join(f"r.{one}" for one in UsageDay.FIGURES)})
     ORDER BY at, project_id, {ALIKE} LIMIT {MOST}
"""
QUARTERS = UNLIKE.format(
    book=f"SELECT starts_at AS at, {ALIKE}, {FIGURES} FROM usage_usagequarter"
    " WHERE starts_at >= %(since)s",
    counted=f"""
        SELECT date_bin('15 minutes', created_at, 'epoch'::timestamptz) AS at, project_id,
               coalesce(key_id, 0) AS key_id, user_id, app, model,
               coalesce(endpoint_id, 0) AS endpoint_id, count(*) AS requests,
               {TOTALS.partition(", ")[2]}
          FROM usage_generation
         WHERE state = 'closed' AND created_at >= %(since)s AND id >= %(first)s
         GROUP BY 1, 2, 3, 4, 5, 6, 7""",
)
DAYS = UNLIKE.format(
    book=f"SELECT day AS at, {ALIKE}, {FIGURES} FROM usage_usageday"
    " WHERE zone = %(zone)s AND day BETWEEN %(from)s AND %(through)s",
    counted=f"""
        SELECT (%(days)s::date[])[width_bucket(starts_at, %(begins)s::timestamptz[])] AS at,
               {ALIKE}, {TOTALS}
          FROM usage_usagequarter WHERE starts_at >= %(start)s AND starts_at < %(end)s
         GROUP BY at, {ALIKE}""",
)
WORDS = {
    "requests": "calls were made",
    "cost_usd": "was spent",
    "prompt_tokens": "tokens went in",
    "completion_tokens": "tokens came out",
    "reasoning_tokens": "tokens were thought",
    "cached_tokens": "tokens came from a cache",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`book` is what the sum says, `counted` what its calls come to."""

    what: str
    name: str
    starts_at: datetime
    book: str
    counted: str


def differences(*, seconds: float | None = None, since: datetime | None = None) -> list[Difference]:
    """None where all agree. Must not be called within a transaction."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SNAPSHOT)
        return compared(cursor, seconds=seconds, since=since)


def compared(
    cursor: Any, *, seconds: float | None = None, since: datetime | None = None
) -> list[Difference]:
    """As this transaction sees them."""
    found: list[Difference] = []
    began = time.monotonic()
    for look in (_of_windows, _of_quarters, _of_days):
        if seconds is not None:
            left = max(1, int(1000 * (began + seconds - time.monotonic())))
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(left)])
        found += look(cursor, since or BEGINNING)
    return found


def reconcile(now: datetime) -> list[Difference]:
    """The same, and remembered for the metrics."""
    return _remembered(differences(), now)


def reconcile_by_night(now: datetime, *, seconds: float = SECONDS) -> list[Difference]:
    """All of it where that is done in time, else what began lately."""
    try:
        found = differences(seconds=seconds)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        since = (now - LATELY).replace(hour=0, minute=0, second=0, microsecond=0)
        found = differences(seconds=SECONDS_LATELY, since=since)
    return _remembered(found, now)


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


def _remembered(found: list[Difference], now: datetime) -> list[Difference]:
    cache.set(DONE, {"at": now.timestamp(), "differences": len(found)}, timeout=None)
    return found


def _of_windows(cursor: Any, since: datetime) -> Iterator[Difference]:
    cursor.execute(WINDOWS, _kept(since))
    for name, starts_at, spent, counted, held, holds in cursor.fetchall():
        yield from _unequal("is spent", name, starts_at, spent, counted)
        yield from _unequal("is held", name, starts_at, held, holds)


def _of_quarters(cursor: Any, since: datetime) -> Iterator[Difference]:
    cursor.execute(QUARTERS, _kept(since))
    for name, starts_at, *figures in cursor.fetchall():
        yield from _unlike(name, starts_at, figures)


def _of_days(cursor: Any, since: datetime) -> Iterator[Difference]:
    """Of each zone: those that are added up."""
    first = UsageQuarter.objects.aggregate(first=Min("starts_at"))["first"]
    for mark in UsageDayMark.objects.exclude(through=NEVER).order_by("zone"):
        zone = ZoneInfo(mark.zone)
        whole = since.astimezone(zone).date() + ONE_DAY
        begun = max(first.astimezone(zone).date() if first else mark.through, whole)
        days = list(days_between(begun, mark.through)) or [mark.through]
        values = {
            "zone": mark.zone,
            "from": whole,
            "through": mark.through,
            "days": days,
            "begins": [day_begins(day, zone) for day in days],
            "start": day_begins(whole, zone),
            "end": day_begins(mark.through + ONE_DAY, zone),
        }
        cursor.execute(DAYS, values)
        for name, day, *figures in cursor.fetchall():
            yield from _unlike(f"{name}, a day of {mark.zone}", day_begins(day, zone), figures)


def _kept(since: datetime) -> dict[str, Any]:
    """From where on receipts are compared. Ids begin with their millisecond: `first` is the first
    that a call of then may have."""
    since = max(since, kept_since() or BEGINNING)
    first = f"gen-{int((since - SLACK).timestamp() * 1000)}" if since > BEGINNING else ""
    return {"since": since, "first": first}


def _unlike(name: str, starts_at: datetime, figures: list[Any]) -> Iterator[Difference]:
    half = len(figures) // 2
    compared = zip(UsageDay.FIGURES, figures[:half], figures[half:], strict=True)
    for figure, book, counted in compared:
        if figure != "cost_usd":
            book, counted = int(book), int(counted)
        yield from _unequal(WORDS[figure], name, starts_at, book, counted)


def _unequal(
    what: str, name: str, starts_at: datetime, book: Decimal | int, counted: Decimal | int
) -> list[Difference]:
    if book == counted:
        return []
    return [Difference(what, name, starts_at, _shown(book), _shown(counted))]


def _shown(value: Any) -> str:
    return usd_exact(value) if isinstance(value, Decimal) else f"{value}"
