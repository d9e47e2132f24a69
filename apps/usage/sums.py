"""The one reader of what was spent over a span: exact at every moment, split and cut into columns
as asked. Columns begin where days of the asked zone do, by the zones that Python knows; the
database is told the moments."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from apps.usage.days import ONE_DAY, day_begins
from apps.usage.models import UsageDay, UsageDayMark
from apps.usage.reach import Reach

Each = Literal["", "hour", "day", "week", "month"]
COLUMNS = {
    "project": "project_id",
    "key": "key_id",
    "person": "user_id",
    "app": "app",
    "model": "model",
    "endpoint": "endpoint_id",
}
DIMENSIONS = tuple(COLUMNS)
TEXTS = {"app", "model"}
MEASURES = UsageDay.FIGURES
TOTALS = ", ".join(
    f"sum({one})" if one == "cost_usd" else f"sum({one})::bigint" for one in MEASURES
)
STILL_CLOSED = """EXISTS (SELECT 1 FROM usage_usagedaymark
                    WHERE zone = %(zone)s AND through >= %(last)s)"""
BIGGEST = 2**63 - 1
LONGEST_BY_HOUR = timedelta(days=31, hours=2)  # a month in which clocks were put back
MOST_COLUMNS = 10_000


class Sum(NamedTuple):
    """`at` is the beginning of its column: an hour of the zone, or the first day of a day, week or
    month; None where none were asked. `group` has what `by` asked for, in that order; the number 0
    and the empty name stand for none."""

    at: datetime | date | None
    group: tuple[str | int, ...]
    requests: int
    spend: Decimal
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cached_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class Asked:
    """`start` and `end` begin quarters of an hour. `where`: of each named dimension, only these."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    by: tuple[str, ...] = ()
    each: Each = ""
    where: Mapping[str, Collection[int | str]] = field(default_factory=dict)
    week_starts_on: int = 0

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs moments of a zone")
        if unknown := {*self.by, *self.where} - set(DIMENSIONS):
            raise ValueError(f"no such dimension: {', '.join(sorted(unknown))}")
        if self.each == "hour" and self.end - self.start > LONGEST_BY_HOUR:
            raise ValueError("hours are shown of at most 31 days")


