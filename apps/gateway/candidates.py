"""Turns an endpoint of the catalogue and a connection into what routing knows: a Candidate."""

from apps.catalog.data_policy import handling
from apps.catalog.free import is_free_variant, terms_of
from apps.catalog.models import Endpoint, Provider
from apps.catalog.overriding import BY_HAND
from apps.connections.free_calls import limits_of
from apps.connections.models import Connection
from apps.core.outbound import Target
from apps.gateway.demo import CREDENTIAL as DEMO_CREDENTIAL
from apps.routing.http1 import request_head
from apps.routing.pricing import Pricing
from apps.routing.types import Candidate

HOP_HEADER = "X-Gatehouse-Hop"
HEADERS = {
    "User-Agent": "Gatehouse",
    "Accept": "*/*",
    "Accept-Encoding": "identity",  # an answer is forwarded as text
    "Content-Type": "application/json",
    HOP_HEADER: "1",
}
DEMO_URL = "unix:demo"  # the demo model on this process's own socket
OWN_PROVIDERS = frozenset({Provider.CUSTOM, Provider.DEMO})


def candidate_for(
    endpoint: Endpoint, connection: Connection, credential: str, *, asked_as: str
) -> Candidate:
    provider = endpoint.provider
    pricing = Pricing.parse(endpoint.fact("pricing"))
    is_own_place = provider.slug in OWN_PROVIDERS and (
        connection.is_at_home or provider.slug == Provider.DEMO
    )
    handled = handling(endpoint, connection)
    return Candidate(
        endpoint_id=endpoint.id,
        endpoint=endpoint.key,
        connection_id=connection.id,
        model=asked_as,
        provider=provider.slug,
        provider_name=connection.name if provider.slug == Provider.CUSTOM else provider.name,
        upstream_id=endpoint.upstream_id,
        base_url=connection.base_url,
        head=_head(connection, credential),
        pricing=pricing,
        is_free=pricing.is_zero if pricing is not None else is_own_place,
        context_length=endpoint.fact("context_length"),
        largest_context_length=_largest_context(endpoint),
        max_completion_tokens=endpoint.fact("max_completion_tokens"),
        cap_parameter=_cap_parameter(endpoint),
        cap_bounds_reasoning=provider.fact("cap_bounds_reasoning"),
        stops_on_cancel="yes" if is_own_place else provider.fact("stops_on_cancel"),
        abilities=frozenset(endpoint.fact("abilities")),
        quantization=endpoint.quantization or "unknown",
        is_at_home=connection.is_at_home,
        stays_home=handled.stays_home,
        is_openrouter=provider.slug == "openrouter",
        keeps_nothing=handled.keeps_nothing,
        may_train=handled.may_train,
        reads=frozenset(endpoint.fact("input_modalities")),
        writes_text="text" in (endpoint.fact("output_modalities") or ["text"]),
        variant=endpoint.variant or "",
        terms=terms_of(endpoint, connection),
        free_limits=limits_of(connection) if is_free_variant(endpoint) else None,
        **_priced(endpoint),
    )


def _head(connection: Connection, credential: str) -> bytes:
    """Built once for each candidate: it is the same for every call."""
    host, path = "demo", "/v1/chat/completions"
    if connection.base_url == DEMO_URL:
        credential = DEMO_CREDENTIAL
    else:
        target = Target.from_url(connection.base_url)
        host, path = target.authority, f"{target.path}/chat/completions"
    headers = {**HEADERS, "Authorization": f"Bearer {credential}"} if credential else HEADERS
    return request_head(path, host, headers)


def _largest_context(endpoint: Endpoint) -> int | None:
    """What a call may grow to at most bounds its hold, so whoever says more is believed."""
    known = (endpoint.largest_context_length or 0, endpoint.fact("context_length") or 0)
    return max(known) or None


def _priced(endpoint: Endpoint) -> dict[str, str]:
    """By whom its prices were told, and of which day they are. The house's own have no day."""
    if "pricing" in endpoint.overrides:
        return {"priced_by": BY_HAND}
    day = endpoint.price_as_of
    return {
        "priced_by": endpoint.price_source or "",
        "priced_on": day.isoformat() if day else "",
    }


def _cap_parameter(endpoint: Endpoint) -> str | None:
    name: str | None = endpoint.fact("cap_parameter") or endpoint.provider.fact("cap_parameter")
    return name
