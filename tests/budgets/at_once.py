"""Two who act at the same moment, each on a connection of its own."""

from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.waiting import until


def alone(act: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """In a thread of its own, whose connection nobody else would close."""
    try:
        return act(*values, **named)
    finally:
        connection.close()


def wait_for_a_waiter() -> None:
    """Until some other connection waits for a lock."""
    until(_somebody_waits, 20, "nobody waits for a lock")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return bool(cursor.fetchone()[0])
