"""A fault of the house itself: the call is closed all the same, and never for less than it may have
cost."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from apps.gateway import pipeline
from apps.routing.types import Outcome

TICKET: Any = SimpleNamespace(generation_id="gen-1", hold=Decimal("0.5"))


class Miscounting:
    def outcome(self) -> Outcome:
        raise ZeroDivisionError


class Counting:
    def outcome(self) -> Outcome:
        return Outcome(cost=Decimal("0.1"))


def test_what_cannot_be_counted_counts_as_the_hold() -> None:
    broken: Any = Miscounting()
    outcome = pipeline.outcome_of(broken, TICKET)
    assert (outcome.cost, outcome.is_estimated) == (Decimal("0.5"), True)
    assert (outcome.status, outcome.error_type) == (500, "server")


def test_what_can_be_counted_is() -> None:
    sound: Any = Counting()
    assert pipeline.outcome_of(sound, TICKET).cost == Decimal("0.1")
