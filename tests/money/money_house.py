"""A database of its own for tests of the money path: made once for each run, with one person,
project, key and budget. Its rows stay committed, so that many connections can fight over them."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from apps.gateway.money_rows import Row, packed
from config.database import from_url
from tests.waiting import until

_numbers = itertools.count(1)
SEED = """
import json
import django
django.setup()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from apps.accounts.models import Household, User
from apps.budgets.models import Budget
from apps.keys.models import ApiKey
from apps.projects.models import Project
household = Household.current()
owner = User.objects.create(email="owner@house.example", role=User.Role.OWNER)
project = Project.start(name="Home", owner=owner)
key, _ = ApiKey.mint(project=project, owner=owner, name="test")
budget = Budget.objects.create(name="All", covers="household", limit_usd=1, interval="daily")
print(json.dumps({
    "user_id": owner.pk, "project_id": project.pk, "key_id": key.pk, "budget_id": budget.pk,
    "policy_version": household.policy_version + project.policy_version,
}))
"""


@dataclass(frozen=True)
class MoneyHouse:
    """`facts` are the columns every call of its one key has."""

    conninfo: str
    budget_id: int
    facts: dict[str, Any]

    def connect(self, **options: Any) -> "psycopg.Connection[tuple[Any, ...]]":
        limits = "-c statement_timeout=20000 -c lock_timeout=10000"
        patient = make_conninfo(self.conninfo, connect_timeout=20)
        return psycopg.connect(patient, autocommit=True, options=limits, **options)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def window(self, limit: str, *, extra: str = "0") -> int:
        """A fresh window of the one budget."""
        start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(
            minutes=next(_numbers), seconds=os.getpid() % 60
        )
        sql = """
            INSERT INTO budgets_budgetwindow
                   (budget_id, starts_at, limit_usd, extra_usd, spent_usd, held_usd)
            VALUES (%s, %s, %s, %s, 0, 0) RETURNING id
        """
        return int(self.ask(sql, self.budget_id, start, limit, extra)[0][0])

    def figures(self, window: int) -> tuple[Decimal, Decimal]:
        """(spent, held)"""
        sql = "SELECT spent_usd, held_usd FROM budgets_budgetwindow WHERE id = %s"
        spent, held = self.ask(sql, window)[0]
        return spent, held

    def lease(self, process: str, *, seconds: float = 600) -> str:
        """A lease of this length; one of the past has run out."""
        sql = """
            INSERT INTO gateway_processlease (process_id, started_at, expires_at)
            VALUES (%s, now(), now() + %s * interval '1 second')
            ON CONFLICT (process_id) DO UPDATE SET expires_at = excluded.expires_at
        """
        self.ask(sql, process, seconds)
        return process

    def fresh_process(self) -> str:
        return self.lease(f"test-{os.getpid()}-{next(_numbers)}")

    @contextlib.contextmanager
    def witness(self) -> Iterator[None]:
        """A process that has been in touch with the database for longer than its lease lasts;
        without one nothing is swept."""
        # Its lease is shorter than the time the test's own database server has been up.
        self.ask(
            """INSERT INTO gateway_processlease (process_id, started_at, expires_at)
               VALUES ('witness', now() - interval '1 hour', now()
                       + least(interval '1 hour', (now() - pg_postmaster_start_time()) * 0.9))"""
        )
        yield
        self.ask("DELETE FROM gateway_processlease WHERE process_id = 'witness'")

    def wait_for_a_waiter(self) -> None:
        """Until some connection waits for a lock."""
        sql = """SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        until(lambda: self.ask(sql)[0][0], 20, "nobody waits for a lock")

    def row(
        self, process: str, *, hold: str = "0.01", windows: tuple[int, ...] = (), **own: Any
    ) -> Row:
        """What admission would hand over."""
        return {
            "id": f"gen-{os.getpid()}-{next(_numbers):09d}",
            "created_at": datetime.now(UTC),
            "process_id": process,
            **self.facts,
            "app": "",
            "requested_model": "home/model",
            "is_streamed": True,
            "bills_whole": False,
            "windows": list(windows),
            "hold": Decimal(hold),
            "prompt_estimate": Decimal("0.001"),
            "model": "home/model",
            "endpoint_id": 1,
            "provider": "custom",
            **own,
        }

    def generation(self, call_id: str) -> dict[str, Any] | None:
        with self.connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute("SELECT * FROM usage_generation WHERE id = %s", (call_id,))
            return cursor.fetchone()

    def states(self, ids: list[str]) -> dict[str, str]:
        return dict(self.ask("SELECT id, state FROM usage_generation WHERE id = ANY(%s)", ids))

    def reserve(self, *rows: Row) -> list[str]:
        """The verdicts, by a plain connection."""
        sql = "SELECT verdict FROM gateway_reserve(%s::jsonb)"
        return [word for (word,) in self.ask(sql, packed(list(rows)))]

    def settle(self, *rows: Row) -> list[str]:
        """The ids it closed."""
        return list(self.ask("SELECT gateway_settle(%s::jsonb)", packed(list(rows)))[0][0])


def calls_read(connection: "psycopg.Connection[Any]") -> int:
    """Rows of calls that this transaction read, by index or by going through the table."""
    found = connection.execute(
        """SELECT coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0)
             FROM pg_stat_xact_user_tables WHERE relname = 'usage_generation'"""
    ).fetchone()
    assert found is not None
    return int(found[0])


def closing(row: Row, cost: str, **own: Any) -> Row:
    """What settlement would hand over for an admitted row."""
    return {
        "id": row["id"],
        "windows": row["windows"],
        "state": "closed",
        "cost": Decimal(cost),
        "is_estimated": False,
        "status": 200,
        "error_type": "",
        "finish_reason": "stop",
        "native_finish_reason": "stop",
        "was_cancelled": False,
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "reasoning_tokens": 0,
        "cached_tokens": 0,
        "cache_write_tokens": 0,
        "details": {"attempts": []},
        **own,
    }


@contextlib.contextmanager
def a_money_house() -> Iterator[MoneyHouse]:
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"money_{os.getpid()}"
    admin = from_url(url.geturl()).for_libpq(connect_timeout=2)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    own = urlunsplit(url._replace(path=f"/{name}"))
    ids = json.loads(_run(own))
    budget_id = ids.pop("budget_id")
    yield MoneyHouse(make_conninfo(admin, dbname=name), budget_id, ids)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SEED],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
