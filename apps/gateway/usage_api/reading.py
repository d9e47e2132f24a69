"""The rows a question is answered from: sums wherever they know enough, else single calls, of which
it reads only so many."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from apps.gateway.usage_api.figures import Figures
from apps.gateway.usage_api.questions import Question
from apps.gateway.usage_api.spans import ZONE, begin_of, in_quarters
from apps.gateway.usage_api.vocabulary import DIMENSIONS
from apps.routing.errors import Refusal, invalid
from apps.routing.speed import tokens_per_second
from apps.usage.models import Generation
from apps.usage.reach import Reach
from apps.usage.sums import COLUMNS, Asked, Sum, sums

MOST_CALLS = 50_000
SLACK = timedelta(minutes=1)  # between the moment an id is made and the moment its row says
SECONDS = 5
READ = (
    *("created_at", "status", "is_streamed", "latency_ms", "duration_ms", "cost_usd"),
    *("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
)


class Row(NamedTuple):
    """`at`: the beginning of its minute, hour, day, week or month, where the question splits by
    those. `columns`: as DIMENSIONS name them."""

    at: datetime | None
    columns: Mapping[str, Any]
    figures: Figures


def rows_of(reach: Reach, question: Question) -> list[Row]:
    """Raises Refusal (400, 408)."""
    with at_most(SECONDS):
        return _calls(reach, question) if question.of_calls else _sums(reach, question)


def values_of(rows: list[Row]) -> dict[str, set[Any]]:
    """What stands in each column."""
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for row in rows:
        for column, value in row.columns.items():
            found[column].add(value)
    return found


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """What takes the database longer is given up. Raises Refusal (408)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
            yield
    except OperationalError as problem:
        if not isinstance(problem.__cause__, QueryCanceled):
            raise
        raise Refusal(
            408,
            "timeout",
            f"That would take longer than {seconds} seconds. Ask for a shorter time_range.",
        ) from None


def _sums(reach: Reach, question: Question) -> list[Row]:
    by = _columns(question)
    span = in_quarters(*question.span)
    each = cast(Literal["", "hour", "day", "week", "month"], question.granularity)
    asked = Asked(span.start, span.end, ZONE, by=by, each=each)
    return [
        Row(_moment(one.at), dict(zip(by, one.group, strict=True)), _figures_of_sum(one))
        for one in sums(reach, asked)
    ]


def _calls(reach: Reach, question: Question) -> list[Row]:
    """By their ids, which begin with their time, so that no index of moments is needed."""
    start, end = question.span
    ids = [f"gen-{int(at.timestamp() * 1000)}" for at in (start - SLACK, end + SLACK)]
    calls_by_id = Generation.objects.filter(reach.condition, id__gte=ids[0], id__lt=ids[1])
    if calls_by_id.order_by("-id").values("id")[MOST_CALLS : MOST_CALLS + 1].exists():
        raise invalid(
            f"{question.of_calls} is read from single calls, and there are more than "
            f"{MOST_CALLS:,} in this time_range. Ask for a shorter one."
        )
    calls = calls_by_id.filter(
        state=Generation.State.CLOSED, created_at__gte=start, created_at__lt=end
    )
    columns = _columns(question)
    fields = {*READ, *(COLUMNS.get(name, name) for name in columns)}
    found = calls.values_list(*fields, named=True)
    return [_row_of_call(call, columns, question.granularity) for call in found]


def _row_of_call(call: Any, columns: tuple[str, ...], granularity: str) -> Row:
    at = begin_of(call.created_at, granularity) if granularity else None
    values = {name: getattr(call, COLUMNS.get(name, name)) for name in columns}
    figures = Figures(
        1,
        call.cost_usd,
        call.prompt_tokens,
        call.completion_tokens,
        call.reasoning_tokens,
        call.cached_tokens,
    )
    latency, duration = call.latency_ms, call.duration_ms
    # An answer that came whole has no first token.
    if call.is_streamed and call.status == 200 and latency is not None:
        figures.latencies.append(latency)
        speed = tokens_per_second(
            call.completion_tokens,
            call.reasoning_tokens,
            latency_ms=latency,
            writing_ms=(duration or latency) - latency,
        )
        figures.speeds += [speed] if speed is not None else []
    return Row(at, values, figures)


def _figures_of_sum(one: Sum) -> Figures:
    return Figures(
        one.requests,
        one.spend,
        one.prompt_tokens,
        one.completion_tokens,
        one.reasoning_tokens,
        one.cached_tokens,
    )


def _columns(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(DIMENSIONS[field].column for field in question.fields))


def _moment(at: datetime | date | None) -> datetime | None:
    if at is None or isinstance(at, datetime):
        return at
    return datetime(at.year, at.month, at.day, tzinfo=UTC)
