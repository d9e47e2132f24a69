"""What a source's word would change in the catalogue that stands. Pure: nothing is written here;
`applying.py` writes a plan, `guard.py` weighs it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.allow_list import Place
from apps.catalog.models import Endpoint, LanguageModel
from apps.catalog.models import Source as Origin
from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.families import MAKERS
from apps.catalog.naming.names import identify
from apps.catalog.naming.words import order, title
from apps.catalog.prices import FREE, Pricing, as_json, far_apart, is_far_too_cheap
from apps.catalog.refresh import pricing, sources
from apps.catalog.refresh.matching import Fresh, match
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.openrouter import PROVIDER as OPENROUTER
from apps.catalog.refresh.sources import PRICES_ALONE, Source
from apps.catalog.refresh.standing import Standing, place_of
from apps.routing.pricing import Pricing as Rows

Facts = dict[str, Any]

OTHER_WORD = "told by a source whose word goes first"
FAR_OFF = "more than five times off what stands"
TOO_CHEAP = "far cheaper than anywhere else"
ENDING = "that their provider ends already"
UNKNOWN = "without a price or a context length"


@dataclass
class Plan:
    """Endpoints by key, models and authors by slug. `confirmed` and `priced`: endpoints this
    source lists, or whose price it tells, changed or not."""

    source: Source
    day: date
    authors: dict[str, str] = field(default_factory=dict)
    models: dict[str, Facts] = field(default_factory=dict)
    endpoints: dict[str, Facts] = field(default_factory=dict)
    edits: dict[str, Facts] = field(default_factory=dict)
    model_edits: dict[str, Facts] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    gone_models: list[str] = field(default_factory=list)
    covered: set[str] = field(default_factory=set)
    confirmed: list[str] = field(default_factory=list)
    priced: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    prices_left: Counter[str] = field(default_factory=Counter)


def make(
    source: Source,
    said: Said,
    standing: Standing,
    *,
    day: date,
    aliases: Aliases,
    free: Collection[Place],
) -> Plan:
    plan = Plan(source, day, left_out=Counter(said.left_out))
    found = match(said, standing, aliases=aliases, free=free, lists=source.lists)
    plan.left_out += found.left_out
    usual = _usual(standing)
    for key, offer in found.known.items():
        _edit(plan, standing.endpoints[key], offer, usual)
    for key, one in found.fresh.items():
        _add(plan, key, one, standing, usual)
    if source.lists:
        _miss(plan, said, standing, found.known)
        told = [(standing.endpoints[key].model.slug, one) for key, one in found.known.items()]
        told += [(one.slug, one.offer) for one in found.fresh.values()]
        _describe(plan, standing, told)
    return plan


def _usual(standing: Standing) -> dict[str, list[Decimal]]:
    """What a million tokens of answer cost, by model, wherever it is not free."""
    found: dict[str, list[Decimal]] = {}
    for one in standing.endpoints.values():
        rows = Rows.parse(one.pricing) if one.is_listed and not one.variant else None
        if rows is not None:
            found.setdefault(one.model.slug, []).append(rows.base["completion"])
    return found


def _edit(plan: Plan, endpoint: Endpoint, offer: Offer, usual: Mapping[str, list[Decimal]]) -> None:
    facts: Facts = {}
    if offer.pricing is not None and not endpoint.variant:
        facts |= _price(plan, endpoint, offer.pricing, usual.get(endpoint.model.slug, []))
    writes = plan.source.writes
    shape = {name: value for name, value in _shape(offer, endpoint).items() if name in writes}
    facts |= {name: value for name, value in shape.items() if getattr(endpoint, name) != value}
    if plan.source.lists:
        plan.confirmed.append(endpoint.key)
        if not endpoint.is_listed:
            facts["is_listed"] = True
        if endpoint.upstream_id.lower() != offer.upstream_id.lower():
            facts["upstream_id"] = offer.upstream_id
    if facts:
        plan.edits[endpoint.key] = facts


def _price(plan: Plan, endpoint: Endpoint, said: Pricing, usual: list[Decimal]) -> Facts:
    """The new price, or nothing where it stays; `prices_left` says why it was not taken."""
    new = pricing.merged(endpoint.pricing, said, tells_all=plan.source.tells_all)
    is_same = new == endpoint.pricing
    if not _may_price(plan, endpoint):
        why_not = OTHER_WORD
    elif is_same:
        why_not = ""
    elif _is_far_off(plan, endpoint, said):
        why_not = FAR_OFF
    else:
        why_not = TOO_CHEAP if is_far_too_cheap(said, usual) else ""
    if not why_not:
        plan.priced.append(endpoint.key)
    elif not is_same:
        plan.prices_left[why_not] += 1
    return {} if is_same or why_not else {"pricing": new}


def _may_price(plan: Plan, endpoint: Endpoint) -> bool:
    if plan.source.name == PRICES_ALONE and not _speaks_for_region(endpoint):
        return False
    return sources.may_price(
        plan.source.name,
        standing=endpoint.price_source,
        as_of=endpoint.price_as_of,
        day=plan.day,
    )


def _speaks_for_region(endpoint: Endpoint) -> bool:
    """genai-prices has one price for all regions: that of the first, or of all at once."""
    identity = identify(endpoint.provider.slug, endpoint.upstream_id)
    return identity is None or identity.region in (None, "global")


def _is_far_off(plan: Plan, endpoint: Endpoint, said: Pricing) -> bool:
    """From what another source told: genai-prices may then mean another model."""
    standing, source = endpoint.price_source, plan.source.name
    if source != PRICES_ALONE or not standing or sources.name_of(standing) == source:
        return False
    old = Rows.parse(endpoint.pricing)
    return old is not None and far_apart(dict(old.base), said)


def _shape(offer: Offer, endpoint: Endpoint | None) -> Facts:
    """What the offer says of the endpoint itself; what it leaves unsaid is not among it."""
    stands = endpoint or Endpoint()
    facts: Facts = {
        "context_length": offer.context_length,
        "max_completion_tokens": offer.max_completion_tokens,
        "input_modalities": order(offer.inputs) if offer.inputs else None,
        "output_modalities": order(offer.outputs) if offer.outputs else None,
        "is_deprecated": offer.is_deprecated,
        "expires_on": offer.expires_on,
    }
    if offer.context_length:
        # The largest that was ever told bounds what a call can cost.
        largest = max(offer.context_length, stands.largest_context_length or 0)
        facts["largest_context_length"] = largest
    if offer.abilities:
        kept = {one for one in stands.abilities if offer.abilities.get(one, True)}
        facts["abilities"] = sorted(kept | {one for one, told in offer.abilities.items() if told})
    return {name: value for name, value in facts.items() if value is not None}


def _add(
    plan: Plan, key: str, one: Fresh, standing: Standing, usual: Mapping[str, list[Decimal]]
) -> None:
    offer = one.offer
    price = FREE if one.is_free else offer.pricing
    if offer.is_deprecated:
        plan.left_out[ENDING] += 1
        return
    if price is None or not offer.context_length:
        plan.left_out[UNKNOWN] += 1
        return
    if not one.is_free and is_far_too_cheap(price, usual.get(one.slug, [])):
        plan.left_out[TOO_CHEAP] += 1
        return
    author = one.slug.partition("/")[0]
    if one.slug not in standing.models and one.slug not in plan.models:
        plan.models[one.slug] = _model(one.slug, offer)
        if author not in standing.authors:
            plan.authors[author] = title(author)
    plan.confirmed.append(key)
    plan.endpoints[key] = {
        "model": one.slug,
        "provider": offer.provider,
        "upstream_id": offer.upstream_id,
        "tag": one.tag,
        "variant": "free" if one.is_free else None,
        "quantization": one.identity.quantization,
        "abilities": [],
        **_shape(offer, None),
        "pricing": as_json(price),
        "price_source": plan.source.name,
        "price_as_of": plan.day,
    }


def _model(slug: str, offer: Offer) -> Facts:
    """A new model; what all its endpoints say together is put to it by `_describe`."""
    name = offer.name if offer.name and "/" not in offer.name else title(slug.partition("/")[2])
    return {
        "name": name,
        "author": slug.partition("/")[0],
        "released_on": offer.released_on,
        "knowledge_cutoff": offer.knowledge_cutoff,
        "open_weights": offer.open_weights,
    }


def _miss(plan: Plan, said: Said, standing: Standing, known: Collection[str]) -> None:
    """What this source lists no more; not what another file speaks for."""
    covers = standing.refreshable
    covers = covers & {OPENROUTER} if plan.source.name == OPENROUTER else covers - {OPENROUTER}
    for key, one in standing.endpoints.items():
        is_ours = one.source != Origin.OWN and one.is_listed and not one.kept_by
        if is_ours and one.provider.slug in covers:
            plan.covered.add(key)
            if key not in known and place_of(one) not in said.unread:
                plan.gone.append(key)


def _describe(plan: Plan, standing: Standing, told: Iterable[tuple[str, Offer]]) -> None:
    """Models follow their endpoints: what any of them can, the model can."""
    after: dict[str, list[Facts]] = {}
    touched = {facts["model"] for facts in plan.endpoints.values()}
    gone = set(plan.gone)
    for key, one in standing.endpoints.items():
        edits = plan.edits.get(key, {})
        if key in gone or edits:
            touched.add(one.model.slug)
        if key not in gone and edits.get("is_listed", one.is_listed):
            after.setdefault(one.model.slug, []).append({**vars(one), **edits})
    for facts in plan.endpoints.values():
        after.setdefault(facts["model"], []).append(facts)
    offers: dict[str, Offer] = {}
    for slug, offer in told:
        if slug not in offers or _is_maker(offer, slug):
            offers[slug] = offer
    for slug in sorted({*touched, *offers}):
        whole = _together(after[slug]) if slug in touched and slug in after else {}
        model = standing.models.get(slug)
        if slug in plan.models:
            plan.models[slug] |= whole
        elif model is None:
            continue  # a new one that was left out
        elif model.source != Origin.OWN:
            _edit_model(plan, model, offers.get(slug), whole, is_listed=slug in after)


def _edit_model(
    plan: Plan, model: LanguageModel, offer: Offer | None, whole: Facts, *, is_listed: bool
) -> None:
    facts = dict(whole)
    if offer is not None:
        for name in sources.MODEL:
            told, stands = getattr(offer, name), getattr(model, name)
            if told is not None and (stands is None or _is_maker(offer, model.slug)):
                facts[name] = told
    if model.is_listed and not is_listed:
        plan.gone_models.append(model.slug)
        return
    facts["is_listed"] = is_listed
    edits = {name: value for name, value in facts.items() if getattr(model, name) != value}
    if edits:
        plan.model_edits[model.slug] = edits


def _is_maker(offer: Offer, slug: str) -> bool:
    return MAKERS.get(offer.provider) == slug.partition("/")[0]


def _together(endpoints: Iterable[Facts]) -> Facts:
    several = list(endpoints)

    def union(name: str) -> frozenset[str]:
        return frozenset(value for one in several for value in one.get(name) or ())

    return {
        "context_length": max(one.get("context_length") or 0 for one in several) or None,
        "input_modalities": order(union("input_modalities")),
        "output_modalities": order(union("output_modalities")),
        "abilities": sorted(union("abilities")),
    }
