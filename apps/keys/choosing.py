"""Which models a key may be limited to, as its form offers them: by author, those that can be
called today first. Works on what is in memory, since a house knows hundreds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from apps.catalog import listing
from apps.catalog.listing import Entry
from apps.connections.models import Connection

GONE = "No longer in the catalogue"


@dataclass(frozen=True)
class Choice:
    slug: str
    name: str
    is_connected: bool
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """The models of one author."""

    author: str
    choices: tuple[Choice, ...]
    chosen: int

    @property
    def has_connected(self) -> bool:
        return any(choice.is_connected for choice in self.choices)


def known_models() -> Collection[str]:
    return listing.current(with_own=True).entries.keys()


def groups(chosen: Collection[str]) -> list[Group]:
    """Those with a choice made come first, then those that can be called. A chosen model that left
    the catalogue stays to be seen, and to be taken away."""
    entries = listing.current(with_own=True).entries
    connected = _connected_providers()
    by_author: dict[str, list[Choice]] = {}
    chosen = frozenset(chosen)
    for entry in entries.values():
        choice = Choice(
            entry.slug, entry.name, _is_connected(entry, connected), entry.slug in chosen
        )
        by_author.setdefault(entry.author, []).append(choice)
    gone = [Choice(slug, slug, False, True) for slug in chosen if slug not in entries]
    if gone:
        by_author[GONE] = gone
    found = [_group(author, choices) for author, choices in by_author.items()]
    return sorted(
        found, key=lambda one: (not one.chosen, not one.has_connected, one.author.lower())
    )


def _group(author: str, choices: Iterable[Choice]) -> Group:
    ordered = sorted(choices, key=lambda one: (not one.is_connected, one.name.lower(), one.slug))
    return Group(author, tuple(ordered), sum(one.is_chosen for one in ordered))


def _connected_providers() -> set[str]:
    return set(Connection.objects.enabled().values_list("provider__slug", flat=True))


def _is_connected(entry: Entry, connected: set[str]) -> bool:
    return not connected.isdisjoint(entry.providers)
