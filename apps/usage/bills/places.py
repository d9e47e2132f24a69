"""Whose bill it can be: a provider where the house has or had an account, or a place of its own;
and which of our endpoints and models its words mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.zone import household_zone
from apps.catalog.listing import asked_as
from apps.catalog.models import Endpoint, Provider
from apps.catalog.naming.aliases import Aliases
from apps.connections.models import Connection
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

LOOKS_BACK = timedelta(days=400)
DATE = re.compile(r"[-@](?:20\d\d-?\d\d-?\d\d|\d{4})$")
VARIANTS = re.compile(r":[a-z]+$")


@dataclass(frozen=True)
class Place:
    """`connections` counts those whose calls are told together, since sums name no connection."""

    value: str
    name: str
    provider: str
    connections: int


def places(now: datetime) -> list[Place]:
    """By name. What is connected, and where anything was called in the last year."""
    found: dict[str, Place] = {}
    counted: dict[str, int] = {}
    for one in Connection.objects.real().order_by("name"):
        slug = one.provider.slug
        if slug == Provider.CUSTOM:
            found[f"own-{one.pk}"] = Place(f"own-{one.pk}", one.name, slug, 1)
        else:
            counted[slug] = counted.get(slug, 0) + 1
    used = _used(now)
    providers = Provider.objects.filter(slug__in={*counted, *used})
    for provider in providers.exclude(slug__in=(Provider.CUSTOM, Provider.DEMO)):
        value = f"at-{provider.slug}"
        found[value] = Place(
            value, provider.fact("name"), provider.slug, counted.get(provider.slug, 0)
        )
    return sorted(found.values(), key=lambda one: one.name.lower())


def endpoints_at(place: Place) -> list[Endpoint]:
    """Those of today and of before."""
    rows = Endpoint.objects.select_related("model")
    if place.provider == Provider.CUSTOM:
        return list(rows.filter(own_link__connection_id=int(place.value.removeprefix("own-"))))
    return list(rows.filter(provider__slug=place.provider))


class Names:
    """From a provider's name of a model to ours."""

    def __init__(self, provider: str, endpoints: Iterable[Endpoint]) -> None:
        self._provider, self._aliases = provider, Aliases()
        self._exact: dict[str, str] = {}
        self._folded: dict[str, set[str]] = {}
        for one in endpoints:
            slug = asked_as(one.model, one.variant)
            self._exact.setdefault(slug.lower(), slug)
            upstream = one.upstream_id.lower()
            if one.variant and not upstream.endswith(f":{one.variant}"):
                upstream = f"{upstream}:{one.variant}"
            self._exact.setdefault(upstream, slug)
            for name in (slug, upstream):
                self._folded.setdefault(self._fold(name), set()).add(slug)

    def ours(self, name: str) -> str:
        """Empty where it is none of ours, or could be several."""
        lower = name.lower()
        if found := self._exact.get(lower):
            return found
        undated = self._undated(lower)
        if found := self._exact.get(undated):
            return found
        for one in (lower, undated):
            meant = self._folded.get(self._fold(one), set())
            if len(meant) == 1:
                return next(iter(meant))
        return ""

    def _fold(self, name: str) -> str:
        """A variant such as `:free` is a model of its own."""
        variant = match.group() if (match := VARIANTS.search(name)) else ""
        found = self._aliases.identify(self._provider, name.removesuffix(variant))
        return f"{found[0] if found else name}{variant}"

    def _undated(self, name: str) -> str:
        variant = match.group() if (match := VARIANTS.search(name)) else ""
        return DATE.sub("", name.removesuffix(variant)) + variant


def _used(now: datetime) -> set[str]:
    """Providers whose endpoints were called."""
    quarter = now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
    asked = Asked(quarter - LOOKS_BACK, quarter, household_zone(), by=("endpoint",))
    numbers = [one.group[0] for one in sums(Reach.everything(), asked)]
    slugs = Endpoint.objects.filter(pk__in=numbers).values_list("provider__slug", flat=True)
    return set(slugs.distinct())
