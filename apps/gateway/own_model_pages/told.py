"""Rows of these pages: the house's own models, and what it says of catalogue rows, beside what the
catalogue says."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from apps.catalog.data_policy import badges
from apps.catalog.listing import ABILITIES, KINDS, in_words
from apps.catalog.models import Endpoint, LanguageModel
from apps.catalog.overriding import Row, fields_of
from apps.core import money
from apps.gateway.own_model_pages.forms import CAN, TAKES
from apps.routing.pricing import Pricing


class OwnRow(NamedTuple):
    endpoint: Endpoint
    place: str
    is_by_hand: bool
    prompt: str
    completion: str
    can: str


class Said(NamedTuple):
    """One value of the house's own above the catalogue's."""

    row: Row
    field: str
    words: str
    ours: str
    theirs: str

    @property
    def is_model(self) -> bool:
        return isinstance(self.row, LanguageModel)


def row_of(endpoint: Endpoint) -> OwnRow:
    link, pricing = endpoint.own_link, Pricing.parse(endpoint.fact("pricing"))
    base = pricing.base if pricing else {}
    able = [words for name, words in ABILITIES.items() if name in endpoint.fact("abilities")]
    takes = [words for name, words in KINDS.items() if name in endpoint.fact("input_modalities")]
    return OwnRow(
        endpoint=endpoint,
        place=link.connection.name,
        is_by_hand=link.is_by_hand,
        prompt=money.usd_exact(base.get("prompt")),
        completion=money.usd_exact(base.get("completion")),
        can=in_words(able + takes) or "Text",
    )


def overridden(row: Row | None = None) -> list[Said]:
    """Of one row, or of the whole catalogue."""
    if row is not None:
        return list(_said(row))
    rows: list[Row] = [
        *LanguageModel.objects.exclude(overrides={}).order_by("slug"),
        *Endpoint.objects.exclude(overrides={}).order_by("key"),
    ]
    return [said for one in rows for said in _said(one)]


def _said(row: Row) -> Iterator[Said]:
    for field, words in fields_of(row).items():
        if field in row.overrides:
            ours, theirs = row.overrides[field], getattr(row, field)
            yield Said(row, field, words, in_short(field, ours), in_short(field, theirs))


def in_short(field: str, value: Any) -> str:
    if field == "pricing":
        return _price(value)
    if field == "data_policy":
        return ", ".join(one.words for one in badges(value)) if value else "as its provider’s"
    if field == "open_weights":
        return {True: "open", False: "closed"}.get(value, "not known")
    if isinstance(value, list):
        return in_words({**TAKES, **CAN}.get(str(name), str(name)) for name in value) or "none"
    if isinstance(value, int):
        return f"{value:,} tokens"
    return str(value) if value is not None else "not known"


def _price(rows: dict[str, Any]) -> str:
    pricing = Pricing.parse(rows)
    if pricing is None:
        return "not known"
    prompt, completion = pricing.base["prompt"], pricing.base["completion"]
    more = ", others for long prompts or some hours" if pricing.overrides else ""
    return f"{money.usd_exact(prompt)} in, {money.usd_exact(completion)} out{more}"
