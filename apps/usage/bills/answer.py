"""One file held against our receipts: what the page of a bill shows, and the same as a file."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.core.money import usd
from apps.usage.bills.bill import Bill, Reading, read_bill
from apps.usage.bills.columns import Columns
from apps.usage.bills.comparing import Comparison, Line, compare
from apps.usage.bills.ours import facts_of, our_calls, our_days
from apps.usage.bills.places import Names, Place, endpoints_at
from apps.usage.bills.reasons import Around, Reason, reasons
from apps.usage.bills.text import Table
from apps.usage.download import plain
from apps.usage.grouping import names_of

MOST_NUMBERS = 20_000  # of our calls, whose details are looked through
FITS_BETTER = Decimal("0.5")  # of what the days were apart
HEADS = (
    "by", "name", "model", "bill_usd", "receipts_usd", "difference_usd", "bill_calls",
    "receipts_calls", "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """`other_zone`: the one that was not chosen."""

    place: Place
    columns: Columns
    rate: Decimal
    zone: ZoneInfo
    other_zone: ZoneInfo | None
    order: str
    now: datetime


class Answer(NamedTuple):
    place: Place
    bill: Bill
    told: Comparison
    reasons: list[Reason]
    notes: list[str]


def answered(table: Table, asked: Question) -> Answer:
    """Raises BadBill."""
    today = asked.now.astimezone(asked.zone).date()
    bill = read_bill(table, Reading(asked.columns, asked.rate, asked.zone, today, asked.order))
    endpoints = endpoints_at(asked.place)
    numbers = [one.pk for one in endpoints]
    ours = our_days(numbers, bill.first, bill.last, asked.zone)
    meant = Names(asked.place.provider, endpoints)
    names = {name: meant.ours(name) for _, name in bill.lines}
    known = names_of("model", {*filter(None, names.values()), *(name for _, name in ours)})
    told = compare(
        bill, ours, names.__getitem__, lambda slug: known[slug].words if slug in known else slug
    )
    strange = _strange(bill, told, numbers, asked.zone)
    around = Around(
        facts=facts_of(numbers, bill.first, bill.last, asked.zone),
        strange=len(strange),
        strange_usd=sum(strange, Decimal(0)),
        other_zone=_better_zone(asked, bill, numbers, told),
        has_today=bill.last >= today,
        connections=asked.place.connections,
    )
    return Answer(asked.place, bill, told, reasons(told, around), _notes(bill))


def _strange(bill: Bill, told: Comparison, endpoints: list[int], zone: ZoneInfo) -> list[Decimal]:
    """What the calls cost whose numbers are none of ours; nothing where none is known, or where it
    would take too long to look."""
    made = told.total.our_requests or 0
    if not bill.calls or not 0 < made <= MOST_NUMBERS:
        return []
    known = our_calls(endpoints, bill.first, bill.last, zone)
    ours = known & bill.calls.keys()
    return [cost for call, cost in bill.calls.items() if call not in ours] if ours else []


def as_csv(answer: Answer) -> str:
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADS)
    told = answer.told
    parts = {"all": [told.total], "day": told.days, "model": told.models, "both": told.cells}
    for by, lines in parts.items():
        writer.writerows([plain(cell) for cell in (by, *_cells(line))] for line in lines)
    return file.getvalue()


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line.name,
        line.sub,
        format(line.bill_usd, "f"),
        format(line.our_usd, "f"),
        format(line.drift, "f"),
        line.bill_requests,
        line.our_requests,
        line.words,
    )


def _better_zone(asked: Question, bill: Bill, numbers: list[int], told: Comparison) -> str:
    """Only days without hours can be another zone's."""
    if bill.has_times or asked.other_zone is None or all(line.agrees for line in told.days):
        return ""
    theirs = our_days(numbers, bill.first, bill.last, asked.other_zone)
    other = compare(bill, theirs, str, str)
    return asked.other_zone.key if other.day_drift < told.day_drift * FITS_BETTER else ""


def _notes(bill: Bill) -> list[str]:
    """What of the file took no part."""
    notes = []
    if bill.credit_lines:
        are = "line is a credit" if bill.credit_lines == 1 else "lines are credits"
        notes.append(
            f"{bill.credit_lines:,} {are}, below zero, {usd(bill.credits)} in all; left out, since "
            "a credit is no call."
        )
    if bill.skipped:
        are = "line names no day" if bill.skipped == 1 else "lines name no day"
        notes.append(f"{bill.skipped:,} {are}, such as a line of totals; left out.")
    return notes
