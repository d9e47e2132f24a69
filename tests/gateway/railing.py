"""Guardrails of the running house, made at the database as the writer makes them: the row, and in
the same transaction the version by which every call is judged anew."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.gateway.running import WebHouse

PLAIN: dict[str, Any] = {
    "project_id": None,
    "membership_id": None,
    "zero_retention": False,
    "no_training": False,
    "allowed_models": [],
    "denied_models": [],
    "allowed_providers": [],
    "denied_providers": [],
    "max_prompt_price": None,
    "max_completion_price": None,
    "only_free": False,
    "only_at_home": False,
    "scrubs": True,
    "media": "allow",
}
JUDGE_ANEW = {
    "household": "UPDATE accounts_household SET policy_version = policy_version + 1",
    "project": "UPDATE projects_project SET policy_version = policy_version + 1",
    "member": "UPDATE projects_project SET policy_version = policy_version + 1",
    "key": "UPDATE keys_apikey SET policy_version = policy_version + 1",
}


@contextlib.contextmanager
def a_rail(
    house: WebHouse,
    covers: str = "project",
    *,
    key: str = "main",
    rules: Sequence[tuple[str, ...]] = (),
    **settings: Any,
) -> Iterator[int]:
    """Stands until the block ends. A member's is the one of `house.facts["member"]`; a rule is a
    detector, an action and perhaps a scope."""
    facts = {**PLAIN, "covers": covers, **settings}
    if covers == "project":
        facts["project_id"] = house.facts["project"]
    if covers == "member":
        query = "SELECT id FROM projects_membership WHERE user_id = %s"
        facts["membership_id"] = house.rows(query, house.facts["member"])[0]["id"]
    columns = ", ".join(facts)
    marks = ", ".join("%s" for _ in facts)
    values = [json.dumps(one) if isinstance(one, list) else one for one in facts.values()]
    bind = unbind = JUDGE_ANEW[covers]
    if covers == "key":
        unbind += ", guardrail_id = NULL WHERE guardrail_id = {}"
        bind += (
            f", guardrail_id = (SELECT id FROM made) WHERE id = {house.facts['keys'][key]['id']}"
        )
    made = house.rows(
        f"WITH made AS (INSERT INTO guardrails_guardrail ({columns}) VALUES ({marks})"
        f" RETURNING id), bound AS ({bind}), ruled AS (INSERT INTO guardrails_scrubrule"
        " (guardrail_id, kind, detector, name, action, scope, locked, created_at)"
        " SELECT made.id, 'detector', rule->>0, rule->>0, rule->>1, rule->>2, '', now()"
        " FROM made, jsonb_array_elements(%s::jsonb) AS rule) SELECT id FROM made",
        *values,
        json.dumps([[*rule, "all"][:3] for rule in rules]),
    )[0]["id"]
    try:
        yield made
    finally:
        for table in ("guardrails_scrubrule", "guardrails_guardrailchange"):
            house.rows(f"DELETE FROM {table} WHERE guardrail_id = {made}")
        gone = f"WITH gone AS (DELETE FROM guardrails_guardrail WHERE id = {made}) "
        house.rows(gone + unbind.format(made))
