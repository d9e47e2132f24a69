"""Windows, calls and their sums are each written by one file of SQL and by nothing else."""

import re
from collections.abc import Iterator

import pytest

from tests.test_house_rules import name_of, tracked

LEDGER, RECORDER = "apps/budgets/sql/ledger.sql", "apps/usage/sql/recorder.sql"
# Fills an empty house with the demonstration's year, and no other.
DEMO, DEMO_BUDGETS = (f"apps/gateway/demo_house/{name}.py" for name in ("books", "furnishing"))
ROWS = {  # table → (its model, who may)
    "budgets_budgetwindow": ("BudgetWindow", {LEDGER}),
    "usage_generation": ("Generation", {RECORDER, DEMO}),
    "usage_generationdetail": ("GenerationDetail", {RECORDER, DEMO}),
    "usage_usagequarter": ("UsageQuarter", {RECORDER, DEMO}),
    "usage_usageday": ("UsageDay", {"apps/usage/days.py"}),
}
WRITERS = (
    "update|save|create|bulk_create|bulk_update|get_or_create|update_or_create|delete|add|set|clear"
)
# A window is also written by what holds one, and by its figures; `limit_usd` and `extra_usd` are
# words that others have too, so of them only what is certainly a write.
WINDOWS = (
    rf"|\bwindows?(\.\w+\([^)]*\))*\.a?({WRITERS})\("
    r"|\b(held_usd|spent_usd)\s*[-+]?=(?!=|\s*usd_field)"
    r"|(\.|setattr\(\w+,\s*[\"'])extra_usd[\"']?(\s*[-+]?=(?!=)|,)"
    r"|\bwindow\.limit_usd\s*[-+]?=(?!=)"
    r"|\.a?update\([^)]*\bextra_usd\s*=(?!=)"
    r"|\.a?bulk_update\([^)]*_usd\b"
)
# What changes a window's figures, and who may ask for it: the acts of people come by ledger.py, the
# money of calls by the gateway's own transactions, which have locked the windows in their order.
ACTS = {
    "ledger_open|ledger_limit|ledger_extra": {LEDGER, "apps/budgets/ledger.py", DEMO_BUDGETS},
    "ledger_hold|ledger_settle": {LEDGER, "apps/gateway/sql/money.sql", DEMO},
    "open_window": {"apps/budgets/ledger.py", "apps/budgets/windows.py"},
    "set_limit|add_extra": {"apps/budgets/ledger.py", "apps/budgets/changing.py"},
}


def writes(table: str, text: str) -> bool:
    """Comments may speak of it, and a key may name the table."""
    model, _ = ROWS[table]
    writing = re.compile(
        r"(UPDATE|INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY)\s+(ONLY\s+)?"
        rf"\"?{table}\b"
        rf"|\b{model}(\.objects)?\b[\w.()\s=\"',*]*\.a?({WRITERS})\(|(?<!class )\b{model}\("
        + (WINDOWS if model == "BudgetWindow" else ""),
        re.IGNORECASE,
    )
    return writing.search(re.sub(r"(?m)(--|#).*$", "", text)) is not None


@pytest.mark.parametrize("table", ROWS)
def test_money_rows_have_one_writer(table: str) -> None:
    writers = {name for name, text in of_the_house() if writes(table, text)}
    assert writers == ROWS[table][1]


@pytest.mark.parametrize("act", ACTS)
def test_windows_are_changed_by_those_who_may_ask_for_it(act: str) -> None:
    asking = {name for name, text in of_the_house() if re.search(rf"\b({act})\(", text)}
    assert asking == ACTS[act]


def of_the_house() -> Iterator[tuple[str, str]]:
    """Every program and every SQL file; what migrations did is past."""
    for path in tracked(".py", ".sql"):
        name = name_of(path)
        if name.startswith(("apps/", "config/")) and "/migrations/" not in name:
            yield name, path.read_text()


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("budgets_budgetwindow", "UPDATE budgets_budgetwindow SET held_usd = 0"),
        ("budgets_budgetwindow", 'insert into "budgets_budgetwindow" (budget_id) values (1)'),
        ("budgets_budgetwindow", "BudgetWindow.objects.filter(id=3).update(extra_usd=1)"),
        ("budgets_budgetwindow", "BudgetWindow.objects.create(budget=budget)"),
        ("budgets_budgetwindow", "budget.windows.filter(ends_at=None).delete()"),
        ("budgets_budgetwindow", "window.save(update_fields=['extra_usd'])"),
        ("budgets_budgetwindow", "window.held_usd -= hold"),
        ("budgets_budgetwindow", "window.extra_usd += amount"),
        ("budgets_budgetwindow", "setattr(row, 'extra_usd', amount)"),
        ("budgets_budgetwindow", "window.limit_usd = budget.limit_usd"),
        ("budgets_budgetwindow", "found.update(extra_usd=F('extra_usd') + amount)"),
        ("budgets_budgetwindow", "manager.bulk_update(rows, ['limit_usd'])"),
        ("budgets_budgetwindow", "await budget.windows.aupdate(ends_at=now)"),
        ("budgets_budgetwindow", "budget.windows.add(window)"),
        ("budgets_budgetwindow", "rows.update(spent_usd=0)"),
        ("budgets_budgetwindow", "BudgetWindow(budget=budget).save()"),
        ("usage_generation", "DELETE FROM usage_generation WHERE id = 'x'"),
        ("usage_generation", "Generation.objects.for_user(user).filter(pk=1).delete()"),
        ("usage_usagequarter", "UsageQuarter.objects.bulk_create(rows)"),
    ],
)
def test_a_write_is_noticed(table: str, text: str) -> None:
    assert writes(table, text)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("budgets_budgetwindow", "SELECT held_usd FROM budgets_budgetwindow WHERE id = 3"),
        ("budgets_budgetwindow", "BudgetWindow.objects.filter(budget=budget).order_by('id')"),
        ("budgets_budgetwindow", "-- UPDATE budgets_budgetwindow is the ledger's alone"),
        ("budgets_budgetwindow", "if window.held_usd == 0:"),
        ("budgets_budgetwindow", "Bar(limit=window.limit_usd, extra_usd=window.extra_usd)"),
        ("budgets_budgetwindow", "budget.limit_usd = terms.limit_usd"),
        ("usage_generation", "UPDATE usage_generationdetail SET details = '{}'"),
        ("usage_generation", "Generation.objects.for_user(user).order_by('-id')"),
    ],
)
def test_reading_is_free(table: str, text: str) -> None:
    assert not writes(table, text)
