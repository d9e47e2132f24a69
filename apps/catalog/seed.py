"""Loads the packaged catalogue. An admin's values (`overrides`) and the house's own rows are never
written; a row gone from the seed is unlisted, never deleted. What a refresh has said since the
seed's day stays."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog import history
from apps.catalog.models import (
    Author,
    CatalogState,
    Endpoint,
    LanguageModel,
    Overridable,
    Provider,
    Source,
)
from apps.catalog.refresh import sources

SEED = Path(__file__).parent / "data" / "seed.json"
FORMAT = 1
LOCK = 0x6761_7465_0001  # one loader at a time, whichever process starts it
DAYS = frozenset({"released_on", "expires_on", "price_as_of"})

# What a refresh may have said since the seed was made, beside prices.
REFRESHED = sources.SHAPE | sources.MODEL | {"is_listed", "expires_on", "kept_by", "upstream_id"}

Facts = dict[str, Any]


class SeedError(Exception):
    """A sentence for people: why the file cannot be loaded."""


@dataclass(frozen=True)
class LoadResult:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "LoadResult") -> "LoadResult":
        return LoadResult(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


def load(path: Path | None = None, *, again: bool = False) -> LoadResult:
    """Brings the catalogue to what the file says. The file that stands already is not read twice,
    unless `again`."""
    try:
        content = (path or SEED).read_bytes()
    except OSError as problem:
        raise SeedError(f"The catalogue file cannot be read: {problem}.") from None
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not again and CatalogState.objects.filter(sha256=digest).exists():
            return LoadResult(unchanged=_seeded_count())
        seed = _parse(content)
        as_of = date.fromisoformat(seed["as_of"])
        # The first seed of an empty house is its beginning, no change.
        is_first = not CatalogState.objects.exists()
        with nullcontext() if is_first else history.watched(f"catalogue {as_of}"):
            result = _store_all(seed)
        if result.created or result.updated:
            Household.judge_anew()  # facts that rules ask for may be stricter than before
        CatalogState.objects.update_or_create(
            id=1,
            defaults={
                "sha256": digest,
                "as_of": as_of,
                "loaded_at": timezone.now(),
                "sources": seed["sources"],
            },
        )
    return result


def _seeded_count() -> int:
    tables = (Provider, LanguageModel, Endpoint)
    return sum(table.objects.filter(source=Source.SEED).count() for table in tables)


def _parse(content: bytes) -> dict[str, Any]:
    try:
        seed = json.loads(content)
    except ValueError as problem:
        raise SeedError(f"The catalogue file is not JSON: {problem}.") from None
    if not isinstance(seed, dict) or seed.get("format") != FORMAT:
        raise SeedError(
            f"The catalogue file is not of format {FORMAT}, the one this version reads; "
            "take the file that came with it."
        )
    return seed


def _store_all(seed: Mapping[str, Any]) -> LoadResult:
    """Authors first, endpoints last: each needs the ids of those before."""
    Author.objects.bulk_create(
        [Author(**author) for author in seed["authors"]],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["name"],
    )
    authors = _ids(Author)
    day = date.fromisoformat(seed["as_of"])
    result = _store(Provider, seed["providers"], by="slug", as_facts=_days, day=day)
    refer = _refer(author=authors)
    result += _store(LanguageModel, seed["models"], by="slug", as_facts=refer, day=day)
    refer = _refer(model=_ids(LanguageModel), provider=_ids(Provider))
    endpoints = ({"data_policy": {}, "kept_by": None, **one} for one in seed["endpoints"])
    return result + _store(Endpoint, endpoints, by="key", as_facts=refer, day=day)


def _store(
    table: type[Overridable],
    entities: Iterable[Facts],
    *,
    by: str,
    as_facts: Callable[[Facts], Facts],
    day: date,
) -> LoadResult:
    """Writes only what differs; `overrides` is not among the fields written."""
    standing = {getattr(row, by): row for row in table._default_manager.all()}
    created, updated, unchanged = [], [], 0
    fields: list[str] = []
    for entity in entities:
        facts = {**as_facts(entity), "is_listed": True}
        fields = fields or [name for name in facts if name != by]
        row = standing.pop(facts[by], None)
        facts |= _said_since(row, facts, day) if row else {}
        if row is None:
            created.append(table(**facts))
        elif row.source != Source.OWN and _differs(row, facts):
            updated.append(table(**facts))
        else:
            unchanged += 1
    table._default_manager.bulk_create(
        created + updated, update_conflicts=True, unique_fields=[by], update_fields=fields
    )
    gone = [
        row.pk
        for row in standing.values()
        if row.source == Source.SEED and row.is_listed and not _is_newer(row, day)
    ]
    table._default_manager.filter(pk__in=gone).update(is_listed=False)
    return LoadResult(len(created), len(updated) + len(gone), unchanged)


def _said_since(row: Overridable, facts: Facts, day: date) -> Facts:
    """What a refresh said after the seed's day; of prices, after the day of the seed's own."""
    since: Facts = {}
    if _is_newer(row, day):
        since = {name: getattr(row, name) for name in REFRESHED if name in facts}
    if isinstance(row, Endpoint) and row.price_source in sources.SOURCES and row.price_as_of:
        told = facts.get("price_as_of")
        if told is None or row.price_as_of > told:
            since |= {name: getattr(row, name) for name in sources.PRICE}
    return since


def _is_newer(row: Overridable, day: date) -> bool:
    seen: date | None = getattr(row, "refreshed_on", None)
    return seen is not None and seen > day


def _differs(row: Overridable, facts: Facts) -> bool:
    return any(getattr(row, name) != value for name, value in facts.items())


def _ids(table: type[Author] | type[Provider] | type[LanguageModel]) -> dict[str, int]:
    return dict(table.objects.values_list("slug", "pk"))


def _refer(**tables: Mapping[str, int]) -> Callable[[Facts], Facts]:
    """Puts the ids of other rows where the file has their slugs."""

    def as_facts(entity: Facts) -> Facts:
        facts = _days(entity)
        for name, ids in tables.items():
            slug = facts.pop(name)
            if slug not in ids:
                raise SeedError(
                    f"The catalogue file speaks of {name} {slug} but has no such {name}."
                )
            facts[f"{name}_id"] = ids[slug]
        return facts

    return as_facts


def _days(entity: Facts) -> Facts:
    return {
        name: date.fromisoformat(value) if name in DAYS and value else value
        for name, value in entity.items()
    }
