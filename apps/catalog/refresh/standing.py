"""What stands in the catalogue, read once for a refresh, and how to find things in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from apps.catalog.allow_list import Place
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.names import fold


@dataclass
class Standing:
    """Rows of the database, by slug or key; endpoints know their model and provider."""

    authors: Mapping[str, Author] = field(default_factory=dict)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    models: Mapping[str, LanguageModel] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Standing":
        """Four queries."""
        providers = {one.pk: one for one in Provider.objects.all()}
        models = {one.pk: one for one in LanguageModel.objects.all()}
        endpoints = list(Endpoint.objects.all())
        for one in endpoints:
            one.provider, one.model = providers[one.provider_id], models[one.model_id]
        return cls(
            authors={one.slug: one for one in Author.objects.all()},
            providers={one.slug: one for one in providers.values()},
            models={one.slug: one for one in models.values()},
            endpoints={one.key: one for one in endpoints},
        )

    @cached_property
    def refreshable(self) -> set[str]:
        """Slugs of the catalogue's own providers; not the demonstration, nor one a house made."""
        return {
            slug
            for slug, one in self.providers.items()
            if one.source != Source.OWN and slug not in (Provider.DEMO, Provider.CUSTOM)
        }

    @cached_property
    def by_place(self) -> dict[Place, Endpoint]:
        """The catalogue's endpoints; a listed one goes before one that is no longer."""
        rows = [one for one in self.endpoints.values() if one.source != Source.OWN]
        rows.sort(key=lambda one: one.is_listed)
        return {place_of(one): one for one in rows}

    def slug_of(self, key: str, author: str | None, aliases: Aliases) -> str | None:
        """The model that stands under this folded name: by this author, or the only one."""
        found = self._slugs_by_key(aliases).get(key, [])
        own = [slug for slug in found if author and slug.startswith(f"{author}/")]
        return own[0] if own else found[0] if len(found) == 1 else None

    def _slugs_by_key(self, aliases: Aliases) -> dict[str, list[str]]:
        if not self._folded:
            for slug in sorted(self.models):
                key = aliases.key(fold(slug.partition("/")[2].lower()))
                self._folded.setdefault(key, []).append(slug)
        return self._folded

    _folded: dict[str, list[str]] = field(default_factory=dict, repr=False)


def place_of(endpoint: Endpoint) -> Place:
    return Place(endpoint.provider.slug, endpoint.upstream_id.lower())
