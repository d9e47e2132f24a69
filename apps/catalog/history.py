"""The history of the catalogue. Whoever changes it (the seed, a refresh, a person) does so inside
`watched`, or hands its changes to `record`; pages read them with the functions below."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.catalog.models import CatalogChange, Endpoint, LanguageModel, Overridable, Source

What = CatalogChange.What
BY_HAND = "by hand"
MODEL_FACTS = ("name", "context_length", "open_weights")
ENDPOINT_FACTS = (
    "context_length",
    "max_completion_tokens",
    "abilities",
    "data_policy",
    "expires_on",
    "is_deprecated",
)


class Change(NamedTuple):
    """`before` and `after` are plain values; of a price, the whole `pricing` of the endpoint."""

    what: str
    model_slug: str
    endpoint_key: str = ""
    field: str = ""
    before: Any = None
    after: Any = None
    is_public: bool = True


class Shown(NamedTuple):
    """One model or endpoint that people can see, as they see it: an admin's values included."""

    model_slug: str
    endpoint_key: str
    is_public: bool
    pricing: Mapping[str, Any] | None
    facts: Mapping[str, Any]


class PricePoint(NamedTuple):
    """A price and when it began; None: before anything was recorded."""

    since: datetime | None
    pricing: Mapping[str, Any]
    source: str


Catalog = Mapping[tuple[str, str], Shown]


@contextmanager
def watched(source: str) -> Iterator[list[Change]]:
    """Records what the body changes, in one transaction with it; the list is filled at its end."""
    changes: list[Change] = []
    with transaction.atomic():
        before = as_shown()
        yield changes
        changes += differences(before, as_shown())
        record(changes, source=source)


def record(changes: Iterable[Change], *, source: str, at: datetime | None = None) -> int:
    """The one writer of the history; all of one call have one moment. Returns how many."""
    moment = at or timezone.now()
    rows = [CatalogChange(at=moment, source=source[:60], **change._asdict()) for change in changes]
    CatalogChange.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def recorded(*, with_own: bool) -> QuerySet[CatalogChange]:
    """All of it, the newest moment first; strangers see nothing of the house's own rows, nor what
    it says of others."""
    changes = CatalogChange.objects.order_by("-at", "id")
    return changes if with_own else changes.filter(is_public=True).exclude(source=BY_HAND)


def recent(what: str, since: datetime, *, with_own: bool = False) -> QuerySet[CatalogChange]:
    """Models (not their single endpoints) that became new or gone since then, newest first."""
    return recorded(with_own=with_own).filter(what=what, at__gte=since, endpoint_key="")


def changes_of(model_slug: str, *, with_own: bool = False) -> QuerySet[CatalogChange]:
    """A model's changes and those of its endpoints, newest first."""
    return recorded(with_own=with_own).filter(model_slug=model_slug)


def price_history(endpoint_key: str) -> list[PricePoint]:
    """Every price an endpoint is known to have had, oldest first; empty when none was recorded."""
    changes = CatalogChange.objects.filter(
        endpoint_key=endpoint_key, what__in=(What.NEW, What.REPRICED)
    ).order_by("at", "id")
    return price_points(changes)


def price_points(changes: Iterable[CatalogChange]) -> list[PricePoint]:
    """Oldest first in, oldest first out; a model that came back at its old price adds nothing."""
    points: list[PricePoint] = []
    for change in changes:
        if not points and change.what == What.REPRICED:
            points.append(PricePoint(None, change.before or {}, ""))
        after = change.after or {}
        if not points or points[-1].pricing != after:
            points.append(PricePoint(change.at, after, change.source))
    return points


def as_shown() -> dict[tuple[str, str], Shown]:
    """The listed models and endpoints by (slug, key); two queries."""
    found = {}
    for model in LanguageModel.objects.filter(is_listed=True):
        if _is_shown(model):
            is_public = model.source != Source.OWN
            facts = _facts(model, MODEL_FACTS)
            found[model.slug, ""] = Shown(model.slug, "", is_public, None, facts)
    endpoints = Endpoint.objects.filter(is_listed=True, provider__is_listed=True)
    for one in endpoints.select_related("model", "provider").iterator(chunk_size=2000):
        slug = one.model.slug
        if (slug, "") in found and _is_shown(one) and _is_shown(one.provider):
            facts = _facts(one, ENDPOINT_FACTS)
            found[slug, one.key] = Shown(slug, one.key, one.is_public, one.fact("pricing"), facts)
    return found


def differences(before: Catalog, after: Catalog) -> list[Change]:
    """Models before their endpoints, each in the order of its name."""
    found: list[Change] = []
    for place in sorted({*before, *after}):
        old, new = before.get(place), after.get(place)
        if old is None and new is not None:
            found.append(_change(What.NEW, new, after=new.pricing))
        elif new is None and old is not None:
            found.append(_change(What.GONE, old, before=old.pricing))
        elif old is not None and new is not None and old != new:
            found.extend(_edits(old, new))
    return found


def _edits(old: Shown, new: Shown) -> Iterator[Change]:
    if old.pricing != new.pricing:
        yield _change(What.REPRICED, new, "pricing", old.pricing, new.pricing)
    for name, value in new.facts.items():
        if old.facts[name] != value:
            yield _change(What.EDITED, new, name, old.facts[name], value)


def _change(
    what: str, shown: Shown, field: str = "", before: Any = None, after: Any = None
) -> Change:
    return Change(what, shown.model_slug, shown.endpoint_key, field, before, after, shown.is_public)


def _is_shown(row: Overridable) -> bool:
    return bool(row.overrides.get("is_listed", True))


def _facts(row: Overridable, names: Iterable[str]) -> dict[str, Any]:
    """As JSON holds them."""
    values = {name: row.fact(name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }
