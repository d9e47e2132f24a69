"""What the apps that call are named. A call and its sums bear what identifies its app: its address
(`openwebui.com`, `github.com/cline/cline`) or, where it told none, its name. What else it said of
itself, the name it told last, stands in `App`."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from django.db import IntegrityError, transaction

from apps.usage.models import App

LONGEST = 100
MOST_MARKS = 2  # marks over one letter: more of them run into the lines above and below
MOST_CATEGORIES = 10
MOST_A_DAY = 20  # apps that one key may bring in a day (UTC); calls of further ones bear none
CATEGORIES = {
    "cli-agent": "Agent in a terminal",
    "ide-extension": "Extension of an editor",
    "cloud-agent": "Agent in the cloud",
    "programming-app": "Programming",
    "native-app-builder": "Building apps",
    "creative-writing": "Creative writing",
    "video-gen": "Making videos",
    "image-gen": "Making pictures",
    "audio-gen": "Making sound",
    "writing-assistant": "Help with writing",
    "general-chat": "Chat",
    "personal-agent": "Personal agent",
    "legal": "Legal",
    "roleplay": "Roleplay",
    "game": "Games",
}
NO_NAME = "No name given"
NO_SLUG = "unknown"  # of all calls whose app nobody knows
PLAIN = re.compile(r"[^a-z0-9]+")


class Told(NamedTuple):
    """What a call says of its app; no identity where it says nothing."""

    identity: str
    name: str = ""
    categories: tuple[str, ...] = ()


def cleaned(text: str) -> str:
    """A name as any page, log and file can bear it: one line, nothing invisible, no letter with a
    tower of marks, no longer than fits."""
    words = " ".join(unicodedata.normalize("NFC", text).split())
    kept: list[str] = []
    marks = 0
    for letter in words:
        marks = marks + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if letter.isprintable() and marks <= MOST_MARKS:
            kept.append(letter)
        if len(kept) == LONGEST:
            break
    return "".join(kept).strip()


def names_of_apps(identities: Iterable[str]) -> dict[str, App]:
    """The app behind each identity, for one query; what nobody noted yet goes by what it is."""
    wanted = set(identities)
    nobody = App(identity="", slug=NO_SLUG, name=NO_NAME)
    known = {app.identity: app for app in App.objects.filter(identity__in=wanted - {""})}
    return {
        one: known.get(one) or (App(identity=one, name=one) if one else nobody) for one in wanted
    }


def learn(told: Iterable[Told]) -> None:
    """Notes what apps said of themselves: a new one gets its row, a known one the name it told last
    and the categories it had not told before."""
    wanted = {one.identity: one for one in told if one.identity}
    known = App.objects.in_bulk(list(wanted), field_name="identity")
    for one in wanted.values():
        app = known.get(one.identity)
        if app is None:
            _meet(one)
        elif changed := _changes(app, one):
            app.save(update_fields=changed)


def _meet(told: Told) -> None:
    """Two processes may meet it at once: then one of them does."""
    fields = {"name": told.name or told.identity, "categories": list(told.categories)}
    for slug in _slugs(told.identity):
        try:
            with transaction.atomic():
                App.objects.get_or_create(identity=told.identity, defaults={**fields, "slug": slug})
        except IntegrityError:
            continue
        return


def _changes(app: App, told: Told) -> list[str]:
    changed = []
    if told.name and told.name != app.name:
        app.name = told.name
        changed.append("name")
    both = list(dict.fromkeys([*app.categories, *told.categories]))[:MOST_CATEGORIES]
    if both != app.categories:
        app.categories = both
        changed.append("categories")
    return changed


def _slugs(identity: str) -> tuple[str, ...]:
    """The plain one; with a digest of the identity where another app has that already."""
    plain = PLAIN.sub("-", identity.lower()).strip("-")[:60].strip("-")
    digest = hashlib.blake2b(identity.encode(), digest_size=4).hexdigest()
    distinct = f"{plain[:50].strip('-') or 'app'}-{digest}"
    return (plain, distinct) if plain and plain != NO_SLUG else (distinct,)
