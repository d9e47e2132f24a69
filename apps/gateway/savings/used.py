"""Which calls of the last 30 days somebody may be told of, whose rules bind them, and what their
receipts add up to."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Max, Sum

from apps.accounts.models import User
from apps.accounts.zone import day_start, household_zone
from apps.gateway.rails import Rails
from apps.gateway.savings.reckoning import Used
from apps.guardrails.compile import compiled
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.routing.types import Policy
from apps.usage.models import Generation
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

DAYS = 30
MARGIN = timedelta(minutes=1)


class Caller(NamedTuple):
    """Whose calls: a key's, or a person's in the browser, where `key` is 0."""

    project: int
    key: int
    person: int


class Way(NamedTuple):
    """A model at the endpoint that answered."""

    model: str
    endpoint: int


class Span(NamedTuple):
    """Whole days of the household, the last one yesterday."""

    start: datetime
    end: datetime


def span_of(now: datetime) -> Span:
    zone = household_zone()
    end = day_start(now, zone)
    return Span(day_start(end - timedelta(days=DAYS), zone), end)


def spent(reach: Reach, span: Span, *, least: Decimal) -> dict[Way, set[Caller]]:
    """Where at least so much was spent, and who did."""
    asked = Asked(
        span.start, span.end, household_zone(), by=("model", "endpoint", "project", "key", "person")
    )
    found: dict[Way, set[Caller]] = {}
    totals: dict[Way, Decimal] = {}
    for one in sums(reach, asked):
        model, endpoint, project, key, person = one.group
        way = Way(str(model), int(endpoint))
        totals[way] = totals.get(way, Decimal(0)) + one.spend
        found.setdefault(way, set()).add(Caller(int(project), int(key), int(person)))
    return {way: callers for way, callers in found.items() if way.endpoint and totals[way] >= least}


def policies_of(callers: Collection[Caller]) -> dict[Caller, Policy]:
    """The rules that bind each of them today. Whose key, person or project is gone will make no
    further call, so nothing is said of theirs."""
    rails = Rails.load()
    keys = ApiKey.objects.live().in_bulk({one.key for one in callers if one.key})
    active = Project.objects.active().filter(pk__in={one.project for one in callers})
    projects = set(active.values_list("pk", flat=True))
    people = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    return {
        one: _policy(rails, one, keys.get(one.key))
        for one in callers
        if one.project in projects and one.person in people and (not one.key or one.key in keys)
    }


def receipts(ways: Collection[Way], span: Span) -> Mapping[tuple[Way, Caller], Used]:
    """Only calls that the provider itself counted."""
    rows = (
        Generation.objects.filter(
            id__gte=_id_at(span.start - MARGIN),
            id__lt=_id_at(span.end + MARGIN),
            created_at__gte=span.start,
            created_at__lt=span.end,
            state=Generation.State.CLOSED,
            is_estimated=False,
            model__in={one.model for one in ways},
            endpoint_id__in={one.endpoint for one in ways},
        )
        .values_list("model", "endpoint_id", "project_id", "key_id", "user_id")
        .annotate(
            Count("id"),
            Sum("cost_usd"),
            Sum("prompt_tokens"),
            Sum("completion_tokens"),
            Sum("reasoning_tokens"),
            Sum("cached_tokens"),
            Sum("cache_write_tokens"),
            longest=Max(F("prompt_tokens") + F("completion_tokens")),
        )
        .order_by()
    )
    return {
        (Way(row[0], row[1]), Caller(row[2], row[3] or 0, row[4])): Used(*row[5:]) for row in rows
    }


def _policy(rails: Rails, caller: Caller, key: ApiKey | None) -> Policy:
    key_rail = key.guardrail_id if key else None
    bound = rails.binding(project_id=caller.project, user_id=caller.person, key_rail=key_rail)
    return compiled(
        bound,
        key_models=key.allowed_models if key else (),
        accepted=rails.accepted_by(caller.person),
    )


def _id_at(moment: datetime) -> str:
    """Ids begin with the milliseconds of a call's birth."""
    return f"gen-{int(moment.timestamp() * 1000)}-"
