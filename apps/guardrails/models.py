"""What a household, a project, a member or a key allows, and what may not leave the house as it is.
Rows are compiled into one routing policy in compile.py."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.guardrails import locking
from apps.guardrails.rail import Private
from apps.projects.models import Membership, Project


def price_field() -> "models.DecimalField[Any, Any]":
    """US dollars per million tokens."""
    return models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)


class GuardrailSet(models.QuerySet["Guardrail"]):
    def with_rules(self) -> Self:
        return self.prefetch_related("rules")

    def binding(self, *, project_id: int, user_id: int, key_rail: int | None = None) -> Self:
        """Those that bind a call of this person in this project, and of a key with this rail."""
        member = Q(membership__project=project_id, membership__user=user_id)
        house = Q(covers=Guardrail.Covers.HOUSEHOLD)
        return self.filter(house | Q(project=project_id) | member | Q(pk=key_rail))


class Guardrail(models.Model):
    """The settings of the household (a floor for all), of one project, of one member, or of one API
    key, which points here from above. Always active: there is nothing to assign. Empty lists mean
    no restriction."""

    class Covers(models.TextChoices):
        HOUSEHOLD = "household", "The whole household"
        PROJECT = "project", "The project"
        MEMBER = "member", "One member"
        KEY = "key", "One key"

    class Media(models.TextChoices):
        ALLOW = "allow", "May leave the house"
        BLOCK = "block", "Stay in the house"

    covers = models.CharField(max_length=10, choices=Covers, default=Covers.PROJECT)
    project = models.OneToOneField(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="guardrail"
    )
    membership = models.OneToOneField(
        Membership, null=True, blank=True, on_delete=models.CASCADE, related_name="guardrail"
    )
    zero_retention = models.BooleanField(default=False)
    no_training = models.BooleanField(default=False)
    allowed_models = models.JSONField(default=list, blank=True)
    denied_models = models.JSONField(default=list, blank=True)
    allowed_providers = models.JSONField(default=list, blank=True)
    denied_providers = models.JSONField(default=list, blank=True)
    max_prompt_price = price_field()
    max_completion_price = price_field()
    only_free = models.BooleanField(default=False)
    only_at_home = models.BooleanField(default=False)
    scrubs = models.BooleanField(
        default=True, help_text="Whether its rules act; they are kept while it is off."
    )
    media = models.CharField(
        max_length=10,
        choices=Media,
        default=Media.ALLOW,
        help_text="Pictures, sound and files, which no rule can read.",
    )

    objects = GuardrailSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["covers"], condition=Q(covers="household"), name="one_house_rail"
            ),
            models.CheckConstraint(
                condition=Q(covers__in=["household", "key"], project=None, membership=None)
                | Q(covers="project", project__isnull=False, membership=None)
                | Q(covers="member", project=None, membership__isnull=False),
                name="rail_names_whom_it_covers",
            ),
        ]

    def __str__(self) -> str:
        return f"guardrail of {self.project or self.membership or self.get_covers_display()}"


class ScrubRule(models.Model):
    """One thing that may not leave as it is: a detector the house has, a list of words, or a
    pattern. Words, pattern and examples are private themselves, so they are kept encrypted."""

    class Kind(models.TextChoices):
        DETECTOR = "detector", "What the house can recognise"
        WORDS = "words", "Words of your own"
        PATTERN = "pattern", "A pattern"

    class Action(models.TextChoices):
        FLAG = "flag", "Count it only"
        RESTORE = "restore", "Replace it, and put it back in the answer"
        REDACT = "redact", "Replace it for good"
        BLOCK = "block", "Stop the message"

    class Scope(models.TextChoices):
        USER = "user", "What people write"
        ALL = "all", "Everything that is sent"

    guardrail = models.ForeignKey(Guardrail, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=10, choices=Kind)
    detector = models.CharField(max_length=30, blank=True, help_text="A name of redaction's own.")
    name = models.CharField(max_length=60)
    action = models.CharField(max_length=10, choices=Action)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.ALL)
    locked = models.TextField(
        blank=True,
        help_text="Encrypted JSON: words, or a pattern and its examples.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guardrail", "name"], name="one_rule_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bound_to(self) -> str:
        return f"guardrails.scrubrule.{self.pk}"

    def lock(self, private: Private) -> None:
        """Encrypts under this row's own name; the row must have been saved once."""
        if self.pk is None:
            raise ValueError("save the rule before what it looks for")
        self.locked = locking.lock(private, self.bound_to)

    def opened(self) -> Private | None:
        """What it looks for; None where the house's keys do not open it, or where a list or a
        pattern has none."""
        private = locking.opened(self.locked, self.bound_to)
        is_bare = self.kind != self.Kind.DETECTOR and private == Private()
        return None if is_bare else private


class GuardrailChange(models.Model):
    """Who changed what, in sentences that carry no word of a private list."""

    guardrail = models.ForeignKey(Guardrail, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    lines = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"change of {self.guardrail} at {self.at}"


class RuleHits(models.Model):
    """How often a rule hit on one day; never what."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=60)
    action = models.CharField(max_length=10, choices=ScrubRule.Action)
    day = models.DateField()
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "rule", "action", "day"], name="one_count_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} hits of {self.rule} on {self.day}"
