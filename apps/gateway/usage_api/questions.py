"""A question for POST /analytics/query, read strictly: whatever means nothing here is refused with
a sentence, since an answer that looks narrowed must be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from apps.gateway.usage_api.asker import Asker
from apps.gateway.usage_api.filters import Filter, filters_of
from apps.gateway.usage_api.spans import END, Span
from apps.gateway.usage_api.vocabulary import DIMENSIONS, GRANULARITIES, METRICS
from apps.gateway.usage_api.wrong import shown, unknown
from apps.routing.errors import invalid
from apps.usage.spend import BEGINNING

FIELDS = (
    *("metrics", "dimensions", "granularity", "time_range", "filters"),
    *("order_by", "limit", "group_limit"),
)
MOST_DIMENSIONS = 2
USUAL_LIMIT, MOST_ROWS = 1000, 10_000
USUAL_SPAN = timedelta(days=7)
LONGEST = timedelta(days=3660)
LONGEST_OF_CALLS = timedelta(days=31)
# Of one row for each minute or hour.
LONGEST_BY = {"minute": timedelta(hours=3), "hour": timedelta(days=31)}
DATE = "date"


class Order(NamedTuple):
    field: str
    is_descending: bool


@dataclass(frozen=True)
class Question:
    """`granularity` empty: no rows of time. `group_limit` None: as many of each group as there are.
    `is_recent`: the span was left to the house."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    filters: tuple[Filter, ...]
    granularity: str
    span: Span
    is_recent: bool
    order: Order | None
    limit: int
    group_limit: int | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The dimensions that must be known of a row, to split or to narrow it by."""
        return tuple(dict.fromkeys([*self.dimensions, *(one.field for one in self.filters)]))

    @property
    def of_calls(self) -> str:
        """What no sum can answer, so that calls must be read one by one; or nothing."""
        metrics = [name for name in self.metrics if METRICS[name].of_calls]
        fields = [name for name in self.fields if DIMENSIONS[name].of_calls]
        minute = ["granularity minute"] if self.granularity == "minute" else []
        return next(iter([*metrics, *fields, *minute]), "")


def question_of(body: dict[str, Any], asker: Asker, now: datetime) -> Question:
    """Raises Refusal (400)."""
    body = {name: value for name, value in body.items() if value is not None}
    _check_fields(body)
    metrics = _names(body, "metrics", METRICS)
    if not metrics:
        raise invalid("metrics must name at least one metric.", field="metrics")
    dimensions = _names(body, "dimensions", DIMENSIONS)
    if len(dimensions) > MOST_DIMENSIONS:
        raise invalid(f"At most {MOST_DIMENSIONS} dimensions at once.", field="dimensions")
    granularity = _granularity(body.get("granularity"))
    question = Question(
        metrics=metrics,
        dimensions=dimensions,
        filters=filters_of(body.get("filters", []), asker),
        granularity=granularity,
        span=_span(body.get("time_range"), now),
        is_recent="time_range" not in body,
        order=_order(body.get("order_by"), metrics, dimensions, granularity),
        limit=_count(body, "limit") or USUAL_LIMIT,
        group_limit=_count(body, "group_limit"),
    )
    _check_length(question)
    return question


def _check_fields(body: dict[str, Any]) -> None:
    for name in body:
        if name.startswith("classifier_"):
            raise invalid(
                "There are no classifiers here: this house reads nothing of what is said."
            )
        if name not in FIELDS:
            raise invalid(
                f"“{shown(name)}” is no field of a question; the fields are {', '.join(FIELDS)}."
            )


def _names(body: dict[str, Any], field: str, known: Collection[str]) -> tuple[str, ...]:
    given = body.get(field, [])
    if type(given) is not list:
        raise invalid(f"{field} must be a list of names.", field=field)
    for one in given:
        if type(one) is not str or one not in known:
            raise unknown(one, field.removesuffix("s"), known)
    return tuple(dict.fromkeys(given))


def _granularity(given: Any) -> str:
    if given is None:
        return ""
    if type(given) is not str or given not in GRANULARITIES:
        raise invalid(f"granularity must be one of {', '.join(GRANULARITIES)}.")
    return given


def _span(given: Any, now: datetime) -> Span:
    if given is None:
        return Span(now - USUAL_SPAN, now)
    if type(given) is not dict or set(given) != {"start", "end"}:
        raise invalid("time_range must have a start and an end, and nothing else.")
    span = Span(*(_moment(given[name], f"time_range.{name}") for name in ("start", "end")))
    if span.end <= span.start:
        raise invalid("time_range ends before it starts: its end must be later than its start.")
    return span


def _moment(given: Any, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given if type(given) is str and len(given) < 40 else "")
        is_known = moment.tzinfo is not None and BEGINNING <= moment <= END
    except (ValueError, OverflowError):
        raise invalid(f"{field} must be a moment such as 2026-11-01T00:00:00Z.") from None
    if not is_known:
        raise invalid(
            f"{field} must lie between the years {BEGINNING.year} and {END.year} and say its "
            "zone, as in 2026-11-01T00:00:00Z."
        )
    return moment.astimezone(UTC)


def _order(
    given: Any, metrics: tuple[str, ...], dimensions: tuple[str, ...], granularity: str
) -> Order | None:
    if given is None:
        return None
    if type(given) is not dict or set(given) != {"field", "direction"}:
        raise invalid("order_by must have a field and a direction, and nothing else.")
    field, direction = given["field"], given["direction"]
    if direction not in ("asc", "desc"):
        raise invalid("order_by.direction must be asc or desc.")
    if granularity and field == f"date__{granularity}":
        field = DATE
    dates = [DATE] if granularity else []
    if field not in [*metrics, *dimensions, *dates, "request_count"]:
        raise invalid(
            "order_by.field must be a metric or dimension of the question, request_count, or "
            "date where there is a granularity."
        )
    return Order(field, direction == "desc")


def _count(body: dict[str, Any], field: str) -> int | None:
    given = body.get(field)
    if given is None:
        return None
    if type(given) is not int or not 1 <= given <= MOST_ROWS:
        raise invalid(f"{field} must be a whole number from 1 to {MOST_ROWS:,}.", field=field)
    return given


def _check_length(question: Question) -> None:
    length, by = question.span.end - question.span.start, question.granularity
    if length > LONGEST:
        raise invalid(f"time_range may span {LONGEST.days:,} days at most, which is ten years.")
    if by in LONGEST_BY and length > LONGEST_BY[by]:
        raise invalid(f"granularity {by} is for a time_range of {_words(LONGEST_BY[by])} at most.")
    if question.of_calls and length > LONGEST_OF_CALLS:
        raise invalid(
            f"{question.of_calls} is read from single calls, for a time_range of "
            f"{_words(LONGEST_OF_CALLS)} at most."
        )


def _words(length: timedelta) -> str:
    return f"{length.days} days" if length.days else f"{length // timedelta(hours=1)} hours"
