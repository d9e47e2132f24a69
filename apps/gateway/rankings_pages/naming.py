"""What models, their makers and apps are called in the rankings, and where their pages are."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from apps.catalog.listing import Listing, mark_of
from apps.gateway import known_apps
from apps.usage.app_names import names_of_apps

DATED = re.compile(r"-20\d\d-?\d\d-?\d\d(?=$|:)")


class Name(NamedTuple):
    """`address` leads to its page, where it has one."""

    words: str
    sub: str = ""
    address: str = ""
    mark: str = ""


class Names:
    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def model(self, slug: str) -> Name:
        """One that left the catalogue goes by its slug."""
        entry = self._listing.entries.get(slug)
        if entry is None:
            return Name(slug, mark=mark_of(slug.rpartition("/")[2]))
        address = reverse("catalog:model", args=[slug])
        return Name(entry.name, entry.author, address, entry.mark)

    def elsewhere(self, slug: str) -> Name:
        """OpenRouter names a model with the day it came out."""
        known = self._listing.entries
        plain = DATED.sub("", slug)
        return self.model(slug if slug in known or plain not in known else plain)

    def author(self, slug: str) -> Name:
        words = self._listing.authors.get(slug, slug)
        is_known = slug in self._listing.authors
        address = f"{reverse('catalog:models')}?model_authors={slug}" if is_known else ""
        return Name(words, address=address, mark=mark_of(words))

    def author_of(self, slug: str) -> str:
        entry = self._listing.entries.get(slug)
        return entry.author_slug if entry else slug.partition("/")[0]


class AppNames:
    """For one query."""

    def __init__(self, identities: Iterable[str]) -> None:
        self._apps = names_of_apps(identities)

    def __call__(self, identity: str) -> Name:
        app = self._apps[identity]
        sub = identity if identity != app.name else ""
        return Name(app.name, sub, app.address, mark_of(app.name))


def plain_app_name(identity: str) -> Name:
    """Not what it called itself last, which one call of one person can change."""
    known = known_apps.at(identity)
    words = known.name or identity
    return Name(words, mark=mark_of(words))
