"""What was spent in a period and in the one before it, and by which models. Reads the quarter-hour
sums alone, so it costs the same however many calls there were."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from apps.accounts.zone import day_start
from apps.core.money import count, usd
from apps.usage.models import UsageQuarter

PERIODS = {"today": "Today", "7d": "7 days", "30d": "30 days"}
DAYS = {"today": 1, "7d": 7, "30d": 30}
WORDS = {
    "today": "yesterday by this hour",
    "7d": "the 7 days before",
    "30d": "the 30 days before",
}
SHOWN_MODELS = 50


class Span(NamedTuple):
    """The period, and the one of the same length before it: both end at the same time of day."""

    start: datetime
    end: datetime
    before_start: datetime
    before_end: datetime


class Figures(NamedTuple):
    spend: Decimal
    tokens: int
    requests: int


class Card(NamedTuple):
    """One figure in words, and how it stands against the period before."""

    name: str
    value: str
    against: str


@dataclass(frozen=True)
class ModelRow:
    model: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    spend: Decimal
    share: int

    @property
    def average(self) -> Decimal:
        return self.spend / self.requests if self.requests else Decimal(0)


def span_of(period: str, *, now: datetime, zone: ZoneInfo) -> Span:
    """Whole days of the household, up to now; the period before stops as far into its last day."""
    days = DAYS[period]
    today = day_start(now, zone)
    start = day_start(today - timedelta(days=days - 1, hours=-12), zone)
    before_start = day_start(start - timedelta(days=days, hours=-12), zone)
    passed = now - today
    before_end = day_start(start - timedelta(hours=12), zone) + passed
    return Span(start, now, before_start, min(before_end, start))


def figures(rows: "QuerySet[UsageQuarter]", span: Span) -> tuple[Figures, Figures]:
    """Now and before, in one query."""
    inside = {
        "now": Q(starts_at__gte=span.start),
        "before": Q(starts_at__gte=span.before_start, starts_at__lt=span.before_end),
    }
    asked: dict[str, Any] = {}
    for name, within in inside.items():
        asked[f"{name}_spend"] = Sum("cost_usd", filter=within)
        asked[f"{name}_prompt"] = Sum("prompt_tokens", filter=within)
        asked[f"{name}_completion"] = Sum("completion_tokens", filter=within)
        asked[f"{name}_requests"] = Sum("requests", filter=within)
    sums = rows.filter(starts_at__gte=span.before_start).aggregate(**asked)
    return _figures(sums, "now"), _figures(sums, "before")


def by_model(rows: "QuerySet[UsageQuarter]", span: Span) -> list[ModelRow]:
    """The dearest first; shares are of the spending, in whole percent."""
    found = list(
        rows.filter(starts_at__gte=span.start)
        .values("model")
        .annotate(
            requests=Sum("requests"),
            prompt_tokens=Sum("prompt_tokens"),
            completion_tokens=Sum("completion_tokens"),
            spend=Sum("cost_usd"),
        )
        .order_by("-spend", "-requests", "model")
    )
    total = sum((row["spend"] for row in found), Decimal(0))
    return [
        ModelRow(**row, share=int(100 * row["spend"] / total) if total else 0)
        for row in found[:SHOWN_MODELS]
    ]


def cards(now: Figures, before: Figures, *, period: str) -> list[Card]:
    """Differences are sums and counts: a share of a small number says nothing."""
    than = WORDS[period]
    return [
        Card("Spent", usd(now.spend), _against(now.spend, before.spend, than)),
        Card("Tokens", count(now.tokens), _against(now.tokens, before.tokens, than)),
        Card("Calls", count(now.requests), _against(now.requests, before.requests, than)),
    ]


def _against(now: Decimal | int, before: Decimal | int, than: str) -> str:
    if not before:
        return f"nothing in {than}" if now else ""
    if now == before:
        return f"the same as {than}"
    size, is_count = abs(Decimal(now) - before), isinstance(now, int)
    shown, less = (count(int(size)), "fewer") if is_count else (usd(size), "less")
    return f"{shown} {'more' if now > before else less} than {than}"


def _figures(sums: dict[str, Any], name: str) -> Figures:
    return Figures(
        spend=sums[f"{name}_spend"] or Decimal(0),
        tokens=(sums[f"{name}_prompt"] or 0) + (sums[f"{name}_completion"] or 0),
        requests=sums[f"{name}_requests"] or 0,
    )
