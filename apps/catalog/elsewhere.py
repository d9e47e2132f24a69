"""What is used most on OpenRouter, as its own rankings say: for pages beside those of this house.
One router's traffic is not the market, and tokens of different makers are not alike."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, Sum

from apps.catalog.models import ElsewhereDay, ElsewhereState

# As its licence asks for it, word by word.
CITATION = "Source: OpenRouter (openrouter.ai/rankings), as of {as_of}."


class Used(NamedTuple):
    """`before` is None where the list does not reach back far enough."""

    slug: str
    tokens: int
    before: int | None


class Elsewhere(NamedTuple):
    first: date
    last: date
    rows: list[Used]
    citation: str


def most_used(days: int, *, most: int) -> Elsewhere | None:
    """In the last days of the list, for two queries; None where no list was taken."""
    state = ElsewhereState.objects.first()
    if state is None:
        return None
    last = state.last_day
    first = max(last - timedelta(days=days - 1), state.first_day)
    before = first - timedelta(days=days)
    reaches = before >= state.first_day
    found = (
        ElsewhereDay.objects.filter(day__gte=before if reaches else first, day__lte=last)
        .exclude(slug="")
        .values("slug")
        .annotate(now=Sum("tokens", filter=Q(day__gte=first)))
        .annotate(then=Sum("tokens", filter=Q(day__lt=first)))
        .filter(now__gt=0)
        .order_by("-now", "slug")[:most]
    )
    rows = [Used(one["slug"], one["now"], (one["then"] or 0) if reaches else None) for one in found]
    return Elsewhere(first, last, rows, CITATION.format(as_of=state.as_of))
