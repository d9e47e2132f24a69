"""Budgets and their windows. ledger.py alone changes a window's figures."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, Q
from django.utils import timezone

from apps.budgets.calendar import Span
from apps.projects.access import ADMIN, projects_for, workplaces_of
from apps.projects.models import Membership, Project, ProjectSet

if TYPE_CHECKING:
    from apps.accounts.models import User


def usd_field(**options: object) -> "models.DecimalField[Any, Any]":
    """Exact US dollars: NUMERIC(20,12)."""
    return models.DecimalField(max_digits=20, decimal_places=12, **options)  # type: ignore[arg-type]


class BudgetSet(models.QuerySet["Budget"]):
    def active(self) -> Self:
        """Those that bind; one that was ended stays for its history."""
        return self.filter(is_active=True)

    def for_user(self, user: "User | AnonymousUser") -> Self:
        """Budgets this person may look at: those they may change, and those that bind them."""
        if not user.is_authenticated:
            return self.none()
        if user.looks_after_house:
            return self
        theirs = Q(project__in=projects_for(user, ADMIN))
        return self.filter(theirs | Q(is_active=True) & _binds(user, workplaces_of(user)))

    def changeable_by(self, user: "User | AnonymousUser") -> Self:
        """All of the house for who looks after it, all of a project for its admin."""
        if not user.is_authenticated:
            return self.none()
        if user.looks_after_house:
            return self
        return self.filter(project__in=projects_for(user, ADMIN))

    def binding(self, user: "User", project: Project) -> Self:
        """Those that every call of this person in this project meets; a key may add its own."""
        place = workplaces_of(user).filter(pk=project.pk)
        return self.active().filter(_binds(user, place)).exclude(covers=Budget.Covers.KEYS)


def usual_alerts() -> list[int]:
    return [50, 80, 100]


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
    alert_at = models.JSONField(default=usual_alerts, help_text="Per cent of the limit, rising.")
    is_active = models.BooleanField(default=True)
    form_id = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The form that made it; it makes one."
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = BudgetSet.as_manager()

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


def _binds(user: "User", places: ProjectSet) -> Q:
    """Whatever this person does in these projects, in the browser or with a key."""
    covers = Budget.Covers
    works = Membership.objects.filter(user=user, is_active=True, project__in=places)
    tied = BudgetMember.objects.filter(membership__in=works).values("budget")
    keyed = Budget.objects.filter(
        keys__owner=user, keys__revoked_at=None, keys__project__in=places
    ).values("pk")
    everywhere = Q(covers=covers.HOUSEHOLD) | Q(covers=covers.PERSON, user=user)
    return (
        (Q(Exists(works)) & everywhere)
        | Q(covers=covers.PROJECT, project__in=places)
        | Q(covers=covers.MEMBERS, pk__in=tied)
        | Q(covers=covers.KEYS, pk__in=keyed)
    )


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

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def allowed_usd(self) -> Decimal:
        """The limit, and what was given beside it."""
        allowed: Decimal = self.limit_usd + self.extra_usd
        return allowed

    @property
    def left_usd(self) -> Decimal:
        """What may still be held; below zero after a limit was lowered."""
        left: Decimal = self.allowed_usd - self.spent_usd - self.held_usd
        return left


class BudgetAlert(models.Model):
    """One threshold that one window reached: told once, whoever notices it."""

    window = models.ForeignKey(BudgetWindow, on_delete=models.CASCADE, related_name="alerts")
    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("window", "percent", name="one_alert_per_threshold"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.window}"


class BudgetEvent(models.Model):
    """What happened to a budget, and who did it. Append-only, but for `told_at`."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Made"
        RESET = "reset", "Began again"
        CHANGED = "changed", "Changed"
        GRANTED = "granted", "Extra given"
        UNDONE = "undone", "Extra taken back"
        ENDED = "ended", "Removed"

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="events")
    window = models.ForeignKey(
        BudgetWindow, null=True, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=30, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    details = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True, help_text="When those concerned were told.")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index("id", condition=Q(kind="reset", told_at=None), name="resets_to_tell"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "window", condition=Q(kind="reset"), name="one_reset_per_window"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.budget}"


class AlertWebhook(models.Model):
    """The one address outside the house that is told of a project's alerts. Its secret is stored
    encrypted, bound to its row; one that was removed has none and is told nothing."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=300)
    secret = models.TextField(blank=True, help_text="Encrypted.")
    form_id = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "project", condition=Q(disabled_at=None), name="one_webhook_per_project"
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def bound_to(self) -> str:
        return f"budgets.alertwebhook.{self.pk}"

    def set_secret(self, plain: str) -> None:
        """The row must have been saved once."""
        self.secret = settings.HOUSE_SECRETS.encrypt(plain, self.bound_to)

    def open_secret(self) -> str:
        """Raises VaultError when the house's keys do not open it."""
        return settings.HOUSE_SECRETS.decrypt(self.secret, self.bound_to)


class WebhookDelivery(models.Model):
    """One thing a webhook is told, tried until it was taken or tried often enough."""

    webhook = models.ForeignKey(AlertWebhook, on_delete=models.CASCADE, related_name="deliveries")
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(
        null=True, default=timezone.now, help_text="When it is tried; empty: no more."
    )
    delivered_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=30, blank=True, help_text="A word.")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index("next_at", condition=~Q(next_at=None), name="deliveries_due"),
        ]

    def __str__(self) -> str:
        return f"{self.payload.get('type')} to {self.webhook}"
