"""What this house knows around the catalogue, for whoever asks: what calls can reach, what their
rules leave of it, what was measured and how much it is used. Asked of what is in memory."""

from collections.abc import Mapping

from django.http import HttpRequest

from apps.catalog.filters import Around
from apps.gateway.closed_here import here_for
from apps.gateway.house import current_catalog, current_measures
from apps.gateway.snapshot import Catalog
from apps.routing.policy import closing_rule
from apps.routing.types import Policy

Reach = Mapping[str, frozenset[int]]


def around_for(request: HttpRequest) -> Around:
    """Strangers are not told what the house is connected to. Whoever works in no project may use
    nothing."""
    if not request.user.is_authenticated:
        return Around()
    here = here_for(request)
    return around_policy(current_catalog(), here.policy if here else None)


def around_policy(catalog: Catalog, policy: Policy | None) -> Around:
    """For somebody bound by these rules; None where they make no calls at all."""
    facts = _facts(catalog)
    return Around(
        connected=facts.connected,
        mine=left_by(catalog, policy) if policy else {},
        keep_nothing=facts.keep_nothing,
        never_train=facts.never_train,
        measured=current_measures(catalog).by_name,
    )


def left_by(catalog: Catalog, policy: Policy) -> Reach:
    """By name the endpoints that a call under these rules can reach."""
    if not policy.restricts:
        return _facts(catalog).connected
    left = {
        slug: frozenset(c.endpoint_id for c in candidates if closing_rule(c, policy) is None)
        for slug, candidates in catalog.routes.items()
    }
    return {slug: endpoints for slug, endpoints in left.items() if endpoints}


class _Facts:
    """Of one state of the catalogue, the same for everybody. Of several accounts at one endpoint
    the strictest reading counts."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.connected = {slug: frozenset(catalog.connected(slug)) for slug in catalog.routes}
        candidates = [one for group in catalog.routes.values() for one in group]
        reached = {one.endpoint_id for one in candidates}
        self.keep_nothing = frozenset(
            reached - {one.endpoint_id for one in candidates if not one.keeps_nothing}
        )
        self.never_train = frozenset(
            reached - {one.endpoint_id for one in candidates if one.may_train}
        )


_known: _Facts | None = None


def _facts(catalog: Catalog) -> _Facts:
    global _known
    if _known is None or _known.catalog is not catalog:
        _known = _Facts(catalog)
    return _known
