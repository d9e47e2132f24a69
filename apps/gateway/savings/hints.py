"""The hints of one person: the same calls, by two rows of prices."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.accounts.models import User
from apps.catalog.models import Endpoint
from apps.gateway.savings.reckoning import Reckoning, Used, highest, reckoned
from apps.gateway.savings.rivals import (
    Rival,
    as_candidate,
    differences,
    replaces,
    rivals_of,
    ways_to,
)
from apps.gateway.savings.used import (
    Caller,
    Span,
    Way,
    policies_of,
    receipts,
    span_of,
    spent,
)
from apps.gateway.snapshot import Catalog
from apps.routing.pricing import Pricing
from apps.routing.types import Candidate, Policy
from apps.usage.grouping import names_of
from apps.usage.reach import Reach

# What is not worth a thought: under a dollar in 30 days, or under a tenth.
LEAST_USD, LEAST_PERCENT = Decimal(1), 10


@dataclass(frozen=True)
class Hint:
    """`paid` is what the receipts say, `now` what today's prices make of the same tokens where one
    row of prices does; the lower of both is what the other one is held against. `skipped` counts
    calls of that model and endpoint whose rules close the other one."""

    digest: str
    model: str
    name: str
    at: str
    rival: Rival
    used: Used
    now: Reckoning | None
    other: Reckoning
    differs: list[str]
    has_tiers: bool
    skipped: int

    @property
    def base(self) -> Decimal:
        return min(self.used.paid, self.now.usd) if self.now else self.used.paid

    @property
    def saved(self) -> Decimal:
        return self.base - self.other.usd

    @property
    def percent(self) -> int:
        return int(100 * self.saved / self.base) if self.base > 0 else 0

    @property
    def is_worth_telling(self) -> bool:
        return self.saved >= LEAST_USD and self.percent >= LEAST_PERCENT

    @property
    def prices_moved(self) -> bool:
        """Today's prices make another sum of these calls than was paid."""
        return self.now is not None and abs(self.now.usd - self.used.paid) > self.used.paid / 50

    @property
    def provider(self) -> str:
        return self.rival.candidate.provider_name

    @property
    def provider_slug(self) -> str:
        return self.rival.candidate.provider

    @property
    def tag(self) -> str:
        """How a call names this endpoint among its wishes."""
        return self.rival.candidate.endpoint.partition("@")[2]


def hints_for(user: User, catalog: Catalog, now: datetime) -> tuple[Span, list[Hint]]:
    """The most saved first: of each model and endpoint the best that is connected, and the best
    that is not where it saves more."""
    span = span_of(now)
    found = spent(Reach.of(user), span, least=LEAST_USD)
    policies = policies_of({one for callers in found.values() for one in callers})
    endpoints = Endpoint.objects.select_related("model", "provider", "own_link__connection")
    known = endpoints.in_bulk({way.endpoint for way in found})
    ways = [way for way in found if way.endpoint in known and way.model in catalog.endpoints]
    counted = receipts(ways, span) if ways else {}
    names = names_of("model", {way.model for way in ways})
    hints = []
    for way in ways:
        endpoint = known[way.endpoint]
        here = (*ways_to(catalog, way.model, endpoint), as_candidate(endpoint, way.model))[0]
        mine = {one: used for one in found[way] if (used := counted.get((way, one)))}
        rivals = rivals_of(catalog, way.model, now.date())
        hints += _hints(way, here, mine, policies, rivals, names[way.model].words)
    return span, sorted(hints, key=lambda one: (-one.saved, one.digest))


def _hints(
    way: Way,
    here: Candidate,
    mine: Mapping[Caller, Used],
    policies: Mapping[Caller, Policy],
    rivals: Iterable[Rival],
    name: str,
) -> list[Hint]:
    told = [
        hint
        for rival in rivals
        if (hint := _hint(way, here, mine, policies, rival, name)) and hint.is_worth_telling
    ]
    best = sorted(told, key=lambda one: -one.saved)
    connected = next((one for one in best if one.rival.is_connected), None)
    if connected is None or best[0] is connected:
        return best[:1]
    return [best[0], connected]


def _hint(
    way: Way,
    here: Candidate,
    mine: Mapping[Caller, Used],
    policies: Mapping[Caller, Policy],
    rival: Rival,
    name: str,
) -> Hint | None:
    """Over the calls whose rules leave this rival open."""
    one, used, skipped = rival.candidate, Used(), 0
    for caller, theirs in mine.items():
        if caller in policies and rival.is_open_to(policies[caller]):
            used = used.plus(theirs)
        else:
            skipped += theirs.calls
    if not used.calls or not replaces(one, here, used) or one.pricing is None:
        return None
    has_one_row = here.pricing is not None and not here.pricing.overrides
    return Hint(
        digest=_digest(way, here, one),
        model=way.model,
        name=name,
        at=here.provider_name,
        rival=rival,
        used=used,
        now=reckoned(here.pricing.base, used) if here.pricing and has_one_row else None,
        other=reckoned(highest(one.pricing), used),
        differs=differences(rival, here, used),
        has_tiers=bool(one.pricing.overrides),
        skipped=skipped,
    )


def _digest(way: Way, here: Candidate, rival: Candidate) -> str:
    """Of what the hint says: who put it away hears of it again when a price or a place changes."""
    told = [way.model, here.endpoint, rival.endpoint, _rows(here.pricing), _rows(rival.pricing)]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _rows(pricing: Pricing | None) -> list[object]:
    if pricing is None:
        return []
    rows = [({}, pricing.base), *pricing.overrides]
    return [
        [sorted(when.items()), sorted((name, format(price, "f")) for name, price in row.items())]
        for when, row in rows
    ]
