"""What was spent in a period and in the one before it, by whom and with what. Reads the sums of
quarter-hours alone, so it costs the same however many calls there were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, Q, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractHour, TruncDate

from apps.core.money import count, usd
from apps.usage.models import UsageQuarter
from apps.usage.periods import Period, Span

MEASURES = {"spend": "Spend", "tokens": "Tokens", "requests": "Calls"}
SERIES = 5
Quarters = QuerySet[UsageQuarter]
SUMS = {
    "spend": Sum("cost_usd"),
    "prompt_tokens": Sum("prompt_tokens"),
    "completion_tokens": Sum("completion_tokens"),
    "requests": Sum("requests"),
}


class Figures(NamedTuple):
    spend: Decimal = Decimal(0)
    tokens: int = 0
    requests: int = 0

    def plus(self, other: "Figures") -> "Figures":
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
    requests: int
    prompt_tokens: int
    completion_tokens: int
    spend: Decimal

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def average(self) -> Decimal:
        return self.spend / self.requests if self.requests else Decimal(0)


class Column(NamedTuple):
    """One day, or one hour of one, with its figures by series; the last series is the others."""

    at: date | int
    parts: list[Figures]

    @property
    def total(self) -> Figures:
        total = Figures()
        for part in self.parts:
            total = total.plus(part)
        return total


def figures(rows: Quarters, span: Span) -> tuple[Figures, Figures]:
    """In the span and in the one before, in one query."""
    inside = {"now": within(span), "before": _between(span.before_start, span.before_end)}
    asked: dict[str, Any] = {}
    for name, condition in inside.items():
        asked[f"{name}_spend"] = Sum("cost_usd", filter=condition)
        asked[f"{name}_prompt"] = Sum("prompt_tokens", filter=condition)
        asked[f"{name}_completion"] = Sum("completion_tokens", filter=condition)
        asked[f"{name}_requests"] = Sum("requests", filter=condition)
    sums = rows.filter(starts_at__gte=span.before_start, starts_at__lt=span.end).aggregate(**asked)
    return _figures(sums, "now_"), _figures(sums, "before_")


def groups(rows: Quarters, span: Span) -> list[Group]:
    """`rows` carry `group`. The dearest first."""
    found: Any = rows.filter(within(span)).values("group")  # type: ignore[misc]
    ordered = found.annotate(**SUMS).order_by("-spend", "-requests", "group")
    return [Group(value=row.pop("group") or "", **row) for row in ordered]


def columns(rows: Quarters, period: Period, top: Sequence[str]) -> list[Column]:
    """One for each day of the period, or hour of the day, whether anything happened or not."""
    at: TruncDate | ExtractHour = TruncDate("starts_at", tzinfo=period.zone)
    if period.is_day:
        at = ExtractHour("starts_at", tzinfo=period.zone)
    series = Case(
        *[When(group=value, then=Value(number)) for number, value in enumerate(top)],
        default=Value(len(top)),
    )
    found: Any = rows.filter(within(period.span)).annotate(at=at, series=series)
    parts = {
        (row["at"], row["series"]): _figures(row)
        for row in found.values("at", "series").annotate(**_short(SUMS)).order_by()
    }
    days: Sequence[date | int] = range(24) if period.is_day else list(period.days())
    numbers = range(len(top) + 1)
    return [Column(day, [parts.get((day, n), Figures()) for n in numbers]) for day in days]


def within(span: Span) -> Q:
    return _between(span.start, span.end)


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


def _between(start: Any, end: Any) -> Q:
    return Q(starts_at__gte=start, starts_at__lt=end)


def _short(sums: dict[str, Sum]) -> dict[str, Sum]:
    """Under the names `_figures` reads."""
    return {name.removesuffix("_tokens"): one for name, one in sums.items()}


def _figures(sums: dict[str, Any], prefix: str = "") -> Figures:
    return Figures(
        spend=sums[f"{prefix}spend"] or Decimal(0),
        tokens=(sums[f"{prefix}prompt"] or 0) + (sums[f"{prefix}completion"] or 0),
        requests=sums[f"{prefix}requests"] or 0,
    )
