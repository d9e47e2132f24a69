"""One model's page: its facts, where it runs at what price, and lines to paste into an app."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from apps.catalog.data_policy import Badge, Told, facts_of, handling, told
from apps.catalog.listing import ABILITIES, KINDS, Entry, in_words, price_order
from apps.catalog.models import Endpoint, LanguageModel
from apps.core import money
from apps.routing.pricing import Pricing

USES = ("curl", "python", "javascript", "open-webui")  # of the snippets


class Fact(NamedTuple):
    name: str
    value: str


class Place(NamedTuple):
    """One endpoint as a row of the table."""

    endpoint_id: int
    provider: str
    where: str
    badges: list[Badge]
    context: int | None
    longest_answer: int | None
    prompt: str
    completion: str
    cached: str
    dearer: str
    able: str
    ends: str
    price_as_of: str


class Sheet(NamedTuple):
    facts: list[Fact]
    places: list[Place]
    policies: list[Told]


def sheet(entry: Entry) -> Sheet | None:
    """For one query; None where the model went between the listing and this."""
    rows = Endpoint.objects.filter(pk__in=entry.endpoints).select_related("model", "provider")
    found = list(rows)
    if not found:
        return None
    priced = [(Pricing.parse(endpoint.fact("pricing")), endpoint) for endpoint in found]
    priced.sort(key=lambda pair: price_order(pair[0], pair[1].pk))
    return Sheet(
        facts=list(_facts(found[0].model, entry, found)),
        places=[_place(endpoint, pricing) for pricing, endpoint in priced],
        policies=_policies(endpoint for _, endpoint in priced),
    )


def _facts(model: LanguageModel, entry: Entry, endpoints: list[Endpoint]) -> Iterable[Fact]:
    longest = max((e.fact("max_completion_tokens") or 0 for e in endpoints), default=0)
    released, cutoff = model.fact("released_on"), model.fact("knowledge_cutoff")
    takes = [words for name, words in KINDS.items() if name in entry.takes]
    able = [words for name, words in ABILITIES.items() if name in entry.abilities]
    if entry.context:
        yield Fact("Context", f"{entry.context:,} tokens")
    if longest:
        yield Fact("Longest answer", f"{longest:,} tokens")
    yield Fact("Takes in", in_words(["Text", *takes]))
    yield Fact("Abilities", in_words(able) or "Plain answers")
    if released:
        yield Fact("Released", f"{released.day} {released:%b %Y}")
    if cutoff:
        yield Fact("Knows until", _month_of(cutoff))
    yield Fact("Weights", _weights(model.fact("open_weights")))


def _month_of(cutoff: str) -> str:
    """“2025-07” and “2025-07-31” are both July 2025; anything else stays as it was told."""
    try:
        return f"{date.fromisoformat(f'{cutoff[:7]}-01'):%b %Y}"
    except ValueError:
        return cutoff


def _weights(are_open: bool | None) -> str:
    return {True: "Open", False: "Closed"}.get(bool(are_open), "") if are_open is not None else "–"


def _place(endpoint: Endpoint, pricing: Pricing | None) -> Place:
    provider, ends = endpoint.provider, endpoint.fact("expires_on")
    able = [words for name, words in ABILITIES.items() if name in endpoint.fact("abilities")]
    as_of = endpoint.price_as_of
    return Place(
        endpoint_id=endpoint.pk,
        provider=provider.name,
        where=" · ".join(part for part in (endpoint.tag, endpoint.quantization) if part),
        badges=handling(endpoint).badges,
        context=endpoint.fact("context_length"),
        longest_answer=endpoint.fact("max_completion_tokens"),
        prompt=_shown(pricing, "prompt"),
        completion=_shown(pricing, "completion"),
        cached=_shown(pricing, "input_cache_read"),
        dearer="dearer for long prompts or at some hours" if pricing and pricing.overrides else "",
        able=in_words(able),
        ends=f"ends {ends.day} {ends:%b %Y}" if ends else "",
        price_as_of=f"{as_of.day} {as_of:%b %Y}" if as_of else "",
    )


def _shown(pricing: Pricing | None, name: str) -> str:
    price: Decimal | None = pricing.base.get(name) if pricing else None
    return money.usd_exact(price)


def _policies(endpoints: Iterable[Endpoint]) -> list[Told]:
    """Each provider once, in the order of the table."""
    found = {}
    for endpoint in endpoints:
        provider = endpoint.provider
        if provider.slug not in found:
            url = provider.fact("privacy_url")
            found[provider.slug] = told(provider.name, facts_of(endpoint), privacy_url=url)
    return list(found.values())
