"""What a receipt says of the prices that were used."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.gateway.settlement import closing_row
from apps.routing.pricing import Pricing, TokenUsage
from apps.routing.types import Outcome, Plan
from tests.routing.making import a_candidate

PRICES = {
    "prompt": "1",
    "completion": "2",
    "overrides": [{"min_prompt_tokens": 1000, "prompt": "3"}],
}


@pytest.mark.parametrize(("prompt", "told"), [(1000, "1"), (1001, "3")])
def test_a_receipt_shows_the_tier_that_applied(prompt: int, told: str) -> None:
    candidate = a_candidate(pricing=Pricing.parse(PRICES))
    ticket = SimpleNamespace(
        generation_id="gen-1",
        plan=Plan((candidate,)),
        moment=datetime(2026, 11, 22, tzinfo=UTC),
        row={"windows": []},
        applied=None,
        scrubbed=SimpleNamespace(hits=()),
    )
    outcome = Outcome(candidate=candidate, usage=TokenUsage(prompt=prompt))
    row = closing_row(cast(Any, ticket), outcome, None)
    assert row["details"]["prices"] == {"prompt": told, "completion": "2"}
