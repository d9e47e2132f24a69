"""Budgets of the running house, made at the database as a page would make them: the rows, and the
version that tells every process its view is old."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tests.gateway.running import Row, WebHouse
from tests.waiting import until

MAKE = """
    INSERT INTO budgets_budget (name, project_id, covers, user_id, limit_usd, interval, alert_at,
                                is_active, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, '[50, 80, 100]', true, now()) RETURNING id
"""
REBIND = "UPDATE accounts_household SET policy_version = policy_version + 1"


@dataclass(frozen=True)
class Budget:
    house: WebHouse
    id: int

    @property
    def window(self) -> Row:
        found = self.house.rows(
            "SELECT * FROM budgets_budgetwindow WHERE budget_id = %s"
            " ORDER BY starts_at DESC LIMIT 1",
            self.id,
        )
        return found[0]

    @property
    def spent(self) -> Decimal:
        return Decimal(self.window["spent_usd"])

    @property
    def held(self) -> Decimal:
        return Decimal(self.window["held_usd"])

    def is_settled(self) -> bool:
        """Nothing is held in any of its windows."""
        held = "SELECT 1 FROM budgets_budgetwindow WHERE budget_id = %s AND held_usd <> 0"
        return not self.house.rows(held, self.id)

    def set_limit(self, limit: str) -> None:
        self.house.rows("UPDATE budgets_budget SET limit_usd = %s WHERE id = %s", limit, self.id)
        self.house.rows("SELECT ledger_limit(ARRAY[%s]::bigint[], %s)", self.window["id"], limit)


@contextlib.contextmanager
def a_budget(
    house: WebHouse,
    limit: str,
    *,
    covers: str = "keys",
    key: str = "main",
    interval: str = "daily",
    name: str = "Tablet",
) -> Iterator[Budget]:
    """Ended at the end, with everything in it settled and summing up."""
    in_project = covers in ("project", "members", "keys")
    project = house.facts["project"] if in_project else None
    user = house.facts["member"] if covers == "person" else None
    made = house.rows(MAKE, name, project, covers, user, limit, interval)[0]["id"]
    if covers == "keys":
        house.rows(
            "INSERT INTO keys_apikey_budgets (apikey_id, budget_id) VALUES (%s, %s)",
            house.facts["keys"][key]["id"],
            made,
        )
    house.rows(REBIND)
    budget = Budget(house, made)
    try:
        yield budget
    finally:
        house.rows("UPDATE budgets_budget SET is_active = false WHERE id = %s", made)
        house.rows(REBIND)
    until(budget.is_settled, 20, "something is still held")
    for window in house.rows("SELECT * FROM budgets_budgetwindow WHERE budget_id = %s", made):
        sums = house.rows(
            "SELECT coalesce(sum(cost_usd), 0) AS cost FROM usage_generation"
            " WHERE %s = ANY(window_ids) AND state = 'closed'",
            window["id"],
        )
        assert window["spent_usd"] == sums[0]["cost"], "the window is not the sum of its calls"
