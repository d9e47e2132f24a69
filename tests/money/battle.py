"""A battle over budget windows: starts the fighting processes, forbids the database to pass any
limit meanwhile, and compares what they were told with what stands in the books."""

import contextlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.house.running import CHECKOUT
from tests.money.money_house import MoneyHouse


@dataclass
class Outcome:
    """`windows` maps each to (spent by the fighters' own count, spent, held)."""

    words: Counter[str]
    counts: Counter[str]
    windows: dict[int, tuple[Decimal, Decimal, Decimal]]
    deadlocks: int
    seconds: float
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(self.words[word] for word in ("admitted", "refused", "Busy", "CancelledError"))

    def __str__(self) -> str:
        return (
            f"{self.calls} reservations in {self.seconds:.0f} s: {dict(self.words)}; "
            f"{self.deadlocks} deadlocks; {dict(self.counts)}"
        )


def battle(
    house: MoneyHouse, *, processes: int, calls: int, windows: int, in_flight: int, limit: str
) -> Outcome:
    """`calls` are shared out among the processes; each has a lease of its own."""
    places = [house.window(limit) for _ in range(windows)]
    names = [house.fresh_process() for _ in range(processes)]
    orders = [
        {
            "conninfo": house.conninfo,
            "budget_id": house.budget_id,
            "facts": house.facts,
            "process": name,
            "windows": places,
            "seed": seed,
            "count": calls // processes,
            "in_flight": in_flight,
        }
        for seed, name in enumerate(names)
    ]
    began, deadlocks, before = time.monotonic(), _deadlocks(house), _sums(house, names)
    with _no_limit_may_be_passed(house, places):
        reports = _fought(orders)
    seconds = time.monotonic() - began
    told: Counter[str] = Counter()
    for report in reports:
        told.update({window: Decimal(cost) for window, cost in report["spent"].items()})  # type: ignore[arg-type]
    return Outcome(
        words=sum((Counter(report["words"]) for report in reports), Counter()),
        counts=sum((Counter(report["counts"]) for report in reports), Counter()),
        windows={one: (Decimal(told[str(one)]), *house.figures(one)) for one in places},
        deadlocks=_deadlocks(house) - deadlocks,
        seconds=seconds,
        sums={name: after - before[name] for name, after in _sums(house, names).items()},
    )


def _fought(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fighters = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.money.fight", json.dumps(order)],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for order in orders
    ]
    said = [fighter.communicate(timeout=1800)[0] for fighter in fighters]
    assert [fighter.returncode for fighter in fighters] == [0] * len(orders)
    return [json.loads(one.splitlines()[-1]) for one in said]


@contextlib.contextmanager
def _no_limit_may_be_passed(house: MoneyHouse, windows: list[int]) -> Iterator[None]:
    """The database itself refuses any statement that would, at any moment."""
    numbers = ",".join(map(str, windows))
    house.ask(
        f"""ALTER TABLE budgets_budgetwindow ADD CONSTRAINT battle CHECK (
            spent_usd + held_usd <= limit_usd + extra_usd OR id NOT IN ({numbers})) NOT VALID"""
    )
    try:
        yield
    finally:
        house.ask("ALTER TABLE budgets_budgetwindow DROP CONSTRAINT battle")


def _deadlocks(house: MoneyHouse) -> int:
    """Sessions report when they end, which the fighters' have by now."""
    time.sleep(0.2)
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(house.ask(sql)[0][0])


def _sums(house: MoneyHouse, processes: list[str]) -> dict[str, Decimal]:
    """Receipts against windows; quarter-hours against all receipts, since they know no process.
    Other tests wrote into the same books, not always into both."""
    mine = """FROM usage_generation g, unnest(window_ids) WHERE process_id = ANY(%s)
               AND state = 'closed'"""
    closed = "FROM usage_generation WHERE state = 'closed'"
    asked = {
        "receipts by window": (f"SELECT coalesce(sum(cost_usd), 0) {mine}", [processes]),
        "receipts": (f"SELECT coalesce(sum(cost_usd), 0) {closed}", []),
        "quarters": ("SELECT coalesce(sum(cost_usd), 0) FROM usage_usagequarter", []),
        "calls": (f"SELECT count(*)::numeric {closed}", []),
        "requests": ("SELECT coalesce(sum(requests), 0) FROM usage_usagequarter", []),
        "open": (
            "SELECT count(*)::numeric FROM usage_generation"
            " WHERE state = 'open' AND process_id = ANY(%s)",
            [processes],
        ),
    }
    return {name: house.ask(sql, *values)[0][0] for name, (sql, values) in asked.items()}


def expect_agreement(outcome: Outcome) -> None:
    """No deadlock, nothing held or open, and every sum the same."""
    assert outcome.deadlocks == 0
    for told, spent, held in outcome.windows.values():
        assert (spent, held) == (told, 0)
    sums = outcome.sums
    assert sums["receipts by window"] == sum(spent for _, spent, _ in outcome.windows.values())
    assert sums["receipts"] == sums["quarters"]
    assert sums["calls"] == sums["requests"]
    assert sums["open"] == 0
