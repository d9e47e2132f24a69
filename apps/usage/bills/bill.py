"""A provider's bill: what it says was used, by day and by the provider's own name of a model.
Pure."""

from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal

from apps.usage.bills.amounts import Amounts, formula
from apps.usage.bills.columns import Columns
from apps.usage.bills.days import Days, order_of
from apps.usage.bills.text import BadBill, Table

LONGEST_DAYS = 400
MOST_MODELS = 2_000
TOTALS = ("", "total", "sum", "summe", "gesamt", "subtotal", "grand total")
PLAIN_VARIANTS = {"", "standard"}


@dataclass
class Billed:
    """What stands on a bill for one day and model; None for what it does not count."""

    cost: Decimal = Decimal(0)
    requests: int | None = None
    tokens: int | None = None
    lines: int = 0

    def add(self, cost: Decimal, requests: int | None, tokens: int | None, lines: int = 1) -> None:
        self.cost += cost
        self.lines += lines
        if requests is not None:
            self.requests = (self.requests or 0) + requests
        if tokens is not None:
            self.tokens = (self.tokens or 0) + tokens


@dataclass
class Bill:
    """`credits` are lines below zero, which are no calls; `skipped` those without a day, such as a
    line of totals. `finest`: the smallest sum its figures tell apart. `calls`: what each cost, by
    the provider's own number, where each line is one."""

    lines: dict[tuple[date, str], Billed] = field(default_factory=dict)
    credits: Decimal = Decimal(0)
    credit_lines: int = 0
    skipped: int = 0
    read: int = 0
    finest: Decimal = Decimal(1)
    calls: dict[str, Decimal] = field(default_factory=dict)
    has_times: bool = False

    @property
    def total(self) -> Decimal:
        return sum((one.cost for one in self.lines.values()), Decimal(0))

    @property
    def first(self) -> date:
        return min(day for day, _ in self.lines)

    @property
    def last(self) -> date:
        return max(day for day, _ in self.lines)


@dataclass(frozen=True)
class Reading:
    """How a file is to be understood: what a unit of its costs is in USD, whose midnight its days
    begin at, and how days such as 03/04/2026 are meant."""

    columns: Columns
    rate: Decimal
    zone: tzinfo
    today: date
    order: str = ""


def read_bill(table: Table, reading: Reading) -> Bill:
    """All of it or a BadBill."""
    columns, bill = reading.columns, Bill()
    order = reading.order or order_of(_cells(table, columns.date))
    days = Days(reading.zone, today=reading.today, order=order)
    amounts = Amounts(reading.rate, has_comma=table.delimiter in ";\t")
    needed = max(columns.date, columns.model, columns.cost)
    for number, cells in table.lines():
        first = cells[columns.date].strip() if len(cells) > columns.date else ""
        if first.lower() in TOTALS:
            bill.skipped += 1
            continue
        if len(cells) <= needed:
            raise BadBill(
                f"Line {number:,} has {len(cells)} cells, and {needed + 1} are needed. A comma "
                "inside a name wants quotation marks around it."
            )
        bill.read += 1
        day, model = days.read(first, number), _model(cells, columns, number)
        cost = amounts.money(cells[columns.cost], number)
        if cost < 0:
            bill.credits += cost
            bill.credit_lines += 1
            continue
        billed = bill.lines.setdefault((day, model), Billed())
        billed.add(cost, *_counts(cells, number, columns, amounts))
        if columns.call is not None and len(cells) > columns.call:
            bill.calls[cells[columns.call].strip()] = cost
    bill.finest, bill.has_times = amounts.finest, days.has_times
    _check(bill)
    return bill


def _cells(table: Table, at: int) -> list[str]:
    return list({cells[at]: None for _, cells in table.lines() if len(cells) > at})


def _model(cells: list[str], columns: Columns, number: int) -> str:
    name = " ".join(cells[columns.model].split())[:200]
    if name.startswith(("=", "+", "@", "-")):
        raise formula(number, "a model’s name")
    if columns.variant is not None and len(cells) > columns.variant:
        variant = cells[columns.variant].strip().lower()
        if variant not in PLAIN_VARIANTS and not name.endswith(f":{variant}"):
            name = f"{name}:{variant}"
    return name.replace("\x00", "")


def _counts(
    cells: list[str], number: int, columns: Columns, amounts: Amounts
) -> tuple[int | None, int | None]:
    """Calls and tokens of one line, as far as it has them."""
    requests = 1 if columns.call is not None else _count(cells, columns.requests, number, amounts)
    kinds = [_count(cells, at, number, amounts) for at in (columns.prompt, columns.completion)]
    known = [one for one in kinds if one is not None]
    return requests, sum(known) if known else None


def _count(cells: list[str], at: int | None, number: int, amounts: Amounts) -> int | None:
    if at is None or len(cells) <= at:
        return None
    return amounts.count(cells[at], number)


def _check(bill: Bill) -> None:
    if not bill.lines:
        raise BadBill("No line of this file says that anything was used.")
    if (bill.last - bill.first).days > LONGEST_DAYS:
        raise BadBill(
            f"This file goes from {bill.first} to {bill.last}. Export at most {LONGEST_DAYS} days."
        )
    if len({model for _, model in bill.lines}) > MOST_MODELS:
        raise BadBill(
            f"More than {MOST_MODELS:,} models were found. Is another column the model’s name?"
        )
