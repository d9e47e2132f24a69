"""What the house is connected to, for pages of the rooms below, which know of no connection."""

from django import template

from apps.accounts.models import User
from apps.catalog.sheet import Place
from apps.gateway.house import current_catalog

register = template.Library()


@register.simple_tag
def connected_first(places: list[Place], slug: str, user: User) -> list[tuple[Place, bool]]:
    """Each with whether a call can reach it; strangers are not told, and see them as they are."""
    if not user.is_authenticated:
        return [(place, True) for place in places]
    connected = current_catalog().connected(slug)
    told = [(place, place.endpoint_id in connected) for place in places]
    return sorted(told, key=lambda pair: not pair[1])
