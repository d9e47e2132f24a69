"""Makes endpoints of what the sources say: joins them by provider and id, newest snapshot first.

An id the newest snapshot no longer lists is kept only when a later price file still knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.names import Identity
from apps.catalog.prices import FREE, Pricing, agree, complete, far_apart, is_far_too_cheap

from .inputs import Source
from .read_genai import Price, PriceList
from .read_litellm import Extra
from .rows import Row
from .slugs import Slugs

Place = tuple[str, str]
NEWEST = "liter-llm"


@dataclass
class Sources:
    """Every source, read."""

    day: date
    labels: Mapping[str, Source]
    newest: Mapping[Place, Row]
    rich: Mapping[Place, Row]
    profiles: Mapping[Place, Row]
    extras: Mapping[Place, Extra]
    prices: PriceList
    price_providers: Mapping[str, str]
    free: Collection[Place]
    late: Mapping[Place, Row] = field(default_factory=dict)


@dataclass
class Endpoint:
    slug: str
    provider: str
    upstream_id: str
    identity: Identity
    rows: list[Row]
    pricing: Pricing
    price_source: str
    context_length: int
    largest_context_length: int
    inputs: frozenset[str]
    outputs: frozenset[str]
    is_free: bool
    is_deprecated: bool
    expires_on: date | None
    abilities: dict[str, bool] = field(default_factory=dict)
    quantization_in_tag: bool = False

    @property
    def tag(self) -> str | None:
        quantization = self.identity.quantization if self.quantization_in_tag else None
        free = "free" if self.is_free and self.identity.variant != "free" else None
        return "-".join(filter(None, (self.identity.tag, free, quantization))) or None

    @property
    def key(self) -> str:
        return f"{self.slug}@{self.provider}" + (f"/{self.tag}" if self.tag else "")

    @property
    def max_completion_tokens(self) -> int | None:
        return next((r.max_completion_tokens for r in self.rows if r.max_completion_tokens), None)


@dataclass
class Review:
    """What a person should look at: what was left out, and why."""

    lines: list[str] = field(default_factory=list)

    def add(self, *words: Any) -> None:
        self.lines.append(" ".join(str(word) for word in words))


def build_endpoints(
    sources: Sources, *, aliases: Aliases, slugs: Slugs, review: Review
) -> list[Endpoint]:
    found = []
    for place in sorted({*sources.newest, *sources.rich, *sources.late}):
        is_older = place in sources.rich and place not in sources.newest
        if is_older and not _still_known(place, sources):
            continue
        if known := aliases.identify(*place):
            found.append((place, *known))
    for _, key, identity in found:
        slugs.note(key, identity)
    endpoints = []
    for place, key, identity in found:
        if not (slug := slugs.slug(key)):
            review.add("no author:", *place, key)
        elif endpoint := _endpoint(
            place, slug=slug, identity=identity, sources=sources, review=review
        ):
            endpoints.append(endpoint)
    return _plausible(_fold(endpoints, review=review), review=review)


def _still_known(place: Place, sources: Sources) -> bool:
    """A later file lists exactly this id, and its last day is not past."""
    extra = sources.extras.get(place)
    return extra is not None and (extra.expires_on is None or extra.expires_on > sources.day)


def _endpoint(
    place: Place, *, slug: str, identity: Identity, sources: Sources, review: Review
) -> Endpoint | None:
    tables = (sources.newest, sources.rich, sources.profiles, sources.late)
    rows = [table[place] for table in tables if place in table]
    is_free = place in sources.free
    listed = _price(place, rows=rows, identity=identity, sources=sources, review=review)
    price, price_source, genai = (FREE, rows[0].source, None) if is_free else listed
    outputs = frozenset().union(*(row.outputs or () for row in rows))
    contexts = [row.context_length for row in rows if row.context_length]
    if price is None or not contexts or "text" not in outputs:
        return None
    extra = sources.extras.get(place)
    more = [extra.context_length if extra else None, genai.context_length if genai else None]
    expires_on = extra.expires_on if extra else None
    return Endpoint(
        slug=slug,
        provider=place[0],
        upstream_id=rows[0].upstream_id,
        identity=identity,
        rows=rows,
        pricing=price,
        price_source=price_source,
        context_length=contexts[0],
        largest_context_length=max(contexts + [one for one in more if one]),
        inputs=frozenset().union(*(row.inputs or () for row in rows)),
        outputs=outputs,
        is_free=is_free,
        is_deprecated=_is_deprecated(rows, genai=genai, expires_on=expires_on, day=sources.day),
        expires_on=expires_on,
        abilities=_abilities(rows),
    )


def _is_deprecated(
    rows: list[Row], *, genai: Price | None, expires_on: date | None, day: date
) -> bool:
    if genai and genai.is_deprecated or expires_on and expires_on <= day:
        return True
    return any(row.is_deprecated for row in rows)


def _abilities(rows: list[Row]) -> dict[str, bool]:
    """Said to be there by any source; the newest one has no word for "not known"."""
    said: dict[str, bool] = {}
    for row in rows:
        for ability, is_there in row.abilities.items():
            said[ability] = said.get(ability, False) or is_there
    return said


def _price(
    place: Place, *, rows: list[Row], identity: Identity, sources: Sources, review: Review
) -> tuple[Pricing | None, str, Price | None]:
    """(pricing, name of the source that set it, what the price list says besides)."""
    snapshots = [row for row in rows if row.pricing]
    pricing = snapshots[0].pricing if snapshots else None
    source = snapshots[0].source if snapshots else ""
    genai = sources.prices.find(sources.price_providers.get(place[0], ""), place[1])
    if genai and (pricing is None or _prefers_list(place, pricing, genai, identity=identity)):
        if pricing is not None and far_apart(genai.pricing, pricing):
            review.add("far apart:", *place, dict(pricing), dict(genai.pricing))
        elif genai.pricing["prompt"] or genai.pricing["completion"]:
            others = [row.pricing for row in snapshots[:1]]
            pricing, source = complete(genai.pricing, *others), "genai-prices"
    extra = sources.extras.get(place)
    hour = extra.input_cache_write_1h if extra and pricing and agree(pricing, extra.base) else None
    if pricing and hour and "input_cache_write" in pricing:
        pricing = {"input_cache_write_1h": hour, **pricing}
    return pricing, source, genai


def _prefers_list(place: Place, pricing: Pricing, genai: Price, *, identity: Identity) -> bool:
    """OpenRouter's own rows stay, and regional prices: the price list has one region for all."""
    if place[0] == "openrouter":
        return False
    return identity.region in (None, "global") or agree(pricing, genai.pricing)


