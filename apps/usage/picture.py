"""The chart of the activity page: drawn for wide and middling pages, as small ones for phones, as a
table, as what plotly draws where scripts run; and what it shows in one sentence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from apps.core.money import count, usd
from apps.usage import chart
from apps.usage.activity import MEASURES, Column
from apps.usage.axis import UNITS
from apps.usage.budget_line import Limit
from apps.usage.chart import Number

OTHERS = "c6"
FAR_ABOVE = 4  # a limit so many times the most is said and not drawn: it would flatten the rest
MADE = {"spend": "the spend", "tokens": "the tokens", "requests": "the calls"}
HEADS = {"hour": "From", "day": "Day", "week": "Week of", "month": "Month"}


class Series(NamedTuple):
    """`kind` is its colour."""

    kind: str
    name: str


class Small(NamedTuple):
    """One series by itself, for phones."""

    kind: str
    name: str
    sum: str
    drawing: chart.Drawing


class Line(NamedTuple):
    name: str
    values: list[str]
    sum: str


@dataclass(frozen=True)
class Picture:
    drawings: dict[str, chart.Drawing]
    smalls: list[Small]
    legend: list[Series]
    head: str
    lines: list[Line]
    finding: str
    words: str
    limit: str
    plot: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """What the picture is made from. `columns` that are yet to come stay empty."""

    columns: Sequence[Column]
    legend: Sequence[Series]
    measure: str
    each: str
    is_sum: bool
    limit: Limit | None
    now: datetime

    @property
    def is_money(self) -> bool:
        return self.measure == "spend"

    @cached_property
    def passed(self) -> int:
        return sum(column.tick.begins <= self.now for column in self.columns)

    @cached_property
    def parts(self) -> list[list[Number]]:
        """Of each column its series, added up over time where that is asked."""
        found: list[list[Number]] = []
        size = len(self.legend)
        for number, column in enumerate(self.columns):
            values = [getattr(part, self.measure) for part in column.parts[:size]]
            if self.is_sum and number < self.passed and found:
                values = [one + before for one, before in zip(values, found[-1], strict=True)]
            found.append(values)
        return found

    @cached_property
    def words(self) -> list[list[str]]:
        return [list(map(self.words_of, values)) for values in self.parts]

    @cached_property
    def sums(self) -> list[str]:
        """Of the columns that have begun."""
        return [self.words_of(sum(values)) for values in self.parts[: self.passed]]

    def words_of(self, value: Number) -> str:
        return usd(Decimal(value)) if self.is_money else count(int(value))


def picture_of(shown: Shown) -> Picture:
    parts, names = shown.parts, [column.tick.words for column in shown.columns]
    kinds = [one.kind for one in shown.legend]
    most = chart.most_of(parts)
    limit = shown.limit if shown.limit and shown.limit.value <= most * FAR_ABOVE else None
    asked: dict[str, Any] = {"is_money": shown.is_money, "limit": limit.value if limit else None}
    return Picture(
        drawings={
            "wide": chart.draw(parts, names, kinds, chart.WIDE, **asked),
            "middle": chart.draw(parts, names, kinds, chart.MIDDLE, **asked),
        },
        smalls=_smalls(shown, parts, names),
        legend=list(shown.legend),
        head=HEADS[shown.each],
        lines=list(map(Line, names, shown.words, shown.sums)),
        finding=_finding(shown),
        words=_words(shown),
        limit=shown.limit.words if shown.limit else "",
        plot=_plot(shown, parts, names, limit),
    )


def _smalls(shown: Shown, parts: list[list[Number]], names: list[str]) -> list[Small]:
    """One scale for all of them, so that they can be held against each other."""
    most = max((Decimal(value) for values in parts for value in values), default=Decimal(0))
    found = []
    for number, one in enumerate(shown.legend):
        own = [values[number] for values in parts]
        total = own[shown.passed - 1] if shown.is_sum else sum(own)
        drawing = chart.draw(
            [[value] for value in own],
            names,
            [one.kind],
            chart.SMALL,
            is_money=shown.is_money,
            most=most,
        )
        found.append(Small(one.kind, one.name, shown.words_of(total), drawing))
    return found


def _plot(
    shown: Shown, parts: list[list[Number]], names: list[str], limit: Limit | None
) -> dict[str, Any]:
    """Numbers for their heights, words for their figures. Nothing that plotly reads as markup."""
    most = max(chart.most_of(parts), limit.value if limit else Decimal(0))
    ticks = chart.ticks_for(most)
    return {
        "names": _told_apart(names),
        "sums": shown.sums,
        "ticks": [[float(tick), chart.tick_words(tick, is_money=shown.is_money)] for tick in ticks],
        "limit": [float(limit.value), _plain(limit.words)] if limit else None,
        "series": [
            {
                "kind": one.kind,
                "name": _plain(one.name),
                "values": [float(values[number]) for values in parts],
                "words": [
                    words[number] if values[number] else ""
                    for words, values in zip(shown.words, parts, strict=True)
                ],
            }
            for number, one in enumerate(shown.legend)
        ],
    }


def _told_apart(names: list[str]) -> list[str]:
    """An hour that a clock shows twice is two columns: the later gets a space behind its name."""
    seen: Counter[str] = Counter()
    found = []
    for name in map(_plain, names):
        found.append(name + " " * seen[name])
        seen[name] += 1
    return found


def _finding(shown: Shown) -> str:
    """One sentence: who made most of it, and when most came."""
    totals = [getattr(column.total, shown.measure) for column in shown.columns]
    whole, measure = sum(totals), MADE[shown.measure]
    if not whole:
        return f"Nothing was {'spent' if shown.is_money else 'counted'}: these calls cost nothing."
    first = sum(getattr(column.parts[0], shown.measure) for column in shown.columns)
    share = int(100 * first / whole)
    most = max(range(len(totals)), key=totals.__getitem__)
    tick = shown.columns[most].tick
    when = UNITS[shown.each].when.format(tick.words)
    unit = "" if shown.is_money else f" {MEASURES[shown.measure].lower()}"
    told = f"most came {when}: {shown.words_of(totals[most])}{unit}."
    if len(shown.legend) > 1:
        return f"{shown.legend[0].name} is {share} % of {measure}; {told}"
    return told[0].upper() + told[1:]


def _words(shown: Shown) -> str:
    """For people who hear the page."""
    step = UNITS[shown.each].words.lower()
    how = f"added up {step} by {step}" if shown.is_sum else f"per {step}"
    limit = f" {shown.limit.words}" if shown.limit else ""
    return f"{MEASURES[shown.measure]} {how}.{limit} The table below holds the same figures."


def _plain(text: str) -> str:
    return text.replace("<", "")
