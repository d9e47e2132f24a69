"""Which models a person may choose in a chat, what they cost in words, and what else counts when
one chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from apps.catalog.data_policy import FREE as FREE_VARIANT
from apps.catalog.listing import chats_per_dollar, in_words, mark_of
from apps.catalog.models import Provider
from apps.core.money import NOTHING, usd
from apps.gateway.house import current_catalog
from apps.gateway.routers import FREE
from apps.gateway.routers import NAMES as ROUTERS
from apps.gateway.snapshot import Catalog
from apps.routing.policy import may_use
from apps.routing.types import Candidate, Policy

LONG_CONTEXT = 400_000
POLICIES_KEPT = 32
RATIONED = "Only so many calls a day"
AT_HOME, KEEPS_NOTHING, MAY_TRAIN = "At home", "Keeps nothing", "May train on chats"


class ToAccept(NamedTuple):
    """What somebody accepts before the first message goes to a provider that may learn from it."""

    slug: str
    provider: str
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One open model, or a name that leaves the choice to the house; price and promises are those
    of the endpoints its rules leave."""

    slug: str
    name: str
    author: str = ""
    typical: Decimal | None = None
    rates: str = ""
    is_free: bool = False
    privacy: str = ""
    takes: frozenset[str] = frozenset({"text"})
    thinks: bool = False
    context: int = 0
    released_on: date | None = None
    offers: int = 1
    caveat: str = ""
    terms: ToAccept | None = None
    is_router: bool = False

    @property
    def is_demo(self) -> bool:
        return self.slug.startswith(f"{Provider.DEMO}/")

    @cached_property
    def short_name(self) -> str:
        """For beside `figure`, which says by itself that it is free."""
        return self.name.removesuffix(" (free)") if self.is_free else self.name

    @cached_property
    def figure(self) -> str:
        """With `unit`, what a chat costs to somebody who never saw a token."""
        if self.is_free:
            return "free"
        if self.is_router:
            return "cheapest"
        if self.typical is None:
            return NOTHING
        return usd(self.typical) if self.typical > 1 else chats_per_dollar(self.typical)

    @cached_property
    def unit(self) -> str:
        if self.is_free or self.is_router:
            return ""
        if self.typical is None:
            return "price unknown"
        return "a chat" if self.typical > 1 else "chats per $1"

    @cached_property
    def parts(self) -> list[str]:
        """Everything for one line below the message; where room is short, the last give way."""
        price = f"{self.figure} {self.unit}".strip()
        return [
            part for part in (price, self.caveat.lower(), self.privacy.lower(), self.rates) if part
        ]

    @cached_property
    def can(self) -> str:
        found = ["reads pictures"] if self.reads_pictures else []
        found += ["thinks first"] if self.thinks else []
        found += ["long documents"] if self.context >= LONG_CONTEXT else []
        return in_words(found)

    @property
    def reads_pictures(self) -> bool:
        return "image" in self.takes

    @property
    def is_private(self) -> bool:
        return self.privacy in (AT_HOME, KEEPS_NOTHING)

    @property
    def mark(self) -> str:
        return mark_of(self.author or self.name)

    @cached_property
    def text(self) -> str:
        return searchable(self.slug, self.name, self.author)


