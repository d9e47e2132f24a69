"""Guardrails of the running house, made at the database as a page would make them."""

import contextlib
from collections.abc import Iterator
from typing import Any

from tests.gateway.running import WebHouse

REBIND = "UPDATE projects_project SET policy_version = policy_version + 1"
EMPTY: dict[str, Any] = {
    "zero_retention": False,
    "no_training": False,
    "only_free": False,
    "only_at_home": False,
    "media": "allow",
}
LISTS = ("allowed_models", "denied_models", "allowed_providers", "denied_providers")


@contextlib.contextmanager
def a_rail(house: WebHouse, **fields: Any) -> Iterator[None]:
    """The project's own guardrail. `rules` are pairs of a detector and an action, or triples with
    the scope."""
    rules = fields.pop("rules", ())
    row = {**EMPTY, "scrubs": True, "covers": "project", "project_id": house.facts["project"]}
    row |= dict.fromkeys(LISTS, "[]") | fields
    names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
    (made,) = house.rows(
        f"INSERT INTO guardrails_guardrail ({names}) VALUES ({holes}) RETURNING id", *row.values()
    )
    for detector, action, *scope in rules:
        house.rows(
            "INSERT INTO guardrails_scrubrule (guardrail_id, kind, detector, name, action, scope,"
            " locked, created_at) VALUES (%s, 'detector', %s, %s, %s, %s, '', now())",
            made["id"],
            detector,
            detector,
            action,
            *(scope or ["all"]),
        )
    house.rows(REBIND)
    try:
        yield
    finally:
        for table in ("guardrails_scrubrule", "guardrails_guardrailchange"):
            house.rows(f"DELETE FROM {table} WHERE guardrail_id = %s", made["id"])
        house.rows("DELETE FROM guardrails_guardrail WHERE id = %s", made["id"])
        house.rows(REBIND)
