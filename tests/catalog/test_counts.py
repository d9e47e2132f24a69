"""The count beside a choice is what one finds after choosing it."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from apps.catalog.filters import Around, ModelFilter
from apps.catalog.fitting import TEXT, Sifting
from apps.catalog.listing import Entry
from tests.catalog.shelf import at, entry, listing_of

ABLE, KINDS = ("tools", "reasoning", "caching"), ("image", "file", "audio")
RANDOM = random.Random(6)


def some(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one for one in values if RANDOM.random() < 0.5)


def any_entry(number: int) -> Entry:
    offers = tuple(
        at(
            provider,
            endpoint_id=10 * number + place,
            prompt=Decimal(RANDOM.randrange(4)),
            abilities=some(ABLE),
            keeps_nothing=RANDOM.random() < 0.5,
            never_trains=RANDOM.random() < 0.5,
        )
        for place, provider in enumerate(sorted(some(("east", "north", "west")) or {"east"}))
    )
    return entry(
        f"maker{number % 3}/model-{number}",
        offers=offers,
        providers={one.provider: one.provider.title() for one in offers},
        is_free=RANDOM.random() < 0.2,
        has_open_weights=RANDOM.random() < 0.5,
        context=RANDOM.choice((8_000, 128_000, 1_000_000)),
        takes=some(KINDS) | TEXT,
        makes=some(("image",)) | TEXT,
        use_cases=some(("agents", "coding")),
    )


SHELF = listing_of(*(any_entry(number) for number in range(60)))
CONNECTED = {
    slug: frozenset(RANDOM.sample(sorted(one.endpoints), 1))
    for slug, one in SHELF.entries.items()
    if RANDOM.random() < 0.5
}
AROUND = Around(
    connected=CONNECTED,
    mine={slug: ids for slug, ids in CONNECTED.items() if RANDOM.random() < 0.7},
    keep_nothing=frozenset(id for ids in CONNECTED.values() for id in ids if id % 2),
)
LISTS = {
    "model_authors": "authors",
    "providers": "providers",
    "input_modalities": "takes",
    "output_modalities": "makes",
    "supported_parameters": "parameters",
    "use_case": "use_cases",
}


def chosen_too(wanted: ModelFilter, name: str, value: str) -> ModelFilter:
    change: dict[str, Any] = {name: True}
    if name in ("context", "max_age_days"):
        change = {name: int(value)}
    elif name in ("providers", "model_authors"):
        change = {LISTS[name]: frozenset({value})}  # how many of these are its
    elif name == "output_modalities" and wanted.makes == TEXT:
        change = {"makes": frozenset({value})}
    elif name in LISTS:
        change = {LISTS[name]: getattr(wanted, LISTS[name]) | {value}}
    return replace(wanted, **change)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=model-1",
        "providers=east",
        "providers=east,west&zdr=true",
        "zdr=true&no_training=true&supported_parameters=tools",
        "max_price=1&input_modalities=image",
        "connected=true&max_price=2",
        "mine=true&use_case=agents",
        "model_authors=maker1&output_modalities=image&context=128000",
        "free=true&open_weights=true",
        "max_price=0&q=nothing-like-it",
    ],
)
def test_the_count_beside_a_choice_is_what_one_finds(query: str) -> None:
    wanted = ModelFilter.from_query(QueryDict(query), SHELF)
    entries = SHELF.entries.values()
    counts = Sifting(wanted, entries, AROUND).counts
    told = {(name, value): n for name, values in counts.items() for value, n in values.items()}
    assert len(told) >= 15 or "nothing" in query
    for (name, value), number in told.items():
        found = chosen_too(wanted, name, value).apply(entries, AROUND)
        assert number == len(found), (name, value)
