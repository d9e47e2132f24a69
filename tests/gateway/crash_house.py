"""A whole house behind a priced upstream at home, for tests that kill its processes: set up by its
own commands, read through its own database, and reckoned up afterwards."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from apps.core.house.cluster import Cluster
from apps.core.place import socket_dir
from apps.core.vault import house_secrets
from tests.gateway.behaviours import AsAsked, Ok, Stream
from tests.gateway.founding import PASSWORD
from tests.gateway.load import Heard, Load
from tests.gateway.upstream import PRICES, Upstream, scripted_upstream
from tests.house.running import RunningHouse, a_house
from tests.waiting import until

LEASE_SECONDS = 4
STEADY = AsAsked(Ok(wait=0.05), Stream(words=tuple(f" w{n}" for n in range(12)), pace=0.02))
Row = dict[str, Any]


@dataclass
class CrashHouse:
    """`killed` says when each process was killed, by number; `database_kills` when a postmaster
    was."""

    house: RunningHouse
    upstream: Upstream
    key: str
    model: str
    killed: dict[int, float] = field(default_factory=dict)
    database_kills: list[float] = field(default_factory=list)

    @property
    def webs(self) -> list[int]:
        return self.house.find("manage.py web")

    def load(self, *, clients: int = 8) -> Load:
        return Load(f"{self.house.url}/api/v1/chat/completions", self.key, self.model, clients)

    def kill(self, pid: int) -> None:
        self.killed[pid] = time.monotonic()
        if pid == self._postmaster():
            self.database_kills.append(time.monotonic())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _postmaster(self) -> int:
        with contextlib.suppress(OSError, IndexError, ValueError):
            return self.house.postmaster
        return 0

    # --- reading ---

    @property
    def conninfo(self) -> str:
        folder = self.house.data_dir
        return make_conninfo(
            "",
            dbname="gatehouse",
            user="gatehouse",
            password=house_secrets(folder).postgres_password,
            host=str(socket_dir(folder)),
            port=5432,
        )

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with psycopg.connect(self.conninfo, autocommit=True, row_factory=dict_row) as one:
            return one.execute(sql.encode(), values).fetchall()

    def receipt(self, generation: str) -> Row:
        (found,) = self.rows(
            """SELECT g.*, d.details ->> 'upstream_id' AS upstream_id FROM usage_generation g
                 LEFT JOIN usage_generationdetail d ON d.generation_id = g.id
                WHERE g.id = %s""",
            generation,
        )
        return found

    def is_quiet(self) -> bool:
        """No call is open and nothing is held. False also while the database is away."""
        with contextlib.suppress(psycopg.Error):
            return self.rows(
                """SELECT (SELECT count(*) FROM usage_generation WHERE state = 'open')
                        + (SELECT count(*) FROM budgets_budgetwindow WHERE held_usd <> 0) AS n"""
            ) == [{"n": 0}]
        return False

    @contextlib.contextmanager
    def asleep(self) -> Iterator[None]:
        """The database alone, of a house that was stopped."""
        folder = self.house.data_dir
        with Cluster(folder, house_secrets(folder), processes=2).running():
            yield


@contextlib.contextmanager
def a_crash_house() -> Iterator[CrashHouse]:
    lease = {
        "GATEHOUSE_LEASE_SECONDS": str(LEASE_SECONDS),
        "GATEHOUSE_LEASE_RENEW_SECONDS": "1",
    }
    with scripted_upstream(STEADY) as upstream, a_house(**lease) as house:
        house.start()
        made = CrashHouse(house, upstream, *_furnish(house, upstream))
        _price(made)
        yield made


def _furnish(house: RunningHouse, upstream: Upstream) -> tuple[str, str]:
    """The key and the model, by the commands a person would type."""
    password = house.data_dir.with_name("password")
    password.write_text(PASSWORD)
    _typed(
        house,
        "setup",
        "--email",
        "owner@house.example",
        "--password-file",
        str(password),
    )
    said = _typed(house, "connect", "custom", "--base-url", upstream.url, "--at-home")
    model = next(line.strip() for line in said.splitlines() if line.startswith("  "))
    limit = ("--limit-usd", "1000", "--interval", "daily")
    return _typed(house, "create_key", "--name", "crash", *limit).strip(), model


def _typed(house: RunningHouse, *words: str) -> str:
    done = house.command(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _price(made: CrashHouse) -> None:
    prices = json.dumps({name: str(price) for name, price in PRICES.items()})
    made.rows(
        """UPDATE catalog_endpoint
              SET pricing = %s::jsonb, context_length = 32000, max_completion_tokens = 4096
            WHERE upstream_id = 'scripted-1' RETURNING id""",
        prices,
    )
    heard = made.load().one_call("priced", stream=False)
    until(lambda: made.receipt(heard.generation)["state"] == "closed")
    while made.receipt(made.load().one_call("priced", stream=False).generation)["cost_usd"] == 0:
        time.sleep(0.2)  # a process that has not heard of the price yet
    time.sleep(1.5)  # nor may any other, whose view is at most a second old


# --- reckoning up ---


@dataclass
class Reckoning:
    """What stands in the house's books about what the clients heard to the end."""

    finished: int = 0
    exact: int = 0
    estimated: int = 0
    excused: int = 0
    swept: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.finished} calls heard to their end: {self.exact} charged exactly, "
            f"{self.estimated} estimated ({self.excused} of them after the death of database and "
            f"process); {self.swept} calls closed by the sweep; "
            f"{len(self.wrong)} wrong"
        )


def reckon(made: CrashHouse, heard: list[Heard]) -> Reckoning:
    """Compares each finished call with what the upstream counted, and the sums with each other."""
    billed = {one.id: one.cost for one in made.upstream.served}
    receipts = {
        row["id"]: row
        for row in made.rows(
            """SELECT g.*, d.details ->> 'upstream_id' AS upstream_id FROM usage_generation g
                 LEFT JOIN usage_generationdetail d ON d.generation_id = g.id"""
        )
    }
    sums = Reckoning(swept=sum(row["error_type"] == "process_lost" for row in receipts.values()))
    for one in heard:
        if one.is_whole:
            sums.finished += 1
            _compare(sums, one, receipts[one.generation], billed)
            sums.excused += _is_excused(made, one, receipts[one.generation])
    _add_up(made, sums, receipts)
    return sums


def _compare(sums: Reckoning, one: Heard, row: Row, billed: dict[str, Decimal]) -> None:
    if row["is_estimated"]:
        sums.estimated += 1
    elif row["cost_usd"] == one.cost == billed[row["upstream_id"]]:
        sums.exact += 1
    else:
        sums.wrong.append(f"{one}: {row['cost_usd']}, billed {billed.get(row['upstream_id'])}")


def _is_excused(made: CrashHouse, one: Heard, row: Row) -> bool:
    """Estimated, because the answer had waited 2 s for a database that had died, and then the
    process died before it could write."""
    death = made.killed.get(int(row["process_id"].split("-")[0]))
    waited = [at for at in made.database_kills if at + 1.9 < one.ended_at]
    return bool(row["is_estimated"] and death and waited and one.ended_at < death)


def _add_up(made: CrashHouse, sums: Reckoning, receipts: dict[str, Row]) -> None:
    served = [row["upstream_id"] for row in receipts.values() if row["upstream_id"]]
    if len(served) != len(set(served)):
        sums.wrong.append("one answer of the upstream stands on two receipts")
    closed = [row for row in receipts.values() if row["state"] == "closed"]
    (quarters,) = made.rows(
        "SELECT sum(cost_usd) AS cost, sum(requests) AS n FROM usage_usagequarter"
    )
    if (quarters["cost"], quarters["n"]) != (
        sum(row["cost_usd"] for row in closed),
        len(closed),
    ):
        sums.wrong.append(f"quarter-hours say {quarters}, receipts say otherwise")
    windows = made.rows("SELECT * FROM budgets_budgetwindow ORDER BY id")
    for window in windows:
        bound = [row for row in closed if window["id"] in row["window_ids"]]
        if window["spent_usd"] != sum(row["cost_usd"] for row in bound) or window["held_usd"]:
            sums.wrong.append(f"{window} is not the sum of its {len(bound)} calls")
    if not any(window["spent_usd"] for window in windows):
        sums.wrong.append("no budget was met")
