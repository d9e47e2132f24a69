"""The ledger as a page or a task uses it. Calls come to the same SQL by their own way; nothing else
writes a window."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection


def open_window(
    budget_id: int, starts_at: datetime, ends_at: datetime | None, limit: Decimal
) -> tuple[int, bool]:
    """The window that begins then: its id, and whether it is new."""
    sql = "SELECT id, is_new FROM ledger_open(%s, %s, %s, %s)"
    window_id, is_new = _ask(sql, budget_id, starts_at, ends_at, limit)
    return window_id, is_new


def set_limit(windows: Iterable[int], limit: Decimal) -> None:
    """Below what is spent is allowed: nothing more is admitted then."""
    _ask("SELECT ledger_limit(%s, %s)", list(windows), limit)


def add_extra(window_id: int, amount: Decimal) -> None:
    """Less than zero takes back."""
    _ask("SELECT ledger_extra(%s, %s)", window_id, amount)


def _ask(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
