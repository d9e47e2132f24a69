"""The sums of a month as a CSV file, a day at a time, so that the house holds one day of it."""

import csv
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async

from apps.usage.download import plain
from apps.usage.grouping import NOBODY, Name, names_of
from apps.usage.reach import Reach
from apps.usage.report.figures import BY, provider_of, providers_of
from apps.usage.report.month import Month
from apps.usage.sums import Asked, Sum, sums

NAMED = ("project", "person", "key", "app")
HEADS = (
    "day", "project", "person", "key", "app", "model", "provider", "calls", "prompt_tokens",
    "completion_tokens", "reasoning_tokens", "cached_tokens", "cost_usd",
)  # fmt: skip


async def lines(reach: Reach, month: Month) -> AsyncIterator[str]:
    yield _written([HEADS])
    for number in range(month.days):
        found = await sync_to_async(_day)(reach, month, number)
        if found:
            yield _written(found)


def _day(reach: Reach, month: Month, number: int) -> list[list[str]]:
    day = month.first + timedelta(days=number)
    start, end = (
        datetime.combine(one, datetime.min.time(), month.zone).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    found = sums(reach, Asked(start, end, month.zone, by=BY))
    names = {by: names_of(by, {_text(one, by) for one in found}) for by in NAMED}
    providers = providers_of(found)
    return [
        [plain(cell) for cell in (day.isoformat(), *_named(one, names, providers), *_counts(one))]
        for one in found
    ]


def _named(
    one: Sum, names: Mapping[str, Mapping[str, Name]], providers: Mapping[int, str]
) -> Iterator[str]:
    for by in NAMED:
        value = _text(one, by)
        yield names[by][value].words if value else ""
    yield _text(one, "model")
    yield provider_of(one, providers)


def _counts(one: Sum) -> tuple[object, ...]:
    return (
        one.requests,
        one.prompt_tokens,
        one.completion_tokens,
        one.reasoning_tokens,
        one.cached_tokens,
        format(one.spend, "f"),
    )


def _text(one: Sum, by: str) -> str:
    value = one.group[BY.index(by)]
    return NOBODY if value == 0 else str(value)


def _written(rows: object) -> str:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue()
