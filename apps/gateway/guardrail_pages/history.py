"""What a guardrail's rules caught lately, and who changed it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from apps.accounts.zone import household_zone
from apps.gateway.guardrail_pages.subjects import Subject
from apps.guardrails.differences import ACTIONS
from apps.guardrails.models import RuleHits

DAYS, SHOWN = 7, 20


@dataclass(frozen=True)
class Hits:
    rule: str
    action: str
    count: int

    @property
    def act(self) -> str:
        return ACTIONS.get(self.action, self.action)


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    lines: Sequence[str]


def hits_of(subject: Subject) -> list[Hits] | None:
    """Of the last 7 days, the most first. They are counted by project, so a member or a key has
    none of its own."""
    if subject.membership or subject.key:
        return None
    first = timezone.localdate(timezone=household_zone()) - timedelta(days=DAYS - 1)
    rows = RuleHits.objects.filter(day__gte=first)
    if subject.project:
        rows = rows.filter(project=subject.project)
    sums = rows.values_list("rule", "action").annotate(hits=Sum("count"))
    return [Hits(*row) for row in sums.order_by("-hits", "rule", "action")]


def changes_of(subject: Subject) -> list[Change]:
    if subject.guardrail.pk is None:
        return []
    rows = subject.guardrail.changes.select_related("actor")[:SHOWN]
    who = "The house, by a command"
    return [Change(one.at, str(one.actor) if one.actor else who, one.lines) for one in rows]
