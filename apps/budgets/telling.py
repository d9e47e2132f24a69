"""Tells those whom a budget concerns: its people by notice and mail, its project's webhook."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.accounts.models import Household
from apps.accounts.notices import tell_by_mail
from apps.budgets import words
from apps.budgets.audience import Audience, audience_of
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.webhooks.outbox import announce
from apps.budgets.windows import calendar_of

Sentence = Callable[[str], str]  # of whom, with the verb: “Mia has”


@dataclass(frozen=True, slots=True)
class Teller:
    """Of one budget."""

    budget: Budget
    household: Household
    audience: Audience
    zone: ZoneInfo

    @classmethod
    def of(cls, budget: Budget) -> Self:
        household = Household.current()
        zone = calendar_of(budget, household).zone
        return cls(budget, household, audience_of(budget), zone)

    def tell(self, kind: str, window: BudgetWindow, say: Sentence, **facts: Any) -> None:
        """Each person reads of themselves as “you”; a webhook names the budget and nobody."""
        link = reverse("budgets:detail", args=[self.budget.pk])
        for person in self.audience.everybody:
            who = words.who_has(self.budget, self.audience, person, self.household)
            tell_by_mail(person, say(who), link=link)
        announce(kind, window, say(f"“{self.budget.name}” has"), **facts)
