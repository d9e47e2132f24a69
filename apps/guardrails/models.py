"""What a household or project allows. Rows are compiled into one routing policy in compile.py."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.projects.models import Project


class Guardrail(models.Model):
    """The settings of the household (`project` empty: a floor for all) or of one project. Always
    active: there is nothing to assign. Empty lists mean no restriction."""

    project = models.OneToOneField(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="guardrail"
    )
    zero_retention = models.BooleanField(default=False)
    no_training = models.BooleanField(default=False)
    allowed_models = models.JSONField(default=list, blank=True)
    denied_models = models.JSONField(default=list, blank=True)
    allowed_providers = models.JSONField(default=list, blank=True)
    denied_providers = models.JSONField(default=list, blank=True)
    only_free = models.BooleanField(default=False)
    only_at_home = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "project", condition=Q(project=None), nulls_distinct=False, name="one_house_rail"
            ),
        ]

    def __str__(self) -> str:
        return f"guardrail of {self.project or 'the household'}"
