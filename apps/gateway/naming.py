"""What a model name asks for: a model, with the sort its suffix wants, a name that leaves the
choice to the house, or something that is not to be had, with the reason."""

import difflib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from apps.gateway.routers import FREE
from apps.gateway.snapshot import Catalog
from apps.routing.errors import free_variant_ended, invalid, not_connected, unknown_model
from apps.routing.policy import may_use
from apps.routing.types import Candidate, Policy

SORTS = {"nitro": "throughput", "floor": "price"}
MOST_OFFERED = 3


class Named(NamedTuple):
    """`slug` without what only sorts."""

    slug: str
    sort: str
    candidates: tuple[Candidate, ...]

    @property
    def is_router(self) -> bool:
        return not self.candidates


def named(catalog: Catalog, asked: str, rules: Policy) -> Named:
    """Raises Refusal for a name that leads nowhere; what is offered instead passes `rules`."""
    if found := catalog.routes.get(asked):
        return Named(asked, "", found)
    slug, sort = unsorted(asked, partial(_is_known, catalog))
    if found := catalog.routes.get(slug):
        return Named(slug, sort, found)
    if slug in catalog.routers:
        return Named(slug, sort, ())
    if slug in catalog.ended:
        raise free_variant_ended(slug, *_instead(catalog, slug, rules))
    if known := catalog.endpoints.get(slug):
        raise not_connected(slug, sorted({endpoint.provider.name for endpoint in known}))
    raise unknown_model(asked[:100], _close_to(asked[:80], catalog))


def unsorted(asked: str, is_known: Callable[[str], bool]) -> tuple[str, str]:
    """Without the suffixes that only sort, and the sort they want. They stack, as in
    `author/name:free:nitro`; a model whose own name ends like one is itself. Raises Refusal."""
    slug, sort = asked, ""
    while ":" in slug.rpartition("/")[2] and not is_known(slug):
        base, _, suffix = slug.rpartition(":")
        if suffix not in SORTS:
            break
        if sort not in ("", SORTS[suffix]):
            raise invalid(
                "“:nitro” asks for the fastest and “:floor” for the cheapest; use one of them.",
                field="model",
            )
        slug, sort = base, SORTS[suffix]
    return slug, sort


def _is_known(catalog: Catalog, slug: str) -> bool:
    return slug in catalog.routes or slug in catalog.endpoints or slug in catalog.routers


def _instead(catalog: Catalog, slug: str, rules: Policy) -> tuple[str, list[str]]:
    """The paid twin, and other free models, as far as this caller may use them."""
    twin = slug.rpartition(":")[0]
    if not may_use(catalog.routes.get(twin, ()), rules):
        twin = ""
    free = (one for one in catalog.routers.get(FREE, ()) if may_use((one,), rules))
    return twin, list(dict.fromkeys(one.model for one in free))[:MOST_OFFERED]


def _close_to(asked: str, catalog: Catalog) -> list[str]:
    base = asked.partition(":")[0]
    close = difflib.get_close_matches(asked, catalog.routes, n=3, cutoff=0.7)
    return [base, *(slug for slug in close if slug != base)] if base in catalog.routes else close
