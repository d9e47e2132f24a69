"""A project of the running house that keeps nothing, for as long as a test wants it."""

import contextlib
from collections.abc import Iterator

from tests.gateway.budgeting import REBIND
from tests.gateway.running import WebHouse

SET = """
    INSERT INTO guardrails_guardrail (covers, project_id, zero_retention, no_training,
        allowed_models, denied_models, allowed_providers, denied_providers, only_free,
        only_at_home, scrubs, media)
    VALUES ('project', %s, true, false, '[]', '[]', '[]', '[]', false, false, true, 'allow')
    ON CONFLICT (project_id) DO UPDATE SET zero_retention = true
"""
UNSET = "UPDATE guardrails_guardrail SET zero_retention = false WHERE project_id = %s"


@contextlib.contextmanager
def keeping_nothing(house: WebHouse) -> Iterator[None]:
    house.rows(SET, house.facts["project"])
    house.rows(REBIND)
    try:
        yield
    finally:
        house.rows(UNSET, house.facts["project"])
        house.rows(REBIND)
