"""What a web process knows without asking: who holds which key, which endpoints are connected, and
the whole catalogue. It is a view, never the truth: money is held against the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog.endings import ended_names
from apps.catalog.free import has_ended
from apps.catalog.listing import asked_as
from apps.catalog.models import Endpoint, LanguageModel
from apps.connections.models import Connection
from apps.core.models import ChangeCounter
from apps.core.vault import VaultError
from apps.gateway.candidates import candidate_for
from apps.gateway.front_ends import FrontEnds
from apps.gateway.frozen import Frozen
from apps.gateway.rails import Rails
from apps.gateway.routers import router_candidates
from apps.guardrails.compile import compiled
from apps.keys.models import ApiKey
from apps.routing.picker import price_of
from apps.routing.types import Candidate, Policy
from apps.usage.app_names import cleaned


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key, or a person at the chat page (`key_id` None)."""

    key_id: int | None
    user_id: int
    project_id: int
    policy: Policy
    name: str = ""
    label: str = ""
    app: str = ""
    owner: str = ""  # of the key, by name
    created_at: datetime | None = None
    expires_at: datetime | None = None
    requests_per_minute: int | None = None
    max_in_flight: int | None = None
    frozen: str = ""  # what stops it: its key, its member or its project
    key_version: int = 0  # the key's own share in the policy's version
    fits_always: bool = False
    members: "Mapping[str, Caller] | None" = None  # by e-mail, whom a trusted front end may name

    @property
    def is_limited(self) -> bool:
        return self.requests_per_minute is not None or self.max_in_flight is not None


@dataclass(frozen=True)
class Keys:
    """Every live key by its digest, and by the one before while that still works."""

    callers: Mapping[bytes, Caller] = field(default_factory=dict)
    frozen: Frozen = field(default_factory=Frozen)


@dataclass(frozen=True)
class Catalog:
    """Models by slug, their endpoints, and the connected candidates by what a client may ask for
    (`author/name`, `author/name:free`), cheapest first."""

    models: Mapping[str, LanguageModel] = field(default_factory=dict)
    endpoints: Mapping[str, list[Endpoint]] = field(default_factory=dict)
    routes: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    connections: Mapping[int, Connection] = field(default_factory=dict)
    by_price: tuple[str, ...] = ()  # what routes lead to, the dearest first
    routers: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()  # free names that once were to be had

    def connected(self, slug: str) -> set[int]:
        """The endpoints of this name that a call can reach."""
        return {candidate.endpoint_id for candidate in self.routes.get(slug, ())}


def versions() -> dict[str, int]:
    return dict(ChangeCounter.objects.values_list("topic", "version"))


def load_keys() -> Keys:
    household = Household.objects.get(id=1)
    live = ApiKey.objects.live().filter(project__archived_at=None, owner__is_active=True)
    keys = list(live.select_related("project", "owner"))
    rails = Rails.load()  # behind the versions, which came with household and keys
    frozen = Frozen.load()  # read last: who was frozen meanwhile is judged by an older version
    front_ends = FrontEnds(keys, rails, frozen)
    callers = {}
    now = timezone.now()
    for key in keys:
        policy = compiled(
            rails.binding(
                project_id=key.project_id, user_id=key.owner_id, key_rail=key.guardrail_id
            ),
            key_models=key.allowed_models,
            accepted=rails.accepted_by(key.owner_id),
            version=household.policy_version + key.project.policy_version + key.policy_version,
        )
        caller = Caller(
            key_id=key.id,
            user_id=key.owner_id,
            project_id=key.project_id,
            policy=policy,
            name=key.name,
            label=key.label,
            app=cleaned(key.app_name),
            owner=str(key.owner),
            created_at=key.created_at,
            expires_at=key.expires_at,
            requests_per_minute=key.requests_per_minute,
            max_in_flight=key.max_in_flight,
            frozen=frozen.stops(project_id=key.project_id, user_id=key.owner_id, key_id=key.id),
            key_version=key.policy_version,
            fits_always=key.fit_always,
        )
        caller = front_ends.with_members(caller, key)
        callers[bytes(key.digest)] = caller
        if key.old_digest and key.old_ends_at and key.old_ends_at > now:
            ends = min(filter(None, (key.old_ends_at, key.expires_at)))
            callers[bytes(key.old_digest)] = replace(caller, expires_at=ends)
    return Keys(callers, frozen)


def load_catalog() -> Catalog:
    models = {
        m.slug: m for m in LanguageModel.objects.filter(is_listed=True).select_related("author")
    }
    endpoints: dict[str, list[Endpoint]] = {}
    listed = Endpoint.objects.filter(
        is_listed=True, model__is_listed=True, provider__is_listed=True
    )
    for endpoint in listed.select_related("model", "provider", "own_link"):
        endpoints.setdefault(asked_as(endpoint.model, endpoint.variant), []).append(endpoint)
    connections = {c.id: c for c in Connection.objects.enabled().select_related("provider")}
    routes = _routes(endpoints, connections)
    return Catalog(
        models=models,
        endpoints=endpoints,
        routes=routes,
        connections=connections,
        by_price=tuple(sorted(routes, key=lambda slug: price_of(routes[slug][0]), reverse=True)),
        routers=router_candidates(routes, models),
        ended=ended_names(timezone.now().date()).difference(routes),
    )


def _routes(
    endpoints: Mapping[str, list[Endpoint]], connections: Mapping[int, Connection]
) -> dict[str, tuple[Candidate, ...]]:
    credentials = _credentials(connections)
    by_provider: dict[int, list[Connection]] = {}
    for one in connections.values():
        if one.id in credentials:
            by_provider.setdefault(one.provider_id, []).append(one)
    today = timezone.now().date()
    routes = {}
    for slug, group in endpoints.items():
        found = [
            candidate
            for endpoint in group
            if not has_ended(endpoint, today)
            for one in _reach(endpoint, by_provider, connections)
            if one.id in credentials
            and (candidate := candidate_for(endpoint, one, credentials[one.id], asked_as=slug))
        ]
        if found:
            found.sort(key=lambda c: (price_of(c), c.endpoint_id, c.connection_id))
            routes[slug] = tuple(found)
    return routes


def _reach(
    endpoint: Endpoint,
    by_provider: Mapping[int, list[Connection]],
    connections: Mapping[int, Connection],
) -> list[Connection]:
    """An own endpoint is reached through its connection alone."""
    link: Any = getattr(endpoint, "own_link", None)
    if link is not None:
        one = connections.get(link.connection_id)
        return [one] if one else []
    return by_provider.get(endpoint.provider_id, [])


def _credentials(connections: Mapping[int, Connection]) -> dict[int, str]:
    """Opened once per reload; a connection whose credential does not open takes no part."""
    opened = {}
    for one in connections.values():
        try:
            opened[one.id] = one.open_credential()
        except VaultError:
            continue
    return opened


def in_thread(load: Any) -> Any:
    """Runs a loader in a worker thread and gives its database connection back."""
    try:
        return load()
    finally:
        connection.close()
