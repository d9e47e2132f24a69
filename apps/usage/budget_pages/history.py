"""What happened to a budget, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.budgets.changing import UNDO_SECONDS
from apps.budgets.models import Budget, BudgetEvent
from apps.budgets.words import EACH
from apps.core.money import usd_exact

SHOWN = 50
Kind = BudgetEvent.Kind
PLAIN = {Kind.RESET.value: "began it again", Kind.ENDED.value: "removed it"}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    words: str
    reason: str = ""


@dataclass(frozen=True)
class Undo:
    """An extra that can still be taken back, for so many seconds."""

    event: BudgetEvent
    amount: str
    seconds: int


def history_of(budget: Budget) -> list[Line]:
    """Newest first."""
    events = budget.events.select_related("actor", "window")[:SHOWN]
    return [Line(one.at, _who(one), _words(one), _reason(one.details)) for one in events]


def undo_of(budget: Budget, user: User) -> Undo | None:
    """What this person gave a moment ago."""
    last: BudgetEvent | None = budget.events.filter(kind=Kind.GRANTED, actor=user).first()
    if last is None or "undone" in last.details:
        return None
    seconds = UNDO_SECONDS - (timezone.now() - last.at).total_seconds()
    if seconds <= 0:
        return None
    return Undo(last, usd_exact(Decimal(last.details["amount"])), max(1, round(seconds)))


def _who(event: BudgetEvent) -> str:
    if event.actor:
        return str(event.actor)
    return "The house" if event.kind == Kind.RESET else "The house, by a command"


def _words(event: BudgetEvent) -> str:
    facts = event.details
    if event.kind == Kind.OPENED:
        return f"made it: {_terms(facts)}"
    if event.kind == Kind.CHANGED:
        return _changed(facts)
    if event.kind == Kind.GRANTED:
        is_for_good = event.window is None or event.window.ends_at is None
        words = f"gave {_sum(facts['amount'])} more"
        words += "" if is_for_good else ", for that window only"
        return words + (", taken back since" if "undone" in facts else "")
    if event.kind == Kind.UNDONE:
        return f"took {_sum(facts['amount'])} back"
    return PLAIN.get(event.kind) or event.get_kind_display().lower()


def _changed(facts: dict[str, Any]) -> str:
    before, parts = facts.get("before", {}), []
    if Decimal(before["limit"]) != Decimal(facts["limit"]):
        parts.append(f"the limit from {_sum(before['limit'])} to {_sum(facts['limit'])}")
    if before["interval"] != facts["interval"]:
        parts.append(f"the interval from {EACH[before['interval']]} to {EACH[facts['interval']]}")
    return f"changed {_joined(parts)}" if parts else "changed it"


def _joined(parts: Iterable[str]) -> str:
    return " and ".join(parts)


def _terms(facts: dict[str, Any]) -> str:
    return f"{_sum(facts['limit'])} {EACH[facts['interval']]}"


def _sum(text: str) -> str:
    return usd_exact(Decimal(text))


def _reason(facts: dict[str, Any]) -> str:
    return str(facts.get("reason", ""))
