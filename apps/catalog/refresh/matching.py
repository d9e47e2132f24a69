"""Which endpoint that stands an offer means: by its provider and id first, then by the name that
the rules of `naming` make of it; what is left is new. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.catalog.allow_list import Place
from apps.catalog.models import Source as Origin
from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.families import MAKERS
from apps.catalog.naming.names import Identity
from apps.catalog.naming.words import spelled
from apps.catalog.refresh import validate
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.openrouter import PROVIDER as OPENROUTER
from apps.catalog.refresh.standing import Standing, place_of

NO_MODEL = "no model to talk to, or a moving name"
NOT_TEXT = "do not write text"
NO_AUTHOR = "by nobody knows whom"
FOLDED = "another name of one that is listed"
OWN = "in the place of one of this house’s own"


class Fresh(NamedTuple):
    """An offer that no endpoint stands for yet."""

    slug: str
    identity: Identity
    offer: Offer
    is_free: bool

    @property
    def tag(self) -> str | None:
        free = "free" if self.is_free and self.identity.variant != "free" else None
        return "-".join(filter(None, (self.identity.tag, free))) or None

    @property
    def key(self) -> str:
        return f"{self.slug}@{self.offer.provider}" + (f"/{self.tag}" if self.tag else "")


@dataclass
class Matches:
    """Both by the key of the endpoint."""

    known: dict[str, Offer] = field(default_factory=dict)
    fresh: dict[str, Fresh] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)


def match(
    said: Said, standing: Standing, *, aliases: Aliases, free: Collection[Place], lists: bool
) -> Matches:
    found = Matches()
    rest = []
    for offer in said.offers:
        endpoint = standing.by_place.get(offer.place)
        if endpoint is not None:
            found.known[endpoint.key] = offer
        else:
            rest.append(offer)
    if lists:
        for one in _named(rest, standing, aliases=aliases, free=free, left_out=found.left_out):
            _place(one, found, said, standing)
    return found


def _place(one: Fresh, found: Matches, said: Said, standing: Standing) -> None:
    row = standing.endpoints.get(one.key)
    if one.key in found.known or one.key in found.fresh:
        found.left_out[FOLDED] += 1
    elif row is None:
        found.fresh[one.key] = one
    elif row.source == Origin.OWN:
        found.left_out[OWN] += 1
    elif place_of(row) not in said.unread:
        found.known[one.key] = one.offer  # its provider calls it otherwise now


def _named(
    offers: Iterable[Offer],
    standing: Standing,
    *,
    aliases: Aliases,
    free: Collection[Place],
    left_out: Counter[str],
) -> Iterable[Fresh]:
    """The maker's own spelling names a new model for all hosts."""
    slugs: dict[str, str] = {}
    for offer in sorted(offers, key=_preference):
        told = aliases.identify(offer.provider, offer.upstream_id)
        if told is None:
            left_out[NO_MODEL] += 1
        elif "text" not in (offer.outputs or ()):
            left_out[NOT_TEXT] += 1
        else:
            key, identity = told
            slug = slugs.get(key) or _slug(offer, key, identity, standing, aliases)
            if slug is None:
                left_out[NO_AUTHOR] += 1
                continue
            slugs[key] = slug
            yield Fresh(slug, identity, offer, offer.place in free)


def _slug(
    offer: Offer, key: str, identity: Identity, standing: Standing, aliases: Aliases
) -> str | None:
    plain = offer.upstream_id.lower().partition(":")[0]
    if offer.provider == OPENROUTER and plain in standing.models:
        return plain
    author = aliases.author(key) or identity.author
    if stands := standing.slug_of(key, author, aliases):
        return stands
    if offer.provider == OPENROUTER:
        made = plain
    else:
        made = f"{author}/{spelled(key, identity)}" if author else ""
    return made if validate.is_slug(made) else None


def _preference(offer: Offer) -> tuple[Any, ...]:
    """Makers before hosts, what stays before what goes, the plain and short id."""
    return (
        offer.provider not in MAKERS,
        offer.provider != OPENROUTER,
        bool(offer.is_deprecated),
        "latest" in offer.upstream_id,
        len(offer.upstream_id),
        offer.place,
    )
