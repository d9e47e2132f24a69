"""Which month is asked for. Pure."""

import re
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
FIRST = date(2020, 1, 1)


class BadMonth(ValueError):
    """Says in one sentence what to change."""


class Month(NamedTuple):
    first: date
    zone: ZoneInfo

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def next(self) -> "Month":
        return self._replace(first=_months_on(self.first, 1))

    @property
    def before(self) -> "Month":
        return self._replace(first=_months_on(self.first, -1))

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def days(self) -> int:
        return (self.next.first - self.first).days


def month_asked(text: str, *, now: datetime, zone: ZoneInfo) -> Month:
    """Nothing is the last one that is over."""
    this = Month(now.astimezone(zone).date().replace(day=1), zone)
    if not text:
        return this.before
    found = MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) == 0:
        shown = text[:20].replace("\0", "")
        raise BadMonth(f"“{shown}” is no month. Write months like {this.before.name}.")
    month = Month(date(int(found[1]), int(found[2]), 1), zone)
    if month.first > this.first:
        raise BadMonth(f"{month.words} is yet to come.")
    if month.first < FIRST:
        raise BadMonth(f"{month.words} is too long ago; nothing was counted then.")
    return month


def months_before(month: Month, number: int) -> list[Month]:
    """The newest first, `month` among them."""
    found = [month]
    while len(found) < number and found[-1].first > FIRST:
        found.append(found[-1].before)
    return found


def _months_on(first: date, number: int) -> date:
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
