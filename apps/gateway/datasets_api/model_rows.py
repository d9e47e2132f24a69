"""Models by day, week or month: the fifty most used of each, and the rest as one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, cast

from apps.gateway.datasets_api.asking import Days, check_names, days_of, one_of
from apps.gateway.usage_api.spans import ZONE
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

PARAMETERS = ("start_date", "end_date", "period")
UNANSWERED = ("modality", "context_bucket", "category", "language_type")
PERIODS = ("day", "week", "month")
TOP, OTHER = 50, "other"
Period = Literal["day", "week", "month"]


class Wish(NamedTuple):
    days: Days
    period: Period


def wish_of(query: Mapping[str, str], now: datetime) -> Wish:
    """Raises Refusal."""
    check_names(query, PARAMETERS, UNANSWERED)
    period = one_of(query, "period", PERIODS, "day")
    return Wish(days_of(query, now), cast(Period, period))


def rows_of(wish: Wish) -> list[dict[str, Any]]:
    """Weeks begin on Monday and go by that day, months by their first."""
    span = wish.days.span
    asked = Asked(span.start, span.end, ZONE, by=("model",), each=wish.period)
    by_date: dict[date, list[tuple[str, int]]] = {}
    for one in sums(Reach.everything(), asked):
        model = str(one.group[0])
        if model and one.tokens and one.at is not None:
            by_date.setdefault(_date(one.at), []).append((model, one.tokens))
    return [row for day in sorted(by_date) for row in _rows(day, by_date[day])]


def _rows(day: date, used: list[tuple[str, int]]) -> list[dict[str, Any]]:
    used.sort(key=lambda pair: (-pair[1], pair[0]))
    shown, rest = used[:TOP], sum(tokens for _, tokens in used[TOP:])
    return [
        {"date": day.isoformat(), "model_permaslug": model, "total_tokens": str(tokens)}
        for model, tokens in (*shown, *([(OTHER, rest)] if rest else ()))
    ]


def _date(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at
