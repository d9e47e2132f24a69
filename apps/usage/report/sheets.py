"""The sheets of a month's report: all of it on one, then a project or a person on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.core.money import count, usd
from apps.usage.reach import Reach
from apps.usage.report.figures import (
    SHOWN,
    Figures,
    Names,
    Part,
    Split,
    days_of,
    names_in,
    parts_of,
    split_by,
    together,
    total_of,
)
from apps.usage.report.month import Month

MOST_SHEETS = 60
ON_FIRST = 5  # lines of a split, so that all of the first sheet stands on one page
# What a project's sheet is split by, and a person's.
OF_PROJECT = (("person", "By person"), ("model", "By model"), ("key", "By key"), ("app", "By app"))
OF_PERSON = (("project", "By project"), ("model", "By model"))
OF_ALL = (
    ("project", "By project"),
    ("person", "By person"),
    ("model", "By model"),
    ("app", "By app"),
    ("provider", "By provider"),
)
WIDTH, HEIGHT = 620, 120


class Sheet(NamedTuple):
    kind: str
    name: str
    total: Figures
    splits: list[Split]


class Bar(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Report:
    month: Month
    whose: str
    total: Figures
    against: str
    busiest: str
    bars: list[Bar]
    days: list[tuple[date, Figures]]
    splits: list[Split]
    sheets: list[Sheet]
    left_out: int


def report_of(user: User, month: Month) -> Report:
    """Everything this person may see of it. Sheets of persons only for who looks after the house:
    they alone see whole persons."""
    reach = Reach.of(user)
    parts = parts_of(reach, month)
    names, total = names_in(parts), together(part.figures for part in parts)
    days = days_of(reach, month)
    sheets = _sheets("project", "Project", OF_PROJECT, parts, names)
    if user.looks_after_house:
        sheets += _sheets("person", "Person", OF_PERSON, parts, names)
    return Report(
        month=month,
        whose=_whose(reach),
        total=total,
        against=_against(total, total_of(reach, month.before), month.before),
        busiest=_busiest(days),
        bars=_bars(days),
        days=days,
        splits=_splits(OF_ALL, parts, names, most=ON_FIRST),
        sheets=sheets[:MOST_SHEETS],
        left_out=max(0, len(sheets) - MOST_SHEETS),
    )


def _whose(reach: Reach) -> str:
    if reach.is_everything:
        return "What everybody used"
    if reach.projects:
        return "What you used, and all of the projects you are an admin of"
    return "What you used"


def _sheets(
    by: str, kind: str, splits: tuple[tuple[str, str], ...], parts: Sequence[Part], names: Names
) -> list[Sheet]:
    """The dearest first. Of a single one nothing is told twice."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.value[by], []).append(part)
    if len(found) < 2:
        return []
    sheets = [
        Sheet(
            kind,
            names[by][value].words,
            together(part.figures for part in theirs),
            _splits(splits, theirs, names),
        )
        for value, theirs in found.items()
    ]
    return sorted(sheets, key=lambda one: (-one.total.spend, -one.total.requests, one.name))


def _splits(
    wanted: tuple[tuple[str, str], ...],
    parts: Sequence[Part],
    names: Names,
    *,
    most: int = SHOWN,
) -> list[Split]:
    """By models always; by anything else where there is more than one."""
    found = [split_by(by, title, parts, names, most=most) for by, title in wanted]
    return [one for one in found if len(one.rows) > 1 or one.title == "By model"]


def _against(now: Figures, before: Figures, month: Month) -> str:
    if not before.requests:
        return f"There were no calls in {month.words}."
    if now.spend == before.spend:
        return f"As much as in {month.words}."
    side = "more" if now.spend > before.spend else "less"
    return (
        f"{usd(abs(now.spend - before.spend))} {side} than in {month.words}, which had "
        f"{usd(before.spend)} in {count(before.requests)} calls."
    )


def _busiest(days: Sequence[tuple[date, Figures]]) -> str:
    day, most = max(days, key=lambda one: (one[1].spend, one[1].requests))
    return f"Most on {day.day} {day:%B}: {usd(most.spend)}." if most.requests else ""


def _bars(days: Sequence[tuple[date, Figures]]) -> list[Bar]:
    """Spend by day; a day that cost anything is seen."""
    most = max((one.spend for _, one in days), default=Decimal(0))
    step = WIDTH / len(days)
    found = []
    for number, (day, one) in enumerate(days):
        share = float(one.spend / most) if most else 0.0
        height = max(share * HEIGHT, 1.0) if one.spend else 0.0
        label = str(day.day) if day.day == 1 or day.day % 5 == 0 else ""
        found.append(
            Bar(round(number * step + 1, 1), round(HEIGHT - height, 1), round(step - 2, 1),
                round(height, 1), label)
        )  # fmt: skip
    return found


def context_of(report: Report) -> dict[str, Any]:
    return {"report": report, "width": WIDTH, "height": HEIGHT, "label_y": HEIGHT + 22}
