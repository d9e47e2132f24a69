"""What a program asks the datasets for, read strictly: days in UTC, and how many rows."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from apps.gateway.usage_api.spans import ZONE, of_days
from apps.routing.errors import invalid
from apps.usage.rankings.windows import Span

FLOOR = date(2025, 1, 1)  # where OpenRouter's own data begins; clients know it
MOST_DAYS, USUAL_DAYS = 366, 30
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
UNANSWERED = "{name} needs what is asked to be read and sorted, and no word of it is kept here."


class Days(NamedTuple):
    """Both belong to it."""

    first: date
    last: date

    @property
    def span(self) -> Span:
        return Span(*of_days(self.first, self.last))

    @property
    def before(self) -> "Days":
        """As many, just before."""
        many = self.last - self.first
        end = self.first - timedelta(days=1)
        return Days(end - many, end)


def check_names(
    query: Mapping[str, str], known: Collection[str], unanswered: Collection[str]
) -> None:
    """Raises Refusal for what is not asked here: a list that only looks filtered misleads."""
    for name in query:
        if name in unanswered:
            raise invalid(UNANSWERED.format(name=name), field=name)
        if name not in known:
            wanted = ", ".join(known)
            raise invalid(f"{name[:80]} is not asked here; what may be is {wanted}.")


def days_of(query: Mapping[str, str], now: datetime) -> Days:
    """Thirty days up to yesterday, unless asked otherwise. Raises Refusal."""
    today = now.astimezone(ZONE).date()
    last = _day(query, "end_date") or today - timedelta(days=1)
    if last < FLOOR:
        raise invalid(f"end_date must be {FLOOR} or later.", field="end_date")
    last = min(last, today)
    first = _day(query, "start_date") or last - timedelta(days=USUAL_DAYS - 1)
    first = max(first, FLOOR)
    if first > last:
        raise invalid("start_date must not be after end_date.", field="start_date")
    if (last - first).days >= MOST_DAYS:
        raise invalid(f"At most {MOST_DAYS} days may be asked for at once.", field="start_date")
    return Days(first, last)


def one_of(query: Mapping[str, str], name: str, choices: Collection[str], usual: str) -> str:
    wanted = query.get(name, usual)
    if wanted != usual and wanted not in choices:
        raise invalid(f"{name} must be one of {', '.join(choices)}.", field=name)
    return wanted


def number_of(query: Mapping[str, str], name: str, least: int, most: int, usual: int) -> int:
    text = query.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise invalid(f"{name} must be a whole number from {least} to {most}.", field=name)
    return int(text)


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise invalid(f"{name} must be a day such as 2026-11-20.", field=name) from None
