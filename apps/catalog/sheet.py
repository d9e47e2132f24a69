"""One model's page: its facts, where it runs at what price, what is done there with what it is
sent, and how its prices went."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from apps.catalog.data_policy import Badge, facts_of, handling
from apps.catalog.descriptions import description_of
from apps.catalog.free import Caveat, caveats
from apps.catalog.history import What, changes_of, price_points
from apps.catalog.listing import ABILITIES, KINDS, Entry, in_words, price_order
from apps.catalog.models import CatalogChange, Endpoint, LanguageModel
from apps.catalog.price_rows import PriceRow, other_prices, price_rows
from apps.catalog.price_story import Story, stories
from apps.catalog.provider_facts import About, Told, about, told
from apps.routing.pricing import Pricing

USES = ("curl", "python", "javascript", "open-webui")  # of the snippets
PRICED = (What.NEW, What.REPRICED)


class Fact(NamedTuple):
    name: str
    value: str


class Place(NamedTuple):
    """One endpoint as a row of the table; `prices` beside the usual ones, `others` in words."""

    endpoint_id: int
    provider: About
    where: str
    badges: list[Badge]
    context: int | None
    longest_answer: int | None
    usual: PriceRow
    prices: list[PriceRow]
    others: list[str]
    able: str
    ends: str
    price_as_of: str
    caveats: list[Caveat]

    @property
    def where_it_is(self) -> str:
        return " · ".join(part for part in (self.provider.country, self.where) if part)


class Sheet(NamedTuple):
    """`stories` are of endpoints whose price changed since `watched_since`."""

    description: str
    facts: list[Fact]
    places: list[Place]
    policies: list[Told]
    stories: list[Story]
    watched_since: datetime | None


def sheet(entry: Entry, *, with_own: bool) -> Sheet | None:
    """For two queries; None where the model went between the listing and this."""
    rows = Endpoint.objects.filter(pk__in=entry.endpoints).select_related("model", "provider")
    found = [one if with_own else one.as_public() for one in rows]
    if not found:
        return None
    model = found[0].model if with_own else found[0].model.as_public()
    priced = [(Pricing.parse(endpoint.fact("pricing")), endpoint) for endpoint in found]
    priced.sort(key=lambda pair: price_order(pair[0], pair[1].pk))
    ordered, now = [endpoint for _, endpoint in priced], timezone.now()
    changes = list(_price_changes(ordered, with_own=with_own))
    return Sheet(
        description=description_of(entry.slug),
        facts=list(_facts(model, entry)),
        places=[_place(endpoint, pricing, now) for pricing, endpoint in priced],
        policies=_policies(ordered, timezone.localdate(now)),
        stories=_stories(changes, ordered, now),
        watched_since=changes[0].at if changes else None,
    )


def _facts(model: LanguageModel, entry: Entry) -> Iterable[Fact]:
    released, cutoff = model.fact("released_on"), model.fact("knowledge_cutoff")
    takes = [words for name, words in KINDS.items() if name in entry.takes]
    makes = [words for name, words in KINDS.items() if name in entry.makes]
    able = [words for name, words in ABILITIES.items() if name in entry.abilities]
    if entry.context:
        yield Fact("Context", f"{entry.context:,} tokens")
    if entry.max_output:
        yield Fact("Longest answer", f"{entry.max_output:,} tokens")
    yield Fact("Takes in", in_words(["Text", *takes]))
    if makes:
        yield Fact("Makes", in_words(["Text", *makes]))
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


def _place(endpoint: Endpoint, pricing: Pricing | None, now: datetime) -> Place:
    is_own_price = "pricing" in endpoint.overrides  # which its provider was not asked for
    ends, as_of = endpoint.fact("expires_on"), None if is_own_price else endpoint.price_as_of
    able = [words for name, words in ABILITIES.items() if name in endpoint.fact("abilities")]
    usual, *prices = price_rows(pricing, here=timezone.get_current_timezone(), today=now)
    return Place(
        endpoint_id=endpoint.pk,
        provider=about(endpoint.provider),
        where=_where(endpoint),
        badges=handling(endpoint).badges,
        context=endpoint.fact("context_length"),
        longest_answer=endpoint.fact("max_completion_tokens"),
        usual=usual,
        prices=prices,
        others=other_prices(pricing),
        able=in_words(able),
        ends=f"ends {ends.day} {ends:%b %Y}" if ends else "",
        price_as_of=f"{as_of.day} {as_of:%b %Y}" if as_of else "",
        caveats=caveats(endpoint),
    )


def _where(endpoint: Endpoint) -> str:
    return " · ".join(part for part in (endpoint.tag, endpoint.quantization) if part)


def _policies(endpoints: Iterable[Endpoint], today: date) -> list[Told]:
    """Each provider once, in the order of the table."""
    found = {}
    for endpoint in endpoints:
        provider = endpoint.provider
        if provider.slug not in found:
            found[provider.slug] = told(
                provider, facts_of(endpoint), today=today, variant=endpoint.variant
            )
    return list(found.values())


def _price_changes(endpoints: list[Endpoint], *, with_own: bool) -> Iterable[CatalogChange]:
    """The oldest first."""
    keys = [one.key for one in endpoints]
    changes = changes_of(endpoints[0].model.slug, with_own=with_own)
    return changes.filter(endpoint_key__in=keys, what__in=PRICED).order_by("at", "id")


def _stories(
    changes: Iterable[CatalogChange], endpoints: list[Endpoint], now: datetime
) -> list[Story]:
    by_key: dict[str, list[CatalogChange]] = {}
    for change in changes:
        by_key.setdefault(change.endpoint_key, []).append(change)
    names = {
        one.key: " · ".join(part for part in (one.provider.fact("name"), _where(one)) if part)
        for one in endpoints
    }
    points = {key: price_points(each) for key, each in by_key.items()}
    return stories(points, names, now=now)