class Shelf:
    """The choices of one state of the catalogue, made once for each policy."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._made: dict[Policy, Mapping[str, Choice]] = {}

    def choices(self, policy: Policy) -> Mapping[str, Choice]:
        if policy not in self._made:
            if len(self._made) >= POLICIES_KEPT:
                self._made.clear()
            self._made[policy] = _choices(self.catalog, policy)
        return self._made[policy]


_shelf: Shelf | None = None


def current_shelf() -> Shelf:
    global _shelf
    catalog, held = current_catalog(), _shelf
    if held is None or held.catalog is not catalog:
        held = _shelf = Shelf(catalog)
    return held


def shown_name(catalog: Catalog, slug: str) -> str:
    if slug in ROUTERS:
        return ROUTERS[slug]
    if slug in catalog.models:  # the demonstration is free by its very name
        return catalog.models[slug].name
    base, _, variant = slug.partition(":")
    model = catalog.models.get(base)
    return f"{model.name} ({variant})" if model else slug


def author_of(catalog: Catalog, slug: str) -> str:
    model = catalog.models.get(slug.partition(":")[0])
    return model.author.name if model else ""


def longest_context(catalog: Catalog, slug: str) -> int:
    """What a connected model reads at once; 0 where nobody says."""
    return max((one.context_length or 0 for one in catalog.routes.get(slug, ())), default=0)


def searchable(slug: str, name: str, author: str) -> str:
    return f"{slug} {name} {author}".lower().replace("-", " ") + f" {slug.lower()}"


def has_words(text: str, wanted: str) -> bool:
    return all(word in text for word in wanted.lower().split())


def _choices(catalog: Catalog, policy: Policy) -> Mapping[str, Choice]:
    """The connected models that write text and that the rules leave, by author and name."""
    found = []
    for slug, candidates in catalog.routes.items():
        left = [one for one in candidates if may_use((one,), policy)]
        if left and _writes_text(catalog, slug):
            found.append(_choice(catalog, slug, left, policy))
    found.sort(key=lambda one: (one.author.lower(), one.name.lower(), one.slug))
    for slug in ROUTERS:
        behind = catalog.routers.get(slug, ())
        if left := [one for one in behind if may_use((one,), policy)]:
            found.append(_router(slug, left, policy))
    return {one.slug: one for one in found}


def _router(slug: str, candidates: Sequence[Candidate], policy: Policy) -> Choice:
    """It can what any of those behind it can; it promises what all of them do."""
    return Choice(
        slug=slug,
        name=ROUTERS[slug],
        author="Gatehouse",
        is_free=slug == FREE,
        privacy=_privacy(candidates),
        takes=frozenset({"text"}.union(*(one.reads for one in candidates))),
        thinks=any("reasoning" in one.abilities for one in candidates),
        context=max((one.context_length or 0 for one in candidates), default=0),
        terms=_to_accept(candidates, policy),
        is_router=True,
    )


def _to_accept(candidates: Sequence[Candidate], policy: Policy) -> ToAccept | None:
    """None where one of these answers as things stand. Else those of the first one's provider."""
    if not candidates or any(one.terms in ("", *policy.accepted) for one in candidates):
        return None
    first = candidates[0]
    digests = {one.terms for one in candidates if one.provider == first.provider}
    return ToAccept(first.provider, first.provider_name, tuple(sorted(digests)))


def _choice(catalog: Catalog, slug: str, candidates: Sequence[Candidate], policy: Policy) -> Choice:
    cheapest = candidates[0]
    model = catalog.models.get(slug.partition(":")[0])
    offers = catalog.endpoints.get(slug, [])
    paid = catalog.endpoints.get(slug.partition(":")[0], [])
    reached = {one.endpoint_id for one in candidates}
    takes = {kind for one in offers if one.pk in reached for kind in one.fact("input_modalities")}
    return Choice(
        slug=slug,
        name=shown_name(catalog, slug),
        author=author_of(catalog, slug),
        typical=cheapest.pricing.typical if cheapest.pricing else None,
        rates=_rates(cheapest),
        is_free=cheapest.is_free,
        privacy=_privacy(candidates),
        takes=frozenset(takes | {"text"}),
        thinks=any("reasoning" in one.abilities for one in candidates),
        context=max((one.context_length or 0 for one in candidates), default=0),
        released_on=model.fact("released_on") if model else None,
        offers=len({one.provider_id for one in (*offers, *paid)}),
        caveat=RATIONED if cheapest.variant == FREE_VARIANT else "",
        terms=_to_accept(candidates, policy),
    )


def _rates(candidate: Candidate) -> str:
    if candidate.is_free or candidate.pricing is None:
        return ""
    base = candidate.pricing.base
    return f"{usd(base['prompt'])} in, {usd(base['completion'])} out per million tokens"


def _privacy(candidates: Sequence[Candidate]) -> str:
    if all(one.stays_home for one in candidates):
        return AT_HOME
    if all(one.keeps_nothing for one in candidates):
        return KEEPS_NOTHING
    return MAY_TRAIN if any(one.may_train for one in candidates) else ""


def _writes_text(catalog: Catalog, slug: str) -> bool:
    kinds = [one.fact("output_modalities") for one in catalog.endpoints.get(slug, ())]
    return not kinds or any(not kind or "text" in kind for kind in kinds)
