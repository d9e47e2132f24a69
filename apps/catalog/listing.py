"""The catalogue as its pages show it: one entry for each name a client may ask for, made once for
each state of the catalogue and kept in the process. It knows nothing of accounts or rights."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.catalog.data_policy import FREE, Badge, handling
from apps.catalog.free import BOARD
from apps.catalog.models import Endpoint, LanguageModel, Provider
from apps.catalog.parameters import CACHING
from apps.catalog.search import Spoken
from apps.catalog.use_cases import BY_NAME, cheapest_quarter, use_cases_of
from apps.core import money
from apps.core.models import ChangeCounter
from apps.routing.pricing import Pricing

TOPIC = "catalog"
KINDS = {"image": "Pictures", "file": "Files", "audio": "Sound", "video": "Video"}
ABILITIES = {"tools": "Tools", "reasoning": "Thinks first", "structured_outputs": "JSON"}
YES = "true"
Value = tuple[str, str]
MOST_NARROWED, MOST_USES = 20, 4
MAY_LEARN = f"What you type may be used for training. {BOARD}"


@dataclass(frozen=True)
class Offer:
    """One endpoint of an entry. `keeps_nothing` and `never_trains` as publicly known, `abilities`
    with caching among them."""

    endpoint_id: int
    provider: str
    prompt: Decimal | None
    completion: Decimal | None
    typical: Decimal | None
    abilities: frozenset[str]
    max_output: int
    keeps_nothing: bool
    never_trains: bool
    badges: tuple[Badge, ...]

    @cached_property
    def values(self) -> frozenset[Value]:
        """What it may be chosen by, as parameters and their values."""
        values = {("supported_parameters", ability) for ability in self.abilities}
        promised = {"zdr": self.keeps_nothing, "no_training": self.never_trains}
        values |= {(name, YES) for name, is_promised in promised.items() if is_promised}
        return frozenset(values | {("providers", self.provider)})


@dataclass(frozen=True)
class Entry:
    """A model as people choose it, from some of its endpoints, the cheapest first; prices and data
    policy are those of that one, and of the rest what any of them has."""

    slug: str
    name: str
    author: str
    author_slug: str
    released_on: date | None
    context: int
    prompt: Decimal | None
    completion: Decimal | None
    typical: Decimal | None
    is_free: bool
    has_open_weights: bool
    takes: frozenset[str]
    makes: frozenset[str]
    abilities: frozenset[str]
    providers: Mapping[str, str]
    offers: tuple[Offer, ...]
    use_cases: frozenset[str] = frozenset()

    def narrowed(self, offers: list[Offer]) -> "Entry":
        """As it is where only these of its endpoints count, one at least."""
        if len(offers) == len(self.offers):
            return self
        endpoints = tuple(one.endpoint_id for one in offers)
        if endpoints not in self._narrowed:
            if len(self._narrowed) >= MOST_NARROWED:
                self._narrowed.clear()
            self._narrowed[endpoints] = self._narrow(offers)
        return self._narrowed[endpoints]

    @cached_property
    def _narrowed(self) -> dict[tuple[int, ...], "Entry"]:
        return {}

    def _narrow(self, offers: list[Offer]) -> "Entry":
        """A search may need hundreds at once, and `replace` would take most of its time."""
        best = offers[0]
        facts = {name: self.__dict__[name] for name in FACTS}
        facts |= {
            "prompt": best.prompt,
            "completion": best.completion,
            "typical": best.typical,
            "abilities": _all_abilities(offers),
            "providers": {one.provider: self.providers[one.provider] for one in offers},
            "offers": tuple(offers),
        }
        entry = object.__new__(Entry)
        entry.__dict__.update(facts)
        return entry

    @cached_property
    def endpoints(self) -> frozenset[int]:
        return frozenset(one.endpoint_id for one in self.offers)

    @property
    def badges(self) -> tuple[Badge, ...]:
        return self.offers[0].badges if self.offers else ()

    @property
    def shown_badges(self) -> SafeString:
        return _written_badges(self.badges)

    @cached_property
    def keeps_nothing(self) -> bool:
        return any(one.keeps_nothing for one in self.offers)

    @cached_property
    def never_trains(self) -> bool:
        return any(one.never_trains for one in self.offers)

    @cached_property
    def max_output(self) -> int:
        return max((one.max_output for one in self.offers), default=0)

    @property
    def free_caveat(self) -> str:
        """What a free one costs besides money; empty where nothing is known to."""
        return MAY_LEARN if self.is_free and not self.never_trains else ""

    @cached_property
    def spoken(self) -> Spoken:
        """By what people may look for it."""
        able = [words for name, words in (ABILITIES | KINDS).items() if name in self._has]
        fits = [BY_NAME[name] for name in self.use_cases]
        good_for = [words for one in fits for words in (one.title, one.also)]
        return Spoken.of(self.name, (self.slug, self.author), (*able, *good_for))

    @cached_property
    def _has(self) -> frozenset[str]:
        return self.abilities | self.takes

    @cached_property
    def shown_context(self) -> str:
        return short_count(self.context) if self.context else money.NOTHING

    @cached_property
    def shown_prices(self) -> tuple[str, str]:
        return money.usd_exact(self.prompt), money.usd_exact(self.completion)

    @cached_property
    def shown_chats(self) -> str:
        return chats_per_dollar(self.typical)

    @cached_property
    def can(self) -> str:
        """What it takes besides text and what it is able to, in a few words."""
        takes = [words for name, words in KINDS.items() if name in self.takes]
        able = [words for name, words in ABILITIES.items() if name in self.abilities]
        return in_words(able + takes) or "Text"

    @cached_property
    def told_chats(self) -> str:
        """`About 320 chats per $1`, for a beginner."""
        if not self.typical:
            return "Price not known" if self.typical is None else "No charge"
        return f"About {self.shown_chats} chat{'' if self.shown_chats == '1' else 's'} per $1"

    @cached_property
    def good_for(self) -> str:
        """Some of its uses, by the order of the table."""
        fits = [one.title for name, one in BY_NAME.items() if name in self.use_cases]
        return in_words(fits[:MOST_USES]) or self.can

    @cached_property
    def mark(self) -> str:
        return mark_of(self.author or self.slug)

    def shown(self, *, as_card: bool, closed: str = "", note: str = "") -> SafeString:
        """As the list shows it; to everybody alike, and then written once while the catalogue
        stands, unless it is closed to who looks, or a note is to be made."""
        if closed or note:
            return self._written(as_card, closed=closed, note=note)
        return self._card if as_card else self._row

    @cached_property
    def _row(self) -> SafeString:
        return self._written(False)

    @cached_property
    def _card(self) -> SafeString:
        return self._written(True)

    def _written(self, as_card: bool, *, closed: str = "", note: str = "") -> SafeString:
        """All that the template names is given: looking for what is not there takes longest."""
        template = "catalog/_card.html" if as_card else "catalog/_row.html"
        return render_to_string(template, {"entry": self, "closed": closed, "note": note})


FACTS = tuple(one.name for one in fields(Entry))


@dataclass(frozen=True)
class Listing:
    """`entries` by what a client asks for; the names of authors and providers that have any.
    `kept` is what others work out of it, for as long as it stands."""

    entries: Mapping[str, Entry]
    authors: Mapping[str, str]
    providers: Mapping[str, str]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class _Standing(NamedTuple):
    """`public` is the listing as strangers may see it: without what only this house has."""

    version: int
    whole: Listing
    public: Listing


_standing: _Standing | None = None
_loading = threading.Lock()


def current(*, with_own: bool) -> Listing:
    """For one query while the catalogue stands still; read anew by one thread when it changed."""
    global _standing
    version = ChangeCounter.version_of(TOPIC)
    held = _standing
    if held is None or held.version != version:
        with _loading:
            held = _standing
            if held is None or held.version != version:
                held = _standing = _Standing(version, *_load())
    return held.whole if with_own else held.public


def _load() -> tuple[Listing, Listing]:
    """The whole listing and the public one, which share the entries they have in common."""
    providers = {provider.pk: provider for provider in Provider.objects.filter(is_listed=True)}
    offers: dict[tuple[int, str | None], list[_Offered]] = {}
    endpoints = Endpoint.objects.filter(is_listed=True, provider__is_listed=True)
    for endpoint in endpoints.iterator(chunk_size=2000):
        endpoint.provider = providers[endpoint.provider_id]
        offers.setdefault((endpoint.model_id, endpoint.variant), []).append(_offered(endpoint))
    models = LanguageModel.objects.filter(is_listed=True).select_related("author").in_bulk()
    groups = {place: _ordered(group) for place, group in offers.items() if place[0] in models}
    publics = {place: _ordered(_public(group)) for place, group in groups.items()}
    cheap = cheapest_quarter(group[0].offer.typical for group in publics.values() if group)
    whole, public = [], []
    for (model_id, variant), group in groups.items():
        model, known = models[model_id], publics[model_id, variant]
        entry = _entry(model, variant, group, cheap)
        whole.append(entry)
        if known:
            plain = model.as_public()
            is_same = plain is model and [*map(id, known)] == [*map(id, group)]
            public.append(entry if is_same else _entry(plain, variant, known, cheap))
    return _listing(whole), _listing(public)


def _ordered(group: Iterable["_Offered"]) -> list["_Offered"]:
    return sorted(group, key=lambda one: price_order(one.pricing, one.endpoint.pk))


def _public(group: Iterable["_Offered"]) -> list["_Offered"]:
    """What strangers may see of these."""
    return [
        _offered(one.endpoint.as_public()) if one.endpoint.overrides else one
        for one in group
        if one.endpoint.is_public
    ]


def asked_as(model: LanguageModel, variant: str | None) -> str:
    """The name a client asks for: a free variant is a model of its own."""
    return f"{model.slug}:{variant}" if variant else model.slug


def price_order(pricing: Pricing | None, key: int) -> tuple[bool, Decimal, int]:
    """Cheapest first, unknown last."""
    return pricing is None, pricing.typical if pricing else Decimal(0), key


def mark_of(name: str) -> str:
    """Two letters for the small door: “Z.ai” is Za."""
    return "".join(filter(str.isalnum, name))[:2]


def in_words(names: Iterable[str]) -> str:
    """`Tools, thinks first, JSON`: one capital at the start, names in capitals as they are."""
    told = ", ".join(name if name.isupper() else name.lower() for name in names)
    return told[:1].upper() + told[1:]


def short_count(number: int) -> str:
    """`131k`, `1.05M`: tokens where the exact number matters to nobody."""
    if number >= 1_000_000:
        return f"{number / 1_000_000:.2f}".rstrip("0").rstrip(".") + "M"
    return f"{number // 1000}k" if number >= 1000 else str(number)


def chats_per_dollar(typical: Decimal | None) -> str:
    """How many chats of 600 tokens in and 500 out one dollar pays, to two or three digits."""
    if typical is None:
        return money.NOTHING
    if typical == 0:
        return "no charge"
    count = 1 / typical
    step = 10 if count < 1000 else 50 if count < 10_000 else 1000
    return f"{int(count // step * step):,}" if count >= 20 else str(int(count)) or "0"


class _Offered(NamedTuple):
    endpoint: Endpoint
    pricing: Pricing | None
    offer: Offer


def _entry(
    model: LanguageModel, variant: str | None, group: list[_Offered], cheap: Decimal
) -> Entry:
    """`group` cheapest first; `cheap` is the most a typical chat costs in the cheapest quarter."""
    best = group[0].endpoint
    offers = tuple(one.offer for one in group)
    entry = Entry(
        slug=asked_as(model, variant),
        name=model.fact("name"),
        author=model.author.name,
        author_slug=model.author.slug,
        released_on=model.fact("released_on"),
        context=model.fact("context_length") or best.fact("context_length") or 0,
        prompt=offers[0].prompt,
        completion=offers[0].completion,
        typical=offers[0].typical,
        is_free=variant == FREE or best.provider.slug == Provider.DEMO,
        has_open_weights=bool(model.fact("open_weights")),
        takes=frozenset(model.fact("input_modalities")),
        makes=frozenset(model.fact("output_modalities") or ("text",)),
        abilities=_all_abilities(offers),
        providers={one.endpoint.provider.slug: one.endpoint.provider.name for one in group},
        offers=offers,
    )
    return replace(entry, use_cases=use_cases_of(entry, cheap))


def _offered(endpoint: Endpoint) -> _Offered:
    handled, pricing = handling(endpoint), Pricing.parse(endpoint.fact("pricing"))
    has_cache = pricing is not None and "input_cache_read" in pricing.base
    offer = Offer(
        endpoint_id=endpoint.pk,
        provider=endpoint.provider.slug,
        prompt=pricing.base["prompt"] if pricing else None,
        completion=pricing.base["completion"] if pricing else None,
        typical=pricing.typical if pricing else None,
        abilities=frozenset(endpoint.fact("abilities")) | ({CACHING} if has_cache else set()),
        max_output=endpoint.fact("max_completion_tokens") or 0,
        keeps_nothing=handled.keeps_nothing,
        never_trains=not handled.may_train,
        badges=tuple(handled.badges),
    )
    return _Offered(endpoint, pricing, offer)


@lru_cache(maxsize=500)
def _written_badges(badges: tuple[Badge, ...]) -> SafeString:
    """Many models have the same, and a list has fifty."""
    return render_to_string("catalog/_badges.html", {"badges": badges})


def _all_abilities(offers: Iterable[Offer]) -> frozenset[str]:
    return frozenset().union(*(one.abilities for one in offers))


def _listing(entries: Iterable[Entry]) -> Listing:
    by_slug = {entry.slug: entry for entry in entries}
    authors = {entry.author_slug: entry.author for entry in by_slug.values()}
    names = {slug: name for one in by_slug.values() for slug, name in one.providers.items()}
    return Listing(by_slug, _by_name(authors), _by_name(names))


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda pair: pair[1].lower()))
