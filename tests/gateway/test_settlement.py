"""What is noted of a call for its receipt when it is settled."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from apps.gateway.money import Verdict
from apps.gateway.settlement import closing_row
from apps.routing.pricing import Pricing, TokenUsage
from apps.routing.redaction.rules import Action
from apps.routing.redaction.scrub import Hit
from apps.routing.types import Attempt, Dropped, Outcome, Plan
from tests.routing.making import a_call, a_candidate

PRICES = {
    "prompt": "1",
    "completion": "2",
    "overrides": [{"min_prompt_tokens": 1000, "prompt": "3"}],
}


def a_ticket(**facts: Any) -> Any:
    known = {
        "generation_id": "gen-1",
        "plan": Plan((a_candidate(),)),
        "moment": datetime(2026, 11, 22, tzinfo=UTC),
        "row": {"windows": [], "hold": Decimal(0)},
        "call": a_call(),
        "applied": None,
        "verdict": None,
        "admitted_ms": 3,
        "scrubbed": SimpleNamespace(hits=(), took_ms=None),
    }
    return cast(Any, SimpleNamespace(**{**known, **facts}))


@pytest.mark.parametrize(("prompt", "told"), [(1000, "1"), (1001, "3")])
def test_a_receipt_shows_the_tier_that_applied(prompt: int, told: str) -> None:
    candidate = a_candidate(pricing=Pricing.parse(PRICES))
    outcome = Outcome(candidate=candidate, usage=TokenUsage(prompt=prompt))
    row = closing_row(a_ticket(plan=Plan((candidate,))), outcome, None)
    assert row["details"]["prices"] == {"prompt": told, "completion": "2"}


def test_a_plain_call_notes_little() -> None:
    details = closing_row(a_ticket(), Outcome(), None)["details"]
    assert set(details) == {"admitted_ms", "attempts", "candidates", "prices", "upstream_id"}


def test_a_receipt_notes_how_the_call_came_to_its_provider() -> None:
    first, second = a_candidate(priced_by="openrouter", priced_on="2026-11-20"), a_candidate(2)
    closed = a_candidate(3, provider="oci", pricing=None)
    plan = Plan((first, second), (Dropped(closed, "only_at_home"),), None, "price", frozenset({2}))
    hits = (Hit("E-mail addresses", Action.RESTORE, 2),)
    ticket = a_ticket(
        plan=plan,
        call=a_call(provider={"order": ["custom"], "preferred_max_latency": 3}),
        scrubbed=SimpleNamespace(hits=hits, took_ms=2),
    )
    outcome = Outcome(candidate=first, attempts=[Attempt(first, began_ms=1, status=200)])
    details = closing_row(ticket, outcome, None)["details"]
    assert (details["admitted_ms"], details["guardrails_ms"]) == (3, 2)
    assert details["rules"] == [{"rule": "E-mail addresses", "action": "restore", "count": 2}]
    assert details["attempts"][0]["began_ms"] == 1
    assert details["order"] == {"sort": "price", "providers": ["custom"], "quick": True}
    assert details["priced"] == {"by": "openrouter", "on": "2026-11-20"}
    endpoint = {"endpoint": "test/one@custom", "provider": "custom", "price": ["1.5", "6"]}
    assert details["candidates"] == [
        {**endpoint, "rank": 1},
        {**endpoint, "rank": 2, "failed_lately": True},
        {"endpoint": "test/one@oci", "provider": "oci", "dropped_by": "only_at_home"},
    ]


def test_what_each_budget_has_left_is_without_the_cost_and_with_the_rest_of_the_hold() -> None:
    ticket = a_ticket(
        row={"windows": [7, 9], "hold": Decimal("0.10")},
        verdict=Verdict("admitted", 7, Decimal("0.9"), Decimal("0.1"), " 0.90 5.000000000001"),
    )
    details = closing_row(ticket, Outcome(cost=Decimal("0.03")), None)["details"]
    assert details["budgets"] == [[7, "0.97"], [9, "5.070000000001"]]


def test_a_sum_a_provider_says_itself_is_told_as_such() -> None:
    usage = TokenUsage(prompt=1, reported_cost=Decimal("0.5"), searches=2)
    served = a_candidate(is_openrouter=True)
    details = closing_row(a_ticket(), Outcome(candidate=served, usage=usage), None)["details"]
    assert (details["is_billed_as_told"], details["searches"]) == (True, 2)
    elsewhere = Outcome(candidate=a_candidate(), usage=usage)
    assert "is_billed_as_told" not in closing_row(a_ticket(), elsewhere, None)["details"]
