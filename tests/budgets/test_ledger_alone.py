"""Windows are written by the ledger's own SQL and by nothing else in the product."""

import re
from pathlib import Path

import pytest

APPS = Path(__file__).resolve().parents[2] / "apps"
# Who may: the ledger's statements, and the module that opens windows and changes their limits.
LEDGER = ("budgets/sql/ledger.sql", "budgets/ledger.py")
WRITERS = "update|save|create|bulk_create|bulk_update|get_or_create|update_or_create|delete|asave"
WRITING = re.compile(
    r"(UPDATE|INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY)\s+(ONLY\s+)?\"?budgets_budgetwindow"
    rf"|BudgetWindow(\.objects)?\b[\w.()\s=\"',*]*\.a?({WRITERS})\("
    rf"|\bwindows?(\.\w+\([^)]*\))*\.a?({WRITERS})\("
    r"|\bBudgetWindow\("
    r"|\b(held_usd|spent_usd)\s*[-+]?=(?!=)",
    re.IGNORECASE,
)


def writes_windows(text: str) -> bool:
    """Comments may speak of it."""
    code = re.sub(r"(?m)(--|#).*$", "", text)
    return WRITING.search(code) is not None


def test_nothing_else_writes_a_window() -> None:
    sources = [*APPS.rglob("*.py"), *APPS.rglob("*.sql")]
    found = [
        str(path.relative_to(APPS))
        for path in sources
        if "migrations" not in path.parts and writes_windows(path.read_text())
    ]
    assert set(found) - set(LEDGER) - {"budgets/models.py"} == set()
    assert "budgets/sql/ledger.sql" in found


WRITTEN = [
    "UPDATE budgets_budgetwindow SET held_usd = 0",
    'insert into "budgets_budgetwindow" (budget_id) values (1)',
    "BudgetWindow.objects.filter(id=3).update(extra_usd=1)",
    "BudgetWindow.objects.create(budget=budget)",
    "budget.windows.filter(ends_at=None).delete()",
    "window.save(update_fields=['extra_usd'])",
    "window.held_usd -= hold",
    "rows.update(spent_usd=0)",
    "BudgetWindow(budget=budget).save()",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_write_is_noticed(text: str) -> None:
    assert writes_windows(text)


READ = [
    "SELECT held_usd FROM budgets_budgetwindow WHERE id = 3",
    "BudgetWindow.objects.filter(budget=budget).order_by('starts_at')",
    "-- UPDATE budgets_budgetwindow is the ledger's alone",
    "if window.held_usd == 0:",
]


@pytest.mark.parametrize("text", READ)
def test_reading_is_free(text: str) -> None:
    assert not writes_windows(text)
