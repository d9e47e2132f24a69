"""The lease of each web process: while it is renewed, its open calls are its own. And the savings
hints that people put away."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class ProcessLease(models.Model):
    """One row per web process; the sweep closes the open calls of one that expired."""

    process_id = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process_id


class DismissedHint(models.Model):
    """Somebody has put a savings hint away. The digest is of what it said: when prices or places
    change, it is another hint."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="dismissed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} put away {self.digest}"
