"""Why a model of the catalogue cannot be used in a chat here, in a sentence, and the way out."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from apps.catalog.listing import mark_of
from apps.catalog.models import Endpoint
from apps.chat.choices import author_of, shown_name
from apps.gateway.snapshot import Catalog
from apps.routing.policy import closing_rule
from apps.routing.types import Policy

BY_RULE = {
    "data_policy:zdr": "Its providers keep what they are sent",
    "data_policy:training": "Its provider may train on chats",
    "allowed_models": "Not among the models allowed here",
    "denied_models": "Closed here by name",
    "allowed_providers": "Runs only at providers that are not allowed here",
    "denied_providers": "Runs only at providers that are closed here",
    "price_limit": "May cost more per million tokens than is allowed here",
    "only_free": "Costs money, and only free models are open here",
    "only_at_home": "Does not run at home",
}
NO_CONNECTION = "No connected provider runs it"
NO_KEY = "The key of its connection does not open any more"
WRITES_NO_TEXT = "Does not answer in text"
UNKNOWN = "It is not in the catalogue any more"
CONNECT, REPAIR, SEE = "connect", "repair", "see"


@dataclass(frozen=True)
class Closed:
    """`way` tells what would open it: another connection, the key of one, or another rule."""

    slug: str
    name: str
    author: str
    reason: str
    way: str = SEE
    released_on: date | None = None
    offers: int = 0

    @property
    def mark(self) -> str:
        return mark_of(self.author or self.name)


def why_closed(catalog: Catalog, slug: str, policy: Policy) -> Closed:
    """For a model that is not among the choices."""
    reason, way = _reason(catalog, slug, policy)
    model = catalog.models.get(slug.partition(":")[0])
    return Closed(
        slug=slug,
        name=shown_name(catalog, slug),
        author=author_of(catalog, slug),
        reason=reason,
        way=way,
        released_on=model.fact("released_on") if model else None,
        offers=len(catalog.endpoints.get(slug, ())),
    )


def _reason(catalog: Catalog, slug: str, policy: Policy) -> tuple[str, str]:
    if candidates := catalog.routes.get(slug, ()):
        rules = sorted({rule for one in candidates if (rule := closing_rule(one, policy))})
        return (BY_RULE.get(rules[0], BY_RULE["allowed_models"]) if rules else WRITES_NO_TEXT), SEE
    offers = catalog.endpoints.get(slug, ())
    if not offers:
        return UNKNOWN, ""
    today = timezone.now().date()
    ended = [one.expires_on for one in offers if one.expires_on and one.expires_on < today]
    if len(ended) == len(offers):
        last = max(ended)
        return f"Its provider ended it on {last.day} {last:%b %Y}", SEE
    if any(_is_connected(catalog, one) for one in offers):
        return NO_KEY, REPAIR
    return NO_CONNECTION, CONNECT


def _is_connected(catalog: Catalog, endpoint: Endpoint) -> bool:
    """What a connection found by itself is reached through that one alone."""
    link = getattr(endpoint, "own_link", None)
    if link is not None:
        return link.connection_id in catalog.connections
    return any(one.provider_id == endpoint.provider_id for one in catalog.connections.values())
