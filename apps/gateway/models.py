"""The lease of each web process: while it is renewed, its open calls are its own."""

from django.db import models


class ProcessLease(models.Model):
    """One row per web process; the sweep closes the open calls of one that expired."""

    process_id = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process_id
