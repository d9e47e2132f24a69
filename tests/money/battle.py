"""A battle over budget windows: starts the fighting processes, has the database note every moment
at which a limit is passed, and compares what they were told with what stands in the books."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.house.running import CHECKOUT
from tests.money.money_house import MoneyHouse


@dataclass
class Outcome:
    """`windows` maps each to (spent by the fighters' own count, spent, held). `passed` counts the
    changes after which a window was over its limit, and the looks that found one so."""

    words: Counter[str]
    counts: Counter[str]
    windows: dict[int, tuple[Decimal, Decimal, Decimal]]
    deadlocks: int
    seconds: float
    passed: int
    looks: int
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(self.words[word] for word in ("admitted", "refused", "Busy", "CancelledError"))

    def __str__(self) -> str:
        return (
            f"{self.calls} reservations in {self.seconds:.0f} s: {dict(self.words)}; "
            f"{self.deadlocks} deadlocks; limits passed {self.passed} times, by every change and "
            f"{self.looks} looks; {dict(self.counts)}"
        )


def battle(
    house: MoneyHouse,
    *,
    processes: int,
    calls: int,
    limits: Sequence[str],
    in_flight: int,
    each: str = "",
    are_nested: bool = False,
) -> Outcome:
    """One window for each limit. `calls` are shared out among the processes; each has a lease of
    its own. `each`: what every call holds and costs; else chance decides. Where windows are nested
    a call that binds one binds all those before it."""
    places = [house.window(limit) for limit in limits]
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
            "each": each,
            "are_nested": are_nested,
        }
        for seed, name in enumerate(names)
    ]
    began, deadlocks, before = time.monotonic(), _deadlocks(house), _sums(house, names)
    with _passes_are_noted(house, places) as noted, _watched(house, places) as watched:
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
        passed=noted["passed"] + watched["passed"],
        looks=watched["looks"],
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
def _passes_are_noted(house: MoneyHouse, windows: list[int]) -> Iterator[Counter[str]]:
    """By the database itself, after every single change."""
    numbers = ",".join(map(str, windows))
    for sql in (
        "CREATE SEQUENCE battle_passed",
        """CREATE FUNCTION battle_note() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN PERFORM nextval('battle_passed'); RETURN NULL; END $$""",
        f"""CREATE TRIGGER battle AFTER INSERT OR UPDATE ON budgets_budgetwindow FOR EACH ROW
            WHEN (NEW.spent_usd + NEW.held_usd > NEW.limit_usd + NEW.extra_usd
                  AND NEW.id IN ({numbers})) EXECUTE FUNCTION battle_note()""",
    ):
        house.ask(sql)
    noted: Counter[str] = Counter()
    try:
        yield noted
    finally:
        sql = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM battle_passed"
        noted["passed"] = int(house.ask(sql)[0][0])
        house.ask("DROP TRIGGER battle ON budgets_budgetwindow")
        house.ask("DROP FUNCTION battle_note; DROP SEQUENCE battle_passed")


@contextlib.contextmanager
def _watched(house: MoneyHouse, windows: list[int]) -> Iterator[Counter[str]]:
    """Somebody looks all the time, as a page would."""
    seen: Counter[str] = Counter()
    is_over = threading.Event()

    def look() -> None:
        sql = """SELECT count(*) FROM budgets_budgetwindow
                  WHERE id = ANY(%s) AND spent_usd + held_usd > limit_usd + extra_usd"""
        with house.connect() as connection:
            while not is_over.wait(0.002):
                found = connection.execute(sql, (windows,)).fetchone()
                seen.update(looks=1, passed=found[0] if found else 0)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


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
    """No deadlock, no limit passed, nothing held or open, and every sum the same."""
    assert outcome.deadlocks == 0
    assert outcome.passed == 0
    assert outcome.looks > 0
    for told, spent, held in outcome.windows.values():
        assert (spent, held) == (told, 0)
    sums = outcome.sums
    assert sums["receipts by window"] == sum(spent for _, spent, _ in outcome.windows.values())
    assert sums["receipts"] == sums["quarters"]
    assert sums["calls"] == sums["requests"]
    assert sums["open"] == 0
