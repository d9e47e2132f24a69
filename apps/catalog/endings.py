"""Free names that once were to be had and are not any more: people go on sending them."""

from datetime import date

from apps.catalog.data_policy import FREE
from apps.catalog.free import has_ended
from apps.catalog.listing import asked_as
from apps.catalog.models import Endpoint


def ended_names(today: date) -> frozenset[str]:
    """Rows are unlisted, never deleted, so that what went is still known."""
    live, gone = set[str](), set[str]()
    for endpoint in Endpoint.objects.filter(variant=FREE).select_related("model", "provider"):
        rows = (endpoint, endpoint.model, endpoint.provider)
        is_live = all(row.is_listed for row in rows) and not has_ended(endpoint, today)
        (live if is_live else gone).add(asked_as(endpoint.model, FREE))
    return frozenset(gone - live)
