"""What a guardrail would close, before it is saved: models, endpoints and providers before and
after, free ones among them, and what was used lately and would stop. Asked of the connected
endpoints, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from time import perf_counter
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from apps.catalog.doors import Doors, field_of_doors
from apps.catalog.listing import mark_of
from apps.gateway.guardrail_pages.forms import CLOSING
from apps.gateway.guardrail_pages.subjects import Subject
from apps.gateway.snapshot import Catalog
from apps.guardrails.compile import compiled
from apps.guardrails.rail import Rail
from apps.routing.policy import WORDS, closing_rule, may_use
from apps.routing.types import Candidate, Policy
from apps.usage.models import UsageQuarter

LATELY = timedelta(days=30)
SHOWN = 12
FEW, NARROW, WIDE = 320, 16, 28  # doors in a row, by how many there are
NONE = {"scrubs": "closes none"}


@dataclass(frozen=True)
class Side:
    """What is open under one policy; a free variant is a model of its own."""

    models: int
    endpoints: int
    providers: int
    free: int


@dataclass(frozen=True)
class Stop:
    """A model that was used and would close."""

    name: str
    calls: int
    reason: str
    is_free: bool

    @property
    def mark(self) -> str:
        return mark_of(self.name)


@dataclass(frozen=True)
class Impact:
    """`effects` says of each switch how many models it closes beyond the rest, or would; `listed`
    is the whole catalogue, connected or not."""

    before: Side
    after: Side
    connected: int
    listed: int
    stops: tuple[Stop, ...]
    effects: Mapping[str, str]
    milliseconds: int

    @property
    def shut(self) -> int:
        return self.connected - self.after.models

    @property
    def closed_unused(self) -> int:
        return self.shut - len(self.stops)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        names = {"free": "Free models", "endpoints": "Endpoints", "providers": "Providers"}
        return [
            (words, getattr(self.before, name), getattr(self.after, name))
            for name, words in names.items()
        ]

    @property
    def closes(self) -> int:
        return max(0, self.before.models - self.after.models)

    @property
    def opens(self) -> int:
        return max(0, self.after.models - self.before.models)

    @property
    def first_stops(self) -> Sequence[Stop]:
        return self.stops[:SHOWN]

    @property
    def more_stops(self) -> int:
        return max(0, len(self.stops) - SHOWN)

    @cached_property
    def doors(self) -> Doors:
        return field_of_doors(
            open_count=self.after.models,
            lost_count=len(self.stops),
            shut_count=self.closed_unused,
            columns=NARROW if self.connected <= FEW else WIDE,
        )


def impact_of(subject: Subject, draft: Rail, catalog: Catalog) -> Impact:
    """Of `draft` in place of what stands."""
    started = perf_counter()
    above = [one.rail for one in subject.above]

    def policy_of(rail: Rail) -> Policy:
        plain = [replace(one, rules=()) for one in (*above, rail)]  # they close no model
        return compiled(plain, key_models=subject.key_models)

    before, after = policy_of(subject.rail), policy_of(draft)
    was = _open(catalog, before)
    now = was if after == before else _open(catalog, after)
    stops = _stops(catalog, _used(subject), was=was, now=now, policy=after)
    return Impact(
        before=_side(was),
        after=_side(now),
        connected=len(catalog.routes),
        listed=len(catalog.endpoints),
        stops=tuple(stops),
        effects={**{name: _effect(catalog, after, name, now) for name in CLOSING}, **NONE},
        milliseconds=max(1, round((perf_counter() - started) * 1000)),
    )


def _open(catalog: Catalog, policy: Policy) -> dict[str, Sequence[Candidate]]:
    """The models with a candidate left."""
    return {
        slug: left
        for slug, candidates in catalog.routes.items()
        if (left := [one for one in candidates if closing_rule(one, policy) is None])
    }


def _side(opened: Mapping[str, Sequence[Candidate]]) -> Side:
    left = [one for candidates in opened.values() for one in candidates]
    return Side(
        models=len(opened),
        endpoints=len({one.endpoint_id for one in left}),
        providers=len({one.provider for one in left}),
        free=sum(any(one.is_free for one in candidates) for candidates in opened.values()),
    )


def _effect(
    catalog: Catalog, policy: Policy, name: str, now: Mapping[str, Sequence[Candidate]]
) -> str:
    """What this switch closes, or would, where all the others stand as they do. Switched off, it
    can open only what is closed now; switched on, close only what is open."""
    is_on = getattr(policy, name)
    change: dict[str, Any] = {name: not is_on}
    other = replace(policy, **change)
    if is_on:
        closed = (one for slug, one in catalog.routes.items() if slug not in now)
        return f"closes {sum(may_use(one, other) for one in closed) or 'none'}"
    return f"would close {sum(not may_use(one, other) for one in now.values()) or 'none'}"


def _used(subject: Subject) -> dict[str, int]:
    """Calls of the last 30 days by model, whoever made them: names and sums alone, for who decides
    about all of them."""
    since = timezone.now() - LATELY
    rows = UsageQuarter.objects.filter(starts_at__gte=since, **subject.calls)
    sums = rows.values_list("model").annotate(calls=Sum("requests")).order_by("-calls", "model")
    return dict(sums)


def _stops(
    catalog: Catalog,
    used: Mapping[str, int],
    *,
    was: Mapping[str, Sequence[Candidate]],
    now: Mapping[str, Sequence[Candidate]],
    policy: Policy,
) -> list[Stop]:
    return [
        Stop(
            name=name_of(catalog, slug),
            calls=calls,
            reason=_reason(catalog.routes[slug], policy),
            is_free=any(one.is_free for one in was[slug]),
        )
        for slug, calls in used.items()
        if slug in was and slug not in now
    ]


def _reason(candidates: tuple[Candidate, ...], policy: Policy) -> str:
    """By which rule, and by which others at other providers."""
    rules = dict.fromkeys(filter(None, (closing_rule(one, policy) for one in candidates)))
    return "; ".join(f"it {WORDS[rule]}" for rule in rules)


def name_of(catalog: Catalog, slug: str) -> str:
    base, _, variant = slug.partition(":")
    if slug in catalog.models or base not in catalog.models:
        return catalog.models[slug].name if slug in catalog.models else slug
    return f"{catalog.models[base].name} ({variant})"
