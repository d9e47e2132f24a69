"""What the house is connected to, for pages of the rooms below, which know of no connection."""

from django import template

from apps.accounts.models import User
from apps.catalog.data_policy import Badge, Handling, handling
from apps.catalog.sheet import Place
from apps.gateway.house import current_catalog
from apps.gateway.snapshot import Catalog

register = template.Library()


@register.simple_tag
def connected_first(places: list[Place], slug: str, user: User) -> list[tuple[Place, bool]]:
    """Each with whether a call can reach it, and what then counts of it: the household may have
    agreed on more than is publicly known. Strangers are not told, and see them as they are."""
    if not user.is_authenticated:
        return [(place, True) for place in places]
    catalog = current_catalog()
    counts = _what_counts(catalog, slug)
    told = [
        (
            place._replace(badges=counts.get(place.endpoint_id, place.badges)),
            place.endpoint_id in counts,
        )
        for place in places
    ]
    return sorted(told, key=lambda pair: not pair[1])


def _what_counts(catalog: Catalog, slug: str) -> dict[int, list[Badge]]:
    """By endpoint, for those that are connected; of several accounts, the strictest reading."""
    endpoints = {one.pk: one for one in catalog.endpoints.get(slug, ())}
    found: dict[int, Handling] = {}
    for candidate in catalog.routes.get(slug, ()):
        endpoint = endpoints[candidate.endpoint_id]
        one = handling(endpoint, catalog.connections[candidate.connection_id])
        other = found.get(endpoint.pk, one)
        found[endpoint.pk] = min(
            one, other, key=lambda each: (each.keeps_nothing, not each.may_train)
        )
    return {pk: one.badges for pk, one in found.items()}
