"""Finds a model's public slug: OpenRouter's where it lists the model, else author and name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .names import Identity, identify
from .rows import Row

HERE = Path(__file__).parent


class Aliases:
    """The hand-kept file of names that mean the same, and of ids that are none of ours."""

    def __init__(self, path: Path = HERE / "aliases.toml") -> None:
        tables = tomllib.loads(path.read_text())
        self._drop = re.compile("|".join(f"(?:{one})" for one in tables["drop"]))
        self._alias: dict[str, str] = tables["alias"]
        self._author: dict[str, str] = tables["author"]

    def identify(self, provider: str, upstream_id: str) -> tuple[str, Identity] | None:
        """(key of the model, what the id says), or None when the id is left out."""
        if self._drop.search(upstream_id.lower()):
            return None
        identity = identify(provider, upstream_id)
        return (self._alias.get(identity.key, identity.key), identity) if identity else None

    def author(self, key: str) -> str | None:
        return self._author.get(key)


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
        # A name reached through an alias is another spelling, not this model's own; Claude's
        # names carry dates that are no part of the model.
        is_own = identity.key == key and not key.startswith("claude")
        name = identity.name if is_own else dotted(key)
        self._names.setdefault(key, Counter())[name] += 1
        if identity.author:
            self._authors.setdefault(key, Counter())[identity.author] += 1

    def slug(self, key: str) -> str | None:
        """None when nothing tells who made the model."""
        if key in self._listed:
            return self._listed[key]
        author = self._aliases.author(key) or _most_common(self._authors.get(key))
        return f"{author}/{_most_common(self._names[key])}" if author else None


def dotted(key: str) -> str:
    """Version numbers with their dot again: claude-3-5-haiku -> claude-3.5-haiku."""
    return re.sub(r"(?<![\d-])(-?\d{1,2})-(\d{1,2})(?=-|$)", r"\1.\2", key)


def _most_common(counter: Counter[str] | None) -> str | None:
    if not counter:
        return None
    return min(counter, key=lambda one: (-counter[one], "." not in one, len(one), one))
