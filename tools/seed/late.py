"""Finds ids the newest snapshot does not have, where nothing need be guessed about them.

Three ways in: two price files know the same id at the same price; the id is a dated edition of one
the snapshot lists; or its last day is announced and still ahead.
"""

from __future__ import annotations

import re
from dataclasses import replace

from apps.catalog.naming.aliases import Aliases
from apps.catalog.prices import agree

from .merge import Place, Sources
from .read_litellm import Extra
from .rows import Row

DATED = re.compile(r"-20\d\d-\d\d-\d\d$")


def find_late(sources: Sources, *, aliases: Aliases) -> dict[Place, Row]:
    late = {}
    for place, extra in sources.extras.items():
        if place in sources.newest or place in sources.rich or not _is_open(place, extra, sources):
            continue
        if aliases.identify(*place) is None:
            continue
        if row := _dated(place, extra, sources) or _confirmed(place, extra, sources):
            late[place] = row
        elif extra.expires_on:
            late[place] = extra.row
    return late


def _is_open(place: Place, extra: Extra, sources: Sources) -> bool:
    """Not past its last day, and an id as the provider's own address takes it."""
    has_region_path = place[0] in ("azure", "amazon-bedrock") and "/" in place[1]
    is_past = extra.expires_on is not None and extra.expires_on <= sources.day
    return not (has_region_path or is_past)


def _dated(place: Place, extra: Extra, sources: Sources) -> Row | None:
    plain = sources.newest.get((place[0], DATED.sub("", place[1])))
    if plain is None or plain.pricing is None or not agree(plain.pricing, extra.base):
        return None
    return replace(plain, upstream_id=extra.row.upstream_id, expires_on=extra.expires_on)


def _confirmed(place: Place, extra: Extra, sources: Sources) -> Row | None:
    price = sources.prices.find(sources.price_providers.get(place[0], ""), place[1])
    if price is None or price.is_deprecated or not agree(price.pricing, extra.base):
        return None
    return replace(extra.row, pricing=None)
