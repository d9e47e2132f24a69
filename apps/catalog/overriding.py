"""What somebody who looks after the house says of a catalogue row instead of the catalogue: kept in
`overrides`, which wins over every load and refresh until it is taken back, field by field."""

from collections.abc import Mapping
from typing import Any

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.catalog import history
from apps.catalog.models import Endpoint, LanguageModel, Overridable

BY_HAND = history.BY_HAND
# What people may say of each, and how a page calls it.
MODEL_FIELDS = {
    "name": "Name",
    "context_length": "Context",
    "abilities": "Abilities",
    "input_modalities": "Takes in",
    "output_modalities": "Gives back",
    "open_weights": "Weights",
}
ENDPOINT_FIELDS = {
    "pricing": "Price",
    "context_length": "Context",
    "max_completion_tokens": "Longest answer",
    "abilities": "Abilities",
    "input_modalities": "Takes in",
    "output_modalities": "Gives back",
    "data_policy": "Data policy",
}
# What rules ask for: a call that was judged without the change is judged once more.
JUDGED = frozenset({"pricing", "data_policy"})

Row = Endpoint | LanguageModel


def override(row: Row, facts: Mapping[str, Any], *, by: User | None) -> list[str]:
    """Returns the fields that changed. A value that is the catalogue's own is no override. Only
    for a person who looks after the house, which the caller checks."""
    with history.watched(BY_HAND):
        held = _held(row)
        before = dict(held.overrides)
        for field, value in facts.items():
            if is_same(value, getattr(held, field)):
                held.overrides.pop(field, None)
            else:
                held.overrides[field] = value
        return _save(held, before, "model.facts_changed", by)


def put_back(row: Row, field: str, *, by: User | None) -> list[str]:
    """The catalogue's value counts again; a second time changes nothing."""
    with history.watched(BY_HAND):
        held = _held(row)
        before = dict(held.overrides)
        held.overrides.pop(field, None)
        return _save(held, before, "model.facts_put_back", by)


def fields_of(row: Overridable) -> dict[str, str]:
    return MODEL_FIELDS if isinstance(row, LanguageModel) else ENDPOINT_FIELDS


def is_same(one: Any, other: Any) -> bool:
    """Lists are sets of names here: their order means nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return bool(one == other)


def _held(row: Row) -> Row:
    rows: Any = type(row)._default_manager.select_for_update()
    held: Row = rows.get(pk=row.pk)
    return held


def _save(held: Row, before: Mapping[str, Any], verb: str, by: User | None) -> list[str]:
    names = sorted({*before, *held.overrides})
    changed = [one for one in names if before.get(one, ...) != held.overrides.get(one, ...)]
    if not changed:
        return []
    held.save(update_fields=["overrides"])
    if JUDGED & set(changed):
        Household.judge_anew()
    now = {name: held.fact(name) for name in changed}
    audit.record(actor=by, verb=verb, subject=str(held), details={"now": now})
    return changed
