"""What the house is connected to, and what somebody's rules close of it, for pages of the rooms
below, which know of neither."""

from typing import Any, NamedTuple

from django import template

from apps.catalog.data_policy import Badge, Handling, handling
from apps.catalog.sheet import Place
from apps.gateway.closed_here import Here, here_for
from apps.gateway.house import current_catalog
from apps.gateway.snapshot import Catalog
from apps.projects.models import Project

register = template.Library()


class Closed(NamedTuple):
    """`reason` follows “it”."""

    project: Project
    reason: str


@register.simple_tag(takes_context=True)
def connected_first(context: Any, places: list[Place], slug: str) -> list[tuple[Place, bool, str]]:
    """Each with whether a call can reach it, by which rule it is closed, and what counts of it: the
    household may have agreed on more than is publicly known. Strangers see them as they are."""
    if not context["request"].user.is_authenticated:
        return [(place, True, "") for place in places]
    here = _here(context)
    counts = _what_counts(current_catalog(), slug)
    closed = here.closed_endpoints(slug) if here else {}
    told = [
        (
            place._replace(badges=counts.get(place.endpoint_id, place.badges)),
            place.endpoint_id in counts,
            closed.get(place.endpoint_id, ""),
        )
        for place in places
    ]
    return sorted(told, key=lambda one: (not one[1], bool(one[2])))


@register.simple_tag(takes_context=True)
def closed_here(context: Any, slug: str) -> Closed | None:
    here = _here(context)
    reason = here.closed(slug) if here else ""
    return Closed(here.project, reason) if here and reason else None


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


def _here(context: Any) -> Here | None:
    """Asked once for each page."""
    request = context["request"]
    if not hasattr(request, "_closed_here"):
        request._closed_here = here_for(request)
    found: Here | None = request._closed_here
    return found
