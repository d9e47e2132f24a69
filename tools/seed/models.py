"""What is true of a model wherever it runs, from its endpoints' rows: its maker's word first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from apps.catalog.naming.families import MAKERS
from apps.catalog.naming.words import order, title

from .merge import Endpoint
from .rows import Row


def build_model(slug: str, endpoints: list[Endpoint], *, profile: Row | None) -> dict[str, Any]:
    author = slug.split("/")[0]
    rows = _by_word(endpoints, author=author, profile=profile)
    released_on = _first(rows, "released_on")
    return {
        "slug": slug,
        "author": author,
        "name": _name(slug, rows=rows),
        "released_on": released_on and released_on.isoformat(),
        "knowledge_cutoff": _cutoff(rows, released_on=released_on),
        "open_weights": _first(rows, "open_weights"),
        "context_length": max(one.context_length for one in endpoints),
        "input_modalities": order(frozenset().union(*(one.inputs for one in endpoints))),
        "output_modalities": order(frozenset().union(*(one.outputs for one in endpoints))),
        "abilities": sorted(
            {a for one in endpoints for a, there in one.abilities.items() if there}
        ),
    }


def share_temperature(endpoints: Iterable[Endpoint]) -> None:
    """Whether a model takes a temperature is a fact of the model, so its endpoints share it."""
    said: dict[str, set[bool]] = {}
    several = list(endpoints)
    for endpoint in several:
        if (value := endpoint.abilities.get("temperature")) is not None:
            said.setdefault(endpoint.slug, set()).add(value)
    for endpoint in several:
        if said.get(endpoint.slug) == {True}:
            endpoint.abilities.setdefault("temperature", True)


def _by_word(endpoints: list[Endpoint], *, author: str, profile: Row | None) -> list[Row]:
    """Its maker's rows, OpenRouter's, its profile, then the others', who now and then describe
    another version than the one they list."""
    told: dict[int, list[Row]] = {0: [], 1: [], 2: [profile] if profile else [], 3: []}
    for one in sorted(endpoints, key=lambda one: one.key):
        is_own = MAKERS.get(one.provider) == author
        told[0 if is_own else 1 if one.provider == "openrouter" else 3] += one.rows
    return [row for rows in told.values() for row in rows]


def _first(rows: list[Row], field: str) -> Any:
    return next((value for row in rows if (value := getattr(row, field)) is not None), None)


def _cutoff(rows: list[Row], *, released_on: date | None) -> str | None:
    """The first that is not past the release, as another version's would be. Where all are past it
    the first stands: the maker moved the name on to a newer model."""
    told = [row.knowledge_cutoff for row in rows if row.knowledge_cutoff]
    days = [day for day in told if re.fullmatch(r"[\d-]+", day)]
    fitting = [day for day in days if not released_on or day <= released_on.isoformat()]
    return next(iter(fitting or days), None)


def _name(slug: str, *, rows: list[Row]) -> str:
    name = _first(rows, "name")
    if not name or "/" in name:
        return title(slug.split("/")[1])
    name = re.sub(r"\s*\((latest|free|US|EU|AU|JP|Global|Regional)\)", "", name)
    name = name.split(": ", 1)[-1].strip()
    # Some makers call a preview what they will call the model itself.
    is_silent = slug.endswith("-preview") and "preview" not in name.lower()
    return f"{name} Preview" if is_silent else name
