"""What the worker does for the catalogue, every half minute. It may run twice."""

from celery import shared_task
from django.utils import timezone

from apps.catalog.refresh.keeping import refresh_due


@shared_task(name="apps.catalog.tasks.refresh")
def refresh() -> None:
    """Sources that people asked for, or that are switched on and due; one at a time."""
    refresh_due(timezone.now())
