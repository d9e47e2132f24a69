"""Which endpoints are free, by name. A price of zero elsewhere means “trial”, “subscription” or
“unknown”, so nothing becomes free by its price."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "free.toml"


class Place(NamedTuple):
    """A provider's slug and its own id for a model, in small letters."""

    provider: str
    upstream_id: str


@cache
def free_places() -> frozenset[Place]:
    told: dict[str, list[str]] = tomllib.loads(FILE.read_text())
    return frozenset(Place(slug, one.lower()) for slug, ids in told.items() for one in ids)