def sums(reach: Reach, asked: Asked) -> list[Sum]:
    """In the order of their columns, then of their groups. What had no calls has no row."""
    if asked.end <= asked.start:
        return []
    columns = _columns(asked)
    values: dict[str, Any] = {}
    conditions = _conditions(reach, asked, values)
    if asked.each:
        values["begins"] = [begins for _, begins in columns]
        values["days"] = [at for at, _ in columns]
    parts = " UNION ALL ".join(_parts(asked, conditions, values))
    shown = ", ".join(["place", *(COLUMNS[name] for name in asked.by)])
    numbers = ", ".join(str(number + 1) for number in range(len(asked.by) + 1))
    sql = f"""
        SELECT {shown}, {TOTALS} FROM ({parts}) AS part GROUP BY {numbers} ORDER BY {numbers}
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    width = len(asked.by) + 1
    return [Sum(columns[row[0]][0], tuple(row[1:width]), *row[width:]) for row in rows]


def _parts(asked: Asked, conditions: str, values: dict[str, Any]) -> Iterator[str]:
    """Where its rows come from: closed days, and quarter-hours of the rest. Whether those days are
    still closed is asked in the statement itself, which sees one moment of all tables."""
    rows = ", ".join([*(COLUMNS[name] for name in asked.by), *MEASURES])
    by_day = by_quarter = "0"
    if asked.each:
        by_day = "width_bucket(day, %(days)s::date[]) - 1"
        by_quarter = "width_bucket(starts_at, %(begins)s::timestamptz[]) - 1"

    def quarters(name: str, start: datetime, end: datetime, more: str = "") -> str:
        values[f"{name}_start"], values[f"{name}_end"] = start, end
        return f"""
            SELECT {by_quarter} AS place, {rows} FROM usage_usagequarter
             WHERE starts_at >= %({name}_start)s AND starts_at < %({name}_end)s
               AND {conditions} {more}"""

    days = _closed_days(asked)
    if days is None:
        yield quarters("span", asked.start, asked.end)
        return
    first, last = days
    values |= {"zone": asked.zone.key, "first": first, "last": last}
    start, end = day_begins(first, asked.zone), day_begins(last + ONE_DAY, asked.zone)
    yield f"""
            SELECT {by_day} AS place, {rows} FROM usage_usageday
             WHERE zone = %(zone)s AND day >= %(first)s AND day <= %(last)s
               AND {conditions} AND {STILL_CLOSED}"""
    yield quarters("inner", start, end, f"AND NOT {STILL_CLOSED}")
    if asked.start < start:
        yield quarters("before", asked.start, start)
    if end < asked.end:
        yield quarters("after", end, asked.end)


def _closed_days(asked: Asked) -> tuple[date, date] | None:
    """The first and the last whole day of the span that is added up already."""
    if asked.each == "hour":
        return None
    mark = UsageDayMark.objects.filter(zone=asked.zone.key).first()
    if mark is None:
        return None
    first = asked.start.astimezone(asked.zone).date()
    if day_begins(first, asked.zone) < asked.start:
        first += ONE_DAY
    last = min(asked.end.astimezone(asked.zone).date() - ONE_DAY, mark.through)
    return (first, last) if first <= last else None


def _conditions(reach: Reach, asked: Asked, values: dict[str, Any]) -> str:
    """Adds what it compares with to `values`."""
    found = ["TRUE"]
    if not reach.is_everything:
        seen = ["FALSE"]
        for column, numbers in reach.any_of.items():
            values[f"seen_{column}"] = numbers
            seen.append(f"{column} = ANY(%(seen_{column})s::bigint[])")
        found.append(f"({' OR '.join(seen)})")
    for name, wanted in asked.where.items():
        kind = "text" if name in TEXTS else "bigint"
        values[f"only_{name}"] = [one for one in wanted if _can_stand(one, kind)]
        found.append(f"{COLUMNS[name]} = ANY(%(only_{name})s::{kind}[])")
    return " AND ".join(found)


def _can_stand(value: int | str, kind: str) -> bool:
    """In a column of that kind; what cannot is met by no row."""
    if kind == "text":
        return isinstance(value, str) and "\0" not in value
    return isinstance(value, int) and abs(value) <= BIGGEST


def _columns(asked: Asked) -> list[tuple[datetime | date | None, datetime]]:
    """What each is called, and the moment it begins."""
    if not asked.each:
        return [(None, asked.start)]
    found: list[tuple[datetime | date | None, datetime]] = []
    steps = _hours(asked) if asked.each == "hour" else _days(asked)
    for at, begins in steps:
        if begins >= asked.end:
            break
        if len(found) == MOST_COLUMNS:
            raise ValueError("too many columns")
        found.append((at, begins))
    return found


def _hours(asked: Asked) -> Iterator[tuple[datetime, datetime]]:
    """Whole hours of the clock on the wall; those in which it is changed are shorter or longer."""
    local = asked.start.astimezone(asked.zone)
    begins = asked.start.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    while True:
        local = begins.astimezone(asked.zone)
        yield local, begins
        begins += timedelta(minutes=60 - local.minute)


def _days(asked: Asked) -> Iterator[tuple[date, datetime]]:
    """Days, or the first days of weeks and months."""
    day = asked.start.astimezone(asked.zone).date()
    if asked.each == "week":
        day -= timedelta(days=(day.weekday() - asked.week_starts_on) % 7)
    if asked.each == "month":
        day = day.replace(day=1)
    while True:
        yield day, day_begins(day, asked.zone)
        if asked.each == "month":
            day = (day + timedelta(days=32)).replace(day=1)
        else:
            day += timedelta(days=7 if asked.each == "week" else 1)
