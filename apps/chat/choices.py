"""Which models a person may choose in a chat, and what they cost in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.core.money import usd
from apps.gateway import house
from apps.gateway.snapshot import Catalog, load_catalog
from apps.routing.policy import may_use
from apps.routing.pricing import Pricing
from apps.routing.types import Candidate, Policy


@dataclass(frozen=True)
class Choice:
    """One model as the list shows it: `short` for beginners, `words` with everything."""

    slug: str
    name: str
    author: str
    short: str
    words: str


def choices_for(policy: Policy) -> list[Choice]:
    """The connected models that write text and that the rules leave, by author and name."""
    catalog = current_catalog()
    found = [
        _choice(catalog, slug, candidates)
        for slug, candidates in catalog.routes.items()
        if may_use(candidates, policy) and _writes_text(catalog, slug)
    ]
    return sorted(found, key=lambda one: (one.author.lower(), one.name.lower(), one.slug))


def current_catalog() -> Catalog:
    """The web process's own view; elsewhere, such as in a command, it is read anew."""
    try:
        return house.current().view.catalog
    except RuntimeError:
        return load_catalog()


def shown_name(catalog: Catalog, slug: str) -> str:
    base, _, variant = slug.partition(":")
    model = catalog.models.get(slug) or catalog.models.get(base)
    if model is None:
        return slug
    return f"{model.name} ({variant})" if variant else model.name


def chats_per_dollar(pricing: Pricing) -> str:
    """A chat is 600 tokens in and 500 out."""
    if pricing.typical <= 0:
        return "free"
    count = 1 / pricing.typical
    if count < 1:
        return f"{usd(pricing.typical)} a chat"
    return f"about {_rounded(count):,} chats per $1"


def _choice(catalog: Catalog, slug: str, candidates: Sequence[Candidate]) -> Choice:
    cheapest = candidates[0]
    model = catalog.models.get(slug.partition(":")[0])
    short = _short(cheapest)
    words = [short, *_per_million(cheapest), *_policy(candidates)]
    return Choice(
        slug=slug,
        name=shown_name(catalog, slug),
        author=model.author.name if model else "",
        short=short,
        words=" · ".join(words),
    )


def _short(candidate: Candidate) -> str:
    if candidate.is_free:
        return "free"
    return chats_per_dollar(candidate.pricing) if candidate.pricing else "price unknown"


def _per_million(candidate: Candidate) -> list[str]:
    if candidate.is_free or candidate.pricing is None:
        return []
    base = candidate.pricing.base
    return [f"{usd(base['prompt'])} in, {usd(base['completion'])} out per million tokens"]


def _policy(candidates: Sequence[Candidate]) -> list[str]:
    if all(one.is_at_home for one in candidates):
        return ["runs at home"]
    if all(one.keeps_nothing for one in candidates):
        return ["keeps nothing"]
    return ["may train on chats"] if any(one.may_train for one in candidates) else []


def _writes_text(catalog: Catalog, slug: str) -> bool:
    kinds = [one.output_modalities for one in catalog.endpoints.get(slug, ())]
    return not kinds or any(not kind or "text" in kind for kind in kinds)


def _rounded(count: Decimal) -> int:
    """Two digits that count; more would promise too much."""
    step: int = 10 ** max(0, len(str(int(count))) - 2)
    return int(count) // step * step
