"""The answer to a question: its rows narrowed, added up, put in order and written."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from time import perf_counter
from typing import Any, NamedTuple

from apps.gateway.usage_api.credits import exact
from apps.gateway.usage_api.figures import Figures
from apps.gateway.usage_api.names import Names
from apps.gateway.usage_api.questions import DATE, Order, Question
from apps.gateway.usage_api.reading import Row, rows_of, values_of
from apps.gateway.usage_api.spans import in_quarters, written
from apps.gateway.usage_api.vocabulary import METRICS
from apps.usage.reach import Reach

Key = tuple[datetime | None, tuple[str, ...]]


class Line(NamedTuple):
    """One row of the answer; `ids` of the dimensions, in their order."""

    at: datetime | None
    ids: tuple[str, ...]
    figures: Figures


def answer_to(question: Question, reach: Reach) -> dict[str, Any]:
    """Raises Refusal."""
    began = perf_counter()
    rows = rows_of(reach, question)
    names = Names(question.fields, values_of(rows))
    lines = _ordered(_added_up(rows, names, question), question)
    kept = _cut(lines, question)
    told: dict[str, Any] = {
        "data": [_written(line, names, question) for line in kept],
        "metadata": {
            "query_time_ms": round((perf_counter() - began) * 1000, 1),
            "row_count": len(kept),
            "truncated": len(kept) < len(lines),
        },
    }
    warnings = _warnings(question)
    return {**told, "warnings": warnings} if warnings else told


def _added_up(rows: Iterable[Row], names: Names, question: Question) -> list[Line]:
    found: dict[Key, Figures] = {}
    for row in rows:
        ids = names.ids(row.columns)
        if all(one.passes(ids[one.field]) for one in question.filters):
            key = row.at, tuple(ids[name] for name in question.dimensions)
            found.setdefault(key, Figures()).add(row.figures)
    if not found and not question.dimensions and not question.granularity:
        found[None, ()] = Figures()  # of no calls there is a total as well
    return [Line(at, ids, figures) for (at, ids), figures in found.items()]


def _ordered(lines: list[Line], question: Question) -> list[Line]:
    """As asked; among equals the latest first, then the largest by the first metric."""
    lines.sort(key=lambda line: [(not one, one) for one in line.ids])
    orders = [Order(question.metrics[0], True)]
    orders += [Order(DATE, True)] if question.granularity else []
    orders += [question.order] if question.order else []
    for order in orders:
        _sort(lines, _value_of(order.field, question), is_descending=order.is_descending)
    return lines


def _sort(lines: list[Line], value: Callable[[Line], Any], *, is_descending: bool) -> None:
    """Who has nothing to be sorted by comes last."""
    has, has_not = list[tuple[Any, Line]](), list[Line]()
    for line in lines:
        one = value(line)
        if one in (None, ""):
            has_not.append(line)
        else:
            has.append((one, line))
    has.sort(key=itemgetter(0), reverse=is_descending)
    lines[:] = [*(line for _, line in has), *has_not]


def _value_of(field: str, question: Question) -> Callable[[Line], Any]:
    if field == DATE:
        return lambda line: line.at
    if field in question.dimensions:
        number = question.dimensions.index(field)
        return lambda line: line.ids[number]
    return lambda line: METRICS[field].value(line.figures)


def _cut(lines: list[Line], question: Question) -> list[Line]:
    most, seen, kept = question.group_limit, dict[tuple[str, ...], int](), []
    for line in lines:
        seen[line.ids] = seen.get(line.ids, 0) + 1
        if most is None or not question.dimensions or seen[line.ids] <= most:
            kept.append(line)
    return kept[: question.limit]


def _written(line: Line, names: Names, question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if line.at is not None:
        told[f"date__{question.granularity}"] = written(line.at)
    for dimension, value in zip(question.dimensions, line.ids, strict=True):
        told |= names.told(dimension, value)
    for metric in question.metrics:
        value = METRICS[metric].value(line.figures)
        told[metric] = exact(value) if isinstance(value, Decimal) else value
    return told


def _warnings(question: Question) -> list[str]:
    span = in_quarters(*question.span)
    if question.of_calls or question.is_recent or span == question.span:
        return []
    return [
        "Sums are kept by the quarter of an hour: counted was from "
        f"{span.start:%Y-%m-%dT%H:%M:%SZ} to {span.end:%Y-%m-%dT%H:%M:%SZ}."
    ]
