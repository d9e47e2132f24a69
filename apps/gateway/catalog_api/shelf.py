"""The catalogue as the API tells it, made once for each state of the catalogue and kept in the
process: entries already written as JSON, and what changes in one of which only some endpoints
count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from apps.catalog.listing import Entry
from apps.catalog.models import Endpoint, LanguageModel, Provider
from apps.gateway.catalog_api.remembered import Body
from apps.gateway.house import current_catalog
from apps.gateway.shapes import (
    TEXT,
    Place,
    model_entry,
    narrowed,
    place_of,
    price_rank,
)
from apps.gateway.snapshot import Catalog


@dataclass(frozen=True, eq=False)
class Shape:
    """One entry, of these endpoints."""

    facts: dict[str, Any]
    endpoints: frozenset[int]

    @cached_property
    def written(self) -> orjson.Fragment:
        return orjson.Fragment(orjson.dumps(self.facts))

    @property
    def makes_text(self) -> bool:
        return TEXT in self.facts["architecture"]["output_modalities"]


@dataclass(frozen=True, eq=False)
class Shelf:
    """`known` is for whoever has a key, `public` for strangers and the pages of other origins."""

    catalog: Catalog
    known: Mapping[str, Shape]
    public: Mapping[str, Shape]
    places: Mapping[int, Place]
    public_places: Mapping[int, Place]
    _narrowed: dict[tuple[bool, str, int, frozenset[str]], orjson.Fragment] = field(
        default_factory=dict
    )

    def told(self, entries: Iterable[Entry], *, with_own: bool) -> list[Any]:
        """Ready to be written; a model that this view does not have yet comes with the next."""
        shapes = self.known if with_own else self.public
        places = self.places if with_own else self.public_places
        return [self._told(shapes[one.slug], one, places) for one in entries if one.slug in shapes]

    def _told(self, shape: Shape, entry: Entry, places: Mapping[int, Place]) -> orjson.Fragment:
        if len(entry.offers) == len(shape.endpoints) or not entry.offers:
            return shape.written
        best = entry.offers[0].endpoint_id
        variety = places is self.places, entry.slug, best, entry.abilities
        written = self._narrowed.get(variety)
        if written is None and best in places:
            facts = narrowed(shape.facts, entry.abilities, places[best])
            written = self._narrowed[variety] = orjson.Fragment(orjson.dumps(facts))
        return written or shape.written

    @cached_property
    def plain(self) -> Body:
        """What strangers get who ask for nothing in particular: every model that writes text."""
        shapes = [shape.written for shape in self.public.values() if shape.makes_text]
        return Body(orjson.dumps(page_of(shapes, total=len(shapes))), effort=6)

    @cached_property
    def providers(self) -> list[Provider]:
        """Who runs models of the catalogue; places a household named itself are no provider's."""
        groups = self.catalog.endpoints.values()
        known = (one.provider for group in groups for one in group if one.is_public)
        found = {one.slug: one for one in known if one.slug != Provider.CUSTOM}
        return sorted(found.values(), key=lambda one: one.name.casefold())


_standing: Shelf | None = None


def current_shelf() -> Shelf:
    global _standing
    catalog, held = current_catalog(), _standing
    if held is None or held.catalog is not catalog:
        held = _standing = shelf_of(catalog)
    return held


def shelf_of(catalog: Catalog) -> Shelf:
    places: dict[int, Place] = {}
    public_places: dict[int, Place] = {}
    known, public = {}, {}
    for slug, group in sorted(catalog.endpoints.items()):
        model = catalog.models[group[0].model.slug]
        shape = known[slug] = _shape(slug, model, group, places)
        plain, seen = model.as_public(), as_public(group)
        if seen:
            is_same = plain is model and [*map(id, seen)] == [*map(id, group)]
            public[slug] = shape if is_same else _shape(slug, plain, seen, public_places)
    return Shelf(catalog, known, public, places, {**places, **public_places})


def as_public(group: Iterable[Endpoint]) -> list[Endpoint]:
    """What strangers may see of these."""
    return [one.as_public() for one in group if one.is_public]


def page_of(data: list[Any], *, total: int, following: str | None = None) -> dict[str, Any]:
    """OpenRouter's page of models, which OpenAI's clients read as well."""
    return {
        "object": "list",
        "data": data,
        "total_count": total,
        "links": {"next": following},
    }


def _shape(
    slug: str, model: LanguageModel, group: list[Endpoint], places: dict[int, Place]
) -> Shape:
    """Notes its places."""
    places |= {one.pk: place_of(one) for one in group}
    best = places[min(group, key=price_rank).pk]
    facts = model_entry(slug, model, group, best)
    return Shape(facts, frozenset(one.pk for one in group))
