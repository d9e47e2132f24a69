"""What the search of the house finds: pages, one's own chats by title, models, keys and projects.
Each source is asked for what this person may see, and strangers find what is public."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog import listing, search
from apps.catalog.orders import by_age
from apps.chat.models import Conversation
from apps.chat.searching import titled
from apps.keys.models import ApiKey
from apps.projects.current import places_of

LONGEST = 100
MOST = 6


class Hit(NamedTuple):
    name: str
    address: str
    icon: str
    sub: str = ""


class Group(NamedTuple):
    name: str
    hits: list[Hit]


@dataclass(frozen=True)
class Way:
    """A page by its name, by what else people call it, and by who sees it."""

    name: str
    page: str
    icon: str
    also: str = ""
    is_public: bool = False
    is_for_people: bool = True
    is_for_keepers: bool = False

    def fits(self, words: Iterable[str]) -> bool:
        known = f"{self.name} {self.also}".casefold().split()
        return all(any(one.startswith(word) for one in known) for word in words)

    def is_open_to(self, user: User | None) -> bool:
        if user is None:
            return self.is_public
        return self.is_for_people and (user.looks_after_house or not self.is_for_keepers)


WAYS = (
    Way("Home", "home", "home", "start"),
    Way("New chat", "chat:new", "chat", "ask talk message conversation"),
    Way("Your chats", "chat:past", "chat", "past history conversations"),
    Way("Models", "catalog:models", "models", "catalogue prices providers", is_public=True),
    Way("Compare models", "catalog:compare", "models", "side by side difference", is_public=True),
    Way("Providers", "catalog:providers", "models", "data policy privacy who runs", is_public=True),
    Way("What changed", "catalog:changes", "models", "new gone models prices", is_public=True),
    Way("Catalogue", "catalog:state", "models", "refresh news update daily", is_for_keepers=True),
    Way("Activity", "usage:activity", "usage", "usage spend spending cost money tokens"),
    Way("Calls", "usage:calls", "receipt", "receipts requests generations log"),
    Way("Rankings", "rankings:rankings", "ranks", "most used popular trending top share fastest"),
    Way("API keys", "keys:list", "keys", "tokens access"),
    Way("New key", "keys:create", "plus", "create make api"),
    Way("Budgets", "budgets:list", "budgets", "allowance limit left today money reset"),
    Way("Projects", "projects", "people", "members"),
    Way(
        "Guardrails",
        "guardrails:household",
        "shield",
        "privacy rules retention training scrubbing private values",
        is_for_keepers=True,
    ),
    Way("Connections", "connections:list", "plug", "providers accounts", is_for_keepers=True),
    Way("Connect a provider", "connections:choose", "plus", "add account", is_for_keepers=True),
    Way("Notices", "notices", "bell", "news messages unread"),
    Way("Settings", "settings", "settings", "name password theme zone profile"),
    Way(
        "Household",
        "household-settings",
        "settings",
        "settings zone week mail",
        is_for_keepers=True,
    ),
    Way("Help", "docs:index", "book", "docs documentation quickstart apps", is_public=True),
    Way("Keyboard shortcuts", "shortcuts", "help", "keys help", is_public=True),
    Way("Sign in", "account_login", "go", "log", is_public=True, is_for_people=False),
)


def find(request: HttpRequest, wanted: str) -> list[Group]:
    """Groups that hold something, in the order people look; without words, where one may go."""
    user = request.user if isinstance(request.user, User) else None
    text = wanted.replace("\0", "").strip()[:LONGEST]
    words = text.casefold().split()
    sources: list[tuple[str, Callable[[], list[Hit]]]] = [("Pages", lambda: _pages(user, words))]
    if user is not None:
        sources.append(("Your chats", lambda: _chats(user, words)))
    if words:
        sources.append(("Models", lambda: _models(user, text)))
    if user is not None and words:
        sources.append(("API keys", lambda: _keys(user, words)))
        sources.append(("Projects", lambda: _projects(request, words)))
        sources.append(("Look further", lambda: _further(text)))
    found = (Group(name, hits()) for name, hits in sources)
    return [group for group in found if group.hits]


def _pages(user: User | None, words: list[str]) -> list[Hit]:
    fitting = [way for way in WAYS if way.is_open_to(user) and way.fits(words)]
    return [Hit(way.name, reverse(way.page), way.icon) for way in fitting]


def _chats(user: User, words: list[str]) -> list[Hit]:
    found = titled(Conversation.objects.of(user), words, most=MOST)
    return [Hit(one.title, reverse("chat:thread", args=[one.pk]), "chat") for one in found]


def _further(text: str) -> list[Hit]:
    address = reverse("chat:past") + "?" + urlencode({"q": text})
    return [Hit(f"Inside your chats: “{text}”", address, "search")]


def _models(user: User | None, text: str) -> list[Hit]:
    entries = listing.current(with_own=user is not None).entries
    spoken = search.Vocabulary({slug: entry.spoken for slug, entry in entries.items()})
    levels = search.find(text, spoken)
    fitting = sorted(levels, key=lambda slug: (levels[slug], by_age(entries[slug]), slug))
    hits = [
        Hit(entries[slug].name, reverse("catalog:model", args=[slug]), "models", slug)
        for slug in fitting[:MOST]
    ]
    if len(fitting) > MOST:
        address = reverse("catalog:models") + "?" + urlencode({"q": text})
        hits.append(Hit(f"All {len(fitting)} models that fit", address, "search"))
    return hits


def _keys(user: User, words: list[str]) -> list[Hit]:
    keys = ApiKey.objects.for_user(user).kept().select_related("project")
    for word in words:
        keys = keys.filter(Q(name__icontains=word) | Q(last_four__istartswith=word))
    return [
        Hit(key.name, reverse("keys:detail", args=[key.pk]), "keys", f"{key.label}, {key.project}")
        for key in keys[:MOST]
    ]


def _projects(request: HttpRequest, words: list[str]) -> list[Hit]:
    fitting = (
        one
        for one in places_of(request).projects
        if all(word in one.name.casefold() for word in words)
    )
    return [
        Hit(one.name, reverse("usage:project", args=[one.slug]), "people")
        for one in islice(fitting, MOST)
    ]
