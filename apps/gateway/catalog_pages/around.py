"""What this house knows around the catalogue, for whoever asks: what calls can reach, what their
rules leave of it, what was measured and how much it is used. Asked of what is in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.filters import Around
from apps.gateway.closed_here import Here, here_for
from apps.gateway.house import current_catalog, current_measures
from apps.gateway.snapshot import Catalog
from apps.routing.policy import closing_rule
from apps.routing.redaction.rules import Scrubbing
from apps.routing.types import Policy
from apps.usage.models import UsageQuarter

LATELY = timedelta(days=30)
ENOUGH_CALLS = 20
CALLS_KEPT = timedelta(minutes=5)
MOST_POLICIES = 100
Reach = Mapping[str, frozenset[int]]


def around_for(request: HttpRequest) -> Around:
    return around_of(request.user, here_for(request))


def around_of(user: User | AnonymousUser, here: Here | None) -> Around:
    """Strangers are not told what the house is connected to. Whoever works in no project may use
    nothing."""
    if not user.is_authenticated:
        return Around()
    return around_policy(current_catalog(), here.policy if here else None)


def around_policy(catalog: Catalog, policy: Policy | None) -> Around:
    """For somebody bound by these rules; None where they make no calls at all."""
    facts = _facts(catalog)
    return Around(
        connected=facts.connected,
        mine=left_by(catalog, policy) if policy else {},
        keep_nothing=facts.keep_nothing,
        never_train=facts.never_train,
        at_home=facts.at_home,
        measured=current_measures(catalog).by_name,
        calls=calls_lately(timezone.now()),
    )


def left_by(catalog: Catalog, policy: Policy) -> Reach:
    """By name the endpoints that a call under these rules can reach; asked once for each set of
    rules, whoever it binds."""
    if not policy.restricts:
        return _facts(catalog).connected
    held = _facts(catalog).left
    rules = replace(policy, version=0, scrubbing=Scrubbing())
    if rules not in held:
        if len(held) >= MOST_POLICIES:
            held.clear()
        left = {
            slug: frozenset(c.endpoint_id for c in candidates if closing_rule(c, rules) is None)
            for slug, candidates in catalog.routes.items()
        }
        held[rules] = {slug: endpoints for slug, endpoints in left.items() if endpoints}
    return held[rules]


def calls_lately(now: datetime) -> Mapping[str, int]:
    """By name the calls of the last 30 days, only where there are enough to say anything; asked
    again every few minutes."""
    global _calls
    held = _calls
    if held is None or not held.until > now > held.until - CALLS_KEPT:
        rows = UsageQuarter.objects.filter(starts_at__gte=now - LATELY).values("model")
        counted = rows.annotate(sum=Sum("requests")).filter(sum__gte=ENOUGH_CALLS)
        held = _calls = _Calls(now + CALLS_KEPT, dict(counted.values_list("model", "sum")))
    return held.by_name


class _Calls(NamedTuple):
    until: datetime
    by_name: Mapping[str, int]


_calls: _Calls | None = None


class _Facts:
    """Of one state of the catalogue, the same for everybody. Of several accounts at one endpoint
    the strictest reading counts."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.left: dict[Policy, Reach] = {}
        self.connected = {slug: frozenset(catalog.connected(slug)) for slug in catalog.routes}
        candidates = [one for group in catalog.routes.values() for one in group]
        reached = {one.endpoint_id for one in candidates}
        self.keep_nothing = frozenset(
            reached - {one.endpoint_id for one in candidates if not one.keeps_nothing}
        )
        self.never_train = frozenset(
            reached - {one.endpoint_id for one in candidates if one.may_train}
        )
        self.at_home = frozenset(
            reached - {one.endpoint_id for one in candidates if not one.stays_home}
        )


_known: _Facts | None = None


def _facts(catalog: Catalog) -> _Facts:
    global _known
    if _known is None or _known.catalog is not catalog:
        _known = _Facts(catalog)
    return _known
