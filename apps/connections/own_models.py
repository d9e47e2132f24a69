"""Models that somebody enters by hand at a connection: added, changed and removed here, whatever
the connection itself reports. Models that were found there are changed here as well."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.catalog import history
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.catalog.overriding import BY_HAND
from apps.connections import discovery
from apps.connections.models import Connection, ConnectionEndpoint

SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,58}/[a-z0-9][a-z0-9._-]{0,118}")
WANTED_SLUG = (
    "Write it as author/name: small letters, digits, points and hyphens, such as "
    "study-pc/llama-3.3-70b."
)


@dataclass(frozen=True)
class Facts:
    """What somebody says of a model at one place. `pricing` {} and `data_policy` {}: not known."""

    upstream_id: str
    name: str
    pricing: dict[str, Any] = field(default_factory=dict)
    context_length: int | None = None
    max_completion_tokens: int | None = None
    abilities: list[str] = field(default_factory=list)
    input_modalities: list[str] = field(default_factory=lambda: ["text"])
    output_modalities: list[str] = field(default_factory=lambda: ["text"])
    data_policy: dict[str, Any] = field(default_factory=dict)
    open_weights: bool | None = None


OF_ENDPOINT = (
    "upstream_id",
    "pricing",
    "context_length",
    "max_completion_tokens",
    "abilities",
    "input_modalities",
    "output_modalities",
    "data_policy",
)


def add(connection: Connection, facts: Facts, *, slug: str = "", by: User | None) -> Endpoint:
    """An empty slug is the one a found model would have. Raises ValidationError with sentences, by
    field. Only for a person who looks after the house, which the caller checks."""
    with history.watched(BY_HAND):
        held = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        slug = _checked_slug(slug or discovery.slug_for(held, facts.upstream_id))
        _refuse_known(held, facts.upstream_id)
        key = discovery.key_of(slug, held)
        endpoint = Endpoint.objects.filter(key=key).first()
        if endpoint is not None and endpoint.is_listed:
            raise ValidationError({"slug": f"{held.name} has {slug} already; change that one."})
        model = LanguageModel.objects.filter(slug=slug).first()
        model = model or discovery.make_model(held, slug, facts.upstream_id)
        endpoint = endpoint or Endpoint(key=key, source=Source.OWN, provider=held.provider)
        endpoint.model, endpoint.is_listed = model, True
        _write(endpoint, facts)
        ConnectionEndpoint.objects.update_or_create(
            endpoint=endpoint, defaults={"connection": held, "is_by_hand": True}
        )
        _tell_model(model, facts)
        _record(endpoint, "model.added", by)
    return endpoint


def change(endpoint: Endpoint, facts: Facts, *, by: User | None) -> Endpoint:
    """Of one of the house's own."""
    with history.watched(BY_HAND):
        rows = Endpoint.objects.select_for_update(of=("self",)).select_related("model")
        held = rows.get(pk=endpoint.pk, source=Source.OWN)
        if held.upstream_id != facts.upstream_id:
            _refuse_known(held.own_link.connection, facts.upstream_id)
        was = held.pricing, held.data_policy
        _write(held, facts)
        _tell_model(held.model, facts)
        if was != (held.pricing, held.data_policy):
            Household.judge_anew()
        _record(held, "model.changed", by)
    return held


def remove(endpoint: Endpoint, *, by: User | None) -> None:
    """One that was entered by hand, and its model where nothing else runs it. Receipts stay. A
    second time changes nothing."""
    with history.watched(BY_HAND):
        by_hand = Endpoint.objects.filter(own_link__is_by_hand=True)
        held = by_hand.select_related("model", "model__author").filter(pk=endpoint.pk).first()
        if held is None:
            return
        _record(held, "model.removed", by)
        model = held.model
        held.delete()
        if model.source == Source.OWN and not model.endpoints.exists():
            model.delete()
            Author.objects.filter(pk=model.author_id, models__isnull=True).delete()
        elif model.source == Source.OWN:
            _sum_up(model)


def _checked_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise ValidationError({"slug": WANTED_SLUG})
    if slug.partition("/")[0] == Provider.DEMO:
        raise ValidationError(
            {"slug": f"Names that begin with {Provider.DEMO}/ are the house's own; choose another."}
        )
    return slug


def _refuse_known(connection: Connection, upstream_id: str) -> None:
    """Two rows for one place would have two prices, and the cheaper one would be held."""
    known = Endpoint.objects.filter(
        provider_id=connection.provider_id,
        upstream_id=upstream_id,
        source=Source.SEED,
        is_listed=True,
    ).select_related("model")
    if found := known.first():
        raise ValidationError(
            {
                "upstream_id": f"The catalogue knows it at {connection.provider.name} already, as "
                f"{found.model.slug}. Correct its facts there."
            }
        )


def _write(endpoint: Endpoint, facts: Facts) -> None:
    for name in OF_ENDPOINT:
        setattr(endpoint, name, getattr(facts, name))
    endpoint.overrides = {}
    endpoint.price_source = BY_HAND if facts.pricing else ""
    endpoint.price_as_of = timezone.localdate() if facts.pricing else None
    endpoint.save()


def _tell_model(model: LanguageModel, facts: Facts) -> None:
    """A model that only the house has is what is said of it here; one that left the catalogue
    becomes the house's own."""
    if model.source != Source.OWN and model.is_listed:
        return
    model.source, model.is_listed = Source.OWN, True
    model.name, model.open_weights = facts.name, facts.open_weights
    _sum_up(model)


def _sum_up(model: LanguageModel) -> None:
    """What it can do somewhere, it can do."""
    rows = list(model.endpoints.filter(is_listed=True))
    model.is_listed = bool(rows)
    model.context_length = max((row.context_length or 0 for row in rows), default=0) or None
    for name in ("abilities", "input_modalities", "output_modalities"):
        found = {one for row in rows for one in row.fact(name)}
        setattr(model, name, sorted(found, key=lambda one: (one != "text", one)))
    model.save()


def _record(endpoint: Endpoint, verb: str, by: User | None) -> None:
    audit.record(
        actor=by,
        verb=verb,
        subject=endpoint.model.slug,
        details={
            "connection": endpoint.own_link.connection.name,
            "upstream_id": endpoint.upstream_id,
            "pricing": endpoint.pricing,
            "data_policy": endpoint.data_policy,
        },
    )
