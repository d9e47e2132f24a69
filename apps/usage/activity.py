"""What was spent in a period and in the one before it, by whom and with what. Reads sums.py alone,
so it costs the same however many calls there were."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from apps.core.money import count, usd
from apps.usage.axis import Tick, key_of
from apps.usage.grouping import Part, parts_of
from apps.usage.periods import Period
from apps.usage.reach import Reach
from apps.usage.sums import Asked, Each, Sum, sums

MEASURES = {"spend": "Spend", "tokens": "Tokens", "requests": "Calls"}
SERIES = 5
NOTHING = Decimal(0)
Where = Mapping[str, Collection[int | str]]


class Figures(NamedTuple):
    spend: Decimal = Decimal(0)
    tokens: int = 0
    requests: int = 0

    def plus(self, other: "Figures | Group | Sum") -> "Figures":
        return Figures(
            self.spend + other.spend, self.tokens + other.tokens, self.requests + other.requests
        )


class Card(NamedTuple):
    """One figure in words, and how it stands against the period before."""

    measure: str
    name: str
    value: str
    against: str


@dataclass(frozen=True)
class Group:
    """Everything with one model, person, key, or whatever is grouped by."""

    value: str
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spend: Decimal = Decimal(0)

    def plus(self, other: "Group") -> "Group":
        return Group(
            self.value,
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.spend + other.spend,
        )

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def average(self) -> Decimal:
        return self.spend / self.requests if self.requests else Decimal(0)


class Column(NamedTuple):
    """One hour, day, week or month with its figures by series; the last series is the others."""

    tick: Tick
    parts: list[Figures]
    total: Figures


def figures(reach: Reach, period: Period, where: Where | None = None) -> tuple[Figures, Figures]:
    """In the period and in the one before."""
    return total(sums(reach, asked(period, where))), figures_before(reach, period, where)


def figures_before(reach: Reach, period: Period, where: Where | None = None) -> Figures:
    span = period.span
    before = Asked(span.before_start, span.before_end, period.zone, where=where or {})
    return total(sums(reach, before))


def groups(reach: Reach, period: Period, by: str, where: Where | None = None) -> list[Group]:
    """The dearest first."""
    return groups_of(parts_of(reach, by, asked(period, where)), "spend")


def asked(
    period: Period, where: Where | None = None, *, each: Each = "", week_starts_on: int = 0
) -> Asked:
    span = period.span
    return Asked(
        span.start,
        span.end,
        period.zone,
        each=each,
        where=where or {},
        week_starts_on=week_starts_on,
    )


def groups_of(parts: Iterable[Part], measure: str) -> list[Group]:
    """The one with most of the measure first, then the dearest. There may be ten thousand parts."""
    found: dict[str, list[Any]] = {}
    for value, one in parts:
        known = found.setdefault(value, [0, 0, 0, NOTHING])
        known[0] += one.requests
        known[1] += one.prompt_tokens
        known[2] += one.completion_tokens
        known[3] += one.spend
    return sorted(
        (Group(value, *figures) for value, figures in found.items()),
        key=lambda one: (-getattr(one, measure), -one.spend, -one.requests, one.value),
    )


def columns_of(parts: Iterable[Part], axis: Sequence[Tick], top: Sequence[str]) -> list[Column]:
    """One for each tick, whether anything happened or not."""
    number_of = {value: number for number, value in enumerate(top)}
    others = len(top)
    found: dict[datetime | date, list[list[Any]]] = {
        tick.at: [[NOTHING, 0, 0] for _ in range(others + 1)] for tick in axis
    }
    for value, one in parts:
        known = found[key_of(one.at)][number_of.get(value, others)]
        known[0] += one.spend
        known[1] += one.prompt_tokens + one.completion_tokens
        known[2] += one.requests
    columns = []
    for tick in axis:
        together: Any = map(sum, zip(*found[tick.at], strict=True))
        columns.append(
            Column(tick, [Figures(*known) for known in found[tick.at]], Figures(*together))
        )
    return columns


def total(found: Iterable[Group | Sum]) -> Figures:
    figures = Figures()
    for one in found:
        figures = figures.plus(one)
    return figures


def cards(now: Figures, before: Figures, *, than: str) -> list[Card]:
    """Differences are sums and counts: a share of a small number says nothing."""
    shown = {"spend": usd(now.spend), "tokens": count(now.tokens), "requests": count(now.requests)}
    return [
        Card(name, words, shown[name], _against(getattr(now, name), getattr(before, name), than))
        for name, words in MEASURES.items()
    ]


def _against(now: Decimal | int, before: Decimal | int, than: str) -> str:
    if not before:
        return f"nothing in {than}" if now else ""
    if now == before:
        return f"the same as {than}"
    size, is_count = abs(Decimal(now) - before), isinstance(now, int)
    shown, less = (count(int(size)), "fewer") if is_count else (usd(size), "less")
    return f"{shown} {'more' if now > before else less} than {than}"
