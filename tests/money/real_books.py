"""The real books on the test's own connection: the same acts as the model's, by the SQL of the
house."""

import itertools
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from apps.gateway.money_rows import Row, packed, released
from tests.cast import Cast
from tests.money.model import Answer, Call
from tests.money.money_house import closing

_numbers = itertools.count(1)
LEASE = """
    INSERT INTO gateway_processlease (process_id, started_at, expires_at)
    VALUES (%s, now(), now() + %s * interval '1 second')
    ON CONFLICT (process_id) DO UPDATE SET expires_at = excluded.expires_at
"""
WITNESS = """
    INSERT INTO gateway_processlease (process_id, started_at, expires_at)
    VALUES ('witness', now() - interval '1 hour', now()
            + least(interval '1 hour', (now() - pg_postmaster_start_time()) * 0.9))
"""
SUMS = """
    SELECT wid, coalesce(sum(cost_usd) FILTER (WHERE state <> 'open'), 0),
           coalesce(sum(hold_usd) FILTER (WHERE state = 'open'), 0)
      FROM usage_generation, unnest(window_ids) wid GROUP BY wid
"""


def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


class RealBooks:
    """Calls of the cast's owner, by no key."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        ask(WITNESS)

    def start_process(self) -> str:
        name = f"model-{os.getpid()}-{next(_numbers)}"
        ask(LEASE, name, 600)
        return name

    def kill_process(self, name: str) -> None:
        """What is left of it is a lease that has run out."""
        ask(LEASE, name, -1)

    def row(self, call: Call, *, is_stale: bool) -> Row:
        ((version,),) = ask(
            "SELECT p.policy_version + h.policy_version FROM projects_project p,"
            " accounts_household h WHERE p.id = %s",
            self._cast.project.pk,
        )
        return {
            "id": f"gen-{os.getpid()}-{next(_numbers):09d}",
            "created_at": datetime.now(UTC),
            "process_id": call.process,
            "project_id": self._cast.project.pk,
            "key_id": None,
            "user_id": self._cast.owner.pk,
            "policy_version": version - is_stale,
            "is_limited": False,
            "app": "",
            "requested_model": "home/model",
            "is_streamed": call.is_streamed,
            "bills_whole": call.bills_whole,
            "windows": list(call.windows),
            "hold": call.hold,
            "prompt_estimate": call.estimate,
            "model": "home/model",
            "endpoint_id": 1,
            "provider": "custom",
        }

    def reserve(self, rows: list[Row]) -> list[Answer]:
        sql = "SELECT verdict, tightest, available, held FROM gateway_reserve(%s::jsonb)"
        return [Answer(*found) for found in ask(sql, packed(rows))]

    def settle(self, rows: list[tuple[Row, Decimal]]) -> set[str]:
        return self._close([closing(row, str(cost)) for row, cost in rows])

    def release(self, row: Row) -> bool:
        return bool(self._close([released(row)]))

    def extend(self, name: str, amount: Decimal) -> bool:
        return bool(ask("SELECT gateway_extend(%s, %s)", name, amount)[0][0])

    def checkpoint(self, name: str, amount: Decimal) -> None:
        ask("SELECT recorder_checkpoint(%s, %s::numeric[])", [name], [amount])

    def sweep(self) -> int:
        return int(ask("SELECT gateway_sweep(500)")[0][0])

    def windows(self, ids: list[int]) -> dict[int, tuple[Any, ...]]:
        """(starts_at, ends_at, limit, extra, spent, held) of each."""
        sql = """SELECT id, starts_at, ends_at, limit_usd, extra_usd, spent_usd, held_usd
                   FROM budgets_budgetwindow WHERE id = ANY(%s)"""
        return {row[0]: row[1:] for row in ask(sql, ids)}

    def sums_of_calls(self) -> dict[int, tuple[Decimal, Decimal]]:
        """(spent, held) of each window by the rows of its calls."""
        return {window: (spent, held) for window, spent, held in ask(SUMS)}

    def _close(self, rows: list[Row]) -> set[str]:
        return set(ask("SELECT gateway_settle(%s::jsonb)", packed(rows))[0][0])
