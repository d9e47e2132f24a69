"""Budgets and their windows. ledger.py alone changes a window's figures."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.projects.models import Membership, Project


def usd_field(**options: object) -> "models.DecimalField[Any, Any]":
    """Exact US dollars: NUMERIC(20,12)."""
    return models.DecimalField(max_digits=20, decimal_places=12, **options)  # type: ignore[arg-type]


class Budget(models.Model):
    """A limit with an interval. It belongs to the household (`project` empty: everything, or one
    person across projects) or to one project (the project, memberships, or keys; keys point here
    from above)."""

    class Interval(models.TextChoices):
        DAILY = "daily", "A day"
        WEEKLY = "weekly", "A week"
        MONTHLY = "monthly", "A month"
        ONCE = "once", "Once"

    class Covers(models.TextChoices):
        HOUSEHOLD = "household", "The whole household"
        PERSON = "person", "One person"
        PROJECT = "project", "The whole project"
        MEMBERS = "members", "Some members"
        KEYS = "keys", "Some keys"

    name = models.CharField(max_length=100)
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE)
    covers = models.CharField(max_length=10, choices=Covers)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    limit_usd = usd_field()
    interval = models.CharField(max_length=10, choices=Interval)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(limit_usd__gte=0), name="limit_not_negative"),
            models.CheckConstraint(
                condition=Q(covers__in=["household", "person"], project=None)
                | Q(covers__in=["project", "members", "keys"], project__isnull=False),
                name="belongs_to_household_or_project",
            ),
            models.CheckConstraint(
                condition=Q(covers="person", user__isnull=False)
                | (~Q(covers="person") & Q(user=None)),
                name="person_names_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetMember(models.Model):
    """A membership that a budget of kind *members* binds."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="members")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="budgets")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("budget", "membership", name="one_budget_member"),
        ]

    def __str__(self) -> str:
        return f"{self.membership}: {self.budget}"


class BudgetWindow(models.Model):
    """One interval of one budget: a reset is a new row, never a zeroed one. The limit stands here
    too, so that one locked row decides."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="Empty: never (a prepaid budget).")
    limit_usd = usd_field()
    extra_usd = usd_field(default=0)
    spent_usd = usd_field(default=0)
    held_usd = usd_field(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("budget", "starts_at", name="one_window_per_start"),
            models.CheckConstraint(
                condition=Q(held_usd__gte=0) & Q(spent_usd__gte=0), name="figures_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} from {self.starts_at}"


class BudgetEvent(models.Model):
    """What happened to a budget: opened, limit changed, extra given or undone. Append-only."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=30)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.budget}"
