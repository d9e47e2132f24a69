"""Finds a model's public slug: OpenRouter's where it lists the model, else author and name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.names import Identity
from apps.catalog.naming.words import spelled

from .rows import Row


class Slugs:
    def __init__(self, listed: Iterable[Row], *, aliases: Aliases) -> None:
        """`listed`: OpenRouter's own rows, the newest source first."""
        self._aliases = aliases
        self._listed: dict[str, str] = {}
        self._names: dict[str, Counter[str]] = {}
        self._authors: dict[str, Counter[str]] = {}
        for row in listed:
            if found := aliases.identify(row.provider, row.upstream_id):
                self._listed.setdefault(found[0], row.upstream_id.split(":")[0])

    def note(self, key: str, identity: Identity) -> None:
        """Remembers how one more provider writes this model."""
        self._names.setdefault(key, Counter())[spelled(key, identity)] += 1
        if identity.author:
            self._authors.setdefault(key, Counter())[identity.author] += 1

    def slug(self, key: str) -> str | None:
        """None when nothing tells who made the model."""
        if key in self._listed:
            return self._listed[key]
        author = self._aliases.author(key) or _most_common(self._authors.get(key))
        return f"{author}/{_most_common(self._names[key])}" if author else None


def _most_common(counter: Counter[str] | None) -> str | None:
    if not counter:
        return None
    return min(counter, key=lambda one: (-counter[one], "." not in one, len(one), one))