def _fold(endpoints: list[Endpoint], *, review: Review) -> list[Endpoint]:
    """One endpoint per model, provider and tag; quantization tells apart what else would clash."""
    kept: dict[str, Endpoint] = {}
    for endpoint in sorted(endpoints, key=_preference):
        if endpoint.key in kept and endpoint.identity.quantization:
            endpoint.quantization_in_tag = True
        other = kept.setdefault(endpoint.key, endpoint)
        if other is not endpoint:
            apart = far_apart(endpoint.pricing, other.pricing)
            word = "not the same?" if apart else "folded:"
            review.add(word, endpoint.key, endpoint.upstream_id, "into", other.upstream_id)
    return sorted(kept.values(), key=lambda one: one.key)


def _plausible(endpoints: list[Endpoint], *, review: Review) -> list[Endpoint]:
    """Without those far cheaper than the same model anywhere else."""
    usual: dict[str, list[Decimal]] = {}
    for one in endpoints:
        if not one.is_free:
            usual.setdefault(one.slug, []).append(one.pricing["completion"])
    kept = []
    for one in endpoints:
        if not one.is_free and is_far_too_cheap(one.pricing, usual[one.slug]):
            review.add("far too cheap:", one.key, one.upstream_id, one.pricing["completion"])
        else:
            kept.append(one)
    return kept


def _preference(endpoint: Endpoint) -> tuple[Any, ...]:
    """Still served, from the newest snapshot, no moving alias, the plain and short id."""
    return (
        endpoint.is_deprecated,
        endpoint.rows[0].source != NEWEST,
        "latest" in endpoint.upstream_id,
        endpoint.identity.quantization is not None,
        len(endpoint.upstream_id),
        endpoint.upstream_id,
    )
